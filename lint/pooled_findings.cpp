// Asks `sending_reasons` about each place once, whatever the number of rules. Knows no rule.
#include "lint/pooled_findings.h"

#include <algorithm>
#include <iterator>

#include "lint/pool_facts.h"

namespace poolproof::lint {

const std::vector<PooledFinding>& PooledFindings::all() const {
  if (all_) return *all_;
  all_.emplace();
  for (const Location& location : config_.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const Upstream* upstream = meant_pool(location);
    if (!upstream) continue;
    for (ReuseReason& reason : sending_reasons(config_, location)) {
      all_->push_back({&location, upstream, std::move(reason)});
    }
  }
  return *all_;
}

std::vector<PooledFinding> PooledFindings::of(std::string_view rule) const {
  std::vector<PooledFinding> out;
  std::copy_if(all().begin(), all().end(), std::back_inserter(out),
               [rule](const PooledFinding& finding) { return finding.reason.rule == rule; });
  return out;
}

}  // namespace poolproof::lint
