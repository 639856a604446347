// Access logs, their formats, and error logs of a plan.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/syntax/values.h"
#include "runtime/plan_builder.h"

namespace poolproof::runtime {

std::size_t PlanBuilder::log_file(std::string_view path) {
  const std::string full = path == "stderr" ? std::string(path) : full_path(path);
  const auto [at, is_new] = log_files_.try_emplace(full, plan_->log_files.size());
  if (is_new) plan_->log_files.push_back({full, false});
  return at->second;
}

void PlanBuilder::build_log_formats() {
  plan_->log_formats.push_back(LogFormat::combined(*plan_->variables));
  for (const Directive at : config_.http()->own("log_format")) {
    std::vector<std::string_view> texts;
    LogEscape escape = LogEscape::kDefault;
    for (std::size_t i = 1; i < at.arg_count(); ++i) {
      const std::string_view text = at.arg(i);
      if (i == 1 && text.starts_with("escape=")) {
        if (text == "escape=json")
          escape = LogEscape::kJson;
        else if (text == "escape=none")
          escape = LogEscape::kNone;
        else if (text != "escape=default")
          fail(at, fmt::format("unknown log format escaping \"{}\"", text));
        continue;
      }
      texts.push_back(text);
    }
    auto format = LogFormat::compile(std::string(at.arg(0)), texts, escape, *plan_->variables);
    if (format)
      plan_->log_formats.push_back(std::move(format).value());
    else
      compile_failed(at, texts);
  }
}

/// Names the variable that is not known, and keeps the format's users from being reported as well.
void PlanBuilder::compile_failed(Directive at, const std::vector<std::string_view>& texts) {
  for (const std::string_view text : texts) compile(text, at);
  auto empty =
      LogFormat::compile(std::string(at.arg(0)), {}, LogEscape::kDefault, *plan_->variables);
  plan_->log_formats.push_back(std::move(empty).value());
}

std::vector<AccessLogPlan> PlanBuilder::access_logs(const Scope& scope) {
  std::vector<AccessLogPlan> logs;
  const Found found = scope.find("access_log");
  for (const Directive at : found.directives) {
    if (at.arg(0) == "off") return {};
    if (auto log = access_log(at)) logs.push_back(std::move(*log));
  }
  if (!found.is_default()) return logs;
  AccessLogPlan log;
  log.file = log_file("logs/access.log");
  plan_->log_files[log.file].is_default = true;
  log.format = &plan_->log_formats.front();
  logs.push_back(std::move(log));
  return logs;
}

std::optional<AccessLogPlan> PlanBuilder::access_log(Directive at) {
  const std::string_view path = at.arg(0);
  if (path.starts_with("syslog:")) return refuse(at, "access_log to syslog"), std::nullopt;
  if (has_variables(path)) return refuse(at, "access_log with variables in its path"), std::nullopt;
  AccessLogPlan log;
  log.file = log_file(path);
  log.format = &plan_->log_formats.front();
  for (std::size_t i = 1; i < at.arg_count(); ++i) {
    const std::string_view text = at.arg(i);
    if (text.starts_with("if=")) {
      log.condition = compile(text.substr(3), at);
    } else if (text.starts_with("buffer=") || text.starts_with("flush=")) {
      continue;  // lines are gathered anyway, and written at the end of each turn of the loop
    } else if (text == "gzip" || text.starts_with("gzip=")) {
      refuse(at, "access_log with gzip");
    } else {
      const auto format = std::find_if(plan_->log_formats.begin(), plan_->log_formats.end(),
                                       [&](const LogFormat& each) { return each.name() == text; });
      if (format != plan_->log_formats.end())
        log.format = &*format;
      else
        fail(at, fmt::format("unknown log format \"{}\"", text));
    }
  }
  return log;
}

std::vector<ErrorLogPlan> PlanBuilder::error_logs(const Scope& scope) {
  static constexpr std::array<std::string_view, 8> kLevels{"emerg", "alert",  "crit", "error",
                                                           "warn",  "notice", "info", "debug"};
  std::vector<ErrorLogPlan> logs;
  for (const Directive at : scope.find("error_log").directives) {
    const std::string_view path = at.arg(0);
    if (path.starts_with("syslog:") || path.starts_with("memory:")) {
      refuse(at, fmt::format("error_log {}", path.substr(0, path.find(':'))));
      continue;
    }
    ErrorLogPlan log;
    log.file = log_file(path);
    for (std::size_t level = 0; level < kLevels.size(); ++level) {
      if (at.arg(1) == kLevels[level]) log.level = static_cast<LogLevel>(level);
    }
    logs.push_back(log);
  }
  return logs;
}

}  // namespace poolproof::runtime
