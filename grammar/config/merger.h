// Turns a bound configuration into the merged model for one version. The only place that knows how
// nginx creates servers, locations and upstreams out of blocks.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "grammar/config/effective_config.h"
#include "grammar/config/pass_target.h"

namespace poolproof {

class Merger {
 public:
  Merger(const BoundConfig& bound, Version version);

  std::unique_ptr<EffectiveConfig> run();

  static void change_version(EffectiveConfig& config, Version version);

 private:
  const Scope* add_scope(const Scope* parent, Directive block, Context context);
  /// A level that a fragment leaves out: it holds nothing.
  const Scope* add_empty_scope(const Scope* parent, Context context);

  void note_set_variables(std::span<const Directive> statements);

  void merge_main();
  void merge_snippet();
  void merge_http(const Scope* http);

  void merge_server(const Scope* scope, Directive at);
  void merge_listens(Server& server);
  void merge_names(Server& server);
  void mark_default_servers();

  void merge_children(Location& location, Directive block);
  void merge_location(Directive at, Location& parent);
  Location& add_location(LocationKind kind, std::string pattern, const Scope* scope, Server& server,
                         Location* parent);
  void merge_settings(Location& location);
  void merge_pass(Location& location);

  void merge_upstream(Directive at, const Scope* parent, std::string name);
  void merge_balancer(Upstream& upstream);

  /// What the version decides, once all else is merged.
  static void settle_version(EffectiveConfig& config);
  static void merge_keepalive(Upstream& upstream, Version version);

  void merge_map(Directive at);

  void resolve_passes();
  void resolve_literal(Pass& pass, const Location& location);
  void resolve_variable(Location& location);
  Upstream* implicit_upstream(const PassTarget& target, Directive at);
  Upstream* lookup(const PassTarget& target);

  void report(std::string rule, SourceSpan span, std::string message);

  std::unique_ptr<EffectiveConfig> config_;
  /// Implicit groups by "host:port" in lower case.
  std::unordered_map<std::string, Upstream*> implicit_;
  std::vector<Location*> with_variables_;  // locations whose pass a variable decides
};

}  // namespace poolproof
