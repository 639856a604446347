// What proxy_pass sends by default (ngx_http_proxy_module of 1.22.1, 1.29.7, 1.31.0 and 1.31.4).
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "translate/nginx/versions.h"

namespace poolproof::translate::nginx {
namespace {

constexpr Version kProxyConnectionCleared{1, 31, 0};
constexpr Version kHostMended{1, 31, 4};

/// A header that nginx sends, or keeps from being forwarded, where no list names it.
struct BuiltIn {
  std::string_view name;
  Version since;
  std::string_view before, after;  // as words of a configuration
};
constexpr std::array kBuiltIns = {
    BuiltIn{"Connection", kPoolByDefault, "close", "\"\""},
    BuiltIn{"Proxy-Connection", kProxyConnectionCleared, "$http_proxy_connection", "\"\""},
};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::size_t count(const Location& location, std::string_view header) {
  const auto& fields = location.set_headers.value;
  return static_cast<std::size_t>(std::count_if(
      fields.begin(), fields.end(),
      [&](const HeaderField& field) { return equal_ignoring_case(field.name, header); }));
}

/// The block whose list applies; an empty list is begun in `http`.
DirectiveId owner(const Move& move, const Location& location) {
  const auto& fields = location.set_headers.value;
  const Directive block = fields.empty() ? move.from.http()->block() : fields.front().at.parent();
  return block.id();
}

void move_headers(Move& move, const Location& location,
                  std::set<std::pair<DirectiveId, std::string_view>>& done) {
  for (const BuiltIn& header : kBuiltIns) {
    if (!move.crosses(header.since) || count(location, header.name) != 0) continue;
    const bool forwards = location.scope->flag_or("proxy_pass_request_headers", true);
    if (header.name != "Connection" && !forwards) continue;
    const DirectiveId block = owner(move, location);
    if (!done.emplace(block, header.name).second) continue;
    const bool is_old = move.old_version() < header.since;
    move.changes.appended[block].push_back(
        fmt::format("proxy_set_header {} {};", header.name, is_old ? header.before : header.after));
  }
}

/// From 1.31.4 on an empty Host is no Host no more, and of two the last is sent.
void tell_hosts(Move& move, const Location& location) {
  if (!move.crosses(kHostMended)) return;
  const std::size_t hosts = count(location, "host");
  for (const HeaderField& field : location.set_headers.value) {
    if (!equal_ignoring_case(field.name, "host")) continue;
    if (field.value.empty()) {
      lose(move.out, Severity::kError, field.at,
           "an empty Host is left out before nginx 1.31.4, and is `$proxy_host` from then on");
    } else if (hosts > 1) {
      lose(
          move.out, Severity::kError, field.at,
          "several Host lines are all sent before nginx 1.31.4, and the last of them from then on");
      return;
    }
  }
}

}  // namespace

void move_requests(Move& move) {
  std::set<std::pair<DirectiveId, std::string_view>> done;
  std::set<DirectiveId> told;
  bool version_is_default = false;
  for (const Location& location : move.from.locations()) {
    if (!location.pass || location.pass->protocol != Protocol::kHttp) continue;
    if (location.kind == LocationKind::kServerLevel || move.from.http() == nullptr) continue;
    version_is_default |= location.http_version.origin.kind == OriginKind::kDefault;
    move_headers(move, location, done);
    if (told.insert(owner(move, location)).second) tell_hosts(move, location);
  }
  if (!version_is_default || !move.crosses(kPoolByDefault)) return;
  const bool is_old = move.old_version() < kPoolByDefault;
  move.changes.appended[move.from.http()->block().id()].push_back(
      fmt::format("proxy_http_version {};", is_old ? "1.0" : "1.1"));
}

}  // namespace poolproof::translate::nginx
