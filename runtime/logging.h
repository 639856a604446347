// The error log: nginx's levels and line format, written through spdlog to the files of the plan.
// Shared by all workers; thread-safe. (Access logs are the workers' own.)
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/descriptor.h"
#include "runtime/log_format.h"

namespace spdlog {
class logger;
}

namespace poolproof::runtime {

class ErrorLog {
 public:
  ErrorLog();
  ~ErrorLog();
  /// Takes the opened files that error_log directives name: `wanted` says which. They must outlive
  /// the log; what they are open on may change (see reopen_logs in server.cpp).
  void attach(const std::vector<Descriptor>& files, const std::vector<bool>& wanted);

  /// Writes to every log of `logs` whose level takes it: "2026/11/23 11:21:11 [error] 123#4: text".
  void write(const std::vector<ErrorLogPlan>& logs, LogLevel level, std::string_view text) const;

 private:
  std::vector<std::shared_ptr<spdlog::logger>> files_;  // spdlog's factories give shared ownership
};

/// "error", "warn", ...: as the log writes it.
std::string_view to_string(LogLevel level);

}  // namespace poolproof::runtime
