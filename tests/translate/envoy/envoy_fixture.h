// Shared by the tests of this target: a translation of the contents of `http`.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/translate/location_of.h"

namespace poolproof::testing {

inline Said to_envoy(const std::string& http, Version version = kOldNginx) {
  return translated_by(translate::to_envoy, http, version);
}

inline Said location_to_envoy(const std::string& inside, const std::string& upstream = "",
                              Version version = kOldNginx) {
  return to_envoy(around_location(inside, upstream), version);
}

/// The lines from the one that has `first` on, as far as they are indented deeper, without
/// comments and without the indentation of the first; "" if there is none.
inline std::string part(const std::string& text, const std::string& first) {
  const std::size_t found = text.find(first);
  if (found == std::string::npos) return {};
  std::size_t at = text.rfind('\n', found) + 1;
  const std::size_t indent = text.find_first_not_of(' ', at) - at;
  std::string out;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    const std::size_t own = line.find_first_not_of(' ');
    if (!out.empty() && own <= indent) break;
    if (const std::size_t comment = line.find("  # "); comment != std::string::npos) {
      line.resize(comment);
    }
    out += line.substr(indent) + "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace poolproof::testing
