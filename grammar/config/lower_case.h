// ASCII lower case, as nginx compares names of upstreams, servers and headers.
#pragma once

#include <string>
#include <string_view>

namespace poolproof {

inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

}  // namespace poolproof
