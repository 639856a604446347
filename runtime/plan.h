// What is executed: the configuration with everything resolved that can be resolved before a
// request comes. Made once from EffectiveConfig, then immutable and shared by all workers without
// locks.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "grammar/base/version.h"
#include "grammar/config/effective_config.h"
#include "runtime/address.h"
#include "runtime/expression.h"
#include "runtime/log_format.h"
#include "runtime/maps.h"
#include "runtime/plan_proxy.h"
#include "runtime/regex.h"
#include "runtime/rewrite.h"
#include "runtime/upstream/upstream_plan.h"

namespace poolproof::runtime {

/// error_page: for some statuses, where to go.
struct ErrorPage {
  int status = 0;
  Expression target;  // URI, URL or @name
  /// -1: keep the error's status; 0: the page's own (`=`); else this one (`=200`).
  int response_status = -1;
};

struct AddHeader {
  std::string name;
  Expression value;     // an empty value: not sent
  bool always = false;  // else only with 200, 201, 204, 206, 301, 302, 303, 304, 307, 308
};

struct AccessRule {
  bool allow = false;
  AddressFamily family = AddressFamily::kNone;  // kNone: all
  std::array<std::uint8_t, 16> ip{}, mask{};
};

enum class LingeringClose : std::uint8_t { kOff, kOn, kAlways };

/// Extension (lower case, without dot) to media type.
using TypeMap = std::unordered_map<std::string, std::string>;

/// What answers in a location.
enum class Handler : std::uint8_t { kStatic, kProxy, kStubStatus, kEmptyGif, kUnsupported };

/// A location, an `if` in one, a limit_except, or a server's own settings where no location
/// matches. All settings are resolved. Its address is the identity that a `local` pool uses.
struct LocationPlan {
  LocationKind kind = LocationKind::kPrefix;
  std::string name;  // pattern or "@name"
  const ServerPlan* server = nullptr;
  const LocationPlan* parent = nullptr;
  std::optional<Regex> pattern;  // of regex locations
  NamedGroups named_groups;
  bool internal = false;
  bool auto_redirect = false;  // name ends in "/" and passes on: "/name" gets a 301 to "/name/"
  std::vector<const LocationPlan*> exact;     // nested ones, sorted by name
  std::vector<const LocationPlan*> prefixes;  // longest first
  std::vector<const LocationPlan*> regexes;   // in order
  RewriteProgram rewrites;
  std::uint32_t limit_except_methods = 0;      // bit per Method that is not limited
  const LocationPlan* limit_except = nullptr;  // settings for all other methods
  std::vector<AccessRule> access;
  std::vector<Expression> try_files;  // the last is the fallback, may be "=404" or "@name"
  bool has_try_files = false;
  std::vector<bool> try_files_directory;  // parallel: ends in "/"

  Handler handler = Handler::kStatic;
  std::unique_ptr<ProxyPlan> proxy;

  // --- files
  Expression root;  // or alias
  bool is_alias = false;
  bool alias_of_regex = false;     // the alias is the whole path
  std::string alias_prefix;        // what of the URI the alias stands for: the name of its location
  std::vector<Expression> index;   // "index.html"; the last may be absolute
  const TypeMap* types = nullptr;  // never null in a plan
  std::string default_type = "text/plain";
  bool etag = true;
  std::uint64_t max_ranges = 0x7fffffff;  // 0: ranges are not answered
  bool log_not_found = true;
  bool msie_padding = true;  // pages for errors are made longer for MSIE and Chrome

  // --- answers
  std::vector<ErrorPage> error_pages;
  bool recursive_error_pages = false;
  std::vector<AddHeader> add_headers;
  bool chunked_transfer_encoding = true;
  bool absolute_redirect = true;
  bool server_name_in_redirect = false;
  bool port_in_redirect = true;

  // --- the client's side
  std::int64_t client_max_body_size = 1 << 20;  // 0: no limit
  std::size_t client_body_buffer_size = 16384;
  std::int64_t client_body_timeout_ms = 60'000;
  std::int64_t send_timeout_ms = 60'000;
  std::int64_t keepalive_timeout_ms = 75'000;  // 0: not kept
  std::int64_t keepalive_header_s = 0;         // "Keep-Alive: timeout="; 0: not sent
  std::uint32_t keepalive_requests = 1000;
  std::int64_t keepalive_time_ms = 3'600'000;
  bool keepalive_disable_msie6 = true;
  bool keepalive_disable_safari = false;
  LingeringClose lingering_close = LingeringClose::kOn;
  std::int64_t lingering_time_ms = 30'000;
  std::int64_t lingering_timeout_ms = 5'000;
  bool reset_timedout_connection = false;

