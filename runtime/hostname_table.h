// Host names with wildcards, as server_name and `map ... hostnames` have them. Knows nothing of
// what the names stand for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace poolproof::runtime {

enum class WildcardRule : unsigned char { kAllowed, kLiteral };

/// Looks up exact names first, then the longest "*.x" (or ".x"), then the longest "x.*"
/// (nginx 1.22.1, ngx_hash_find_combined).
class HostnameTable {
 public:
  /// Folds to lower case. The first value of a name stays. False if a wildcard is not well-formed.
  bool add(std::string_view name, std::size_t value, WildcardRule rule = WildcardRule::kAllowed);
  std::optional<std::size_t> find(std::string_view lower_case_host) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Names = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  Names exact_;
  Names suffixes_;  // ".example.com"
  Names prefixes_;  // "www.example."
};

/// ASCII letters to lower case.
std::string to_lower(std::string_view text);

}  // namespace poolproof::runtime
