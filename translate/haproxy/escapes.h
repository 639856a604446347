// Samples and rules that escape what was decoded, as nginx does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "translate/haproxy/rule.h"

namespace poolproof::translate::haproxy {

/// Bytes that nginx does not escape, or takes the escapes off again, in the target of a redirect
/// (NGX_ESCAPE_ARGS, then NGX_UNESCAPE_REDIRECT).
inline constexpr std::string_view kPlainInRedirects = "/!$&'()*+,:;<=>?@[\\]^`{|}";

/// `sample` with all bytes escaped but letters, digits, "-._~" and those of `plain`.
std::string escaped_sample(const std::string& sample, std::string_view plain);

/// What writes txn.escaped_path from txn.path as nginx escapes it.
std::vector<Rule> escape_rules(Shared& shared);

}  // namespace poolproof::translate::haproxy
