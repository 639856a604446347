// map, geo and split_clients: variables whose value is looked up by the value of a text. Compiled
// once, evaluated at most once per request unless volatile. One that needs itself is empty.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/address.h"
#include "runtime/expression.h"
#include "runtime/hostname_table.h"
#include "runtime/regex.h"
#include "runtime/request.h"
#include "runtime/rewrite.h"

namespace poolproof::runtime {

/// What a variable has whose value is made of that of another.
struct DerivedVariable {
  std::string name;
  std::size_t slot = 0;
  bool is_volatile = false;  // evaluated anew each time
};

struct MapPlan {
  struct Pattern {
    Regex regex;
    NamedGroups named;
    std::size_t value = 0;
  };
  DerivedVariable variable;
  Expression source;
  std::vector<Expression> values;
  std::optional<std::size_t> fallback;
  bool hostnames = false;
  HostnameTable names;  // of lower-case keys; wildcards only if `hostnames`
  std::vector<Pattern> patterns;

  std::string_view evaluate(Request& request) const;

 private:
  std::string_view look_up(Request& request) const;
};

/// A network and the value of addresses in it.
struct GeoRange {
  AddressFamily family = AddressFamily::kIpv4;
  std::array<std::uint8_t, 16> first{}, last{};  // network byte order
  std::size_t value = 0;

  bool contains(const Address& address) const;
  /// It holds fewer addresses than `other`, or is of IPv4 where that is not.
  bool is_smaller_than(const GeoRange& other) const;
};
/// "10.0.0.0/8", "::1", or with `ranges` "10.0.0.1-10.0.0.9"; nothing if it is neither.
std::optional<GeoRange> parse_network(std::string_view text);

struct GeoPlan {
  DerivedVariable variable;
  Expression source;             // an address as text
  bool source_is_client = true;  // $remote_addr: needs no text
  std::vector<GeoRange> ranges;  // the first that fits wins: smallest networks first
  std::vector<std::string> values;
  std::optional<std::size_t> fallback;

  std::string_view evaluate(Request& request) const;

 private:
  std::string_view look_up(Request& request) const;
};

struct SplitClientsPlan {
  struct Part {
    std::uint32_t below = 0;  // of hashes under this number; 0: of all that are left
    std::string value;
  };
  DerivedVariable variable;
  Expression source;
  std::vector<Part> parts;

  std::string_view evaluate(Request& request) const;

 private:
  std::string_view look_up(Request& request) const;
};

/// MurmurHash2 with seed 0, as nginx has it for split_clients.
std::uint32_t murmur_hash2(std::string_view bytes);

/// Getters of variables: `data` points to the plan.
std::string_view map_getter(Request& request, std::uintptr_t data);
std::string_view geo_getter(Request& request, std::uintptr_t data);
std::string_view split_clients_getter(Request& request, std::uintptr_t data);

}  // namespace poolproof::runtime
