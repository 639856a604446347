// The merged model: for every server, location and upstream what really applies for one nginx
// version, and where it was set. Inheritance, defaults and includes are resolved here and nowhere
// else; lint, translate and runtime read this and never walk the tree for meaning.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "grammar/base/version.h"
#include "grammar/config/bound_config.h"
#include "grammar/config/regex_match.h"

namespace poolproof {

enum class OriginKind : std::uint8_t { kDefault, kInherited, kExplicit };

/// Where a value comes from: nginx's default for the version, an outer block, or this block.
struct Origin {
  OriginKind kind = OriginKind::kDefault;
  Directive directive;  // empty for kDefault
};

template <class T>
struct Setting {
  T value{};
  Origin origin;
};

/// What a lookup by name found: the statements of the innermost level that has any, in order.
struct Found {
  OriginKind kind = OriginKind::kDefault;
  std::vector<Directive> directives;  // empty for kDefault

  bool is_default() const { return kind == OriginKind::kDefault; }
  Directive last() const { return directives.empty() ? Directive() : directives.back(); }
};

/// One block with its own copy of the settings: main, http, server, location, `if` in location,
/// limit_except, upstream. Inheritance follows the catalogue (kNone, kReplace, kListReplace,
/// kListAppend). Addresses are stable while the EffectiveConfig lives.
class Scope {
 public:
  Scope(const Scope* parent, Directive block, Context context)
      : parent_(parent), block_(block), context_(context) {}

  const Scope* parent() const { return parent_; }
  Directive block() const { return block_; }
  Context context() const { return context_; }

  /// Statements of that name written in this very block, in order. Valid as long as the scope.
  std::span<const Directive> own(std::string_view name) const {
    if ((present_ & bit_of(name)) == 0) return {};  // nearly always, and it is asked all the time
    return look_up(name);
  }
  /// What applies here by the directive's rule of inheritance.
  Found find(std::string_view name) const;
  /// First argument of the last statement that applies, or `fallback`.
  std::string_view value_or(std::string_view name, std::string_view fallback) const;
  /// For on/off directives.
  bool flag_or(std::string_view name, bool fallback) const;

 private:
  friend class Merger;

  const Scope* parent_;
  Directive block_;
  Context context_;
  /// Takes the statements of the block; called once. The memory must outlive the scope.
  void collect(std::pmr::memory_resource& memory);
  std::span<const Directive> look_up(std::string_view name) const;

  /// Which of 64 classes a name is in.
  static std::uint64_t bit_of(std::string_view name) {
    if (name.empty()) return 0;
    const auto at = [name](std::size_t place) {
      return std::size_t{static_cast<unsigned char>(name[place])};
    };
    const std::size_t last = name.size() - 1;
    const std::size_t mixed =
        name.size() * 3 + at(name.size() / 2) * 13 + at(last) * 29 + at(0) * 7;
    return std::uint64_t{1} << (mixed % 64);
  }

