// Values come merged from EffectiveConfig; only the pieces of log_format are put together here.
#include "cli/commands/size_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/reuse.h"

namespace poolproof::cli {
namespace {

/// The addresses that $upstream_addr would have for a server; names other than localhost would
/// have to be resolved, and are left out.
std::vector<std::string> logged_addresses(const std::string& written) {
  if (written.starts_with("unix:")) return {written};
  const std::size_t colon = written.rfind(':');
  const bool has_port = colon != std::string::npos && written.find(']', colon) == std::string::npos;
  const std::string host = has_port ? written.substr(0, colon) : written;
  const std::string port = has_port ? written.substr(colon + 1) : "80";
  if (host == "localhost") return {"127.0.0.1:" + port, "[::1]:" + port};
  return {host + ":" + port};
}

/// SCGI and uwsgi keep nothing, and FastCGI only if it is told to.
std::string why_no_pool(const Upstream& upstream, const EffectiveConfig& config) {
  std::string why;
  for (const Location* user : upstream.users) {
    if (!user->pass) continue;
    std::string reason;
    for (const lint::ReuseReason& each : lint::sending_reasons(config, *user)) {
      const bool is_of_protocol =
          each.rule == "keepalive-useless-protocol" || each.rule == "fastcgi-keep-conn-missing";
      if (is_of_protocol) reason = each.message;
    }
    if (reason.empty()) return "";
    why = std::move(reason);
  }
  return why;
}

ConfiguredGroup group_of(const Upstream& upstream, const EffectiveConfig& config) {
  ConfiguredGroup group;
  group.known.name = upstream.name;
  const auto serving = std::count_if(upstream.peers.begin(), upstream.peers.end(),
                                     [](const Peer& peer) { return !peer.backup && !peer.down; });
  group.servers = static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(serving, 1));
  for (const Peer& peer : upstream.peers) {
    for (std::string& address : logged_addresses(peer.address)) {
      group.known.addresses.push_back(std::move(address));
    }
  }
  group.known.rules.idle_timeout = upstream.keepalive_timeout.value.count() * 1000;
  group.known.rules.max_requests = upstream.keepalive_requests.value;
  group.keepalive = upstream.has_pool() ? upstream.keepalive.value.connections : 0;
  if (upstream.keepalive.value.local) group.parts = std::max<std::size_t>(upstream.users.size(), 1);
  const Origin& origin = upstream.keepalive.origin;
  group.keepalive_origin = origin.directive
                               ? config.bound().sources().describe(origin.directive.head_span())
                               : fmt::format("default of nginx {}", to_string(config.version()));
  group.no_pool = why_no_pool(upstream, config);
  return group;
}

/// log_format NAME [escape=default|json|none] STRING...
lint::NamedFormat format_of(Directive directive) {
  lint::NamedFormat format{std::string(directive.arg(0)), ""};
  for (std::size_t i = 1; i < directive.arg_count(); ++i) {
    if (i == 1 && directive.arg(i).starts_with("escape=")) continue;
    format.text += directive.arg(i);
  }
  return format;
}

std::uint32_t count_or(std::string_view written, std::uint32_t fallback) {
  const auto number = parse_number(written);
  return number && *number > 0 && *number <= UINT32_MAX ? static_cast<std::uint32_t>(*number)
                                                        : fallback;
}

}  // namespace

ConfiguredSizing configured_sizing(const EffectiveConfig& config, unsigned processors) {
  ConfiguredSizing out;
  for (const Upstream& upstream : config.upstreams()) {
    if (!upstream.implicit) out.groups.push_back(group_of(upstream, config));
  }
  const std::string_view workers = config.main().value_or("worker_processes", "1");
  out.workers_are_auto = workers == "auto";
  out.workers = out.workers_are_auto ? std::max(processors, 1U) : count_or(workers, 1);
  if (config.events() != nullptr) {
    out.worker_connections =
        count_or(config.events()->value_or("worker_connections", ""), out.worker_connections);
  }
  if (config.http() != nullptr) {
    for (const Directive directive : config.http()->own("log_format")) {
      out.log_formats.push_back(format_of(directive));
    }
  }
  return out;
}

}  // namespace poolproof::cli
