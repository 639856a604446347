// Limits of requests, connections and rates, and the zones that they count in.
#include <array>

#include <fmt/format.h>

#include "grammar/config/check_words.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// "name:10m" of at least eight pages.
bool is_zone(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  return parse_size(text.substr(colon + 1)).value_or(0) >= kSmallestZone;
}

/// "10r/s" or "30r/m".
bool is_rate(std::string_view text) {
  if (!text.ends_with("r/s") && !text.ends_with("r/m")) return false;
  text.remove_suffix(3);
  return parse_number(text).value_or(0) > 0;
}

void zone_definition(const Words& words) {
  bool has_zone = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string_view value;
    if (takes_key(words[i], "zone=", value)) {
      has_zone = true;
      if (!is_zone(value)) words.want(i, "`zone=NAME:SIZE` with a size of at least 32k");
    } else if (takes_key(words[i], "rate=", value)) {
      if (!is_rate(value)) words.want(i, "a rate such as `rate=10r/s` or `rate=30r/m`");
    } else if (words[i] != "sync") {
      words.refuse(i, fmt::format("`{}` is no parameter that `{}` takes", words[i], words.name()));
    }
  }
  if (!has_zone) words.refuse(fmt::format("`{}` needs `zone=NAME:SIZE`", words.name()));
}

void limit_conn(const Words& words) {
  const auto number = parse_number(words[1]);
  if (!number || *number < 1 || *number > 65535) words.want(1, "a number from 1 to 65535 second");
}

void limit_req(const Words& words) {
  bool has_zone = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view value;
    if (takes_key(words[i], "zone=", value)) {
      has_zone = true;
      if (value.empty()) words.want(i, "`zone=NAME`");
    } else if (takes_key(words[i], "burst=", value)) {
      if (parse_number(value).value_or(0) < 1) words.want(i, "`burst=NUMBER`");
    } else if (takes_key(words[i], "delay=", value)) {
      if (parse_number(value).value_or(0) < 1) words.want(i, "`delay=NUMBER`");
    } else if (words[i] != "nodelay") {
      words.refuse(i, fmt::format("`{}` is no parameter that `limit_req` takes", words[i]));
    }
  }
  if (!has_zone) words.refuse("`limit_req` needs `zone=NAME`");
}

constexpr std::array kTable = {
    WordsEntry{"limit_conn", limit_conn},
    WordsEntry{"limit_conn_zone", zone_definition},
    WordsEntry{"limit_req", limit_req},
    WordsEntry{"limit_req_zone", zone_definition},
};

}  // namespace

std::span<const WordsEntry> limit_word_checks() {
  return kTable;
}

}  // namespace poolproof
