// See pool_facts.h.
#include "lint/pool_facts.h"

#include <algorithm>

namespace poolproof::lint {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool has_token_close(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    std::string_view token = value.substr(0, comma);
    while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
    while (!token.empty() && token.back() == ' ') token.remove_suffix(1);
    if (equal_ignoring_case(token, "close")) return true;
    if (comma == std::string_view::npos) return false;
    value.remove_prefix(comma + 1);
  }
  return false;
}

ConnectionKind kind_of_literal(std::string_view value) {
  if (value.empty()) return ConnectionKind::kCleared;
  if (has_token_close(value)) return ConnectionKind::kClose;
  if (equal_ignoring_case(value, "keep-alive")) return ConnectionKind::kKeepAlive;
  return ConnectionKind::kOther;
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

ConnectionHeader connection_header(const EffectiveConfig& config, const Location& location) {
  const HeaderField* field = find_header(location, "Connection");
  if (!field) {
    const bool cleared = config.version() >= kPoolByDefault;
    return {cleared ? ConnectionKind::kCleared : ConnectionKind::kClosedByDefault, nullptr};
  }
  if (field->value == "$http_connection" || field->value == "${http_connection}") {
    return {ConnectionKind::kFromClient, field};
  }
  if (field->value.find('$') == std::string_view::npos)
    return {kind_of_literal(field->value), field};
  const PossibleValues plain = possible_values(config, location, field->value, RequestAssumption{});
  const bool closes = plain.complete && !plain.values.empty() &&
                      std::all_of(plain.values.begin(), plain.values.end(),
                                  [](const std::string& v) { return has_token_close(v); });
  return {closes ? ConnectionKind::kMapCloses : ConnectionKind::kOther, field};
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

bool owns_pass(const Location& location) {
  return location.pass.has_value() && !location.pass->copied_from_outer;
}

bool speaks_http10_by_default(const Location& location) {
  return location.http_version.value == HttpVersion::k10 &&
         location.http_version.origin.kind == OriginKind::kDefault;
}

}  // namespace poolproof::lint
