// Rotated logs come in any order on a command line (access.log access.log.1): time decides.
#include "cli/commands/size_log.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "cli/log_input.h"

namespace poolproof::cli {
namespace {

constexpr std::size_t kSampleLines = 200;  // of all logs together that the format is found by
constexpr std::size_t kShownUnmatched = 3;
constexpr std::size_t kShownCharacters = 200;

/// A log before it is read: its first lines, and itself if it cannot be opened twice.
struct Peeked {
  std::string path;
  std::string first;
  std::optional<LogInput> input;
  std::int64_t first_ms = 0;
};

void refuse(Session& session, const std::string& path, const std::string& why) {
  complain(session, fmt::format("{}: cannot read this: {}", path, why));
  session.exit_code = worse(session.exit_code, ExitCode::kUnusable);
}

/// Calls `use` for each line until it says no.
template <class Use>
void each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const void* found = std::memchr(text.data(), '\n', text.size());
    const std::size_t end =
        found == nullptr ? text.size()
                         : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    if (!use(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<Peeked> peek(Session& session, const std::vector<std::string>& files) {
  std::vector<Peeked> logs;
  for (const std::string& path : files) {
    auto input = LogInput::open(path);
    if (!input) {
      refuse(session, path, input.error().message);
      continue;
    }
    const auto first = input.value().next();
    if (!first) {
      refuse(session, path, first.error().message);
      continue;
    }
    Peeked log{path, std::string(first.value()), std::nullopt, 0};
    if (path == "-") log.input = std::move(input).value();
    logs.push_back(std::move(log));
  }
  return logs;
}

std::optional<lint::GuessedFormat> named_format(Session& session, const LogRequest& request) {
  std::string name = "--log-format";
  std::string text = request.format;
  if (text.find('$') == std::string::npos) {
    std::vector<lint::NamedFormat> known = request.known_formats;
    known.insert(known.end(), lint::usual_log_formats().begin(), lint::usual_log_formats().end());
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& format) { return format.name == text; });
    if (found == known.end()) {
      complain(session, fmt::format("--log-format: nothing is called `{}`; give the text of the "
                                    "format, or the configuration that defines it",
                                    text));
      return std::nullopt;
    }
    name = found->name;
    text = found->text;
  }
  auto format = lint::LogTemplate::compile(text);
  if (!format) {
    complain(session, fmt::format("--log-format: `{}` cannot be read back: {}", text,
                                  format.error().message));
    return std::nullopt;
  }
  return lint::GuessedFormat{name, std::move(format).value(), 0};
}

/// nginx escapes control characters in a log; what holds others is a program, an archive, a
/// picture.
bool is_text(std::string_view line) {
  return std::none_of(line.begin(), line.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

std::optional<lint::GuessedFormat> found_format(Session& session, const LogRequest& request,
                                                const std::vector<Peeked>& logs) {
  std::vector<std::string_view> sample;
  for (const Peeked& log : logs) {
    std::size_t left = kSampleLines / logs.size() + 1;
    each_line(log.first, [&](std::string_view line) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      sample.push_back(line);
      return --left > 0;
    });
  }
  auto format = lint::guess_log_format(sample, request.known_formats);
  if (format) return format;
  const bool all_text = std::all_of(sample.begin(), sample.end(), is_text);
  complain(session, sample.empty() ? "the logs are empty"
                    : !all_text    ? "these are no logs: their first lines hold control characters"
                                : fmt::format("the format of `{}` was not recognised; give it with "
                                              "--log-format 'TEXT', as log_format has it",
                                              sample.front().substr(0, kShownCharacters)));
  return std::nullopt;
}

/// Says what to log where the format does not tell enough.
bool is_usable(Session& session, const lint::GuessedFormat& format) {
  if (format.format.tells_time() && format.format.tells_duration()) return true;
  complain(
      session,
      fmt::format("the format ({}) does not tell {}; log {}", format.format.text(),
                  format.format.tells_time() ? "how long requests took" : "when requests ended",
                  format.format.tells_time()
                      ? "$request_time and $upstream_response_time, better with $upstream_addr"
                      : "$msec or $time_local"));
  return false;
}

void sort_by_time(std::vector<Peeked>& logs, const lint::LogTemplate& format) {
  for (Peeked& log : logs) {
    lint::LogReader reader(format);
    each_line(log.first, [&](std::string_view line) {
      lint::LogRecord record;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (reader.read(line, record) == lint::LineOutcome::kUnmatched) return true;
      log.first_ms = record.end_ms;
      return false;
    });
  }
  std::stable_sort(logs.begin(), logs.end(),
                   [](const Peeked& a, const Peeked& b) { return a.first_ms < b.first_ms; });
}

class LineSink {
 public:
  LineSink(lint::LogAnalysis& analysis, LogFacts& facts) : analysis_(analysis), facts_(facts) {}

  void begin_file(const std::string& path) {
    path_ = path;
    line_ = 0;
  }
  void add(std::string_view lines) {
    each_line(lines, [&](std::string_view line) {
      ++line_;
      if (analysis_.add(line) == lint::LineOutcome::kUnmatched) show(line);
      return true;
    });
  }

 private:
  void show(std::string_view line) {
    if (facts_.unmatched.size() >= kShownUnmatched) return;
    facts_.unmatched.push_back({path_, line_, std::string(line.substr(0, kShownCharacters))});
  }

  lint::LogAnalysis& analysis_;
  LogFacts& facts_;
  std::string path_;
  std::uint64_t line_ = 0;
};

void read_log(Session& session, Peeked& log, LineSink& sink) {
  sink.begin_file(log.path);
  if (log.input) {
    sink.add(log.first);
  } else {
    auto again = LogInput::open(log.path);
    if (!again) return refuse(session, log.path, again.error().message);
    log.input = std::move(again).value();
  }
  for (;;) {
    const auto lines = log.input->next();
    if (!lines) return refuse(session, log.path, lines.error().message);
    if (lines.value().empty()) break;
    sink.add(lines.value());
  }
  log.input.reset();
}

}  // namespace

std::optional<LogResult> read_logs(Session& session, const LogRequest& request) {
  std::vector<Peeked> logs = peek(session, request.files);
  if (logs.empty()) return std::nullopt;
  auto format = request.format.empty() ? found_format(session, request, logs)
                                       : named_format(session, request);
  if (!format || !is_usable(session, *format)) {
    session.exit_code = ExitCode::kUnusable;
    return std::nullopt;
  }
  sort_by_time(logs, format->format);
  LogResult result;
  result.facts.format_name = format->name;
  result.facts.format = format->format.text();
  lint::LogOptions options = request.options;
  if (options.workers == 0 && !format->format.has(lint::LogField::kPid)) {
    options.workers = request.configured_workers;
  }
  lint::LogAnalysis analysis(format->format, std::move(options));
  LineSink sink(analysis, result.facts);
  for (Peeked& log : logs) {
    read_log(session, log, sink);
    result.facts.files.push_back(log.path);
  }
  result.groups = analysis.finish();
  result.facts.lines = analysis.lines();
  return result;
}

}  // namespace poolproof::cli