  struct Named {
    std::string_view name;
    std::uint32_t first = 0, count = 0;  // in own_
  };
  /// Sorted by name: most blocks hold a handful of names, where a hash table costs more.
  std::span<const Named> names_;
  std::span<const Directive> own_;
  std::uint64_t present_ = 0;  // the classes that names_ has something of
};

// --- values -------------------------------------------------------------------------------------

/// A name with value as in proxy_set_header, fastcgi_param, add_header.
struct HeaderField {
  std::string_view name;
  std::string_view value;  // may hold variables
  Directive at;
};

enum class Protocol : std::uint8_t { kHttp, kFastcgi, kMemcached, kScgi, kUwsgi, kGrpc };
/// "http", "fastcgi", "memcached", "scgi", "uwsgi", "grpc": as reports and JSON spell it.
std::string_view to_string(Protocol protocol);

enum class HttpVersion : std::uint8_t { k10, k11, k2 };

struct Upstream;
struct Server;
struct Location;

/// What a *_pass directive says.
struct Pass {
  Protocol protocol = Protocol::kHttp;
  Directive at;  // the pass directive; for a copy in `if`/limit_except the outer one
  bool copied_from_outer = false;
  bool tls = false;         // https, grpcs, uwsgis(suwsgi)
  std::string_view target;  // the argument as written
  bool has_variables = false;
  std::string host;        // as written, without brackets for IPv6; "unix:/path" for sockets;
                           // empty where a variable decides
  std::uint16_t port = 0;  // 0: none written
  bool has_uri = false;    // a URI part follows the authority
  std::string uri;
  /// The group it goes to: explicit or implicit. Null where a variable decides.
  Upstream* upstream = nullptr;
  /// With variables: groups that the target may name, as far as the values are known.
  std::vector<Upstream*> possible_upstreams;
  /// With variables: every value that the host part can take is known and in possible_upstreams.
  bool possible_upstreams_complete = false;
};

// --- upstreams ----------------------------------------------------------------------------------

enum class Balancer : std::uint8_t {
  kRoundRobin,
  kLeastConn,
  kIpHash,
  kHash,
  kHashConsistent,
  kRandom,
  kRandomTwoLeastConn,
  kSticky,
  kOther /* of a third-party or commercial module */
};

struct Peer {
  std::string address;  // as written: "127.0.0.1:8080", "backend:80", "unix:/run/x.sock"
  int weight = 1;
  int max_conns = 0;  // 0: no limit
  int max_fails = 1;
  std::chrono::milliseconds fail_timeout{10'000};
  bool backup = false;
  bool down = false;
  bool resolve = false;
  Directive at;
};

/// `keepalive`: the idle connections that a worker keeps.
struct Keepalive {
  std::uint32_t connections = 0;  // 0: no pool
  bool local = false;             // one pool part per location (1.29.7+)
};

struct Upstream {
  std::string name;
  bool implicit = false;         // made by nginx for a literal address; never pooled
  const Scope* scope = nullptr;  // null if implicit
  Directive at;                  // the upstream block; the pass if implicit
  std::vector<Peer> peers;
  Setting<Balancer> balancer;    // the last method wins
  Directive balancer_directive;  // empty for round robin
  Setting<Keepalive> keepalive;  // of this version: default "32 local" from 1.29.7
  /// Before 1.29.7: a balancing method after `keepalive` replaced it, so there is no pool.
  bool pool_lost_to_method = false;
  Setting<std::uint32_t> keepalive_requests;
  Setting<std::chrono::milliseconds> keepalive_timeout;
  Setting<std::chrono::milliseconds> keepalive_time;
  /// Locations that pass to it, also through variables.
  std::vector<Location*> users;

  /// Does a worker keep idle connections at all? (Whether a location fills the pool is another
  /// matter.)
  bool has_pool() const {
    return !implicit && keepalive.value.connections > 0 && !pool_lost_to_method;
  }
};

// --- servers and locations ----------------------------------------------------------------------

struct Listen {
  std::string address;  // "0.0.0.0", "::", "127.0.0.1", "unix:/path"
  std::uint16_t port = 80;
  std::string raw;  // as written, without parameters
  bool default_server = false;
  bool ssl = false, http2 = false, quic = false, proxy_protocol = false, reuseport = false;
  bool ipv6only = true;
  Directive at;  // empty where nginx's default `*:80` applies
};

enum class ServerNameKind : std::uint8_t {
  kExact,
  kLeadingWildcard,
  kTrailingWildcard,
  kDotted,
  kRegex
};
struct ServerName {
  ServerNameKind kind = ServerNameKind::kExact;
  std::string text;  // as written ("~^www\d+$", ".example.com", "")
  Directive at;
};

enum class LocationKind : std::uint8_t {
  kServerLevel,  // the server's own settings, where no location matches
  kPrefix,
  kPrefixNoRegex /* ^~ */,
  kExact /* = */,
  kRegex /* ~ */,
  kRegexNoCase /* ~* */,
  kNamed,  // @name
  kIf,     // `if` in a location
  kLimitExcept
};

struct Location {
  LocationKind kind = LocationKind::kPrefix;
  std::string pattern;  // without modifier; "@name" for named; "" for kServerLevel;
                        // the words of the condition for kIf; the methods for kLimitExcept
  const Scope* scope = nullptr;
  Server* server = nullptr;
  Location* parent = nullptr;  // the enclosing location; the server-level one for outermost ones
  std::vector<Location*> children;  // nested locations, `if`s and limit_except, in source order
  /// What passes the request on, own or copied into `if`/limit_except by nginx's rule.
  std::optional<Pass> pass;
  bool has_handler_pass = false;  // in `if` without own pass: the handler of the location stays

  Setting<HttpVersion> http_version;  // proxy_http_version
  /// The winning proxy_set_header (grpc_set_header for grpc) list, built-in entries not included.
  Setting<std::vector<HeaderField>> set_headers;

