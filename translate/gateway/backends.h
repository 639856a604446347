// Upstreams and literal addresses as Services with EndpointSlices.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "translate/gateway/model.h"

namespace poolproof::translate::gateway {

class Backends {
 public:
  explicit Backends(Translation& out) : out_(out) {}

  /// The services behind a group; tells once what they cannot say.
  const std::vector<const Backend*>& of(const Upstream& upstream, const Pass& pass);
  const std::deque<Backend>& all() const { return all_; }

 private:
  void add(const Upstream& upstream, const Pass& pass, std::vector<const Backend*>& group);
  void tell(const Upstream& upstream);

  Translation& out_;
  std::deque<Backend> all_;
  /// "app-2" may be the second part of "app" or an upstream of that name.

  std::map<std::pair<const Upstream*, std::uint16_t>, std::vector<const Backend*>> by_upstream_;
  UsedNames names_;
};

}  // namespace poolproof::translate::gateway
