// See pool_facts.h.
#include "lint/pool_facts.h"

#include <algorithm>

namespace poolproof::lint {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

const HeaderField* find_header(const Location& location, std::string_view name) {
  const HeaderField* found = nullptr;
  for (const HeaderField& field : location.set_headers.value) {
    if (equal_ignoring_case(field.name, name)) found = &field;
  }
  return found;
}

Directive lost_connection_header(const Location& location) {
  if (find_header(location, "Connection")) return {};
  const Scope* owner = location.scope;
  while (owner && owner->own("proxy_set_header").empty()) owner = owner->parent();
  if (!owner) return {};
  for (const Scope* outer = owner->parent(); outer; outer = outer->parent()) {
    for (const Directive field : outer->own("proxy_set_header")) {
      if (equal_ignoring_case(field.arg(0), "Connection")) return field;
    }
  }
  return {};
}

const Upstream* pooled_upstream(const Location& location) {
  if (!location.pass) return nullptr;
  const Pass& pass = *location.pass;
  if (pass.upstream) return pass.upstream->has_pool() ? pass.upstream : nullptr;
  for (const Upstream* upstream : pass.possible_upstreams) {
    if (upstream->has_pool()) return upstream;
  }
  return nullptr;
}

const Upstream* meant_pool(const Location& location) {
  if (const Upstream* upstream = pooled_upstream(location)) return upstream;
  if (!location.pass || !location.pass->upstream) return nullptr;
  const Upstream& upstream = *location.pass->upstream;
  return upstream.pool_lost_to_method && upstream.keepalive.value.connections > 0 ? &upstream
                                                                                  : nullptr;
}

bool owns_pass(const Location& location) {
  return location.pass.has_value() && !location.pass->copied_from_outer;
}

}  // namespace poolproof::lint
