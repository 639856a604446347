// The variables that a configuration defines: map, geo, split_clients, set, named groups.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "grammar/syntax/values.h"
#include "runtime/hostname_table.h"
#include "runtime/plan_builder.h"

namespace poolproof::runtime {

template <class PlanOfVariable>
void PlanBuilder::define_derived(const MapVariable& variable, PlanOfVariable& plan,
                                 VariableGetter getter) {
  plan.variable.name = variable.name;
  plan.variable.slot = plan_->variables->new_slot();
  plan_->variables->define(variable.name, {getter, reinterpret_cast<std::uintptr_t>(&plan)});
}

/// Getters first, contents second: the text of one may name another that stands below it.
void PlanBuilder::define_variables() {
  define_set_variables();
  for (const MapVariable& variable : config_.maps()) {
    switch (variable.kind) {
      case MapKind::kMap:
        define_derived(variable, plan_->maps.emplace_back(), map_getter);
        break;
      case MapKind::kGeo:
        define_derived(variable, plan_->geos.emplace_back(), geo_getter);
        break;
      case MapKind::kSplitClients:
        define_derived(variable, plan_->splits.emplace_back(), split_clients_getter);
        break;
    }
  }
  std::size_t map = 0, geo = 0, split = 0;
  for (const MapVariable& variable : config_.maps()) {
    switch (variable.kind) {
      case MapKind::kMap:
        define_map(variable, plan_->maps[map++]);
        break;
      case MapKind::kGeo:
        define_geo(variable, plan_->geos[geo++]);
        break;
      case MapKind::kSplitClients:
        define_split_clients(variable, plan_->splits[split++]);
        break;
    }
  }
}

/// `set` defines its variable wherever it stands, and so do named groups (nginx: for all servers).
void PlanBuilder::define_set_variables() {
  const BoundConfig& bound = config_.bound();
  for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
    const Directive at = bound.directive(id);
    define_groups(at);
    if (bound.at(id).spec == nullptr || at.name() != "set") continue;
    std::string_view name = at.arg(0);
    if (!name.starts_with('$') || name.size() < 2) {
      fail(at, fmt::format("invalid variable name \"{}\"", name));
      continue;
    }
    name.remove_prefix(1);
    if (VariableTable::is_settable_builtin(name)) continue;
    std::deque<std::string> unused;
    if (find_builtin_variable(to_lower(name), unused))
      refuse(at, fmt::format("set ${}", name));
    else
      plan_->variables->define_slot(name);
  }
}

/// "(?<name>", "(?P<name>", "(?'name'" in any word: a text may name a group of a pattern below it.
void PlanBuilder::define_groups(Directive at) {
  const auto scan = [&](std::string_view text) {
    for (std::size_t i = text.find("(?"); i != std::string_view::npos; i = text.find("(?", i + 2)) {
      std::size_t begin = i + 2;
      if (begin < text.size() && text[begin] == 'P') ++begin;
      if (begin >= text.size() || (text[begin] != '<' && text[begin] != '\'')) continue;
      const std::size_t end = text.find_first_of(">'", ++begin);
      const std::string_view name = text.substr(begin, end - begin);
      const bool is_name = !name.empty() && name.find_first_of("=!<(") == std::string_view::npos;
      if (end != std::string_view::npos && is_name) plan_->variables->define_slot(name);
    }
  };
  scan(at.name());
  for (std::size_t i = 0; i < at.arg_count(); ++i) scan(at.arg(i));
}

void PlanBuilder::define_map(const MapVariable& variable, MapPlan& map) {
  map.source = compile(variable.source, variable.at);
  map.hostnames = variable.hostnames;
  map.variable.is_volatile = variable.is_volatile;
  for (const MapEntry& entry : variable.entries) {
    const std::size_t value = map.values.size();
    const WildcardRule rule = entry.is_host ? WildcardRule::kAllowed : WildcardRule::kLiteral;
    if (entry.regex) {
      auto regex = compile_regex(
          entry.key, entry.regex_no_case ? RegexCase::kInsensitive : RegexCase::kSensitive,
          entry.at);
      if (!regex) continue;
      NamedGroups named = named_groups(*regex);
      map.patterns.push_back({std::move(*regex), std::move(named), value});
    } else if (!map.names.add(entry.key, value, rule)) {
      fail(entry.at, fmt::format("invalid hostname or wildcard \"{}\"", entry.key));
    }
    map.values.push_back(compile(entry.value, entry.at));
  }
  if (!variable.fallback) return;
  map.fallback = map.values.size();
  map.values.push_back(compile(variable.fallback->value, variable.fallback->at));
}

void PlanBuilder::define_geo(const MapVariable& variable, GeoPlan& geo) {
  geo.source_is_client = variable.source.empty() || variable.source == "$remote_addr";
  if (!geo.source_is_client) geo.source = compile(variable.source, variable.at);
  // These are no entries; proxy_recursive says nothing without proxy.
  for (const Directive at : children(variable.at)) {
    if (at.name() == "proxy" || at.name() == "delete")
      refuse(at, fmt::format("{} in geo", at.name()));
  }
  for (const MapEntry& entry : variable.entries) {
    auto range = parse_network(entry.key);
    if (!range) {
      fail(entry.at, fmt::format("invalid network \"{}\"", entry.key));
      continue;
    }
    range->value = geo.values.size();
    geo.values.emplace_back(entry.value);
    geo.ranges.push_back(*range);
  }
  // The smallest network wins; of equal ones the last, as nginx replaces a duplicate.
  std::reverse(geo.ranges.begin(), geo.ranges.end());
  std::stable_sort(geo.ranges.begin(), geo.ranges.end(),
                   [](const GeoRange& a, const GeoRange& b) { return a.is_smaller_than(b); });
  if (!variable.fallback) return;
  geo.fallback = geo.values.size();
  geo.values.emplace_back(variable.fallback->value);
}

void PlanBuilder::define_split_clients(const MapVariable& variable, SplitClientsPlan& split) {
  split.source = compile(variable.source, variable.at);
  std::uint64_t sum = 0;  // in hundredths of a percent
  for (const MapEntry& entry : variable.entries) {
    const std::string text(entry.key);
    char* end = nullptr;
    const double percent = std::strtod(text.c_str(), &end);
    if (std::string_view(end) != "%" || percent <= 0 || percent > 100) {
      fail(entry.at, fmt::format("invalid percent value \"{}\"", text));
      continue;
    }
    sum += static_cast<std::uint64_t>(std::llround(percent * 100));
    if (sum > 10000) fail(entry.at, "percent total is greater than 100%");
    const std::uint64_t below = sum * 0xffffffffu / 10000;
    split.parts.push_back({static_cast<std::uint32_t>(below), std::string(entry.value)});
  }
  if (variable.fallback) split.parts.push_back({0, std::string(variable.fallback->value)});
}

}  // namespace poolproof::runtime
