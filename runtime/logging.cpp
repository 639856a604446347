// spdlog formats the time and serialises the writers; the rest of the line is ours.
#include "runtime/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace poolproof::runtime {
namespace {

/// Writes each line with one call, so that lines of several processes do not mix, and nothing waits
/// in a buffer. spdlog's own file sinks cannot go on with another file (SIGUSR1).
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit DescriptorSink(int file) : file_(file) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    // A full disk loses the line, as it does in nginx.
    [[maybe_unused]] const ssize_t written = ::write(file_, line.data(), line.size());
  }
  void flush_() override {}

 private:
  int file_;
};

}  // namespace

std::string_view to_string(LogLevel level) {
  static constexpr std::array<std::string_view, 8> kNames{"emerg", "alert",  "crit", "error",
                                                          "warn",  "notice", "info", "debug"};
  return kNames[static_cast<std::size_t>(level)];
}

ErrorLog::ErrorLog() = default;
ErrorLog::~ErrorLog() = default;

void ErrorLog::attach(const std::vector<Descriptor>& files, const std::vector<bool>& wanted) {
  files_.resize(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!wanted[i]) continue;
    auto logger =
        std::make_shared<spdlog::logger>("error", std::make_shared<DescriptorSink>(files[i].get()));
    logger->set_pattern("%Y/%m/%d %H:%M:%S %v");
    logger->set_level(spdlog::level::trace);
    files_[i] = std::move(logger);
  }
}

void ErrorLog::write(const std::vector<ErrorLogPlan>& logs, LogLevel level,
                     std::string_view text) const {
  for (const ErrorLogPlan& log : logs) {
    if (level > log.level || log.file >= files_.size() || files_[log.file] == nullptr) continue;
    files_[log.file]->info("[{}] {}#{}: {}", to_string(level), getpid(), gettid(), text);
  }
}

}  // namespace poolproof::runtime
