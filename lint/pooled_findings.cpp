// Asks `sending_reasons` about each place once, whatever the number of rules. Knows no rule.
#include "lint/pooled_findings.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "lint/finding.h"
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

Diagnostic http10_that_asks_to_keep(const Location& location, const Upstream& upstream,
                                    SourceSpan where) {
  Diagnostic out = finding(
      Severity::kInfo, where,
      fmt::format("HTTP/1.0 with `Connection: keep-alive` fills the pool of upstream `{}` only if "
                  "the backend answers in HTTP/1.1; where it answers in HTTP/1.0, as Go's servers "
                  "do, each request opens a connection; `proxy_http_version 1.1` needs no such "
                  "luck",
                  upstream.name));
  if (const HeaderField* field = find_header(location, "Connection")) {
    out.notes.push_back({field->at.head_span(), "sent here"});
  }
  return out;
}

}  // namespace poolproof::lint
