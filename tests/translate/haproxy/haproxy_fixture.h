// Shared by the tests of this target: a translation of the contents of `http`, and what to look for
// in it.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"
#include "translate/targets.h"

namespace poolproof::testing {

inline constexpr Version kOldNginx{1, 22, 1};

struct Said {
  std::string text;
  std::vector<Diagnostic> told;

  bool has(std::string_view part) const { return text.find(part) != std::string::npos; }
  /// "error: MESSAGE" of the only thing that was told; all of them if there are others.
  std::string loss() const {
    std::string out;
    for (const Diagnostic& each : told) {
      out += (out.empty() ? "" : "\n");
      out += (each.severity == Severity::kError ? "error: " : "warning: ") + each.message;
    }
    return out;
  }
};

inline Said to_haproxy(const std::string& http, Version version = kOldNginx) {
  const Loaded loaded = merged_http(http, version);
  translate::Translation translation = translate::to_haproxy(*loaded.config);
  return {translation.files.front().text, std::move(translation.diagnostics)};
}

/// The contents of one location that is passed to, in a server of its own.
inline Said location_to_haproxy(const std::string& inside, const std::string& upstream = "",
                                Version version = kOldNginx) {
  return to_haproxy("upstream app { server 127.0.0.1:9001; " + upstream +
                        " }\nserver { listen 8080; server_name a.test; location / { " + inside +
                        " } }",
                    version);
}

}  // namespace poolproof::testing
