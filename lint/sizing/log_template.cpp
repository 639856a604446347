// The scanner leans on memchr: the first character of a literal is looked for, the rest compared.
#include "lint/sizing/log_template.h"

#include <cstring>

#include <fmt/format.h>

#include "grammar/syntax/values.h"

namespace poolproof::lint {
namespace {

struct KnownVariable {
  std::string_view name;
  LogField field;
};
constexpr KnownVariable kKnown[] = {
    {"msec", LogField::kMsec},
    {"time_local", LogField::kTimeLocal},
    {"time_iso8601", LogField::kTimeIso8601},
    {"request_time", LogField::kRequestTime},
    {"upstream_addr", LogField::kUpstreamAddr},
    {"upstream_response_time", LogField::kUpstreamResponseTime},
    {"upstream_connect_time", LogField::kUpstreamConnectTime},
    {"proxy_host", LogField::kUpstreamName},
    {"proxy_upstream_name", LogField::kUpstreamName},
    {"upstream_name", LogField::kUpstreamName},
    {"pid", LogField::kPid},
    {"connection", LogField::kConnection},
};

constexpr std::uint8_t kTimeLocalLength = 26;    // 10/Oct/2026:13:55:36 +0000
constexpr std::uint8_t kTimeIso8601Length = 25;  // 2026-10-10T13:55:36+00:00

std::uint8_t least_length(LogField field) {
  if (field == LogField::kTimeLocal) return kTimeLocalLength;
  return field == LogField::kTimeIso8601 ? kTimeIso8601Length : std::uint8_t{0};
}

/// nginx writes a quote inside a value as \x22, or with escape=json as \".
bool is_escaped(std::string_view line, std::size_t quote) {
  std::size_t backslashes = 0;
  while (backslashes < quote && line[quote - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

/// "a, b : c": is this blank or comma one that stands between the attempts of one request?
bool separates_attempts(std::string_view line, std::size_t at) {
  const auto next = [&](std::size_t ahead) {
    return at + ahead < line.size() ? line[at + ahead] : '\0';
  };
  if (line[at] == ',') return next(1) == ' ';
  if (line[at] != ' ' || at == 0) return false;
  if (line[at - 1] == ',') return true;
  if (next(1) == ':' && next(2) == ' ') return true;
  return line[at - 1] == ':' && at >= 2 && line[at - 2] == ' ';
}

}  // namespace

LogField log_field(std::string_view variable) {
  for (const KnownVariable& known : kKnown) {
    if (known.name == variable) return known.field;
  }
  return LogField::kSkipped;
}

std::string_view variable_of(LogField field) {
  static constexpr std::string_view kNames[] = {"$msec",
                                                "$time_local",
                                                "$time_iso8601",
                                                "$request_time",
                                                "$upstream_addr",
                                                "$upstream_response_time",
                                                "$upstream_connect_time",
                                                "$proxy_host",
                                                "$pid",
                                                "$connection",
                                                "$status"};
  static_assert(std::size(kNames) == kLogFieldCount);
  return kNames[static_cast<std::size_t>(field)];
}

Result<LogTemplate> LogTemplate::compile(std::string_view format) {
  const auto parts = split_variables(format);
  if (!parts) return Error{"a `$` is followed by no name of a variable"};
  LogTemplate out;
  out.text_ = format;
  for (const TextPiece& part : *parts) {
    if (!part.is_variable) {
      (out.pieces_.empty() ? out.prefix_ : out.pieces_.back().literal_after) += part.text;
      continue;
    }
    const LogField field = log_field(part.text);
    if (!out.pieces_.empty() && out.pieces_.back().literal_after.empty()) {
      if (field == LogField::kSkipped && out.pieces_.back().field == LogField::kSkipped) continue;
      return Error{fmt::format("nothing stands before ${} to tell where it begins", part.text)};
    }
    out.has_[static_cast<std::size_t>(field)] = true;
    out.pieces_.push_back({field, part.text.starts_with("upstream_"), least_length(field), {}});
  }
  if (out.pieces_.empty()) return Error{"there is no variable in it"};
  return out;
}

bool LogTemplate::tells_time() const {
  return has(LogField::kMsec) || has(LogField::kTimeLocal) || has(LogField::kTimeIso8601);
}

bool LogTemplate::tells_duration() const {
  return has(LogField::kRequestTime) || has(LogField::kUpstreamResponseTime);
}

std::size_t LogTemplate::find_end(const Piece& piece, std::string_view line, std::size_t from) {
  if (piece.literal_after.empty()) return line.size();
  const char first = piece.literal_after[0];
  const std::size_t rest = piece.literal_after.size() - 1;
  std::size_t at = from + piece.least;
  while (at + rest < line.size()) {
    const void* found = std::memchr(line.data() + at, first, line.size() - rest - at);
    if (found == nullptr) return std::string_view::npos;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - line.data());
    const bool wanted =
        std::memcmp(line.data() + at + 1, piece.literal_after.data() + 1, rest) == 0 &&
        !(first == '"' && is_escaped(line, at)) && !(piece.is_list && separates_attempts(line, at));
    if (wanted) return at;
    ++at;
  }
  return std::string_view::npos;
}

bool LogTemplate::scan(std::string_view line, LogValues& values) const {
  if (!line.starts_with(prefix_)) return false;
  std::size_t at = prefix_.size();
  for (const Piece& piece : pieces_) {
    const std::size_t end = find_end(piece, line, at);
    if (end == std::string_view::npos) return false;
    values[static_cast<std::size_t>(piece.field)] = line.substr(at, end - at);
    at = end + piece.literal_after.size();
  }
  return at == line.size();
}

}  // namespace poolproof::lint
