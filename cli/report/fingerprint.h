// Names for findings that stay the same while lines move: for baselines and for CI systems that
// compare two runs.
#pragma once

namespace poolproof::cli {

struct LintReport;

/// The first version took all servers of a file for one.
inline constexpr int kFingerprintVersion = 2;

/// Gives each finding its fingerprint, all different: 32 hexadecimal digits made of the rule, the
/// path within the checkout, the heads of the blocks around the place (of a server also what it
/// listens on and its names), the statement there (blanks aside) and, where all that is the same,
/// the number among its equals. Line numbers, messages and other statements do not matter. They are
/// of the version that the report names.
void name_findings(LintReport& report);

}  // namespace poolproof::cli
