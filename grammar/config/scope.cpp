// Lookup of settings by nginx's rules of inheritance: each level is merged from the one around it.
#include <algorithm>

#include "grammar/config/effective_config.h"

namespace poolproof {
namespace {

const std::vector<Directive> kNothing;

/// The switch that lets inner add_header lines join the outer ones (nginx 1.29.3).
std::string_view inherit_switch_of(std::string_view name) {
  if (name == "add_header") return "add_header_inherit";
  if (name == "add_trailer") return "add_trailer_inherit";
  return {};
}

Inheritance inheritance_of(Directive directive) {
  const DirectiveSpec* spec = directive.spec();
  return spec != nullptr ? spec->inheritance : Inheritance::kNone;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x | (x >= 'A' && x <= 'Z' ? 0x20 : 0)) == (y | (y >= 'A' && y <= 'Z' ? 0x20 : 0));
  });
}

}  // namespace

void Scope::collect() {
  std::vector<std::pair<std::string_view, Directive>> all;
  for (const Directive child : children(block_)) {
    if (!child.name().empty()) all.emplace_back(child.name(), child);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [name, directive] : all) {
    if (own_.empty() || own_.back().first != name)
      own_.emplace_back(name, std::vector<Directive>{});
    own_.back().second.push_back(directive);
  }
}

const std::vector<Directive>& Scope::own(std::string_view name) const {
  const auto found = std::lower_bound(
      own_.begin(), own_.end(), name,
      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != own_.end() && found->first == name ? found->second : kNothing;
}

Found Scope::find(std::string_view name) const {
  const std::string_view inherit_switch = inherit_switch_of(name);
  Found found;
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
    const auto& own_list = scope->own(name);
    std::string_view mode = "on";
    if (!inherit_switch.empty()) mode = scope->value_or(inherit_switch, "on");
    if (!own_list.empty()) {
      const Inheritance rule = inheritance_of(own_list.front());
      if (scope != this && rule == Inheritance::kNone) return found;
      if (found.directives.empty()) {
        found.kind = scope == this ? OriginKind::kExplicit : OriginKind::kInherited;
      }
      if (rule == Inheritance::kListAppend) {  // outer entries come first
        found.directives.insert(found.directives.begin(), own_list.begin(), own_list.end());
        continue;
      }
      found.directives.insert(found.directives.end(), own_list.begin(), own_list.end());
      if (mode != "merge") return found;
    }
    if (mode == "off") return found;
  }
  return found;
}

std::string_view Scope::value_or(std::string_view name, std::string_view fallback) const {
  const Directive last = find(name).last();
  return last ? last.arg(0) : fallback;
}

bool Scope::flag_or(std::string_view name, bool fallback) const {
  const Directive last = find(name).last();
  return last ? equal_ignoring_case(last.arg(0), "on") : fallback;
}

}  // namespace poolproof
