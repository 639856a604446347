// See reuse_answers.h.
#include "lint/reuse_answers.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace poolproof::lint {
namespace {

std::vector<const Upstream*> groups_of(const Pass& pass) {
  std::vector<const Upstream*> out(pass.possible_upstreams.begin(), pass.possible_upstreams.end());
  if (pass.upstream != nullptr) out.push_back(pass.upstream);
  std::erase_if(out, [](const Upstream* group) { return group->implicit; });
  return out;
}

void add_reason(ReuseVerdict& verdict, std::string_view rule, SourceSpan span,
                std::string message) {
  verdict.reasons.push_back({rule, std::move(message), span, nullptr, true});
  verdict.pooled = Pooled::kDepends;
}

}  // namespace

ReuseAnswers::ReuseAnswers(const EffectiveConfig& config)
    : config_(config), notes_(config.bound()), targets_(config) {}

ReuseVerdict ReuseAnswers::of(const Location& location) const {
  ReuseVerdict verdict = reuse_of(config_, location);
  if (verdict.pooled == Pooled::kNever) return verdict;
  if (!notes_.is_empty()) add_told_backends(location, verdict);
  if (verdict.pooled != Pooled::kNever) add_answers(location, verdict);
  return verdict;
}

void ReuseAnswers::add_told_backends(const Location& location, ReuseVerdict& verdict) const {
  const std::vector<const Upstream*> groups = groups_of(*location.pass);
  for (const Upstream* group : groups) {
    for (const Peer& peer : group->peers) {
      const BackendNote note = notes_.of(peer);
      if (peer.backup || peer.down || !note.closes_each_time()) continue;
      add_reason(verdict, "backend-closes-each-connection", peer.at.span(),
                 fmt::format("{} closes the connection after each answer", note.name()));
    }
  }
  const bool all = std::all_of(groups.begin(), groups.end(), [this](const Upstream* group) {
    return notes_.all_close_each_time(*group);
  });
  if (all && !groups.empty()) verdict.pooled = Pooled::kNever;
}

void ReuseAnswers::add_answers(const Location& location, ReuseVerdict& verdict) const {
  if (const ReplacedErrors replaced = replaced_errors(location); replaced.page) {
    add_reason(verdict, "intercepted-error-closes-connection", replaced.intercept.span(),
               "an error that `error_page` replaces is not read to its end: one that has a body "
               "ends the connection");
  }
  if (targets_.of(location) != HeadAlone::kNo) {
    add_reason(verdict, "subrequest-body-ends-connection", location.pass->at.span(),
               "nginx takes the head of these answers alone: one that has a body ends the "
               "connection");
  }
}

}  // namespace poolproof::lint
