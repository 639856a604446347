// A pass that nginx copies into an `if` or limit_except has no row of its own: it goes where the
// written one goes.
#include "lint/routes.h"

#include <algorithm>
#include <array>
#include <deque>

#include <fmt/format.h>

#include "lint/pool_facts.h"
#include "lint/reuse_answers.h"

namespace poolproof::lint {
namespace {

/// Versions at which a verdict can change: HTTP/2 upstreams, the pool by
/// default, HTTP/2 upstreams pooled.
constexpr std::array<Version, 3> kChanges{Version{1, 29, 4}, kPoolByDefault, Version{1, 30, 1}};

bool same(const ReuseVerdict& a, const ReuseVerdict& b) {
  if (a.pooled != b.pooled || a.reasons.size() != b.reasons.size()) return false;
  return std::equal(a.reasons.begin(), a.reasons.end(), b.reasons.begin(),
                    [](const ReuseReason& x, const ReuseReason& y) {
                      return x.rule == y.rule && x.span == y.span;
                    });
}

Route describe(const Location& location) {
  Route route;
  for (const ServerName& name : location.server->names) {
    if (name.at) route.server_names.push_back(name.text);
  }
  for (const Listen& listen : location.server->listens) route.listen.push_back(listen.raw);
  route.location = location.display();
  const Pass& pass = *location.pass;
  route.span = pass.at.span();
  route.protocol = pass.protocol;
  route.target = std::string(pass.target);
  const Upstream* group = pass.upstream;
  if (group == nullptr && pass.possible_upstreams_complete && pass.possible_upstreams.size() == 1) {
    group = pass.possible_upstreams.front();
  }
  if (group != nullptr && !group->implicit) route.upstream = group->name;
  return route;
}

std::string versions_text(Version first, bool is_oldest, Version next) {
  if (is_oldest) return fmt::format("before {}", to_string(next));
  return fmt::format("{} to before {}", to_string(first), to_string(next));
}

std::deque<ReuseAnswers> answers_of(const std::vector<Stretch>& stretches) {
  std::deque<ReuseAnswers> answers;
  for (const Stretch& stretch : stretches) answers.emplace_back(*stretch.config);
  return answers;
}

/// Stretches with the same verdict are told as one.
std::vector<RouteDifference> differences(const std::vector<Stretch>& stretches,
                                         const std::deque<ReuseAnswers>& answers, std::size_t row,
                                         const ReuseVerdict& newest) {
  const auto verdict_in = [&](std::size_t stretch) {
    return answers[stretch].of(stretches[stretch].config->locations()[row]);
  };
  std::vector<RouteDifference> out;
  std::size_t begin = 0;
  while (begin + 1 < stretches.size()) {
    ReuseVerdict verdict = verdict_in(begin);
    std::size_t end = begin + 1;
    while (end + 1 < stretches.size() && same(verdict_in(end), verdict)) ++end;
    if (verdict.pooled != newest.pooled) {
      out.push_back({versions_text(stretches[begin].first, begin == 0, stretches[end].first),
                     std::move(verdict)});
    }
    begin = end;
  }
  return out;
}

}  // namespace

std::vector<Stretch> merge_stretches(const BoundConfig& bound, VersionRange range) {
  std::vector<Version> firsts{range.first};
  for (const Version change : kChanges) {
    if (range.first < change && change <= range.last) firsts.push_back(change);
  }
  std::vector<Stretch> out;
  for (const Version first : firsts) {
    const bool is_last = first == firsts.back();
    out.push_back({first, merge(bound, is_last ? range.last : first)});
  }
  return out;
}

std::vector<RouteDifference> other_verdicts(const std::vector<Stretch>& stretches,
                                            const Location& location) {
  const EffectiveConfig& newest = *stretches.back().config;
  const std::deque<ReuseAnswers> answers = answers_of(stretches);
  for (std::size_t row = 0; row < newest.locations().size(); ++row) {
    if (&newest.locations()[row] != &location) continue;
    return differences(stretches, answers, row, answers.back().of(location));
  }
  return {};
}

std::vector<Route> routes(const std::vector<Stretch>& stretches) {
  const EffectiveConfig& newest = *stretches.back().config;
  const std::deque<ReuseAnswers> answers = answers_of(stretches);
  std::vector<Route> out;
  for (std::size_t row = 0; row < newest.locations().size(); ++row) {
    const Location& location = newest.locations()[row];
    if (!owns_pass(location)) continue;
    Route route = describe(location);
    route.verdict = answers.back().of(location);
    route.differences = differences(stretches, answers, row, route.verdict);
    out.push_back(std::move(route));
  }
  return out;
}

}  // namespace poolproof::lint
