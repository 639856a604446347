// Reads logs: a file or standard input, plain or gzip (told by its first bytes), in blocks of whole
// lines, with the same memory whatever the size is. Knows no log format.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "grammar/base/result.h"

namespace poolproof::cli {

class LogInput {
 public:
  /// A line longer than this is handed out in pieces.
  static constexpr std::size_t kBlockSize = 256 << 10;

  /// "-" is standard input. An Error for what cannot be opened, is a folder, or is compressed in
  /// another way than gzip.
  static Result<LogInput> open(const std::string& path);

  LogInput(LogInput&&) noexcept;
  LogInput& operator=(LogInput&&) noexcept;
  ~LogInput();

  /// The next lines, each with its line break (the last of the log may lack it); empty at the end.
  /// Valid until the next call. An Error where reading or unpacking fails: what came before it has
  /// been handed out.
  Result<std::string_view> next();

 private:
  struct State;
  explicit LogInput(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace poolproof::cli
