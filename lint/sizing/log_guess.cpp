// A line is cut into words (bare, "quoted", [bracketed], key=value) or, if it is JSON, into keys
// and values; what is known becomes its variable, everything else `$skipped`.
#include "lint/sizing/log_guess.h"

#include <algorithm>
#include <utility>

#include "lint/sizing/log_record.h"

namespace poolproof::lint {
namespace {

struct KnownKey {
  std::string_view key;  // in lower case, letters and digits only
  std::string_view variable;
};
constexpr KnownKey kKeys[] = {
    {"msec", "msec"},
    {"requesttime", "request_time"},
    {"reqtime", "request_time"},
    {"rt", "request_time"},
    {"duration", "request_time"},
    {"requestduration", "request_time"},
    {"upstreamresponsetime", "upstream_response_time"},
    {"upstreamtime", "upstream_response_time"},
    {"upstreamduration", "upstream_response_time"},
    {"responsetime", "upstream_response_time"},
    {"urt", "upstream_response_time"},
    {"upstreamaddr", "upstream_addr"},
    {"upstreamaddress", "upstream_addr"},
    {"upstream", "upstream_addr"},
    {"upstreamhost", "upstream_addr"},
    {"backend", "upstream_addr"},
    {"ua", "upstream_addr"},
    {"upstreamconnecttime", "upstream_connect_time"},
    {"uct", "upstream_connect_time"},
    {"upstreamheadertime", "upstream_header_time"},
    {"uht", "upstream_header_time"},
    {"proxyhost", "proxy_host"},
    {"proxyupstreamname", "proxy_upstream_name"},
    {"upstreamname", "upstream_name"},
    {"pid", "pid"},
    {"connection", "connection"},
};
constexpr std::string_view kSkip = "skipped";

std::string_view variable_of_key(std::string_view key) {
  std::string plain;
  for (const char c : key) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  for (const KnownKey& known : kKeys) {
    if (known.key == plain) return known.variable;
  }
  return kSkip;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Digits, a point, three digits: as nginx writes times.
bool looks_like_seconds(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point == 0 || text.size() != point + 4) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
         parse_log_seconds(text).has_value();
}

/// A list counts by its first.
bool looks_like_address(std::string_view text) {
  text = text.substr(0, std::min(text.find(", "), text.find(" : ")));
  if (text.starts_with("unix:/")) return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size() || colon == 0) return false;
  const std::string_view port = text.substr(colon + 1), host = text.substr(0, colon);
  return port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit) &&
         (is_digit(host[0]) || host[0] == '[') && host.find('/') == std::string_view::npos;
}

/// Builds the text of a format piece by piece; each variable is used once.
class FormatText {
 public:
  void literal(std::string_view text) { text_ += text; }

  /// A value under that key, or without one.
  void value(std::string_view key, std::string_view value) {
    std::string_view variable = key.empty() ? kSkip : variable_of_key(key);
    // "ua" is the user agent as often as the upstream's address.
    const bool fits = variable != "upstream_addr" || looks_like_address(value);
    if (variable == kSkip || !fits || is_used(variable)) variable = by_shape(key, value);
    used_.push_back(variable);
    text_ += "${";
    text_ += variable;
    text_ += '}';
  }

  bool tells_time() const {
    return is_used("msec") || is_used("time_local") || is_used("time_iso8601");
  }
  std::string take() { return std::move(text_); }

 private:
  bool is_used(std::string_view variable) const {
    return std::find(used_.begin(), used_.end(), variable) != used_.end();
  }

