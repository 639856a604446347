// What is passed on, and caches of answers.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/address.h"
#include "grammar/config/check_words.h"
#include "grammar/config/pass_target.h"
#include "grammar/config/regex_match.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

void redirect(const Words& words) {
  if (words.size() == 1 && words[0] != "off" && words[0] != "default") {
    words.want(0, "`off`, `default`, or what to replace and by what");
  }
}

/// An address to send from, with or without a port; brackets need one (nginx 1.22.1,
/// ngx_parse_addr_port).
bool is_source(std::string_view text) {
  if (is_ip_address(text)) return true;
  const auto parts = split_host_port(text);
  return parts && parts->port != 0 && is_ip_address(parts->host);
}

void bind(const Words& words) {
  if (words.size() == 1 && words[0] == "off") return;
  if (!has_variables(words[0]) && !is_source(words[0])) {
    words.want(0, "an address of this machine, or `off` alone");
  }
  if (words.size() == 2 && words[1] != "transparent") words.want(1, "`transparent` second");
}

void cache_valid(const Words& words) {
  const std::size_t last = words.size() - 1;
  if (!parse_seconds(words[last])) words.want(last, "a time such as `10m` at the end");
  for (std::size_t i = 0; i < last; ++i) {
    const auto code = parse_number(words[i]);
    if (words[i] == "any" || (code && *code >= 100 && *code <= 599)) continue;
    words.want(i, "statuses from 100 to 599, or `any`");
  }
}

/// "1:2": up to three levels of one or two characters.
bool is_levels(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.size() % 2 == 0) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 2 == 0 ? text[i] != '1' && text[i] != '2' : text[i] != ':') return false;
  }
  return true;
}

/// "name:10m" of at least eight pages.
bool is_zone(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  return parse_size(text.substr(colon + 1)).value_or(0) >= kSmallestZone;
}

bool is_number_of(std::string_view text, std::string_view key) {
  std::string_view value;
  return takes_key(text, key, value) && parse_number(value).has_value();
}

bool is_time_of(std::string_view text, std::string_view key) {
  std::string_view value;
  return takes_key(text, key, value) && parse_time(value).has_value();
}

bool is_cache_parameter(std::string_view text) {
  std::string_view value;
  if (takes_key(text, "levels=", value)) return is_levels(value);
  if (takes_key(text, "keys_zone=", value)) return is_zone(value);
  if (takes_key(text, "use_temp_path=", value)) return value == "on" || value == "off";
  if (takes_key(text, "inactive=", value)) return parse_seconds(value).has_value();
  if (takes_key(text, "max_size=", value)) return parse_offset(value).has_value();
  if (takes_key(text, "min_free=", value)) return parse_offset(value).has_value();
  for (const std::string_view key : {"loader_files=", "manager_files=", "purger_files="}) {
    if (is_number_of(text, key)) return true;
  }
  for (const std::string_view key : {"loader_sleep=", "loader_threshold=", "manager_sleep=",
                                     "manager_threshold=", "purger_sleep=", "purger_threshold="}) {
    if (is_time_of(text, key)) return true;
  }
  return text.starts_with("purger=");
}

void cache_path(const Words& words) {
  bool has_zone = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    has_zone = has_zone || words[i].starts_with("keys_zone=");
    if (is_cache_parameter(words[i])) continue;
    words.refuse(i, fmt::format("`{}` is no parameter that `{}` takes (a zone has at least 32k)",
                                words[i], words.name()));
  }
  if (!has_zone) {
    words.refuse(fmt::format("`{}` needs `keys_zone=NAME:SIZE`: without it there is no cache",
                             words.name()));
  }
}

/// Its own scheme, or none where the protocol needs none; then an address.
std::string_view pass_fault(Protocol protocol, std::string_view text) {
  const bool is_http = protocol == Protocol::kHttp;
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    text.remove_prefix(scheme + 3);
  } else if (is_http) {
    return "it begins neither with `http://` nor with `https://`";
  }
  return address_fault(text, is_http ? AddressUse::kPass : AddressUse::kServer);
}

void pass(const Words& words) {
  const auto protocol = protocol_of_pass(words.name());
  if (!protocol || (has_variables(words[0]) && *protocol != Protocol::kMemcached)) return;
  if (parse_pass_target(*protocol, words[0])) return;
  const std::string_view fault = pass_fault(*protocol, words[0]);
  words.refuse(0, fmt::format("`{}` is no address that `{}` could pass to: {}", words[0],
                              words.name(), fault.empty() ? "its scheme is another one" : fault));
}

/// proxy_cookie_domain, proxy_cookie_path.
void cookie_change(const Words& words) {
  if (words.size() == 1 && words[0] != "off")
    words.want(0, "`off`, or what to replace and by what");
}

void param(const Words& words) {
  if (words.size() == 3 && words[2] != "if_not_empty") words.want(2, "`if_not_empty` third");
}

/// What fastcgi_split_path_info needs.
void two_captures(const Words& words) {
  if (regex_captures(words[0]) < 2)
    words.want(0, "an expression with two captures: the script and the path behind it");
}

constexpr std::array kTable = {
    WordsEntry{"fastcgi_bind", bind},
    WordsEntry{"fastcgi_cache_path", cache_path},
    WordsEntry{"fastcgi_cache_valid", cache_valid},
    WordsEntry{"fastcgi_param", param},
    WordsEntry{"fastcgi_pass", pass},
    WordsEntry{"fastcgi_split_path_info", two_captures},
    WordsEntry{"grpc_bind", bind},
    WordsEntry{"grpc_pass", pass},
    WordsEntry{"memcached_bind", bind},
    WordsEntry{"memcached_pass", pass},
    WordsEntry{"proxy_bind", bind},
    WordsEntry{"proxy_cache_path", cache_path},
    WordsEntry{"proxy_cache_valid", cache_valid},
    WordsEntry{"proxy_cookie_domain", cookie_change},
    WordsEntry{"proxy_cookie_path", cookie_change},
    WordsEntry{"proxy_pass", pass},
    WordsEntry{"proxy_redirect", redirect},
    WordsEntry{"scgi_bind", bind},
    WordsEntry{"scgi_cache_path", cache_path},
    WordsEntry{"scgi_cache_valid", cache_valid},
    WordsEntry{"scgi_param", param},
    WordsEntry{"scgi_pass", pass},
    WordsEntry{"uwsgi_bind", bind},
    WordsEntry{"uwsgi_cache_path", cache_path},
    WordsEntry{"uwsgi_cache_valid", cache_valid},
    WordsEntry{"uwsgi_param", param},
    WordsEntry{"uwsgi_pass", pass},
};

}  // namespace

std::span<const WordsEntry> proxy_word_checks() {
  return kTable;
}

}  // namespace poolproof
