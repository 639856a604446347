// See pool_facts.h.
#include "lint/pool_facts.h"

#include <algorithm>

#include "grammar/syntax/values.h"
#include "lint/lua_text.h"

namespace poolproof::lint {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The name of a group or the address of a machine is nobody's host; a name of the outside world is
/// what nginx should send there.
bool is_no_host(const Pass& pass) {
  if (pass.has_variables || !pass.upstream) return false;
  if (!pass.upstream->implicit) return true;
  return pass.host == "localhost" || is_one_address(pass.host);
}

/// The list of the level around the one whose list the location uses.
std::vector<Directive> replaced_list(const Location& location) {
  const Scope* owner = location.scope;
  while (owner && owner->own("proxy_set_header").empty()) owner = owner->parent();
  if (!owner || !owner->parent()) return {};
  const auto outer = owner->parent()->find("proxy_set_header").directives;
  return {outer.begin(), outer.end()};
}

/// Each level has a Connection and an Upgrade of its own where it needs them: they are no sign that
/// its author knew of the others.
bool shows_intent(const HeaderField& field, const std::vector<Directive>& outer) {
  if (is_forwarding_header(field.name)) return true;
  if (equal_ignoring_case(field.name, "Connection") || equal_ignoring_case(field.name, "Upgrade")) {
    return false;
  }
  return std::any_of(outer.begin(), outer.end(), [&](const Directive at) {
    return equal_ignoring_case(at.arg(0), field.name);
  });
}

}  // namespace

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return x == y || lower(x) == lower(y);
         });
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

bool is_one_address(std::string_view address) {
  if (address.starts_with("unix:") || address.starts_with('[')) return true;
  const std::string_view host = address.substr(0, address.find(':'));
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Directive lost_host_header(const Location& location) {
  if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) return {};
  if (!is_no_host(*location.pass) || find_header(location, "Host")) return {};
  for (const Directive field : replaced_list(location)) {
    if (equal_ignoring_case(field.arg(0), "Host") && !field.arg(1).empty()) return field;
  }
  return {};
}

bool is_forwarding_header(std::string_view name) {
  const std::string lower = in_lower_case(name);
  return lower == "x-real-ip" || lower == "forwarded" || lower.starts_with("x-forwarded-");
}

std::vector<Directive> lost_forwarding_headers(const Location& location) {
  if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) return {};
  if (!is_no_host(*location.pass) || !location.scope->own("internal").empty()) return {};
  std::vector<Directive> outer = replaced_list(location);
  for (const HeaderField& field : location.set_headers.value) {
    if (shows_intent(field, outer)) return {};
  }
  std::erase_if(outer, [](const Directive at) {
    return !is_forwarding_header(at.arg(0)) || at.arg(1).empty();
  });
  return outer;
}

Directive lua_pool(const Upstream& upstream) {
  if (!upstream.scope) return {};
  for (const Directive at : upstream.scope->own("balancer_by_lua_block")) {
    const SourceSpan span = at.span();
    const std::string_view text = at.tree().text().substr(span.begin, span.end - span.begin);
    if (is_named_in_lua(text, "enable_keepalive")) return at;
  }
  return {};
}

/// Not what a pass without variables made: that was looked up at the start, and nginx compares with
/// it first (1.22.1, ngx_http_upstream_init_request).
VariableAddresses variable_addresses(const Location& location) {
  VariableAddresses out;
  const Pass& pass = *location.pass;
  for (const Upstream* upstream : pass.possible_upstreams) {
    if (!upstream->implicit) continue;
    const bool fixed = is_one_address(upstream->name) || !has_variables(upstream->at.arg(0));
    (fixed ? out.fixed : out.looked_up).push_back(upstream);
  }
  const std::size_t count = out.fixed.size() + out.looked_up.size();
  out.are_all = pass.possible_upstreams_complete && count == pass.possible_upstreams.size();
  return out;
}

const Upstream* only_address(const Location& location) {
  if (!location.pass) return nullptr;
  const Pass& pass = *location.pass;
  if (!pass.has_variables) {
    return pass.upstream != nullptr && pass.upstream->implicit ? pass.upstream : nullptr;
  }
  const VariableAddresses known = variable_addresses(location);
  const bool one = known.are_all && known.looked_up.empty() && known.fixed.size() == 1;
  return one ? known.fixed.front() : nullptr;
}

bool has_resolver(const Location& location) {
  return !location.scope->find("resolver").is_default();
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
