// Makes a Plan of an EffectiveConfig. Internal to runtime/plan*.cpp; one file for each part of the
// plan.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/hostname_table.h"
#include "runtime/plan.h"
#include "runtime/variables.h"

namespace poolproof::runtime {

class PlanBuilder {
 public:
  PlanBuilder(const EffectiveConfig& config, const PlanOptions& options);
  PlanResult build();

 private:
  // --- plan.cpp
  void check_support();
  void build_main();
  void build_events();

  // --- plan_values.cpp: reading of single values
  void refuse(Directive at, std::string what);
  /// The same where --allow-unsupported does not help: it would break the program.
  void refuse_always(Directive at, std::string what);
  void warn(Directive at, std::string message);
  void fail(Directive at, std::string message);
  Expression compile(std::string_view text, Directive at);
  std::optional<Regex> compile_regex(std::string_view pattern, RegexCase letter_case, Directive at);
  /// The variables of its named groups.
  NamedGroups named_groups(const Regex& regex);
  std::int64_t time_ms(const Scope& scope, std::string_view name, std::int64_t fallback);
  std::int64_t size(const Scope& scope, std::string_view name, std::int64_t fallback);
  std::int64_t number(const Scope& scope, std::string_view name, std::int64_t fallback);
  /// A number that is of use up to some 4e9: more is as much.
  std::uint32_t count(const Scope& scope, std::string_view name, std::uint32_t fallback);
  std::string full_path(std::string_view path) const;

  // --- plan_variables.cpp
  void define_variables();
  template <class PlanOfVariable>
  void define_derived(const MapVariable& variable, PlanOfVariable& plan, VariableGetter getter);
  void define_map(const MapVariable& variable, MapPlan& map);
  void define_geo(const MapVariable& variable, GeoPlan& geo);
  void define_split_clients(const MapVariable& variable, SplitClientsPlan& split);
  void define_set_variables();
  void define_groups(Directive at);

  // --- plan_logs.cpp
  void build_log_formats();
  void compile_failed(Directive at, const std::vector<std::string_view>& texts);
  std::size_t log_file(std::string_view path);
  std::vector<AccessLogPlan> access_logs(const Scope& scope);
  std::optional<AccessLogPlan> access_log(Directive at);
  std::vector<ErrorLogPlan> error_logs(const Scope& scope);

  // --- plan_upstreams.cpp
  void build_upstreams();
  void build_upstream(const Upstream& upstream);
  void build_implicit_peers(const Upstream& upstream, UpstreamPlan& plan);
  void limit_weights(const Upstream& upstream, const UpstreamPlan& plan);
  void add_peer(const Peer& peer, UpstreamPlan& plan);
  std::vector<Address> resolve(std::string_view address, std::uint16_t default_port, Directive at);

  // --- plan_servers.cpp
  void build_servers();
  void build_server(const Server& server);
  void build_listens();
  struct ListenEntry {
    ListenSocket socket;
    AddressServers servers;
    std::vector<const Server*> members;
    bool separate = false;  // has options of its own, so a wildcard does not take it in
    bool taken = false;
  };
  void add_listen(const Server& server, const Listen& listen);
  void read_listen_parameters(const Listen& listen, ListenEntry& entry);
  static void read_so_keepalive(std::string_view text, ListenSocket& socket);
  void name_servers(AddressServers& servers, const std::vector<const Server*>& members);

  // --- plan_locations.cpp
  LocationPlan& build_location(const Location& location, const LocationPlan* parent);
  void build_children(const Location& location, LocationPlan& plan);
  void build_settings(const Scope& scope, LocationPlan& plan);
  void build_client_settings(const Scope& scope, LocationPlan& plan);
  void build_files(const Location& location, LocationPlan& plan);
  void build_error_pages(const Scope& scope, LocationPlan& plan);
  void build_access(const Scope& scope, LocationPlan& plan);
  void build_headers(const Scope& scope, LocationPlan& plan);
  void build_try_files(const Scope& scope, LocationPlan& plan);
  const TypeMap* types(const Scope& scope);
  void build_handler(const Location& location, LocationPlan& plan);
  void build_limit_except(const Location& child, const LocationPlan& child_plan,
                          LocationPlan& plan);

  // --- plan_proxies.cpp
  std::unique_ptr<ProxyPlan> build_proxy(const Location& location);
  bool build_target(const Location& location, ProxyPlan& proxy);
  void build_proxy_settings(const Scope& scope, ProxyPlan& proxy);
  void build_head(const Location& location, ProxyPlan& proxy);
  void build_hidden_headers(const Scope& scope, ProxyPlan& proxy);
  void add_default_redirect(Directive at, ProxyPlan& proxy);
  void build_redirects(const Scope& scope, ProxyPlan& proxy);
  std::optional<RewriteRule> rewrite_rule(Directive at);
  std::optional<RewriteRule> domain_rule(Directive at);
  std::vector<RewriteRule> cookie_rules(const Scope& scope, std::string_view name);
  std::uint32_t flags(const Scope& scope, std::string_view name,
                      const std::vector<std::pair<std::string_view, std::uint32_t>>& known,
                      std::uint32_t fallback);

  // --- plan_rewrites.cpp
  RewriteProgram build_rewrites(Directive block);
  void add_rewrites(Directive block, RewriteProgram& program);
  void add_rewrite(Directive at, RewriteProgram& program);
  void add_return(Directive at, RewriteProgram& program);
  void add_set(Directive at, RewriteProgram& program);
  void add_if(Directive at, RewriteProgram& program);
  bool read_condition(Directive at, IfStep& step);

  const EffectiveConfig& config_;
  const PlanOptions& options_;
  std::unique_ptr<Plan> plan_;
  std::vector<Diagnostic> diagnostics_;

  std::unordered_map<const Server*, ServerPlan*> servers_;
  std::unordered_map<const Upstream*, UpstreamPlan*> upstreams_;
  std::map<DirectiveId, const LocationPlan*> if_locations_;  // by the `if` statement
  std::map<DirectiveId, const TypeMap*> types_;              // by the first `types` of a level
  std::map<std::string, std::size_t, std::less<>> log_files_;
  const TypeMap* default_types_ = nullptr;
  std::vector<ListenEntry> listens_;
  ServerPlan* building_ = nullptr;   // the server whose locations are being built
  std::uint16_t default_port_ = 80;  // of peers without a port
};

}  // namespace poolproof::runtime
