// Lookup of settings by nginx's rules of inheritance: each level is merged from the one around it.
#include <algorithm>
#include <memory>

#include "grammar/config/effective_config.h"

namespace poolproof {
namespace {

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

/// Any order will do that is the same everywhere: most names differ in length, which costs less to
/// compare.
bool goes_before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// Stable. A handful is in order after a few moves, where std::stable_sort would allocate.
template <typename Entries>
void sort_by_name(Entries& entries) {
  constexpr std::size_t kFew = 24;
  const auto before = [](const auto& a, const auto& b) { return goes_before(a.name, b.name); };
  if (entries.size() > kFew) {
    std::stable_sort(entries.begin(), entries.end(), before);
    return;
  }
  for (auto at = entries.begin(); at != entries.end(); ++at) {
    std::rotate(std::upper_bound(entries.begin(), at, *at, before), at, at + 1);
  }
}

}  // namespace

void Scope::collect(std::pmr::memory_resource& memory) {
  struct Entry {
    std::string_view name;
    Directive at;
  };
  static thread_local std::vector<Entry> all;  // one buffer for the thousands of blocks
  all.clear();
  for (const Directive child : children(block_)) {
    if (!child.name().empty()) all.push_back({child.name(), child});
  }
  sort_by_name(all);
  static thread_local std::vector<Named> names;
  names.clear();
  std::pmr::polymorphic_allocator<> allocator(&memory);
  auto* const own = allocator.allocate_object<Directive>(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (names.empty() || names.back().name != all[i].name) {
      names.push_back({all[i].name, static_cast<std::uint32_t>(i), 0});
      present_ |= bit_of(all[i].name);
    }
    ++names.back().count;
    std::construct_at(own + i, all[i].at);
  }
  own_ = {own, all.size()};
  auto* const kept = allocator.allocate_object<Named>(names.size());
  std::uninitialized_copy(names.begin(), names.end(), kept);
  names_ = {kept, names.size()};
}

std::span<const Directive> Scope::look_up(std::string_view name) const {
  const auto found = std::lower_bound(
      names_.begin(), names_.end(), name,
      [](const Named& entry, std::string_view wanted) { return goes_before(entry.name, wanted); });
  if (found == names_.end() || found->name != name) return {};
  return own_.subspan(found->first, found->count);
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
