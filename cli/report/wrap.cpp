// Breaks at blanks only.
#include "cli/report/wrap.h"

#include <algorithm>

#include "cli/report/excerpt.h"

namespace poolproof::cli {

std::string wrapped(std::string_view text, unsigned width, std::string_view indent) {
  std::string out;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent) + line + '\n';
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!line.empty() &&
        display_width(indent) + display_width(line) + 1 + display_width(word) > width) {
      flush();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  flush();
  return out;
}

}  // namespace poolproof::cli
