// Read from scopes: the settings of the client's side have no place of their own in the model.
#include "lint/client_facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/syntax/values.h"

namespace poolproof::lint {
namespace {

bool same_socket(const Listen& a, const Listen& b) {
  return a.address == b.address && a.port == b.port && a.quic == b.quic;
}

bool is_multiplexed(const Listen& listen) {
  return listen.http2 || listen.quic;
}

/// The ranges from which Google's load balancers connect; they keep idle connections for 600 s, and
/// that cannot be set (Google Cloud documentation, "Backend service timeout").
bool is_google(std::string_view range) {
  return range == "35.191.0.0/16" || range == "130.211.0.0/22";
}

}  // namespace

ClientTimeout client_timeout(const Scope& scope) {
  ClientTimeout out;
  out.at = scope.find("keepalive_timeout").last();
  if (!out.at) return out;
  out.timeout = parse_time(out.at.arg(0)).value_or(out.timeout);
  if (out.at.arg_count() > 1) out.header = parse_time(out.at.arg(1)).value_or(out.header);
  return out;
}

bool speaks_multiplexed(const EffectiveConfig& config, const Server& server) {
  if (server.scope->flag_or("http2", false)) return true;
  // Most say so themselves: the others need not be looked through, and there may be thousands.
  if (std::any_of(server.listens.begin(), server.listens.end(), is_multiplexed)) return true;
  for (const Server& other : config.servers()) {
    for (const Listen& theirs : other.listens) {
      if (!is_multiplexed(theirs)) continue;
      if (std::any_of(server.listens.begin(), server.listens.end(),
                      [&](const Listen& ours) { return same_socket(ours, theirs); })) {
        return true;
      }
    }
  }
  return false;
}

std::vector<Directive> client_statements(const EffectiveConfig& config, std::string_view name) {
  std::vector<Directive> out;
  const auto take = [&](const Scope* scope) {
    if (scope == nullptr) return;
    const auto& own = scope->own(name);
    out.insert(out.end(), own.begin(), own.end());
  };
  take(config.http());
  for (const Server& server : config.servers()) take(server.scope);
  for (const Location& location : config.locations()) {
    if (location.kind != LocationKind::kServerLevel) take(location.scope);
  }
  return out;
}

std::optional<FrontBalancer> told_in_front(const RuleInput& input, const Server& server) {
  const FrontNote note = input.fronts.of(server);
  if (note.is_empty()) return std::nullopt;
  const std::chrono::seconds spare =
      note.front != nullptr ? note.front->spare : std::chrono::seconds(5);
  FrontBalancer out;
  out.name = note.front != nullptr ? note.front->name : "what stands in front";
  out.idle = note.idle ? *note.idle : note.front->idle;
  const auto longer = std::chrono::ceil<std::chrono::seconds>(out.idle) + spare;
  out.advice = fmt::format("{}s", longer.count());
  out.evidence = note.at;
  return out;
}

std::optional<FrontBalancer> google_in_front(const Server& server) {
  for (const Directive at : server.scope->find("set_real_ip_from").directives) {
    if (is_google(at.arg(0))) {
      return FrontBalancer{"Google's load balancer", std::chrono::seconds(600), "620s",
                           at.head_span()};
    }
  }
  return std::nullopt;
}

/// Amazon's load balancers add this header; they keep idle connections for 60 s by default.
std::optional<FrontBalancer> amazon_in_front(const EffectiveConfig& config) {
  for (const auto name : {"log_format", "proxy_set_header", "map", "fastcgi_param"}) {
    for (const Directive at : client_statements(config, name)) {
      for (std::size_t i = 0; i < at.arg_count(); ++i) {
        if (at.arg(i).find("$http_x_amzn_trace_id") == std::string_view::npos) continue;
        return FrontBalancer{"Amazon's load balancer", std::chrono::seconds(60), "65s",
                             at.head_span()};
      }
    }
  }
  return std::nullopt;
}

bool only_returns(const Server& server) {
  const auto returns = [](const Location& location) {
    return !location.scope->own("return").empty() || !location.scope->own("stub_status").empty();
  };
  const auto& top = server.root->children;
  if (returns(*server.root)) return true;
  return !top.empty() && std::all_of(top.begin(), top.end(),
                                     [&](const Location* location) { return returns(*location); });
}

}  // namespace poolproof::lint
