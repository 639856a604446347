// See host_keys.h.
#include "grammar/config/host_keys.h"

#include <algorithm>

#include "grammar/config/lower_case.h"

namespace poolproof {
namespace {

bool is_malformed(std::string_view key) {
  return std::count(key.begin(), key.end(), '*') > 1 || key.find("..") != std::string_view::npos ||
         key.find('\0') != std::string_view::npos;
}

}  // namespace

HostKeys::Verdict HostKeys::add_plain(std::string_view key) {
  return exact_.insert(lower_case(key)).second ? Verdict::kTaken : Verdict::kRepeated;
}

HostKeys::Verdict HostKeys::add(std::string_view key) {
  if (is_malformed(key)) return Verdict::kBad;
  const auto verdict = [](bool is_new) { return is_new ? Verdict::kTaken : Verdict::kRepeated; };
  std::string name = lower_case(key);
  if (name.size() > 1 && name.front() == '.') {
    if (!exact_.insert(name.substr(1)).second) return Verdict::kRepeated;
    return verdict(leading_.insert(name).second);
  }
  if (name.size() > 2 && name.starts_with("*.")) {
    return verdict(leading_.insert(name.substr(1)).second);
  }
  if (name.size() > 2 && name.ends_with(".*")) return verdict(trailing_.insert(name).second);
  if (name.find('*') != std::string::npos) return Verdict::kBad;
  return verdict(exact_.insert(std::move(name)).second);
}

}  // namespace poolproof
