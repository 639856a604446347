// nginx's expressions (PCRE, searched for) as Envoy's (RE2, the whole text must match).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace poolproof::translate::envoy {

enum class Subject {
  kPath,          // without query, as a route's `safe_regex` sees it
  kPathAndQuery,  // `:path`: the expression must not look into the query
  kHost           // with or without a port
};

/// Nothing if RE2 cannot say it: look-around, references back, possessive and atomic groups,
/// recursion. The numbers of captures stay.
std::optional<std::string> whole_pattern(std::string_view pattern, Subject subject,
                                         bool ignores_case);

/// Such a pattern where parts are looked for and replaced (`regex_rewrite`): only the whole text
/// counts.
std::string anchored(std::string_view whole);

}  // namespace poolproof::translate::envoy
