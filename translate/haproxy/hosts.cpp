// Exact names first, then wildcards from the longest, expressions in order, the default server.
#include "translate/haproxy/hosts.h"

#include <vector>

#include <fmt/format.h>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {
namespace {

constexpr std::string_view kOpen = "!{ var(txn.server) -m found }";

std::string condition_of(const HostRule& rule) {
  switch (rule.kind) {
    case ServerNameKind::kLeadingWildcard:
      return fmt::format("{{ var(txn.host) -m end -- {} }}", word(rule.text.substr(1)));
    case ServerNameKind::kTrailingWildcard:
      return fmt::format("{{ var(txn.host) -m beg -- {} }}",
                         word(rule.text.substr(0, rule.text.size() - 1)));
    default:
      // Hosts are in lower case before they are compared.
      return matches("var(txn.host)", rule.text, true);
  }
}

}  // namespace

std::string server_rules(const Shared& shared, const Listener& listener,
                         const ServerLabels& labels) {
  if (listener.servers.size() < 2) return {};
  std::string out;
  const auto line = [&](const Server* server, std::string_view condition, Directive at) {
    out +=
        fmt::format("    http-request set-var(txn.server) str({}){}{}  # {}\n", labels.at(server),
                    condition.empty() ? "" : " if ", condition, shared.place(at));
  };
  std::map<const Server*, std::vector<std::string>> exact;
  for (const HostRule& rule : listener.hosts) {
    if (rule.kind != ServerNameKind::kExact) continue;
    if (rule.text.empty()) {
      line(rule.server, "!{ var(txn.host),length gt 0 }", rule.at);
      continue;
    }
    exact[rule.server].push_back(rule.text);
  }
  for (const Server* server : listener.servers) {
    const auto names = exact.find(server);
    if (names == exact.end()) continue;
    line(server, one_of("var(txn.host)", names->second, "host_" + labels.at(server), out),
         server->at);
  }
  for (const HostRule& rule : listener.hosts) {
    if (rule.kind == ServerNameKind::kExact) continue;
    line(rule.server, both(kOpen, condition_of(rule)), rule.at);
  }
  line(listener.fallback, kOpen, listener.fallback->at);
  return out;
}

}  // namespace poolproof::translate::haproxy
