// Keys of a hash of host names, as nginx takes them for `map ... hostnames`, `valid_referers` and
// server names (1.22.1, ngx_hash_add_key). Knows no configuration.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace poolproof {

class HostKeys {
 public:
  enum class Verdict {
    kTaken,
    kRepeated,  // there already, or covered by the same name with a dot before it
    kBad,       // a wildcard in the middle, two dots in a row
  };

  /// Compares without case.
  Verdict add(std::string_view key);
  /// Whether add() finds it bad, whatever was added before.
  static bool is_bad(std::string_view key);
  /// Takes wildcards for plain text: what stands in a map before `hostnames`.
  Verdict add_plain(std::string_view key);

 private:
  std::unordered_set<std::string> exact_, leading_, trailing_;
};

}  // namespace poolproof
