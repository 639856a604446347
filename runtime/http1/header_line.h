// One header line of a request or a response, by the rules of nginx 1.22.1 to 1.31.5
// (ngx_http_parse_header_line). Knows no header by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace poolproof::runtime {

enum class LineStatus : std::uint8_t {
  kLine,        // name and value are set
  kDropped,     // a name with characters that are to be ignored; name is set
  kEnd,         // the blank line
  kIncomplete,  // no line break yet
  kInvalid      // the message is to be refused
};

struct ParsedLine {
  LineStatus status = LineStatus::kIncomplete;
  std::string_view name;
  std::string_view value;
  const char* next = nullptr;  // behind the line break
};

/// Which names are taken. nginx drops names with other characters than letters, digits and "-", and
/// those with
/// "_" unless underscores_in_headers is on.
struct NameRules {
  bool drop_invalid = true;
  bool allow_underscores = false;
};

ParsedLine parse_header_line(const char* begin, const char* end, NameRules rules);

}  // namespace poolproof::runtime
