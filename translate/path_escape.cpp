// The sets of bytes that nginx escapes, by version. Knows nothing of the targets that ask.
#include "translate/path_escape.h"

#include <fmt/format.h>

namespace poolproof::translate {
namespace {

constexpr std::string_view kPlainBefore = "/!$&'()*+,:;=@[]\"<>\\^`{|}";
constexpr std::string_view kPlainSince1211 = "/!$&'()*+,:;=@[]";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_one_of(char c, std::string_view bytes) {
  return bytes.find(c) != std::string_view::npos;
}

}  // namespace

std::string_view plain_in_paths(PathEscape escape) {
  return escape == PathEscape::kOld ? kPlainBefore : kPlainSince1211;
}

std::string_view plain_in_arguments(PathEscape escape) {
  return escape == PathEscape::kOld ? "/!$'()*,:=@[]\"<>\\^`{|}" : "/!$'()*,:=@[]";
}

std::string escaped_path(std::string_view path, PathEscape escape) {
  std::string out;
  for (const char c : path) {
    if (is_alphanumeric(c) || is_one_of(c, "-._~") || is_one_of(c, plain_in_paths(escape))) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace poolproof::translate
