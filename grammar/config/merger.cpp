// The tree of blocks: main, http, servers, locations and what nests in them.
#include "grammar/config/merger.h"

#include <algorithm>

#include "grammar/config/check.h"
#include "grammar/config/value_resolver.h"

namespace poolproof {
namespace {

/// The statements of that name in the innermost block that has any, of a directive that is
/// inherited as a whole. As Scope::find(), which every location would have to allocate for.
struct Innermost {
  OriginKind kind = OriginKind::kDefault;
  std::span<const Directive> statements;

  Origin origin() const {
    return {kind, kind == OriginKind::kDefault ? Directive() : statements.back()};
  }
};

Innermost innermost(const Scope& from, std::string_view name) {
  for (const Scope* scope = &from; scope != nullptr; scope = scope->parent()) {
    const auto own = scope->own(name);
    if (own.empty()) continue;
    return {scope == &from ? OriginKind::kExplicit : OriginKind::kInherited, own};
  }
  return {};
}

std::string joined_arguments(Directive at) {
  std::string text;
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (i != 0) text += ' ';
    text += at.arg(i);
  }
  return text;
}

struct LocationName {
  LocationKind kind = LocationKind::kPrefix;
  std::string_view pattern;
};

/// With one argument the modifier may be glued to the pattern (nginx 1.22.1,
/// ngx_http_core_location).
LocationName parse_location_name(Directive at) {
  const std::string_view first = at.arg(0);
  if (at.arg_count() == 2) {
    const std::string_view pattern = at.arg(1);
    if (first == "=") return {LocationKind::kExact, pattern};
    if (first == "^~") return {LocationKind::kPrefixNoRegex, pattern};
    if (first == "~*") return {LocationKind::kRegexNoCase, pattern};
    if (first == "~") return {LocationKind::kRegex, pattern};
    return {LocationKind::kPrefix, pattern};
  }
  if (first.starts_with('=')) return {LocationKind::kExact, first.substr(1)};
  if (first.starts_with("^~")) return {LocationKind::kPrefixNoRegex, first.substr(2)};
  if (first.starts_with("~*")) return {LocationKind::kRegexNoCase, first.substr(2)};
  if (first.starts_with('~')) return {LocationKind::kRegex, first.substr(1)};
  if (first.starts_with('@')) return {LocationKind::kNamed, first};
  return {LocationKind::kPrefix, first};
}

HttpVersion parse_http_version(std::string_view text, HttpVersion fallback) {
  if (text == "1.0") return HttpVersion::k10;
  if (text == "1.1") return HttpVersion::k11;
  if (text == "2") return HttpVersion::k2;
  return fallback;
}

}  // namespace

Merger::Merger(const BoundConfig& bound, Version version)
    : config_(std::make_unique<EffectiveConfig>()) {
  config_->version_ = version;
  config_->bound_ = &bound;
}

std::unique_ptr<EffectiveConfig> Merger::run() {
  if (config_->bound_->is_snippet()) {
    merge_snippet();
  } else {
    merge_main();
  }
  mark_default_servers();
  resolve_passes();
  settle_version(*config_);
  config_->merge_diagnostics_ = config_->diagnostics_.size();
  config_->asked_ = check_merged(*config_, config_->diagnostics_);
  return std::move(config_);
}

void Merger::change_version(EffectiveConfig& config, Version version) {
  if (version == config.version_) return;
  const auto are_parted_by = [&](Version cut) {
    return (config.version_ < cut) != (version < cut);
  };
  const bool is_judged_otherwise =
      std::any_of(config.asked_.begin(), config.asked_.end(), are_parted_by);
  config.version_ = version;
  settle_version(config);
  if (!is_judged_otherwise) return;
  config.diagnostics_.resize(config.merge_diagnostics_);
  config.asked_ = check_merged(config, config.diagnostics_);
}

