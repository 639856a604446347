// What `routes`, `show`, `size` and `translate` share: they look at one configuration, and nginx
// may refuse it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"
#include "grammar/config/effective_config.h"

namespace poolproof::cli {

/// A file, or "-" for standard input; either may hold a dump of `nginx -T`. Nothing if it cannot be
/// read: that is said, and the exit status set.
std::unique_ptr<BoundConfig> load_one(Session& session, const std::string& path,
                                      const LoadOptions& options);

/// What a finding of severity error makes of the exit status where findings are not the answer:
/// `routes`, `show`, `size`, `translate`, `fix`.
ExitCode exit_code_of(const Diagnostic& finding);

/// Tells what nginx refuses beside the answer, sets the exit status, and gives the number of
/// errors.
std::size_t tell_errors(Session& session, const EffectiveConfig& config);

}  // namespace poolproof::cli
