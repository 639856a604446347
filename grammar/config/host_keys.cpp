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

enum class Shape { kPlain, kDotted, kLeading, kTrailing };

Shape shape_of(std::string_view key) {
  if (key.size() > 1 && key.front() == '.') return Shape::kDotted;
  if (key.size() > 2 && key.starts_with("*.")) return Shape::kLeading;
  if (key.size() > 2 && key.ends_with(".*")) return Shape::kTrailing;
  return Shape::kPlain;
}

}  // namespace

HostKeys::Verdict HostKeys::add_plain(std::string_view key) {
  return exact_.insert(lower_case(key)).second ? Verdict::kTaken : Verdict::kRepeated;
}

bool HostKeys::is_bad(std::string_view key) {
  if (is_malformed(key)) return true;
  return shape_of(key) == Shape::kPlain && key.find('*') != std::string_view::npos;
}

HostKeys::Verdict HostKeys::add(std::string_view key) {
  if (is_bad(key)) return Verdict::kBad;
  const auto verdict = [](bool is_new) { return is_new ? Verdict::kTaken : Verdict::kRepeated; };
  std::string name = lower_case(key);
  switch (shape_of(key)) {
    case Shape::kPlain:
      break;
    case Shape::kDotted:
      if (!exact_.insert(name.substr(1)).second) return Verdict::kRepeated;
      return verdict(leading_.insert(std::move(name)).second);
    case Shape::kLeading:
      return verdict(leading_.insert(name.substr(1)).second);
    case Shape::kTrailing:
      return verdict(trailing_.insert(std::move(name)).second);
  }
  return verdict(exact_.insert(std::move(name)).second);
}

}  // namespace poolproof
