// What the process tells its caller. Scripts and CI depend on these numbers: they never change.
#pragma once

namespace poolproof::cli {

enum class ExitCode : int {
  kClean = 0,     // nothing of severity warning or error; for `fix --diff`: nothing to change
  kFindings = 1,  // at least one warning or error; for `fix --diff`: there is a patch; for `fix`:
                  // a part has syntax errors or is missing, so what it needs is not known
  kUnusable = 2,  // something could not be read, written or used: a path, an option, a port
  kInternal = 3,  // a defect of poolproof itself
};

/// The graver of two.
constexpr ExitCode worse(ExitCode a, ExitCode b) {
  return static_cast<int>(a) < static_cast<int>(b) ? b : a;
}

}  // namespace poolproof::cli