  // --- logs
  std::vector<AccessLogPlan> access_logs;  // empty: off
  std::vector<ErrorLogPlan> error_logs;
};

/// A server; `root` has the settings where no location matches.
struct ServerPlan {
  std::string name;  // $server_name: the first one, or the machine's; "" is legal
  const LocationPlan* root = nullptr;
  RewriteProgram rewrites;
  std::unordered_map<std::string, const LocationPlan*> named;  // "@name"

  // read before a location is known, from the default server of the address or the chosen one
  std::size_t client_header_buffer_size = 1024;
  std::size_t large_header_buffer_count = 4;
  std::size_t large_header_buffer_size = 8192;
  std::size_t max_headers = SIZE_MAX;  // lines of a head
  std::int64_t client_header_timeout_ms = 60'000;
  bool ignore_invalid_headers = true;
  bool underscores_in_headers = false;
  bool merge_slashes = true;
};

/// The servers of one address:port, and how a name picks one.
struct AddressServers {
  struct Pattern {
    Regex regex;
    NamedGroups named;
    const ServerPlan* server = nullptr;
  };
  Address address;
  const ServerPlan* default_server = nullptr;
  HostnameTable names;  // value: index into `servers`
  std::vector<const ServerPlan*> servers;
  std::vector<Pattern> patterns;  // in order of configuration
};

/// A socket to bind. Where "*:80" and "10.0.0.1:80" are both configured only the first is bound and
/// the local address of the connection decides, as nginx has it.
struct ListenSocket {
  Address address;
  std::vector<AddressServers> addresses;  // specific ones first, the bound one last
  int backlog = 511;
  bool reuseport = false;
  bool deferred = false;
  bool ipv6only = true;
  std::optional<bool> so_keepalive;
  int keepalive_idle_s = 0, keepalive_interval_s = 0, keepalive_count = 0;  // 0: the system's
  int receive_buffer = 0, send_buffer = 0;  // bytes; 0: the system's
  int fastopen = 0;
  std::string text;   // "127.0.0.1:8080", for messages
  std::string place;  // "nginx.conf:12" of the first `listen`; empty for the default one

  const AddressServers& servers_of(const Address& local) const;
};

struct LogFile {
  std::string path;  // "stderr", or a full path
  /// nginx's default "logs/access.log", which nobody asked for: not an error if it cannot be
  /// opened.
  bool is_default = false;
};

struct Plan {
  Version version = kNewestVersion;
  std::string version_text;  // "1.31.5"
  unsigned worker_processes = 1;
  unsigned worker_connections = 512;
  bool multi_accept = false;
  std::int64_t shutdown_timeout_ms = 0;  // worker_shutdown_timeout; 0: none
  std::string prefix;
  std::string pid_file;              // empty: none written
  std::string user, group;           // whom root becomes; empty: stays, group: that of the user
  std::int64_t open_file_limit = 0;  // worker_rlimit_nofile; 0: as it is

  std::vector<ListenSocket> listens;
  std::deque<ServerPlan> servers;
  std::deque<LocationPlan> locations;
  std::deque<UpstreamPlan> upstreams;
  std::deque<TypeMap> types;  // locations share those that they inherit
  std::deque<LogFormat> log_formats;
  std::vector<LogFile> log_files;        // no path twice
  std::vector<ErrorLogPlan> error_logs;  // of the main level
  std::deque<MapPlan> maps;
  std::deque<GeoPlan> geos;
  std::deque<SplitClientsPlan> splits;
  std::unique_ptr<VariableTable> variables;
  std::size_t slot_count = 0;  // Request::slots

  Plan();
  Plan(Plan&&) noexcept;
  Plan& operator=(Plan&&) noexcept;
  ~Plan();
};

/// Turns names into addresses at start-up. The port is not its business.
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// Every address of a host, in the order that the system gives; empty if it is not known.
  virtual std::vector<Address> resolve(const std::string& host) = 0;
};

struct PlanOptions {
  Resolver* resolver = nullptr;  // needed
  /// What is not executed becomes a warning; such locations answer 502 or do without the directive.
  bool allow_unsupported = false;
  std::string prefix;       // nginx -p: base of relative names of logs and roots; ends in "/"
  unsigned processors = 1;  // what `worker_processes auto` means
  std::string hostname;
};

struct PlanResult {
  std::unique_ptr<Plan> plan;  // null if a diagnostic is an error
  /// Rule "not-supported" (message "not supported by poolproof run: NAME") and what nginx too
  /// refuses.
  std::vector<Diagnostic> diagnostics;
};

PlanResult build_plan(const EffectiveConfig& config, const PlanOptions& options);

}  // namespace poolproof::runtime
