// See answer_facts.h. Seen with nginx 1.22.1.
#include "lint/answer_facts.h"

#include <algorithm>

#include "lint/client_facts.h"
#include "lint/pool_facts.h"
#include "lint/stale_facts.h"

namespace poolproof::lint {
namespace {

/// Those of 500 and above say that the backend has greater worries. Stops before `=200` and the
/// page.
bool replaces_ordinary_errors(const std::vector<Directive>& pages) {
  return std::any_of(pages.begin(), pages.end(), [](const Directive page) {
    for (std::size_t i = 0; i + 1 < page.arg_count(); ++i) {
      const std::string_view status = page.arg(i);
      if (status.size() == 3 && status.front() == '4') return true;
    }
    return false;
  });
}

bool asks_for_no_body(const Location& location) {
  const Directive method = location.scope->find("proxy_method").last();
  return method && equal_ignoring_case(method.arg(0), "HEAD");
}

std::unordered_set<std::string_view> targets_of(const EffectiveConfig& config,
                                                std::string_view name) {
  std::unordered_set<std::string_view> out;
  for (const Directive at : client_statements(config, name)) {
    if (at.arg_count() > 0) out.insert(at.arg(0));
  }
  return out;
}

}  // namespace

ReplacedErrors replaced_errors(const Location& location) {
  const std::string name = setting_name(location, "intercept_errors");
  if (!location.scope->flag_or(name, false)) return {};
  const Found pages = location.scope->find("error_page");
  if (!replaces_ordinary_errors(pages.directives)) return {};
  return {location.scope->find(name).last(), pages.last()};
}

HeadAloneTargets::HeadAloneTargets(const EffectiveConfig& config)
    : checks_(targets_of(config, "auth_request")), copies_(targets_of(config, "mirror")) {}

HeadAlone HeadAloneTargets::of(const Location& location) const {
  if (location.kind != LocationKind::kExact && location.kind != LocationKind::kPrefix) {
    return HeadAlone::kNo;
  }
  if (location.pass->protocol != Protocol::kHttp || asks_for_no_body(location)) {
    return HeadAlone::kNo;
  }
  if (checks_.contains(location.pattern)) return HeadAlone::kCheck;
  return copies_.contains(location.pattern) ? HeadAlone::kCopy : HeadAlone::kNo;
}

}  // namespace poolproof::lint
