// spdlog formats the time and serialises the writers; the rest of the line is ours.
#include "runtime/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/plan.h"

namespace poolproof::runtime {

std::string_view to_string(LogLevel level) {
  static constexpr std::array<std::string_view, 8> kNames{"emerg", "alert",  "crit", "error",
                                                          "warn",  "notice", "info", "debug"};
  return kNames[static_cast<std::size_t>(level)];
}

ErrorLog::ErrorLog() = default;
ErrorLog::~ErrorLog() = default;

std::string ErrorLog::open(const std::vector<LogFile>& files, const std::vector<bool>& wanted) {
  files_.resize(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!wanted[i]) continue;
    spdlog::sink_ptr sink;
    try {  // start-up: spdlog says it by an exception
      if (files[i].path == "stderr")
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
      else
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(files[i].path);
    } catch (const spdlog::spdlog_ex& error) {
      return error.what();
    }
    auto logger = std::make_shared<spdlog::logger>("error", std::move(sink));
    logger->set_pattern("%Y/%m/%d %H:%M:%S %v");
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    files_[i] = std::move(logger);
  }
  return {};
}

void ErrorLog::write(const std::vector<ErrorLogPlan>& logs, LogLevel level,
                     std::string_view text) const {
  for (const ErrorLogPlan& log : logs) {
    if (level > log.level || log.file >= files_.size() || files_[log.file] == nullptr) continue;
    files_[log.file]->info("[{}] {}#{}: {}", to_string(level), getpid(), gettid(), text);
  }
}

}  // namespace poolproof::runtime
