// The process: workers, threads, names of hosts, TLS sessions.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/address.h"
#include "grammar/config/check_words.h"
#include "grammar/config/pass_target.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

void worker_processes(const Words& words) {
  if (words[0] != "auto" && !parse_number(words[0])) words.want(0, "a number or `auto`");
}

void worker_connections(const Words& words) {
  if (parse_number(words[0]).value_or(0) == 0) words.want(0, "a number above 0");
}

void worker_priority(const Words& words) {
  std::string_view text = words[0];
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (!parse_number(text)) words.want(0, "a number such as `-5`");
}

void worker_cpu_affinity(const Words& words) {
  for (std::size_t i = words[0] == "auto" ? 1 : 0; i < words.size(); ++i) {
    const bool is_mask = words[i].find_first_not_of("01 ") == std::string_view::npos;
    if (!is_mask) words.want(i, "masks of `0` and `1`, or `auto` first");
  }
}

void event_method(const Words& words) {
  constexpr std::array<std::string_view, 8> kMethods = {"epoll",     "kqueue",    "poll",  "select",
                                                        "eventport", "/dev/poll", "rtsig", "iocp"};
  if (std::find(kMethods.begin(), kMethods.end(), words[0]) == kMethods.end()) {
    words.want(0, "a method such as `epoll`");
  }
}

void thread_pool(const Words& words) {
  bool has_threads = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string_view value;
    if (takes_key(words[i], "threads=", value)) {
      has_threads = true;
      if (parse_number(value).value_or(0) < 1) words.want(i, "`threads=NUMBER`");
    } else if (takes_key(words[i], "max_queue=", value)) {
      if (!parse_number(value)) words.want(i, "`max_queue=NUMBER`");
    }
  }
  // nginx passes over what it does not know here (1.22.1).
  if (!has_threads) words.refuse("`thread_pool` needs `threads=NUMBER`");
}

void resolver(const Words& words) {
  bool has_server = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view value;
    if (takes_key(words[i], "valid=", value)) {
      if (!parse_seconds(value)) words.want(i, "`valid=TIME`");
    } else if (takes_key(words[i], "ipv6=", value) || takes_key(words[i], "ipv4=", value)) {
      if (value != "on" && value != "off") words.want(i, "`on` or `off` behind it");
    } else if (!words[i].starts_with("status_zone=")) {
      has_server = true;
      const std::string_view fault = address_fault(words[i], AddressUse::kServer);
      if (!fault.empty()) {
        words.refuse(i, fmt::format("`{}` is no address of a resolver: {}", words[i], fault));
      }
    }
  }
  if (!has_server && words[0] != "off") words.refuse("`resolver` names no server");
}

/// "shared:name:size", "builtin[:sessions]", "off", "none".
void session_cache(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view text = words[i];
    std::string_view value;
    if (text == "off" || text == "none" || text == "builtin") continue;
    if (takes_key(text, "builtin:", value) && parse_number(value)) continue;
    if (takes_key(text, "shared:", value)) {
      const std::size_t colon = value.find(':');
      const bool has_size = colon != 0 && colon != std::string_view::npos;
      if (has_size && parse_size(value.substr(colon + 1)).value_or(0) >= kSmallestZone) continue;
    }
    words.want(i, "`off`, `none`, `builtin` or `shared:NAME:SIZE` of at least 32k");
  }
}

/// "off" or "shared:name:size".
void ocsp_cache(const Words& words) {
  std::string_view value;
  if (words[0] == "off") return;
  const bool is_shared = takes_key(words[0], "shared:", value);
  const std::size_t colon = value.find(':');
  const bool has_size = is_shared && colon != 0 && colon != std::string_view::npos;
  if (has_size && parse_size(value.substr(colon + 1)).value_or(0) >= kSmallestZone) return;
  words.want(0, "`off` or `shared:NAME:SIZE` of at least 32k");
}

/// "user:rw", "group:r", "all:rw".
void dav_access(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t colon = words[i].find(':');
    const std::string_view who = words[i].substr(0, colon);
    const std::string_view what =
        colon == std::string_view::npos ? std::string_view() : words[i].substr(colon + 1);
    const bool is_known = who == "user" || who == "group" || who == "all";
    if (is_known && (what == "r" || what == "rw" || what == "w")) continue;
    words.want(i, "`user:rw`, `group:r`, `all:r` and the like");
  }
}

constexpr std::array kTable = {
    WordsEntry{"dav_access", dav_access},
    WordsEntry{"fastcgi_store_access", dav_access},
    WordsEntry{"proxy_store_access", dav_access},
    WordsEntry{"resolver", resolver},
    WordsEntry{"ssl_ocsp_cache", ocsp_cache},
    WordsEntry{"ssl_session_cache", session_cache},
    WordsEntry{"thread_pool", thread_pool},
    WordsEntry{"use", event_method},
    WordsEntry{"worker_connections", worker_connections},
    WordsEntry{"worker_cpu_affinity", worker_cpu_affinity},
    WordsEntry{"worker_priority", worker_priority},
    WordsEntry{"worker_processes", worker_processes},
};

}  // namespace

std::span<const WordsEntry> process_word_checks() {
  return kTable;
}

}  // namespace poolproof
