// See location_fix.h.
#include "lint/location_fix.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "lint/file_tree.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

/// Would it notice that the connection is now to be kept? Not where it passes nothing on over HTTP,
/// and where there is a pool that is what its author wants, too.
bool would_mind(const Location& other) {
  return other.pass && other.pass->protocol == Protocol::kHttp && !pooled_upstream(other);
}

bool same_list(const Location& a, const Location& b) {
  const auto& left = a.set_headers.value;
  const auto& right = b.set_headers.value;
  if (left.empty() || right.empty()) return left.empty() && right.empty();
  return left.front().at == right.front().at;
}

/// Would anybody in `outer`, but `location` itself, mind that shares its setting with it?
template <class Shares>
bool is_shared_within(const Location& outer, const Location& location, const Shares& shares) {
  if (&outer != &location && would_mind(outer) && shares(outer)) return true;
  return std::any_of(outer.children.begin(), outer.children.end(), [&](const Location* child) {
    return is_shared_within(*child, location, shares);
  });
}

/// The same wherever the setting reaches: what `http` says is for all servers, anything else for
/// those below the block that says it.
template <class Shares>
bool is_shared(const RuleInput& input, const Location& location, std::string_view setting,
               const Shares& shares) {
  const Scope* owner = location.scope;
  while (owner != nullptr && owner->own(setting).empty()) owner = owner->parent();
  if (owner != nullptr && owner->context() != Context::kHttp) {
    return is_shared_within(*location.server->root, location, shares);
  }
  const auto& all = input.config.locations();
  return std::any_of(all.begin(), all.end(), [&](const Location& other) {
    return &other != &location && would_mind(other) && shares(other);
  });
}

bool owns_list(const Location& location) {
  return !settings_holder(location).scope->own("proxy_set_header").empty();
}

/// The list as lines, one entry replaced if `changed` is given.
std::string copied_list(const Location& location, const HeaderField* changed,
                        std::string_view value) {
  std::string out;
  for (const HeaderField& field : location.set_headers.value) {
    if (!out.empty()) out += '\n';
    out += fmt::format("proxy_set_header {} {};", quoted_if_needed(field.name),
                       quoted_if_needed(&field == changed ? value : field.value));
  }
  return out;
}

std::ptrdiff_t count_of(const Location& location, std::string_view name) {
  const auto& list = location.set_headers.value;
  return std::count_if(list.begin(), list.end(), [&](const HeaderField& field) {
    return equal_ignoring_case(field.name, name);
  });
}

/// Of "proxy_set_header NAME VALUE;".
std::string_view name_of(std::string_view statement) {
  statement.remove_prefix(std::min(statement.find(' ') + 1, statement.size()));
  return statement.substr(0, statement.find(' '));
}

/// Another entry of that name already sends nothing.
bool has_empty_one(const Location& location, const HeaderField& field) {
  const auto& list = location.set_headers.value;
  return std::any_of(list.begin(), list.end(), [&](const HeaderField& other) {
    return &other != &field && other.value.empty() && equal_ignoring_case(other.name, field.name);
  });
}

/// Is the list right for all other places that include its file, so that it may be changed there?
bool is_wanted_by_all(const RuleInput& input, const Location& location, std::string_view name) {
  constexpr int kFew = 200;  // each is asked about all
  const SourceSpan last = location.set_headers.value.back().at.span();
  const int uses = input.bound.file(last.file).times_included;
  if (uses <= 1 || uses > kFew) return true;
  const auto& all = input.config.locations();
  return std::none_of(all.begin(), all.end(), [&](const Location& other) {
    const auto& list = other.set_headers.value;
    const bool shares = owns_pass(other) && !list.empty() &&
                        std::any_of(list.begin(), list.end(), [&](const HeaderField& field) {
                          return field.at.span() == last;
                        });
    const bool needs_none = equal_ignoring_case(name, "Connection") && !meant_pool(other);
    return shares && (needs_none || find_header(other, name) != nullptr);
  });
}

/// The list comes from a file that is not this location's to change: the line goes below its pass.
bool belongs_elsewhere(const RuleInput& input, const Location& location, std::string_view name) {
  const FileId list = location.set_headers.value.back().at.span().file;
  const Directive block = settings_holder(location).scope->block();
  if (list == location.pass->at.span().file || block.is_root() || !owns_list(location)) {
    return false;
  }
  return is_of_a_package(input.bound, list) || is_outside_tree(input.bound, list) ||
         !is_wanted_by_all(input, location, name);
}

