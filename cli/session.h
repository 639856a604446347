// What every command shares: where it reads, where it prints, how the terminal wants it, and what
// the process will answer. One per process; commands fill in `exit_code`.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/exit_code.h"
#include "grammar/base/file_reader.h"

namespace poolproof::cli {

/// How text is to be laid out.
struct TextStyle {
  bool colour = false;
  /// Columns of the terminal; source lines longer than this are cut around the finding.
  unsigned width = 100;
  /// Whether a report ends with its summary.
  bool summary = true;
};

struct Session {
  DiskFileReader reader;
  TextStyle out_style;  // of standard output
  TextStyle err_style;  // of standard error
  ExitCode exit_code = ExitCode::kClean;
};

/// Colour where a terminal shows it, or where FORCE_COLOR is set (force-color.org); not with
/// NO_COLOR set to anything (no-color.org), not with TERM=dumb. The width is the terminal's, or 100
/// where it is none.
TextStyle style_of(std::FILE* stream);

/// Writes all of `text`. A reader that has gone away is not an error.
void print(std::FILE* stream, std::string_view text);
/// Whether print() could not write something to standard output: on a full disk, say.
bool output_was_lost();

/// "poolproof: MESSAGE" on standard error.
void complain(const Session& session, std::string_view message);

/// All of standard input; an Error if it cannot be read, is larger than kMaxFileSize, or is empty:
/// what was to write it has failed then.
Result<std::string> read_standard_input();

}  // namespace poolproof::cli