  /// "~ \.php$", "= /x", "/api/", "@fallback", "if ($a = b)", "limit_except GET": as people know
  /// it.
  std::string display() const;
};

struct Server {
  std::size_t index = 0;
  const Scope* scope = nullptr;
  Directive at;
  std::vector<Listen> listens;
  std::vector<ServerName> names;
  Location* root = nullptr;  // kind kServerLevel
  /// At one of its addresses it answers for hosts that no server names.
  bool is_default = false;
};

enum class MapKind : std::uint8_t { kMap, kGeo, kSplitClients };
struct MapEntry {
  std::string_view key;  // as written, decoded; "default" entries are in `fallback`
  std::string_view value;
  bool regex = false, regex_no_case = false;
  bool is_host = false;  // stands below `hostnames`: may be a wildcard
  Directive at;
};
struct MapVariable {
  MapKind kind = MapKind::kMap;
  std::string_view source;  // "$http_upgrade", may be any text with variables
  std::string_view name;    // without `$`
  std::optional<MapEntry> fallback;
  std::vector<MapEntry> entries;
  bool hostnames = false, is_volatile = false;
  Directive at;
  /// Entries that are no regex by their keys in lower case, and the patterns of those that are one:
  /// map_lookup.cpp makes them when it is first asked. Not safe to use from two threads.
  mutable std::unordered_map<std::string, const MapEntry*> by_key;
  mutable std::vector<std::pair<CompiledPattern, const MapEntry*>> patterns;
};

class EffectiveConfig {
 public:
  Version version() const { return version_; }
  const BoundConfig& bound() const { return *bound_; }

  const Scope& main() const { return *main_; }
  const Scope* events() const { return events_; }  // null if there is none (snippets)
  const Scope* http() const { return http_; }      // null if there is none
  const std::deque<Server>& servers() const { return servers_; }
  /// Every location-like block of every server, in source order.
  const std::deque<Location>& locations() const { return locations_; }
  /// Explicit blocks in source order, then the implicit ones.
  const std::deque<Upstream>& upstreams() const { return upstreams_; }
  const Upstream* find_upstream(std::string_view name) const;  // names compare without case
  const std::deque<MapVariable>& maps() const { return maps_; }
  const MapVariable* find_map(std::string_view variable) const;
  /// Is there a `set $variable` anywhere? Where none has run its value is empty.
  bool is_set_somewhere(std::string_view variable) const {
    return set_variables_.contains(variable);
  }

  /// What nginx refuses or warns about once everything is merged: "host not found" is not among
  /// them (nothing is resolved here), "duplicate upstream", "may not have port", ... are.
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  friend class Merger;

  Version version_;
  const BoundConfig* bound_ = nullptr;
  std::pmr::monotonic_buffer_resource memory_;  // of the scopes: freed at once
  std::deque<Scope> scopes_;
  const Scope* main_ = nullptr;
  const Scope* events_ = nullptr;
  const Scope* http_ = nullptr;
  std::deque<Server> servers_;
  std::deque<Location> locations_;
  std::deque<Upstream> upstreams_;
  std::unordered_map<std::string, Upstream*> upstream_by_name_;  // explicit ones, in lower case
  std::deque<MapVariable> maps_;
  std::unordered_map<std::string_view, const MapVariable*> map_by_name_;  // the last of a name
  std::unordered_set<std::string_view> set_variables_;
  std::vector<Diagnostic> diagnostics_;
  std::size_t merge_diagnostics_ = 0;  // the first ones, which no version changes
  std::vector<Version> asked_;         // those that the checks compared theirs with
};

/// Merges for one version. `bound` must outlive the result.
std::unique_ptr<EffectiveConfig> merge(const BoundConfig& bound, Version version);

/// Makes `merged` what merge() gives for another version: only what depends on the version is done
/// again. Pointers into it stay valid.
void change_version(EffectiveConfig& merged, Version version);

// --- values of variables ------------------------------------------------------------------------

/// What is assumed of the request; its Host is one of the names of the server.
struct RequestAssumption {
  std::string_view connection;  // the client's Connection header
  std::string_view upgrade;     // the client's Upgrade header; empty: none
  std::string_view method = "GET";
};

/// The texts that an expression can evaluate to for such a request, as far as the configuration
/// decides.
struct PossibleValues {
  std::vector<std::string> values;  // without repeats
  bool complete = true;             // false: there may be others
};

/// Resolves maps (through several stages), `set` in the location and its server, $http_connection,
/// $http_upgrade and constants.
PossibleValues possible_values(const EffectiveConfig& config, const Location& location,
                               std::string_view expression, const RequestAssumption& request);

/// Where such a request may go.
struct PossibleTargets {
  std::vector<const Upstream*> upstreams;  // without repeats; null: an address, which has no pool
  bool complete = true;                    // false: there may be others
};

/// For a location whose pass has variables.
PossibleTargets possible_targets(const EffectiveConfig& config, const Location& location,
                                 const RequestAssumption& request);

}  // namespace poolproof
