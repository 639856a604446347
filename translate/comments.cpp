// See comments.h.
#include "translate/comments.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/base/utf8.h"

namespace poolproof::translate {

std::string one_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0 || first < 0x20 || first == 0x7f) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string place_of(Directive at) {
  if (!at) return {};
  const SourceText& file = at.config().sources()[at.file()];
  return fmt::format("{}:{}", one_line(file.path()), file.position(at.head_span().begin).line);
}

std::vector<std::string> not_said(const EffectiveConfig& config, const Translation& translation) {
  std::vector<std::string> out;
  for (const Diagnostic& loss : translation.diagnostics) {
    const bool placed = loss.span.file != FileId::kNone;
    const std::string place =
        placed ? config.bound().sources().describe(loss.span) + ": " : std::string();
    out.push_back(one_line(place + loss.message));
  }
  return out;
}

}  // namespace poolproof::translate
