// What lint reports beside its rules: what nginx itself refuses, and what keeps a file from being
// read. These findings have no page of their own; here is their sentence.
#pragma once

#include <span>
#include <string_view>

namespace poolproof::lint {

struct BuiltInFinding {
  std::string_view name;
  std::string_view summary;    // one sentence
  std::string_view more = {};  // of its page: Markdown
};

/// Sorted by name.
std::span<const BuiltInFinding> built_in_findings();
/// Null if there is none of this name.
const BuiltInFinding* find_built_in_finding(std::string_view name);

}  // namespace poolproof::lint
