// Keys by an index, for some maps have an entry for each of thousands of hosts; regular expressions
// one by one, each compiled once.
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

const MapEntry* find_key(const MapVariable& map, const std::string& key) {
  const auto found = map.by_key.find(key);
  return found == map.by_key.end() ? nullptr : found->second;
}

/// The longest key wins; of two that are as long, the one that stands first.
class LongestKey {
 public:
  void offer(const MapEntry* entry) {
    if (entry == nullptr || !entry->is_host) return;
    const bool is_better = best_ == nullptr || entry->key.size() > best_->key.size() ||
                           (entry->key.size() == best_->key.size() && entry < best_);
    if (is_better) best_ = entry;
  }
  const MapEntry* best() const { return best_; }

 private:
  const MapEntry* best_ = nullptr;
};

/// "*.example.com" and ".example.com" for each of the name's ends, then "www.*" for its beginnings.
const MapEntry* find_wildcard(const MapVariable& map, const std::string& name) {
  LongestKey leading, trailing;
  leading.offer(find_key(map, "." + name));
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    leading.offer(find_key(map, name.substr(dot)));
    if (dot > 0) leading.offer(find_key(map, "*" + name.substr(dot)));
    if (dot + 1 < name.size()) trailing.offer(find_key(map, name.substr(0, dot + 1) + "*"));
  }
  return leading.best() != nullptr ? leading.best() : trailing.best();
}

/// What many hosts choose by is asked for each of them.
void make_index(const MapVariable& map) {
  for (const MapEntry& entry : map.entries) {
    if (entry.regex) {
      map.patterns.emplace_back(CompiledPattern(entry.key, entry.regex_no_case), &entry);
    } else {
      map.by_key.emplace(lower_case(entry.key), &entry);
    }
  }
}

const MapEntry* find_entry(const MapVariable& map, std::string_view source) {
  if (map.by_key.empty() && map.patterns.empty()) make_index(map);
  std::string lower = lower_case(source);
  if (map.hostnames && lower.ends_with('.')) lower.pop_back();
  if (const MapEntry* entry = find_key(map, lower)) return entry;
  if (map.hostnames) {
    if (const MapEntry* entry = find_wildcard(map, lower)) return entry;
  }
  for (const auto& [pattern, entry] : map.patterns) {
    if (pattern.matches(source)) return entry;
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
