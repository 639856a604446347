// See encoding.h.
#include "lint/encoding.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/base/utf8.h"

namespace poolproof::lint {
namespace {

bool is_single(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// Offset of the first byte from `at` on that is not UTF-8; the size if there is none.
std::size_t next_bad(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    at = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_single) -
        text.begin());
    if (at == text.size()) break;
    const std::size_t length = utf8_sequence_length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace

std::optional<Diagnostic> invalid_utf8(const LoadedFile& file) {
  const std::string_view text = file.tree.text();
  if (is_ascii(text)) return std::nullopt;  // most files
  const std::size_t first = next_bad(text, 0);
  if (first == text.size()) return std::nullopt;
  std::size_t count = 0;
  for (std::size_t at = first; at < text.size(); at = next_bad(text, at + 1)) ++count;
  const auto begin = static_cast<std::uint32_t>(first);
  Diagnostic out;
  out.rule = kInvalidUtf8;
  out.severity = Severity::kWarning;
  out.span = {file.tree.file(), begin, begin + 1};
  out.message = fmt::format(
      "byte 0x{:02x} is not UTF-8{}: nginx takes it as it is, but editors and logs will show "
      "something else; save the file as UTF-8",
      static_cast<unsigned char>(text[first]),
      count == 1 ? "" : fmt::format(", and {} more in this file", count - 1));
  return out;
}

}  // namespace poolproof::lint
