// Connections, files, browsers and folders of the http modules.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/check_words.h"
#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void keepalive_timeout(const Words& words) {
  if (!parse_time(words[0])) words.want(0, "a time such as `75s` first");
  if (words.size() > 1 && !parse_seconds(words[1])) {
    words.want(1, "a time in whole seconds second, for the header that tells the client");
  }
}

/// open_file_cache, open_log_file_cache: `off` may stand anywhere, and then nothing else counts.
void file_cache(const Words& words) {
  const bool is_of_logs = words.name() == "open_log_file_cache";
  bool has_max = false, is_off = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view value;
    bool good = words[i] == "off";
    is_off = is_off || good;
    if (takes_key(words[i], "max=", value)) {
      has_max = true;
      good = parse_number(value).has_value() && (is_off || *parse_number(value) > 0);
    } else if (takes_key(words[i], "inactive=", value)) {
      good = parse_seconds(value).has_value();
    } else if (is_of_logs && takes_key(words[i], "min_uses=", value)) {
      good = parse_number(value).has_value();
    } else if (is_of_logs && takes_key(words[i], "valid=", value)) {
      good = parse_seconds(value).has_value();
    }
    if (!good) words.want(i, "`off`, `max=NUMBER`, `inactive=TIME` and the like");
  }
  if (!has_max && !is_off) words.refuse(fmt::format("`{}` needs `max=NUMBER`", words.name()));
}

void userid_expires(const Words& words) {
  if (words[0] == "max" || words[0] == "off" || parse_seconds(words[0])) return;
  words.want(0, "`max`, `off` or a time such as `365d`");
}

void userid_mark(const Words& words) {
  const std::string_view text = words[0];
  const bool is_mark = text.size() == 1 && (is_letter_or_digit(text[0]) || text[0] == '=');
  if (text != "off" && !is_mark) words.want(0, "`off`, or one letter, digit or `=`");
}

void directio(const Words& words) {
  if (words[0] != "off" && !parse_offset(words[0])) words.want(0, "`off` or a size such as `4m`");
}

void aio(const Words& words) {
  if (words[0] == "on" || words[0] == "off" || words[0] == "threads") return;
  if (!words[0].starts_with("threads=")) words.want(0, "`on`, `off`, `threads` or `threads=POOL`");
}

void modern_browser(const Words& words) {
  constexpr std::array<std::string_view, 5> kBrowsers = {"gecko", "konqueror", "msie", "opera",
                                                         "safari"};
  if (words.size() == 1) {
    if (words[0] != "unlisted") words.want(0, "a browser and its version, or `unlisted`");
    return;
  }
  const std::string name = lower_case(words[0]);
  if (std::find(kBrowsers.begin(), kBrowsers.end(), name) == kBrowsers.end()) {
    words.want(0, "`gecko`, `konqueror`, `msie`, `opera` or `safari` first");
  }
  if (words[1].find_first_not_of("0123456789.") != std::string_view::npos) {
    words.want(1, "a version such as `5.5` second");
  }
}

/// Folders with up to three levels of names, which together have at most ten characters or so.
void temp_path(const Words& words) {
  std::int64_t length = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto level = parse_number(words[i]);
    length += level.value_or(0) + 1;
    if (!level || *level == 0 || length > 10 + static_cast<std::int64_t>(i)) {
      return words.want(i, "up to three levels of folders, each a small number above 0");
    }
  }
}

/// proxy_cookie_flags: flags are judged when a request comes.
void cookie_flags(const Words& words) {
  if (words.size() == 1 && words[0] != "off") words.want(0, "`off`, or a cookie and its flags");
}

constexpr std::array kTable = {
    WordsEntry{"aio", aio},
    WordsEntry{"client_body_temp_path", temp_path},
    WordsEntry{"directio", directio},
    WordsEntry{"fastcgi_temp_path", temp_path},
    WordsEntry{"keepalive_timeout", keepalive_timeout},
    WordsEntry{"modern_browser", modern_browser},
    WordsEntry{"open_file_cache", file_cache},
    WordsEntry{"open_log_file_cache", file_cache},
    WordsEntry{"proxy_cookie_flags", cookie_flags},
    WordsEntry{"proxy_temp_path", temp_path},
    WordsEntry{"scgi_temp_path", temp_path},
    WordsEntry{"userid_expires", userid_expires},
    WordsEntry{"userid_mark", userid_mark},
    WordsEntry{"uwsgi_temp_path", temp_path},
};

}  // namespace

std::span<const WordsEntry> http_word_checks() {
  return kTable;
}

}  // namespace poolproof
