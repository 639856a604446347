// Access log lines: log_format compiled, and which logs a location writes. Writing is the engine's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expression.h"

namespace poolproof::runtime {

enum class LogEscape : std::uint8_t { kDefault, kJson, kNone };

class LogFormat {
 public:
  static Result<LogFormat> compile(std::string name, const std::vector<std::string_view>& texts,
                                   LogEscape escape, VariableTable& variables);
  /// nginx's predefined "combined".
  static LogFormat combined(VariableTable& variables);

  const std::string& name() const { return name_; }
  /// Appends the line with its line break. "-" stands for what was not found.
  void append_to(Request& request, std::string& out) const;

 private:
  struct Piece {
    std::string literal;
    Variable variable;
  };
  std::string name_;
  LogEscape escape_ = LogEscape::kDefault;
  std::vector<Piece> pieces_;
};

void append_escaped(std::string_view value, LogEscape escape, std::string& out);

/// One access_log of a location.
struct AccessLogPlan {
  std::size_t file = 0;  // in Plan::log_files
  const LogFormat* format = nullptr;
  std::optional<Expression> condition;  // if=: written unless "" or "0"
};

enum class LogLevel : std::uint8_t { kEmerg, kAlert, kCrit, kError, kWarn, kNotice, kInfo, kDebug };

struct ErrorLogPlan {
  std::size_t file = 0;  // in Plan::log_files; "stderr" is one of them
  LogLevel level = LogLevel::kError;
};

}  // namespace poolproof::runtime
