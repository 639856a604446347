// See reuse_pool.h. After ngx_http_upstream_init_request and the keepalive module of nginx 1.22.1.
#include "lint/reuse_pool.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "lint/pool_cycle.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

class PoolJudge {
 public:
  PoolJudge(const EffectiveConfig& config, const Location& location, Reasons& reasons)
      : config_(config), location_(location), pass_(*location.pass), reasons_(reasons) {}

  Outcome run(const RequestAssumption& client) {
    if (!pass_.has_variables) {
      return pass_.upstream != nullptr ? judge_upstream(*pass_.upstream) : judge_address();
    }
    const PossibleTargets targets = possible_targets(config_, location_, client);
    Outcome all;
    for (const Upstream* upstream : targets.upstreams) {
      all.add(upstream != nullptr ? judge_upstream(*upstream) : judge_address());
    }
    if (targets.upstreams.empty() && targets.complete) return judge_address();
    if (!targets.complete) {
      because(
          "pass-variable-address", pass_span(),
          fmt::format("what \"{}\" names is known only when a request comes; only the name of an "
                      "upstream block has a pool",
                      pass_.target));
      all.add({true, true});
    }
    return all;
  }

 private:
  Outcome judge_address() {
    if (pass_.has_variables) return judge_variable_address();
    because("pass-literal-address", pass_span(),
            fmt::format("\"{}\" is an address and not an upstream block, so there is no pool that "
                        "could keep connections",
                        pass_.target));
    return {false, true};
  }

  Outcome judge_variable_address() {
    const VariableAddresses known = variable_addresses(location_);
    for (const Upstream* host : known.looked_up) {
      if (has_resolver(location_)) {
        because("pass-variable-address", pass_span(),
                fmt::format("\"{}\" names \"{}\", which is looked up while nginx runs and has no "
                            "pool",
                            pass_.target, host->name));
      } else {
        because("pass-host-without-resolver", pass_span(),
                fmt::format("\"{}\" names \"{}\", which is no upstream block, and without "
                            "`resolver` nginx answers 502",
                            pass_.target, host->name));
      }
    }
    for (const Upstream* address : known.fixed) {
      because("pass-literal-address", pass_span(),
              fmt::format("\"{}\" names the address \"{}\" and no upstream block, so there is no "
                          "pool that could keep connections",
                          pass_.target, address->name));
    }
    if (known.fixed.empty() && known.looked_up.empty()) {
      because("pass-literal-address", pass_span(),
              fmt::format("\"{}\" names nothing that nginx could connect to", pass_.target));
    }
    return {false, true};
  }

  Outcome judge_upstream(const Upstream& upstream) {
    if (upstream.implicit) return judge_address();
    if (keeps_connections(upstream)) return {true, false};
    return {false, true};
  }

  bool keeps_connections(const Upstream& upstream) {
    return has_slots(upstream) && keeps_long_enough(upstream) && holds_all_peers(upstream);
  }

  bool has_slots(const Upstream& upstream) {
    if (upstream.pool_lost_to_method) {
      because(
          "keepalive-before-balancer", upstream.keepalive.origin.directive.span(),
          fmt::format("upstream \"{}\": the balancing method after `keepalive` replaces it, before "
                      "1.29.7",
                      upstream.name));
      return false;
    }
    if (upstream.has_pool()) return true;
    const bool missing = upstream.keepalive.origin.kind == OriginKind::kDefault;
    because(missing ? "upstream-without-keepalive" : "keepalive-zero",
            missing ? upstream.at.name_span() : upstream.keepalive.origin.directive.span(),
            missing
                ? fmt::format("upstream \"{}\" has no `keepalive`, without which there is no pool "
                              "before 1.29.7",
                              upstream.name)
                : fmt::format("upstream \"{}\": `keepalive 0` turns the pool off", upstream.name));
    return false;
  }

  bool keeps_long_enough(const Upstream& upstream) {
    const Origin* culprit = nullptr;
    if (upstream.keepalive_requests.value <= 1) culprit = &upstream.keepalive_requests.origin;
    if (upstream.keepalive_timeout.value.count() == 0) culprit = &upstream.keepalive_timeout.origin;
    if (upstream.keepalive_time.value.count() == 0) culprit = &upstream.keepalive_time.origin;
    if (culprit == nullptr) return true;
    because("upstream-pool-neutralised", culprit->directive.span(),
            fmt::format("upstream \"{}\": `{} {}` closes each connection after its first request",
                        upstream.name, culprit->directive.name(), culprit->directive.arg(0)));
    return false;
  }

  bool holds_all_peers(const Upstream& upstream) {
    if (pool_serves_rotation(upstream)) return true;
    because(
        "keepalive-below-server-count", upstream.keepalive.origin.directive.span(),
        fmt::format("upstream \"{}\": `keepalive {}` for {} servers in turn: each connection is "
                    "evicted before its server's turn comes again",
                    upstream.name, upstream.keepalive.value.connections, upstream.peers.size()));
    return false;
  }

  void because(std::string_view rule, SourceSpan span, std::string message) {
    reasons_.add({rule, std::move(message), span, nullptr, false});
  }

  SourceSpan pass_span() const { return pass_.at.span(); }

  const EffectiveConfig& config_;
  const Location& location_;
  const Pass& pass_;
  Reasons& reasons_;
};

}  // namespace

void Reasons::add(ReuseReason reason) {
  const bool is_known =
      std::any_of(reasons_.begin(), reasons_.end(), [&](const ReuseReason& known) {
        return known.rule == reason.rule && known.span == reason.span &&
               known.message == reason.message;
      });
  if (!is_known) reasons_.push_back(std::move(reason));
}

Outcome judge_pool(const EffectiveConfig& config, const Location& location,
                   const RequestAssumption& client, Reasons& reasons) {
  return PoolJudge(config, location, reasons).run(client);
}

}  // namespace poolproof::lint