void Merger::settle_version(EffectiveConfig& config) {
  const HttpVersion fallback =
      config.version_ < kPoolByDefault ? HttpVersion::k10 : HttpVersion::k11;
  for (Location& location : config.locations_) {
    if (location.pass && location.pass->protocol == Protocol::kGrpc) continue;
    const Directive chosen = location.http_version.origin.directive;
    location.http_version.value = chosen ? parse_http_version(chosen.arg(0), fallback) : fallback;
  }
  for (Upstream& upstream : config.upstreams_) {
    if (!upstream.implicit) merge_keepalive(upstream, config.version_);
  }
}

const Scope* Merger::add_scope(const Scope* parent, Directive block, Context context) {
  Scope& scope = config_->scopes_.emplace_back(parent, block, context);
  scope.collect(config_->memory_);
  note_set_variables(scope.own("set"));
  if (context == Context::kServer) {  // an `if` there has no settings, and so no scope
    for (const Directive condition : scope.own("if")) {
      for (const Directive child : children(condition)) {
        if (child.name() == "set") note_set_variables({&child, 1});
      }
    }
  }
  return &scope;
}

void Merger::note_set_variables(std::span<const Directive> statements) {
  for (const Directive at : statements) {
    config_->set_variables_.insert(variable_name(at.arg(0)));
  }
}

const Scope* Merger::add_empty_scope(const Scope* parent, Context context) {
  return &config_->scopes_.emplace_back(parent, config_->bound_->root(), context);
}

void Merger::merge_main() {
  const Directive root = config_->bound_->root();
  config_->main_ = add_scope(nullptr, root, Context::kMain);
  for (const Directive child : children(root)) {
    if (!child.is_block()) continue;
    if (child.inner_context() == Context::kEvents && config_->events_ == nullptr) {
      config_->events_ = add_scope(config_->main_, child, Context::kEvents);
    } else if (child.inner_context() == Context::kHttp && config_->http_ == nullptr) {
      config_->http_ = add_scope(config_->main_, child, Context::kHttp);
    }
  }
  if (config_->http_ != nullptr) merge_http(config_->http_);
}

void Merger::merge_snippet() {
  const Directive root = config_->bound_->root();
  config_->main_ = add_empty_scope(nullptr, Context::kMain);
  switch (config_->bound_->root_context()) {
    case Context::kEvents:
      config_->events_ = add_scope(config_->main_, root, Context::kEvents);
      return;
    case Context::kHttp:
      config_->http_ = add_scope(config_->main_, root, Context::kHttp);
      merge_http(config_->http_);
      return;
    case Context::kUpstream:
      merge_upstream(root, config_->main_, std::string());
      return;
    case Context::kServer:
      merge_server(add_scope(config_->main_, root, Context::kServer), root);
      return;
    case Context::kLocation: {
      merge_server(add_empty_scope(config_->main_, Context::kServer), Directive());
      Server& server = config_->servers_.back();
      server.at = root;
      const Scope* scope = add_scope(server.scope, root, Context::kLocation);
      Location& location = add_location(LocationKind::kPrefix, "/", scope, server, server.root);
      merge_children(location, root);
      return;
    }
    default:
      return;
  }
}

void Merger::merge_http(const Scope* http) {
  for (const Directive child : children(http->block())) {
    if (!child.is_block()) continue;
    switch (child.inner_context()) {
      case Context::kUpstream:
        merge_upstream(child, http, std::string(child.arg(0)));
        break;
      case Context::kGeo:
      case Context::kMap:
        merge_map(child);
        break;
      default:
        break;
    }
  }
  for (const Directive child : http->own("server")) {
    if (child.inner_context() != Context::kServer) continue;
    merge_server(add_scope(http, child, Context::kServer), child);
  }
}

void Merger::merge_server(const Scope* scope, Directive at) {
  Server& server = config_->servers_.emplace_back();
  server.index = config_->servers_.size() - 1;
  server.scope = scope;
  server.at = at;
  merge_listens(server);
  merge_names(server);
  server.root = &add_location(LocationKind::kServerLevel, "", scope, server, nullptr);
  if (at) merge_children(*server.root, at);
}