  /// Durations and addresses without a key: the first is the request's time, the second the
  /// upstream's. Under a key of its own a value is what the key says, or a time of day.
  std::string_view by_shape(std::string_view key, std::string_view value) const {
    if (parse_time_local(value)) return is_used("time_local") ? kSkip : "time_local";
    if (parse_time_iso8601(value)) return is_used("time_iso8601") ? kSkip : "time_iso8601";
    if (looks_like_seconds(value) && value.size() >= 14) return is_used("msec") ? kSkip : "msec";
    if (!key.empty()) return kSkip;
    const std::string_view first = value.substr(0, std::min(value.find(", "), value.find(" : ")));
    const bool is_list = first.size() < value.size();
    if (is_list && looks_like_seconds(first) && !is_used("upstream_response_time")) {
      return "upstream_response_time";
    }
    if (looks_like_seconds(value)) {
      if (!is_used("request_time")) return "request_time";
      return is_used("upstream_response_time") ? kSkip : "upstream_response_time";
    }
    // The first word of a line is the client.
    const bool free = !is_used("upstream_addr") && !used_.empty();
    return free && looks_like_address(value) ? "upstream_addr" : kSkip;
  }

  std::string text_;
  std::vector<std::string_view> used_;
};

std::size_t end_of_quoted(std::string_view line, std::size_t at) {
  while (at < line.size() && line[at] != '"') at += line[at] == '\\' ? 2 : 1;
  return std::min(at, line.size());
}

std::string format_of_json(std::string_view line, FormatText& out) {
  std::string_view key;
  std::size_t at = 0;
  while (at < line.size()) {
    const char c = line[at];
    if (c == '"') {
      const std::size_t end = end_of_quoted(line, at + 1);
      const std::string_view text = line.substr(at + 1, end - at - 1);
      std::size_t after = std::min(end + 1, line.size());
      while (after < line.size() && line[after] == ' ') ++after;
      if (after < line.size() && line[after] == ':') {
        key = text;
        out.literal(line.substr(at, after + 1 - at));
        at = after + 1;
        continue;
      }
      out.literal("\"");
      out.value(key, text);
      out.literal("\"");
      at = end + 1;
    } else if (std::string_view("{}[], ").find(c) != std::string_view::npos) {
      out.literal(line.substr(at++, 1));
    } else {
      const std::size_t end = std::min(line.find_first_of(",}] ", at), line.size());
      out.value(key, line.substr(at, end - at));
      at = end;
    }
  }
  return out.take();
}

constexpr std::string_view kSeparators = " \t|;,";

/// A list of attempts is one word ("0.001, 0.002 : 0.003"), and so is $time_local without brackets.
std::size_t end_of_word(std::string_view line, std::size_t at) {
  constexpr std::size_t kTimeLocalLength = 26;
  if (parse_time_local(line.substr(at, kTimeLocalLength))) return at + kTimeLocalLength;
  for (;;) {
    const std::size_t end = line.find_first_of(kSeparators, at);
    if (end == std::string_view::npos) return line.size();
    if (line.substr(end, 2) == ", ") {
      at = end + 2;
    } else if (line.substr(end, 3) == " : ") {
      at = end + 3;
    } else {
      return end;
    }
  }
}

/// One word from `at`; returns where it ends.
std::size_t add_word(std::string_view line, std::size_t at, std::string_view key, FormatText& out) {
  const char c = line[at];
  if (c == '"' || c == '[') {
    const std::size_t end =
        c == '"' ? end_of_quoted(line, at + 1) : std::min(line.find(']', at), line.size());
    out.literal(line.substr(at, 1));
    out.value(key, line.substr(at + 1, end - at - 1));
    if (end < line.size()) out.literal(line.substr(end, 1));
    return std::min(end + 1, line.size());
  }
  const std::size_t end = end_of_word(line, at);
  const std::string_view word = line.substr(at, end - at);
  const std::size_t equals = word.find_first_of("=:");
  const bool has_key = key.empty() && equals != std::string_view::npos && equals > 0 &&
                       !looks_like_address(word) && !is_digit(word[0]) &&
                       !word.starts_with("unix:") && word.find('/') > equals;
  if (!has_key) {
    out.value(key, word);
    return end;
  }
  out.literal(word.substr(0, equals + 1));
  if (equals + 1 == word.size() && end == line.size()) {
    out.value(word.substr(0, equals), {});
    return end;
  }
  return add_word(line, at + equals + 1, word.substr(0, equals), out);
}

