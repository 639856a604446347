// Filling and asking the table of host names.
#include "runtime/hostname_table.h"

#include <algorithm>

namespace poolproof::runtime {

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return result;
}

bool HostnameTable::add(std::string_view name, std::size_t value, WildcardRule rule) {
  const std::string key = to_lower(name);
  if (rule == WildcardRule::kLiteral) {
    exact_.emplace(key, value);
    return true;
  }
  if (key.size() > 1 && key.front() == '.') {  // the name itself and everything below it
    exact_.emplace(key.substr(1), value);
    suffixes_.emplace(key, value);
    return key.find('*') == std::string::npos;
  }
  const std::size_t star = key.find('*');
  if (star == std::string::npos) {
    exact_.emplace(key, value);
    return true;
  }
  if (key.find('*', star + 1) != std::string::npos || key.size() < 3) return false;
  if (star == 0 && key[1] == '.') {
    suffixes_.emplace(key.substr(1), value);
    return true;
  }
  if (star == key.size() - 1 && key[star - 1] == '.') {
    prefixes_.emplace(key.substr(0, star), value);
    return true;
  }
  return false;
}

std::optional<std::size_t> HostnameTable::find(std::string_view host) const {
  if (const auto found = exact_.find(host); found != exact_.end()) return found->second;
  if (!suffixes_.empty()) {
    for (std::size_t dot = host.find('.'); dot != std::string_view::npos;
         dot = host.find('.', dot + 1)) {
      if (const auto found = suffixes_.find(host.substr(dot)); found != suffixes_.end()) {
        return found->second;
      }
    }
  }
  if (!prefixes_.empty()) {
    for (std::size_t dot = host.rfind('.'); dot != std::string_view::npos && dot > 0;
         dot = host.rfind('.', dot - 1)) {
      if (const auto found = prefixes_.find(host.substr(0, dot + 1)); found != prefixes_.end()) {
        return found->second;
      }
    }
  }
  return std::nullopt;
}

}  // namespace poolproof::runtime
