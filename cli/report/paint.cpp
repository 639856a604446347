// ANSI colours (ECMA-48 SGR), and the filter for text from outside.
#include "cli/report/paint.h"

#include <algorithm>

#include "grammar/base/utf8.h"

namespace poolproof::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::kError:
      return "\x1b[1;31m";
    case Colour::kWarning:
      return "\x1b[1;33m";
    case Colour::kInfo:
      return "\x1b[1;36m";
    case Colour::kNote:
      return "\x1b[1;34m";
    case Colour::kFix:
      return "\x1b[32m";
    case Colour::kAdded:
      return "\x1b[32m";
    case Colour::kRemoved:
      return "\x1b[31m";
    case Colour::kDim:
      return "\x1b[2m";
    case Colour::kBold:
      return "\x1b[1m";
  }
  return "";
}

bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
  return sequence.size() == 2 && first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

}  // namespace

std::string paint(std::string_view text, Colour colour, const TextStyle& style) {
  if (!style.colour) return std::string(text);
  std::string painted(code_of(colour));
  painted += text;
  painted += "\x1b[0m";
  return painted;
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (text[0] == '\t' || text[0] == '\n' || text[0] == '\r') {
      safe += ' ';
    } else {
      safe += length == 0 || is_control(sequence) ? kReplacement : sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return safe;
}

std::string paint_diff(std::string_view patch, const TextStyle& style) {
  if (!style.colour) return std::string(patch);
  std::string painted;
  while (!patch.empty()) {
    const std::size_t end = std::min(patch.find('\n'), patch.size());
    const std::string_view line = patch.substr(0, end);
    if (line.starts_with("+++") || line.starts_with("---")) {
      painted += paint(line, Colour::kBold, style);
    } else if (line.starts_with("@@")) {
      painted += paint(line, Colour::kNote, style);
    } else if (line.starts_with('+')) {
      painted += paint(line, Colour::kAdded, style);
    } else if (line.starts_with('-')) {
      painted += paint(line, Colour::kRemoved, style);
    } else {
      painted += line;
    }
    if (end < patch.size()) painted += '\n';
    patch.remove_prefix(std::min(end + 1, patch.size()));
  }
  return painted;
}

}  // namespace poolproof::cli