Applicability applicability_inside(const Location& location) {
  const bool shared =
      is_shared_within(settings_holder(location), location,
                       [&](const Location& other) { return same_list(other, location); });
  return shared ? Applicability::kUnsafe : Applicability::kSafe;
}

bool list_speaks_for_others(const RuleInput& input, const Location& location) {
  return !owns_list(location) &&
         is_shared(input, location, "proxy_set_header",
                   [&](const Location& other) { return same_list(other, location); });
}

bool clears_for_plain_request(const RuleInput& input, const Location& location,
                              const MapVariable& map) {
  if (map.source != "$http_upgrade") return false;
  const std::string variable = fmt::format("${}", map.name);
  const PossibleValues plain =
      possible_values(input.config, location, variable, RequestAssumption{});
  const PossibleValues handshake = possible_values(
      input.config, location, variable, {.connection = "upgrade", .upgrade = "websocket"});
  const auto is = [](const PossibleValues& values, std::string_view text) {
    return values.complete && values.values.size() == 1 && values.values.front() == text;
  };
  return is(plain, "") && is(handshake, "upgrade");
}

}  // namespace

Fix add_header_fix(const RuleInput& input, const Location& location, std::string title,
                   std::string_view statement) {
  const auto& list = location.set_headers.value;
  const Applicability inside = applicability_inside(location);
  if (list.empty()) return {std::move(title), inside, {insert_setting(location, statement)}};
  if (list_speaks_for_others(input, location)) {
    const std::string lines = fmt::format("{}\n{}", copied_list(location, nullptr, ""), statement);
    return {std::move(title), inside, {insert_setting(location, lines)}};
  }
  if (belongs_elsewhere(input, location, name_of(statement))) {
    return {std::move(title), inside, {insert_setting(location, statement)}};
  }
  return {std::move(title), inside, {insert_after(list.back().at, statement)}};
}

Fix change_header_fix(const RuleInput& input, const Location& location, std::string title,
                      const HeaderField& field, std::string_view value) {
  if (list_speaks_for_others(input, location)) {
    // Two entries that are both to be changed would bring two copies.
    const bool one = count_of(location, field.name) == 1;
    return {std::move(title),
            one ? Applicability::kUnsafe : Applicability::kDisplayOnly,
            {insert_setting(location, copied_list(location, &field, value))}};
  }
  if (value.empty() && has_empty_one(location, field)) {
    return unsafe_fix(std::move(title), {remove_statement(field.at)});
  }
  return unsafe_fix(std::move(title), {replace_argument(field.at, 1, value)});
}

std::optional<Fix> upgrade_header_fix(const RuleInput& input, const Location& location,
                                      const HeaderField& field) {
  if (!find_header(location, "Upgrade")) {
    return change_header_fix(input, location, "send no Connection header", field, "");
  }
  for (const MapVariable& map : input.config.maps()) {
    if (!clears_for_plain_request(input, location, map)) continue;
    return change_header_fix(input, location, "send what the upgrade map says", field,
                             fmt::format("${}", map.name));
  }
  if (!input.config.http() || input.config.servers().empty()) return std::nullopt;
  std::string name = "upstream_connection_header";
  while (input.config.find_map(name) || input.config.is_set_somewhere(name)) name += 'x';
  const std::string map =
      fmt::format("map $http_upgrade ${} {{\n    default upgrade;\n    '' '';\n}}", name);
  Fix fix = change_header_fix(input, location,
                              "send `upgrade` for WebSocket handshakes and nothing otherwise",
                              field, fmt::format("${}", name));
  fix.edits.insert(fix.edits.begin(), insert_before(input.config.servers().front().at, map));
  return fix;
}

Fix speak_http11_fix(const RuleInput& input, const Location& location) {
  constexpr std::string_view kTitle = "speak HTTP/1.1 to the upstream";
  constexpr std::string_view kStatement = "proxy_http_version 1.1;";
  const Location& holder = settings_holder(location);
  const Directive chosen = location.http_version.origin.directive;
  const auto same_version = [&](const Location& other) {
    return other.http_version.origin.directive == chosen;
  };
  if (!chosen) {
    const bool shared = is_shared_within(holder, location, same_version);
    return {std::string(kTitle),
            shared ? Applicability::kUnsafe : Applicability::kSafe,
            {insert_setting(location, kStatement)}};
  }
  const bool own = !holder.scope->own("proxy_http_version").empty();
  if (own || !is_shared(input, location, "proxy_http_version", same_version)) {
    return unsafe_fix(std::string(kTitle), {replace_argument(chosen, 0, "1.1")});
  }
  return unsafe_fix(std::string(kTitle), {insert_setting(location, kStatement)});
}

}  // namespace poolproof::lint