Location& Merger::add_location(LocationKind kind, std::string pattern, const Scope* scope,
                               Server& server, Location* parent) {
  Location& location = config_->locations_.emplace_back();
  location.kind = kind;
  location.pattern = std::move(pattern);
  location.scope = scope;
  location.server = &server;
  location.parent = parent;
  if (parent != nullptr) parent->children.push_back(&location);
  merge_pass(location);
  merge_settings(location);
  return location;
}

void Merger::merge_children(Location& location, Directive block) {
  for (const Directive child : children(block)) {
    if (child.is_block()) merge_location(child, location);
  }
}

void Merger::merge_location(Directive at, Location& parent) {
  const Context context = at.inner_context();
  LocationName name;
  std::string pattern;
  if (context == Context::kLocation) {
    name = parse_location_name(at);
    pattern = name.pattern;
  } else if (context == Context::kIfInLocation) {
    name.kind = LocationKind::kIf;
    pattern = joined_arguments(at);
  } else if (context == Context::kLimitExcept) {
    name.kind = LocationKind::kLimitExcept;
    pattern = joined_arguments(at);
  } else {
    return;
  }
  const Scope* scope = add_scope(parent.scope, at, context);
  Location& location = add_location(name.kind, std::move(pattern), scope, *parent.server, &parent);
  merge_children(location, at);
}

/// Targets go down into `if` and limit_except only; memcached_pass sets no handler in limit_except
/// (nginx 1.22.1, ngx_http_memcached_merge_loc_conf). An `if` that returns never gets that far.
void Merger::merge_pass(Location& location) {
  for (const std::string_view name :
       {"proxy_pass", "fastcgi_pass", "memcached_pass", "scgi_pass", "uwsgi_pass", "grpc_pass"}) {
    const auto& own = location.scope->own(name);
    if (own.empty() || own.front().spec() == nullptr || own.front().arg_count() == 0) continue;
    if (location.pass && own.front().id() < location.pass->at.id()) continue;
    Pass& pass = location.pass.emplace();
    pass.protocol = *protocol_of_pass(name);
    pass.at = own.front();
    pass.target = pass.at.arg(0);
  }
  if (location.pass || location.parent == nullptr || !location.parent->pass) return;
  const bool is_if = location.kind == LocationKind::kIf;
  if (!is_if && location.kind != LocationKind::kLimitExcept) return;
  if (is_if && !location.scope->own("return").empty()) return;
  if (!is_if && location.parent->pass->protocol == Protocol::kMemcached) return;
  location.pass = location.parent->pass;
  location.pass->copied_from_outer = true;
  location.has_handler_pass = is_if;
}

void Merger::merge_settings(Location& location) {
  const bool is_grpc = location.pass && location.pass->protocol == Protocol::kGrpc;
  if (is_grpc) {
    location.http_version.value = HttpVersion::k2;
  } else {
    location.http_version.origin = innermost(*location.scope, "proxy_http_version").origin();
  }
  const Innermost headers =
      innermost(*location.scope, is_grpc ? "grpc_set_header" : "proxy_set_header");
  location.set_headers.origin = headers.origin();
  location.set_headers.value.reserve(headers.statements.size());
  for (const Directive at : headers.statements) {
    location.set_headers.value.push_back({at.arg(0), at.arg(1), at});
  }
}

void Merger::report(std::string rule, SourceSpan span, std::string message) {
  Diagnostic& diagnostic = config_->diagnostics_.emplace_back();
  diagnostic.rule = std::move(rule);
  diagnostic.span = span;
  diagnostic.message = std::move(message);
}

std::unique_ptr<EffectiveConfig> merge(const BoundConfig& bound, Version version) {
  return Merger(bound, version).run();
}

void change_version(EffectiveConfig& merged, Version version) {
  Merger::change_version(merged, version);
}

}  // namespace poolproof
