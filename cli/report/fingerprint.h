// Names for findings that stay the same while lines move: for baselines and for CI systems that
// compare two runs.
#pragma once

namespace poolproof::cli {

struct LintReport;

/// Gives each finding its fingerprint, all different: 32 hexadecimal digits made of the rule, the
/// path within the checkout, the heads of the blocks around the place, the statement there (blanks
/// aside) and, where all that is the same, the number among its equals. Line numbers, messages and
/// other statements do not matter.
void name_findings(LintReport& report);

}  // namespace poolproof::cli