std::string format_of_words(std::string_view line, FormatText& out) {
  std::size_t at = 0;
  while (at < line.size()) {
    if (kSeparators.find(line[at]) != std::string_view::npos) {
      out.literal(line.substr(at++, 1));
      continue;
    }
    at = add_word(line, at, {}, out);
  }
  return out.take();
}

struct Score {
  std::size_t useful = 0;  // lines whose time and duration are known
  std::size_t matched = 0;
  std::size_t fields = 0;

  auto operator<=>(const Score&) const = default;
};

/// No attempt takes longer than its request, but for what rounding does.
bool is_plausible(const LogRecord& record) {
  return std::all_of(
      record.attempts.begin(),
      record.attempts.begin() + static_cast<std::ptrdiff_t>(record.attempt_count),
      [&](const Attempt& attempt) { return attempt.duration_ms <= record.duration_ms + 1; });
}

/// The same with the two durations exchanged: values without keys do not say which is which.
std::string exchanged(std::string text) {
  constexpr std::string_view kRequest = "${request_time}", kResponse = "${upstream_response_time}";
  const std::size_t request = text.find(kRequest), response = text.find(kResponse);
  if (request == std::string::npos || response == std::string::npos) return text;
  const bool is_first = request < response;  // the later one is replaced first: places stay
  text.replace(is_first ? response : request, is_first ? kResponse.size() : kRequest.size(),
               is_first ? kRequest : kResponse);
  text.replace(is_first ? request : response, is_first ? kRequest.size() : kResponse.size(),
               is_first ? kResponse : kRequest);
  return text;
}

Score score_of(const LogTemplate& format, const std::vector<std::string_view>& sample) {
  Score score;
  LogReader reader(format);
  LogRecord record;
  const bool is_useful = format.tells_time() && format.tells_duration();
  for (const std::string_view line : sample) {
    LogValues values;
    const bool is_read =
        is_useful ? reader.read(line, record) != LineOutcome::kUnmatched && is_plausible(record)
                  : format.scan(line, values);
    if (is_read) ++score.matched;
  }
  if (is_useful) score.useful = score.matched;
  for (std::size_t field = 0; field + 1 < kLogFieldCount; ++field) {
    score.fields += format.has(static_cast<LogField>(field)) ? 1 : 0;
  }
  return score;
}

}  // namespace

const std::vector<NamedFormat>& usual_log_formats() {
  static const std::vector<NamedFormat> formats = {
      {"combined",
       "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
       "\"$http_referer\" \"$http_user_agent\""},
      {"ingress-nginx",
       "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
       "\"$http_referer\" \"$http_user_agent\" $request_length $request_time "
       "[$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr "
       "$upstream_response_length $upstream_response_time $upstream_status $req_id"},
  };
  return formats;
}

std::optional<std::string> format_of_line(std::string_view line) {
  FormatText out;
  std::string text = line.starts_with('{') ? format_of_json(line, out) : format_of_words(line, out);
  if (!out.tells_time()) return std::nullopt;
  return text;
}

std::optional<GuessedFormat> guess_log_format(const std::vector<std::string_view>& sample,
                                              const std::vector<NamedFormat>& known) {
  std::vector<NamedFormat> candidates = known;
  for (const NamedFormat& usual : usual_log_formats()) candidates.push_back(usual);
  for (const std::string_view line : sample) {
    const auto text = format_of_line(line);
    if (!text) continue;
    for (const std::string& candidate : {*text, exchanged(*text)}) {
      const auto same = [&](const NamedFormat& other) { return other.text == candidate; };
      if (std::any_of(candidates.begin(), candidates.end(), same)) continue;
      candidates.push_back({"read off the log", candidate});
    }
  }
  std::optional<GuessedFormat> best;
  Score best_score;
  for (const NamedFormat& candidate : candidates) {
    auto format = LogTemplate::compile(candidate.text);
    if (!format) continue;
    const Score score = score_of(format.value(), sample);
    if (score.matched == 0 || (best && score <= best_score)) continue;
    best_score = score;
    best = GuessedFormat{candidate.name, std::move(format).value(), score.matched};
  }
  return best;
}

}  // namespace poolproof::lint
