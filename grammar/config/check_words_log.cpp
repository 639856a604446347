// Logs: levels, formats, buffers, syslog.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/check_words.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::array<std::string_view, 8> kLevels = {"emerg", "alert",  "crit", "error",
                                                     "warn",  "notice", "info", "debug"};
constexpr std::array<std::string_view, 24> kFacilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "intern", "lpr",    "news",
    "uucp",   "clock",  "authpriv", "ftp",    "ntp",    "audit",  "alert",  "cron",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_tag(std::string_view text) {
  return text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '_';
         });
}

/// "server=a,facility=b,...", what follows "syslog:".
void syslog(const Words& words, std::size_t at) {
  bool has_server = false;
  for (std::string_view rest = words[at].substr(7); !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    std::string_view value;
    if (takes_key(part, "server=", value)) {
      has_server = true;
    } else if (takes_key(part, "facility=", value)   ? is_one_of(value, kFacilities)
               : takes_key(part, "severity=", value) ? is_one_of(value, kLevels)
               : takes_key(part, "tag=", value)      ? is_tag(value)
                                                     : part == "nohostname") {
      continue;
    } else {
      words.refuse(at, fmt::format("`{}` is nothing that nginx knows of syslog", part));
    }
  }
  if (!has_server) words.refuse(at, "syslog needs `server=ADDRESS`");
}

/// A ring in memory (builds with --with-debug) holds at least one message.
void memory_log(const Words& words, std::string_view size) {
  constexpr std::int64_t kMessage = 2098;
  if (parse_size(size).value_or(0) < kMessage) words.want(0, "`memory:SIZE` of at least 3k");
}

void error_log(const Words& words) {
  std::string_view size;
  if (takes_key(words[0], "memory:", size)) memory_log(words, size);
  if (words[0].starts_with("syslog:")) syslog(words, 0);
  std::size_t levels = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("debug_")) continue;
    if (!is_one_of(words[i], kLevels)) {
      words.want(i, "a level from `debug` to `emerg`");
    } else if (++levels == 2) {
      words.refuse(i, "`error_log` has a level already");
    }
  }
}

bool is_gzip(std::string_view text) {
  std::string_view level;
  if (text == "gzip") return true;
  if (!takes_key(text, "gzip=", level)) return false;
  const auto number = parse_number(level);
  return number && *number >= 1 && *number <= 9;
}

void access_log(const Words& words) {
  if (words[0] == "off") {
    if (words.size() > 1) words.refuse(1, "`access_log off` stands alone");
    return;
  }
  if (words[0].starts_with("syslog:")) syslog(words, 0);
  std::size_t flush = 0;
  bool buffered = false;
  for (std::size_t i = 2; i < words.size(); ++i) {
    std::string_view value;
    bool good = is_gzip(words[i]) || words[i].starts_with("if=");
    buffered = buffered || is_gzip(words[i]);
    if (takes_key(words[i], "buffer=", value)) {
      good = parse_size(value).value_or(0) > 0;
      buffered = true;
    } else if (takes_key(words[i], "flush=", value)) {
      good = parse_time(value).value_or(std::chrono::milliseconds(0)).count() > 0;
      flush = i;
    }
    if (!good) words.want(i, "`buffer=SIZE`, `flush=TIME`, `gzip=LEVEL` or `if=CONDITION`");
  }
  if (flush != 0 && !buffered) words.refuse(flush, "there is no `buffer=` that could be flushed");
  if (buffered && has_variables(words[0])) {
    words.refuse(0, "a log with a buffer cannot have variables in its name");
  }
}

void log_format(const Words& words) {
  std::string_view how;
  if (words.size() < 2 || !takes_key(words[1], "escape=", how)) return;
  if (how != "default" && how != "json" && how != "none") {
    words.want(1, "`escape=default`, `escape=json` or `escape=none`");
  }
}

constexpr std::array kTable = {
    WordsEntry{"access_log", access_log},
    WordsEntry{"error_log", error_log},
    WordsEntry{"log_format", log_format},
};

}  // namespace

std::span<const WordsEntry> log_word_checks() {
  return kTable;
}

}  // namespace poolproof
