// Keys that are words by an index, for some maps have an entry for each of thousands of hosts;
// wildcards and regexes one by one.
#include "grammar/config/map_lookup.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/config/regex_match.h"
#include "grammar/config/value_resolver.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// Length of the part that a wildcard key matches, or 0 if it does not match.
std::size_t wildcard_match(std::string_view key, std::string_view name) {
  if (key.starts_with("*.") && name.size() >= key.size() && name.ends_with(key.substr(1))) {
    return key.size();
  }
  if (key.starts_with('.') && (name.ends_with(key) || name == key.substr(1))) return key.size();
  return 0;
}

bool is_trailing_wildcard_match(std::string_view key, std::string_view name) {
  return key.ends_with(".*") && name.size() >= key.size() &&
         name.starts_with(key.substr(0, key.size() - 1));
}

const MapEntry* find_wildcard(const MapVariable& map, const std::string& name) {
  const MapEntry* best = nullptr;
  std::size_t best_size = 0;
  for (const MapEntry& entry : map.entries) {
    if (entry.regex) continue;
    const std::size_t size = wildcard_match(lower_case(entry.key), name);
    if (size > best_size) {
      best = &entry;
      best_size = size;
    }
  }
  if (best != nullptr) return best;
  for (const MapEntry& entry : map.entries) {
    if (entry.regex || entry.key.size() <= best_size) continue;
    if (!is_trailing_wildcard_match(lower_case(entry.key), name)) continue;
    best = &entry;
    best_size = entry.key.size();
  }
  return best;
}

const MapEntry* find_entry(const MapVariable& map, std::string_view source) {
  const std::string lower = lower_case(source);
  if (map.by_key.empty()) {
    for (const MapEntry& entry : map.entries) {
      if (!entry.regex) map.by_key.emplace(lower_case(entry.key), &entry);
    }
  }
  if (const auto word = map.by_key.find(lower); word != map.by_key.end()) return word->second;
  if (map.hostnames) {
    if (const MapEntry* entry = find_wildcard(map, lower)) return entry;
  }
  for (const MapEntry& entry : map.entries) {
    if (entry.regex && regex_matches(entry.key, source, entry.regex_no_case)) return &entry;
  }
  return nullptr;
}

}  // namespace

std::string map_value_with_groups(const MapVariable& map, std::string_view source,
                                  std::string_view value) {
  std::string text(value);
  if (!has_variables(value)) return text;
  const MapEntry* entry = find_entry(map, source);
  const auto pieces = split_variables(value);
  if (entry == nullptr || !entry->regex || !pieces) return text;
  const auto groups = regex_groups(entry->key, source, entry->regex_no_case);
  text.clear();
  for (const TextPiece& piece : *pieces) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& each) {
      return piece.is_variable && lower_case(each.first) == lower_case(piece.text);
    });
    // Text that would be read as a variable stays one that nobody knows.
    if (group != groups.end() && !has_variables(group->second)) {
      text += group->second;
    } else {
      text += piece.is_variable ? fmt::format("${{{}}}", piece.text) : std::string(piece.text);
    }
  }
  return text;
}

std::vector<std::string_view> possible_map_values(const MapVariable& map, std::string_view source) {
  const std::string_view fallback = map.fallback ? map.fallback->value : std::string_view();
  if (source.find(kUnknownText) == std::string_view::npos) {
    const MapEntry* entry = find_entry(map, source);
    return {entry != nullptr ? entry->value : fallback};
  }
  std::vector<std::string_view> all;
  for (const MapEntry& entry : map.entries) all.push_back(entry.value);
  all.push_back(fallback);
  return all;
}

}  // namespace poolproof
