// Which backend of an upstream closes idle connections first, as far as comments say.
#pragma once

#include <chrono>
#include <optional>

#include "lint/rule.h"

namespace poolproof::lint {

struct FirstToClose {
  std::chrono::milliseconds idle{};  // above 0
  BackendNote note;
};

/// Of an upstream with a pool that is in use; nothing if no comment tells a time, or it has none.
std::optional<FirstToClose> first_to_close(const RuleInput& input, const Upstream& upstream);

/// May nginx send a request while the backend closes? Its own time is not a second below.
bool meets_closing(const Upstream& upstream, std::chrono::milliseconds backend_idle);

}  // namespace poolproof::lint
