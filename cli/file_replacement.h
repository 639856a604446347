// Replaces a file's contents so that at every moment the old or the new file is there, whole.
#pragma once

#include <signal.h>

#include <optional>
#include <string>

#include "grammar/base/result.h"

namespace poolproof::cli {

/// A new file written beside the old one, waiting to take its place. Symbolic links are followed:
/// the target is replaced, the link stays. Mode and owner are kept; if that is not possible nothing
/// is done.
class FileReplacement {
 public:
  /// Writes `after` beside the file and makes it durable. An Error if the file cannot be read or no
  /// longer holds `before`, if it has other hard links (they would keep the old contents), or if
  /// the new one cannot be written with the same owner.
  static Result<FileReplacement> prepare(const std::string& path, const std::string& before,
                                         const std::string& after);

  FileReplacement(FileReplacement&& other) noexcept;
  FileReplacement& operator=(FileReplacement&&) = delete;
  FileReplacement(const FileReplacement&) = delete;
  /// Removes the new file if it was not committed.
  ~FileReplacement();

  /// Puts the new file in the old one's place; looks once more whether it still holds `before`.
  std::optional<Error> commit();
  /// After commit(): puts the old contents back, in the same way.
  std::optional<Error> undo();

 private:
  FileReplacement(std::string target, std::string temporary, std::string before, std::string after);

  std::string target_;     // with links resolved
  std::string temporary_;  // empty once committed
  std::string before_, after_;
};

/// While it lives, what asks the process to end (SIGINT, SIGTERM, SIGHUP) waits: several files are
/// replaced all or not at all, and nothing is left beside them.
class InterruptionsHeld {
 public:
  InterruptionsHeld();
  ~InterruptionsHeld();
  InterruptionsHeld(const InterruptionsHeld&) = delete;
  InterruptionsHeld& operator=(const InterruptionsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace poolproof::cli
