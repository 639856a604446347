// The target gateway-api: a Gateway, an HTTPRoute for each server, Services with EndpointSlices for
// the upstreams; YAML documents in that order.
#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "translate/gateway/coverage_table.h"
#include "translate/gateway/routes.h"
#include "translate/targets.h"

namespace poolproof::translate {
namespace gateway {
namespace {

constexpr const char* kGateway = "nginx";

std::string listener_name(const Listener& listener) {
  return fmt::format("{}-{}", listener.tls ? "https" : "http", listener.port);
}

void begin(YAML::Emitter& yaml, const char* api, const char* kind, const std::string& name,
           const std::string& comment) {
  yaml << YAML::BeginDoc;
  yaml << YAML::BeginMap;
  yaml << YAML::Key << "apiVersion" << YAML::Value << api;
  yaml << YAML::Key << "kind" << YAML::Value << kind;
  if (!comment.empty()) yaml << YAML::Comment(comment);
  yaml << YAML::Key << "metadata" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "name" << YAML::Value << name;
}

void write_gateway(YAML::Emitter& yaml, const std::vector<Listener>& listeners, Translation& out) {
  begin(yaml, "gateway.networking.k8s.io/v1", "Gateway", kGateway, "");
  yaml << YAML::EndMap << YAML::Key << "spec" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "gatewayClassName" << YAML::Value << kGateway
       << YAML::Comment("the class of your implementation");
  yaml << YAML::Key << "listeners" << YAML::Value << YAML::BeginSeq;
  std::set<std::string> seen;
  for (const Listener& listener : listeners) {
    if (!seen.insert(listener_name(listener)).second) continue;
    yaml << YAML::BeginMap;
    yaml << YAML::Key << "name" << YAML::Value << listener_name(listener);
    yaml << YAML::Comment(place_of(listener.at));
    yaml << YAML::Key << "port" << YAML::Value << listener.port;
    yaml << YAML::Key << "protocol" << YAML::Value << (listener.tls ? "HTTPS" : "HTTP");
    if (listener.tls) {
      const std::string secret = resource_name(listener_name(listener) + "-certificate");
      yaml << YAML::Key << "tls" << YAML::Value << YAML::BeginMap << YAML::Key << "certificateRefs"
           << YAML::Value << YAML::BeginSeq << YAML::BeginMap << YAML::Key << "name" << YAML::Value
           << secret << YAML::EndMap << YAML::EndSeq << YAML::EndMap;
      lose(out, Severity::kWarning, listener.at,
           fmt::format("the certificates of this address belong into the Secret `{}`", secret));
    }
    yaml << YAML::EndMap;
  }
  yaml << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
}

void write_headers(YAML::Emitter& yaml, const char* key, const std::vector<Header>& headers) {
  if (headers.empty()) return;
  yaml << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (const Header& header : headers) {
    yaml << YAML::BeginMap << YAML::Key << "name" << YAML::Value << header.name << YAML::Key
         << "value" << YAML::Value << YAML::DoubleQuoted << header.value << YAML::EndMap;
  }
  yaml << YAML::EndSeq;
}

void begin_filter(YAML::Emitter& yaml, const char* type, const char* field) {
  yaml << YAML::BeginMap << YAML::Key << "type" << YAML::Value << type << YAML::Key << field
       << YAML::Value << YAML::BeginMap;
}

void end_filter(YAML::Emitter& yaml) {
  yaml << YAML::EndMap << YAML::EndMap;
}

void write_path(YAML::Emitter& yaml, const char* type, const char* field, const std::string& path) {
  yaml << YAML::Key << "path" << YAML::Value << YAML::BeginMap << YAML::Key << "type" << YAML::Value
       << type << YAML::Key << field << YAML::Value << path << YAML::EndMap;
}

void write_redirect(YAML::Emitter& yaml, const Redirect& redirect) {
  begin_filter(yaml, "RequestRedirect", "requestRedirect");
  if (!redirect.scheme.empty()) {
    yaml << YAML::Key << "scheme" << YAML::Value << redirect.scheme;
    // Without it the port of the listener would be kept.
    yaml << YAML::Key << "port" << YAML::Value << (redirect.scheme == "https" ? 443 : 80);
  }
  if (!redirect.hostname.empty()) {
    yaml << YAML::Key << "hostname" << YAML::Value << redirect.hostname;
  }
  if (!redirect.path.empty()) {
    write_path(yaml, "ReplaceFullPath", "replaceFullPath", redirect.path);
  }
  yaml << YAML::Key << "statusCode" << YAML::Value << redirect.status;
  end_filter(yaml);
}

void write_rewrite(YAML::Emitter& yaml, const Rule& rule) {
  if (rule.hostname.empty() && rule.replace == Replace::kNothing) return;
  begin_filter(yaml, "URLRewrite", "urlRewrite");
  if (!rule.hostname.empty()) yaml << YAML::Key << "hostname" << YAML::Value << rule.hostname;
  if (rule.replace == Replace::kPrefix) {
    write_path(yaml, "ReplacePrefixMatch", "replacePrefixMatch", rule.replacement);
  } else if (rule.replace == Replace::kAll) {
    write_path(yaml, "ReplaceFullPath", "replaceFullPath", rule.replacement);
  }
  end_filter(yaml);
}

void write_header_filters(YAML::Emitter& yaml, const Rule& rule) {
  if (!rule.set.empty() || !rule.remove.empty()) {
    begin_filter(yaml, "RequestHeaderModifier", "requestHeaderModifier");
    write_headers(yaml, "set", rule.set);
    if (!rule.remove.empty()) {
      yaml << YAML::Key << "remove" << YAML::Value << YAML::BeginSeq;
      for (const std::string& name : rule.remove) yaml << name;
      yaml << YAML::EndSeq;
    }
    end_filter(yaml);
  }
  if (!rule.add.empty()) {
    begin_filter(yaml, "ResponseHeaderModifier", "responseHeaderModifier");
    write_headers(yaml, "add", rule.add);
    end_filter(yaml);
  }
}

bool has_filters(const Rule& rule) {
  return rule.redirect.is_set || !rule.hostname.empty() || rule.replace != Replace::kNothing ||
         !rule.set.empty() || !rule.remove.empty() || !rule.add.empty();
}

void write_rule(YAML::Emitter& yaml, const Rule& rule) {
  yaml << YAML::BeginMap;
  yaml << YAML::Key << "matches" << YAML::Comment(rule.comment) << YAML::Value << YAML::BeginSeq
       << YAML::BeginMap;
  write_path(yaml, rule.kind == PathKind::kExact ? "Exact" : "PathPrefix", "value", rule.path);
  yaml << YAML::EndMap << YAML::EndSeq;
  if (has_filters(rule)) {
    yaml << YAML::Key << "filters" << YAML::Value << YAML::BeginSeq;
    write_header_filters(yaml, rule);
    if (rule.redirect.is_set) write_redirect(yaml, rule.redirect);
    write_rewrite(yaml, rule);
    yaml << YAML::EndSeq;
  }
  if (!rule.backends.empty()) {
    yaml << YAML::Key << "backendRefs" << YAML::Value << YAML::BeginSeq;
    for (const Backend* backend : rule.backends) {
      yaml << YAML::BeginMap << YAML::Key << "name" << YAML::Value << backend->name << YAML::Key
           << "port" << YAML::Value << backend->port;
      if (rule.backends.size() > 1) yaml << YAML::Key << "weight" << YAML::Value << backend->weight;
      yaml << YAML::EndMap;
    }
    yaml << YAML::EndSeq;
  }
  yaml << YAML::EndMap;
}

void write_route(YAML::Emitter& yaml, const Route& route) {
  begin(yaml, "gateway.networking.k8s.io/v1", "HTTPRoute", route.name, route.comment);
  yaml << YAML::EndMap << YAML::Key << "spec" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "parentRefs" << YAML::Value << YAML::BeginSeq << YAML::BeginMap << YAML::Key
       << "name" << YAML::Value << kGateway << YAML::Key << "sectionName" << YAML::Value
       << route.listener << YAML::EndMap << YAML::EndSeq;
  if (!route.hostnames.empty()) {
    yaml << YAML::Key << "hostnames" << YAML::Value << YAML::BeginSeq;
    for (const std::string& name : route.hostnames) yaml << YAML::DoubleQuoted << name;
    yaml << YAML::EndSeq;
  }
  yaml << YAML::Key << "rules" << YAML::Value << YAML::BeginSeq;
  for (const Rule& rule : route.rules) write_rule(yaml, rule);
  yaml << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
}

/// The API's limit for the rules and for the names of one route. What comes first is the same
/// across routes: the exact path, then the longest.
constexpr std::size_t kMost = 16;

template <class Item>
std::vector<std::vector<Item>> chunks(const std::vector<Item>& all) {
  std::vector<std::vector<Item>> out;
  for (std::size_t at = 0; at == 0 || at < all.size(); at += kMost) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
    const auto size = std::min(kMost, all.size() - at);
    out.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
  }
  return out;
}

std::vector<Route> parts_of(const Route& route) {
  std::vector<Route> out;
  const auto rules = chunks(route.rules);
  for (const auto& names : chunks(route.hostnames)) {
    for (const auto& some : rules) {
      out.push_back({route.name, route.listener, names, some, route.comment});
    }
  }
  return out;
}

void write_port(YAML::Emitter& yaml, const Backend& backend) {
  yaml << YAML::Key << "ports" << YAML::Value << YAML::BeginSeq << YAML::BeginMap << YAML::Key
       << "name" << YAML::Value << "http" << YAML::Key << "port" << YAML::Value << backend.port
       << YAML::EndMap << YAML::EndSeq;
}

void write_backend(YAML::Emitter& yaml, const Backend& backend) {
  begin(yaml, "v1", "Service", backend.name, backend.comment);
  yaml << YAML::EndMap << YAML::Key << "spec" << YAML::Value << YAML::BeginMap;
  if (!backend.host.empty()) {
    yaml << YAML::Key << "type" << YAML::Value << "ExternalName" << YAML::Key << "externalName"
         << YAML::Value << backend.host;
  }
  write_port(yaml, backend);
  yaml << YAML::EndMap << YAML::EndMap;
  if (backend.addresses.empty()) return;
  begin(yaml, "discovery.k8s.io/v1", "EndpointSlice", backend.name, "");
  yaml << YAML::Key << "labels" << YAML::Value << YAML::BeginMap << YAML::Key
       << "kubernetes.io/service-name" << YAML::Value << backend.name << YAML::EndMap
       << YAML::EndMap;
  const bool is_v6 = backend.addresses.front().find(':') != std::string::npos;
  yaml << YAML::Key << "addressType" << YAML::Value << (is_v6 ? "IPv6" : "IPv4");
  write_port(yaml, backend);
  yaml << YAML::Key << "endpoints" << YAML::Value << YAML::BeginSeq;
  for (const std::string& address : backend.addresses) {
    yaml << YAML::BeginMap << YAML::Key << "addresses" << YAML::Value << YAML::BeginSeq
         << YAML::DoubleQuoted << address << YAML::EndSeq << YAML::EndMap;
  }
  yaml << YAML::EndSeq << YAML::EndMap;
}

/// Addresses of a machine are none of a cluster's: what counts is the port.
void tell_addresses(const std::vector<Listener>& listeners, Translation& out) {
  std::set<std::string> seen;
  for (const Listener& listener : listeners) {
    if (listener.address.starts_with("unix:")) {
      lose(out, Severity::kError, listener.at,
           "`listen` is not translated to gateway-api: a gateway does not listen on sockets");
      continue;
    }
    const bool is_any = listener.address == "0.0.0.0" || listener.address == "::";
    if (!is_any) {
      lose(out, Severity::kWarning, listener.at,
           "the address of `listen` is not translated to gateway-api: a gateway has its own");
    }
    const bool is_new = seen.insert(listener_name(listener)).second;
    if (!is_new && listener.address != "::") {
      lose(out, Severity::kError, listener.at,
           "`listen` is not translated to gateway-api: another address has this port already, and "
           "a gateway tells ports apart only");
    }
  }
}

/// What several locations inherit is told once.
void drop_repeats(Translation& out) {
  std::set<std::pair<SourceSpan, std::string>> seen;
  std::erase_if(out.diagnostics, [&](const Diagnostic& each) {
    return !seen.emplace(each.span, each.message).second;
  });
}

std::string opening(const EffectiveConfig& config, const Translation& told) {
  std::string out = fmt::format("# For Kubernetes, from {}: behaves as nginx {} does with it.\n",
                                one_line(config.bound().main_path()), to_string(config.version()));
  for (const std::string& loss : not_said(config, told)) out += "# NOT SAID: " + loss + "\n";
  return out;
}

}  // namespace
}  // namespace gateway

