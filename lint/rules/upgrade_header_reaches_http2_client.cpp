// Rule: Apache's offer to switch to HTTP/2 is passed to clients that speak it already.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"upstream"};

/// From then on nginx drops the header for such clients.
constexpr Version kDropped{1, 31, 3};
constexpr std::array kChangesAt = {kDropped};

bool speaks_http2(const Server& server) {
  if (server.scope->flag_or("http2", false)) return true;
  return std::any_of(server.listens.begin(), server.listens.end(),
                     [](const Listen& listen) { return listen.http2 || listen.quic; });
}

bool hides_upgrade(const Location& location) {
  const auto hidden = location.scope->find("proxy_hide_header").directives;
  return std::any_of(hidden.begin(), hidden.end(),
                     [](const Directive at) { return equal_ignoring_case(at.arg(0), "Upgrade"); });
}

void check(const RuleInput& input, Report& report) {
  if (input.version >= kDropped) return;
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (location.pass->upstream == nullptr || hides_upgrade(location)) continue;
    if (!speaks_http2(*location.server) || find_header(location, "Upgrade") != nullptr) continue;
    for (const Peer& peer : location.pass->upstream->peers) {
      const BackendNote note = input.backends.of(peer);
      if (note.backend == nullptr || !note.backend->key.starts_with("httpd")) continue;
      Diagnostic out = finding(
          Severity::kWarning, location.pass->at.head_span(),
          "Apache offers `Upgrade: h2` in its answers, which is forbidden towards HTTP/2 clients: "
          "Safari takes the answer for broken; hide the header");
      out.notes.push_back({note.at, "Apache is said here"});
      out.fix =
          unsafe_fix("hide the header", {insert_setting(location, "proxy_hide_header Upgrade;")});
      report.add(std::move(out));
      break;
    }
  }
}

}  // namespace

Rule upgrade_header_reaches_http2_client() {
  return {.name = "upgrade-header-reaches-http2-client",
          .group = Group::kProtocol,
          .severity = Severity::kWarning,
          .summary =
              "Apache's `Upgrade: h2` reaches HTTP/2 clients, some of which take it for an error "
              "(the backend is named in a comment).",
          .changes_at = kChangesAt,
          .needs = kNeeds,
          .for_told_backends = true,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
