// map, geo and split_clients: variables whose value is looked up by the value of a text. Compiled once,
// evaluated at most once per request unless volatile.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/address.h"
#include "runtime/expression.h"
#include "runtime/regex.h"
#include "runtime/request.h"

namespace poolproof::runtime {

/// Names looked up as nginx looks up hostnames: exact, then the longest "*.x" (or ".x"), then the longest
/// "x.*". Keys are lower case; the value is a number of the caller.
class HostnameTable {
 public:
  /// `name` as in server_name or in a map with `hostnames`; false if a wildcard is not well-formed.
  bool add(std::string_view name, std::size_t value);
  std::optional<std::size_t> find(std::string_view lower_case_host) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Names = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;
  Names exact_, suffixes_, prefixes_;   // suffixes with their leading dot, prefixes with their last dot
  bool has_empty_ = false;
};

struct MapPlan {
  struct Pattern {
    Regex regex;
    std::vector<std::pair<std::size_t, int>> named;
    std::size_t value = 0;
  };
  Expression source;
  std::vector<Expression> values;
  std::optional<std::size_t> fallback;
  bool hostnames = false;
  bool is_volatile = false;
  HostnameTable names;                 // exact keys, too (folded to lower case)
  std::vector<Pattern> patterns;
  std::size_t slot = 0;

  std::string_view evaluate(Request& request) const;
};

struct GeoPlan {
  struct Range {
    std::array<std::uint8_t, 16> first{}, last{};
    int prefix_bits = 0;
    std::size_t value = 0;
  };
  Expression source;                   // an address as text; $remote_addr by default
  bool source_is_client = true;
  std::vector<Range> ipv4, ipv6;       // longest prefix first
  std::vector<Expression> values;
  std::optional<std::size_t> fallback;

  std::string_view evaluate(Request& request) const;
};

struct SplitClientsPlan {
  struct Part {
    std::uint32_t below = 0;           // a hash under this number; the last part takes the rest (0)
    std::string value;
  };
  Expression source;
  std::vector<Part> parts;
  std::size_t slot = 0;

  std::string_view evaluate(Request& request) const;
};

}  // namespace poolproof::runtime
