// What a block holds is not all known where an `include` in it could not be read. Answers only;
// nothing here reports anything.
#pragma once

#include "grammar/base/diagnostic.h"
#include "lint/rule.h"

namespace poolproof::lint {

/// The `include` that could not be read, in the location or in a block around it up to the server,
/// so that settings of the location may be missing. Nothing where there is none; of `http`, which
/// mostly lacks files that say nothing of connections (mime.types), none is looked for.
std::optional<SourceSpan> unread_include(const RuleInput& input, const Location& location);

/// Makes a finding about a setting that is missing into information where it may stand in a file
/// that could not be read: nothing is to be added beside it.
void hedge_if_unread(const RuleInput& input, const Location& location, Diagnostic& finding);

}  // namespace poolproof::lint
