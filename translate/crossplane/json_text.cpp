// Written without recursion, since depth comes from input.
#include "translate/crossplane/json_text.h"

#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "grammar/base/utf8.h"

namespace poolproof::translate::crossplane {
namespace {

using nlohmann::ordered_json;

void append_escape(std::string& out, unsigned unit) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
}

void append_code_point(std::string& out, std::string_view sequence) {
  static constexpr unsigned kLeadBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  unsigned point = static_cast<unsigned char>(sequence[0]) & kLeadBits[sequence.size()];
  for (const char c : sequence.substr(1)) point = point << 6 | (static_cast<unsigned>(c) & 0x3f);
  if (point < 0x10000) return append_escape(out, point);
  append_escape(out, 0xd800 + ((point - 0x10000) >> 10));
  append_escape(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
}

void append_ascii(std::string& out, char c) {
  static constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  static constexpr std::string_view kLetters = "\"\\bfnrt";
  const std::size_t at = kShort.find(c);
  if (at != std::string_view::npos) {
    out += '\\';
    out += kLetters[at];
  } else if (c >= ' ' && c <= '~') {
    out += c;
  } else {
    append_escape(out, static_cast<unsigned char>(c));
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) append_escape(out, 0xdc00u + static_cast<unsigned char>(text[0]));
    if (length == 1) append_ascii(out, text[0]);
    if (length > 1) append_code_point(out, text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

class Writer {
 public:
  explicit Writer(std::optional<unsigned> indent) : indent_(indent) {}

  std::string write(const ordered_json& value) {
    begin(value);
    while (!open_.empty()) step();
    out_ += '\n';
    return std::move(out_);
  }

 private:
  struct Open {
    const ordered_json* value;
    ordered_json::const_iterator next;
  };

  /// Writes a scalar or an empty container; opens any other.
  void begin(const ordered_json& value) {
    if (value.is_string()) return append_string(out_, value.get_ref<const std::string&>());
    if (!value.is_structured() || value.empty()) {
      out_ += value.dump();
      return;
    }
    out_ += value.is_array() ? '[' : '{';
    open_.push_back({&value, value.begin()});
  }

  void step() {
    Open& top = open_.back();
    const ordered_json& container = *top.value;
    if (top.next == container.end()) {
      open_.pop_back();
      new_line();
      out_ += container.is_array() ? ']' : '}';
      return;
    }
    if (top.next != container.begin()) out_ += ',';
    new_line();
    const auto at = top.next++;
    if (container.is_object()) {
      append_string(out_, at.key());
      out_ += indent_ ? ": " : ":";
    }
    begin(*at);
  }

  void new_line() {
    if (!indent_) return;
    out_ += '\n';
    out_.append(open_.size() * *indent_, ' ');
  }

  std::optional<unsigned> indent_;
  std::string out_;
  std::vector<Open> open_;
};

// --- Reading. The library knows no lone surrogates: before it reads, they are written as U+0000
// and the byte as a code point, and U+0000 itself twice; the strings that it gives are put right
// again.

/// The code unit of "\uXXXX" at the front of `text`, or nothing.
std::optional<unsigned> unit_at(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  unsigned unit = 0;
  for (const char c : text.substr(2, 4)) {
    const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    unit = unit << 4 | static_cast<unsigned>(digit < 16 ? digit : digit - 6);
  }
  return unit;
}

bool is_between(unsigned unit, unsigned low, unsigned high) {
  return unit >= low && unit <= high;
}

std::string hide_bytes(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('\\'), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    const auto unit = unit_at(text);
    std::size_t length = std::min<std::size_t>(unit ? 6 : 2, text.size());
    if (unit && is_between(*unit, 0xd800, 0xdbff)) length = std::min<std::size_t>(12, text.size());
    if (unit && *unit == 0) out += "\\u0000";
    if (unit && is_between(*unit, 0xdc80, 0xdcff)) {
      fmt::format_to(std::back_inserter(out), "\\u0000\\u{:04x}", *unit - 0xdc00);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

void show_bytes(std::string& text) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\0' && i + 1 < text.size()) {
      c = text[++i];
      if (c != '\0' && i + 1 < text.size()) {  // two bytes of UTF-8: U+0080 to U+00FF
        c = static_cast<char>((static_cast<unsigned char>(c) & 3) << 6 |
                              (static_cast<unsigned char>(text[i + 1]) & 0x3f));
        ++i;
      }
    }
    text[end++] = c;
  }
  text.resize(end);
}

void show_all_bytes(nlohmann::json& whole) {
  std::vector<nlohmann::json*> left{&whole};
  while (!left.empty()) {
    nlohmann::json& value = *left.back();
    left.pop_back();
    if (value.is_string()) show_bytes(value.get_ref<std::string&>());
    if (!value.is_structured()) continue;
    for (nlohmann::json& inner : value) left.push_back(&inner);
  }
}

/// There may be none though it says so.
bool has_lone_surrogates(std::string_view text) {
  for (std::size_t at = text.find("\\u"); at != std::string_view::npos;
       at = text.find("\\u", at + 2)) {
    const auto unit = unit_at(text.substr(at));
    if (unit && is_between(*unit, 0xdc80, 0xdcff)) return true;
  }
  return false;
}

/// Without the library's own "[json.exception.parse_error.101] ".
std::string words_of(const nlohmann::json::exception& error) {
  const std::string_view what = error.what();
  const std::size_t end = what.find("] ");
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

}  // namespace

std::string to_text(const ordered_json& value, std::optional<unsigned> indent) {
  return Writer(indent).write(value);
}

Result<nlohmann::json> from_text(std::string_view text) {
  try {
    if (!has_lone_surrogates(text)) return nlohmann::json::parse(text);
    nlohmann::json value = nlohmann::json::parse(hide_bytes(text));
    show_all_bytes(value);
    return value;
  } catch (const nlohmann::json::exception& error) {
    return Error{words_of(error)};
  }
}

}  // namespace poolproof::translate::crossplane
