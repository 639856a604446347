// See note_comments.h.
#include "lint/told/note_comments.h"

#include <algorithm>

namespace poolproof::lint {

std::string_view next_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace poolproof::lint