std::string gateway::unused_name(UsedNames& names, const std::string& name) {
  const auto [known, is_new] = names.try_emplace(name, 1);
  if (is_new) return name;
  for (;;) {
    std::string out = fmt::format("{}-{}", name.substr(0, 56), ++known->second);
    if (names.try_emplace(out, 1).second) return out;
  }
}

std::string gateway::resource_name(std::string_view text) {
  std::string name;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) name.insert(0, "a-");
  if (name.size() > 63) name.resize(63);
  while (name.ends_with('-')) name.pop_back();
  return name;
}

Translation to_gateway(const EffectiveConfig& config) {
  using namespace gateway;
  Translation out;
  std::vector<Listener> listeners = listeners_of(config);
  tell_addresses(listeners, out);
  std::erase_if(listeners, [](const Listener& one) { return one.address.starts_with("unix:"); });
  if (listeners.empty()) {
    tell_uncovered(config, "gateway-api", coverage_table(), out);
    out.files.push_back({"gateway.yaml", "# There is no server that a gateway could be.\n"});
    return out;
  }
  YAML::Emitter yaml;
  write_gateway(yaml, listeners, out);
  Backends backends(out);
  std::set<std::string> done;
  UsedNames names;
  for (const Listener& listener : listeners) {
    if (!done.insert(listener_name(listener)).second) continue;
    for (const gateway::Route& route :
         routes_of_listener(listener, listener_name(listener), backends, out)) {
      for (gateway::Route& part : parts_of(route)) {
        part.name = unused_name(names, resource_name(part.name));
        write_route(yaml, part);
      }
    }
  }
  for (const Backend& backend : backends.all()) write_backend(yaml, backend);
  tell_uncovered(config, "gateway-api", coverage_table(), out);
  drop_repeats(out);
  out.files.push_back({"gateway.yaml", gateway::opening(config, out) + yaml.c_str() + "\n"});
  return out;
}

}  // namespace poolproof::translate
