// Shared by the tests of this target: a translation of the contents of `http`, and what to look for
// in it and in what is told.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"
#include "translate/targets.h"

namespace poolproof::testing {

struct Translated {
  std::string text;
  std::vector<std::string> errors, warnings;

  static bool any(const std::vector<std::string>& all, std::string_view what) {
    return std::any_of(all.begin(), all.end(), [&](const std::string& message) {
      return message.find(what) != std::string::npos;
    });
  }
  bool loses(std::string_view what) const { return any(errors, what); }
  bool warns(std::string_view what) const { return any(warnings, what); }
  bool has(std::string_view part) const { return text.find(part) != std::string::npos; }
};

inline Translated translated(const std::string& http) {
  const auto loaded = merged_http(http);
  const translate::Translation out = translate::to_caddy(*loaded.config);
  Translated seen{out.files.at(0).text, {}, {}};
  for (const Diagnostic& each : out.diagnostics) {
    EXPECT_EQ(each.rule, translate::kNotTranslated);
    (each.severity == Severity::kError ? seen.errors : seen.warnings).push_back(each.message);
  }
  return seen;
}

inline Translated in_location(const std::string& statements, const std::string& upstream = {}) {
  return translated("upstream app { server 10.0.0.1:8080; " + upstream +
                    " }\nserver { listen 80; location / { " + statements + " } }");
}

}  // namespace poolproof::testing
