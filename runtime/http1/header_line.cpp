// A table for the characters of names, wide instructions for values.
#include "runtime/http1/header_line.h"

#include <array>

#include "runtime/http1/scan.h"

namespace poolproof::runtime {
namespace {

enum class NameChar : std::uint8_t { kGood, kOdd, kUnderscore, kColon, kLineBreak, kForbidden };

constexpr std::array<NameChar, 256> make_table() {
  std::array<NameChar, 256> table{};
  for (int c = 0; c < 256; ++c) {
    NameChar kind = NameChar::kOdd;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || c == '-')
      kind = NameChar::kGood;
    else if (c == '_')
      kind = NameChar::kUnderscore;
    else if (c == ':')
      kind = NameChar::kColon;
    else if (c == '\r' || c == '\n')
      kind = NameChar::kLineBreak;
    else if (c <= 0x20 || c == 0x7f)
      kind = NameChar::kForbidden;
    table[static_cast<std::size_t>(c)] = kind;
  }
  return table;
}
constexpr std::array<NameChar, 256> kNameChars = make_table();

NameChar kind_of(char c) {
  return kNameChars[static_cast<unsigned char>(c)];
}

ParsedLine invalid() {
  return {LineStatus::kInvalid, {}, {}, nullptr};
}

/// The line break at `at`: LF, or CRs and LF. Gives what follows it; null if it is not complete.
struct LineBreak {
  bool valid = true;
  const char* next = nullptr;
};
LineBreak line_break(const char* at, const char* end) {
  while (at != end && *at == '\r') ++at;
  if (at == end) return {};
  if (*at != '\n') return {false, nullptr};
  return {true, at + 1};
}

ParsedLine end_line(ParsedLine line, const char* at, const char* end) {
  const LineBreak after = line_break(at, end);
  if (!after.valid) return invalid();
  if (after.next == nullptr) return {};
  line.next = after.next;
  return line;
}

}  // namespace

ParsedLine parse_header_line(const char* begin, const char* end, NameRules rules) {
  if (begin == end) return {};
  if (kind_of(*begin) == NameChar::kLineBreak)
    return end_line({LineStatus::kEnd, {}, {}, nullptr}, begin, end);
  if (kind_of(*begin) == NameChar::kColon) return invalid();
  bool odd = false;
  const char* at = begin;
  while (at != end && kind_of(*at) == NameChar::kGood) ++at;
  for (; at != end; ++at) {
    const NameChar kind = kind_of(*at);
    if (kind == NameChar::kGood) continue;
    if (kind == NameChar::kColon || kind == NameChar::kLineBreak) break;
    if (kind == NameChar::kForbidden) return invalid();
    if (kind == NameChar::kOdd || !rules.allow_underscores) odd = true;
  }
  if (at == end) return {};
  ParsedLine line;
  line.status = odd && rules.drop_invalid ? LineStatus::kDropped : LineStatus::kLine;
  line.name = {begin, static_cast<std::size_t>(at - begin)};
  line.value = {at, 0};
  if (*at != ':') return end_line(line, at, end);  // a name alone has an empty value
  ++at;
  while (at != end && *at == ' ') ++at;
  const char* value_end = find_value_end(at, end);
  if (value_end == end) return {};
  if (*value_end == '\0') return invalid();
  const char* trimmed = value_end;
  while (trimmed != at && trimmed[-1] == ' ') --trimmed;
  line.value = {at, static_cast<std::size_t>(trimmed - at)};
  return end_line(line, value_end, end);
}

}  // namespace poolproof::runtime
