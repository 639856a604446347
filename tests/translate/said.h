// What a translator gave, and what to look for in it; shared by the tests of several targets.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/base/version.h"

namespace poolproof::testing {

inline constexpr Version kOldNginx{1, 22, 1};

struct Said {
  std::string text;
  std::vector<Diagnostic> told;

  bool has(std::string_view part) const { return text.find(part) != std::string::npos; }
  bool tells(Severity severity, std::string_view part) const {
    return std::any_of(told.begin(), told.end(), [&](const Diagnostic& each) {
      return each.severity == severity && each.message.find(part) != std::string::npos;
    });
  }
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

}  // namespace poolproof::testing
