// See tls.h.
#include "translate/envoy/tls.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/envoy/clusters.h"

namespace poolproof::translate::envoy {
namespace {

struct TlsVersion {
  std::string_view ours, theirs;
};
constexpr std::array kVersions = {TlsVersion{"TLSv1", "TLSv1_0"}, TlsVersion{"TLSv1.1", "TLSv1_1"},
                                  TlsVersion{"TLSv1.2", "TLSv1_2"},
                                  TlsVersion{"TLSv1.3", "TLSv1_3"}};

Tree file(std::string_view path) {
  return Tree::map().set("filename", Tree::text(path));
}

Tree versions(std::string_view least, std::string_view most) {
  return Tree::map()
      .set("tls_minimum_protocol_version", Tree::word(least))
      .set("tls_maximum_protocol_version", Tree::word(most));
}

/// TLSv1.3 since 1.23.4; none before TLSv1.2 since 1.27.3.
Tree version_range(Version version, const Found& found) {
  if (found.is_default()) {
    return versions(version >= Version{1, 27, 3} ? "TLSv1_2" : "TLSv1_0",
                    version >= Version{1, 23, 4} ? "TLSv1_3" : "TLSv1_2");
  }
  std::string_view least = "TLSv1_2", most = "TLSv1_3";
  bool is_first = true;
  for (const TlsVersion& known : kVersions) {
    for (std::size_t i = 0; i < found.last().arg_count(); ++i) {
      if (found.last().arg(i) != known.ours) continue;
      if (is_first) least = known.theirs;
      most = known.theirs;
      is_first = false;
    }
  }
  return versions(least, most);
}

Tree wrapped(Tree config) {
  return Tree::map()
      .set("name", Tree::text("envoy.transport_sockets.tls"))
      .set("typed_config", std::move(config));
}

Tree certificates(Shared& shared, const Scope& scope, std::string_view certificate,
                  std::string_view key) {
  const Found files = scope.find(certificate), keys = scope.find(key);
  Tree list = Tree::list();
  for (std::size_t i = 0; i < files.directives.size(); ++i) {
    const Directive at = files.directives[i];
    const Directive key_at = i < keys.directives.size() ? keys.directives[i] : keys.last();
    if (has_variables(at.arg(0))) {
      shared.error(at, "a certificate with variables is not translated to envoy");
      continue;
    }
    if (!key_at) continue;
    list.add(Tree::map()
                 .set("certificate_chain", file(at.arg(0)))
                 .set("private_key", file(key_at.arg(0)))
                 .say(place_of(at)));
  }
  return list;
}

/// Returns whether clients need a certificate.
bool add_client_validation(Shared& shared, const Scope& scope, Tree& common) {
  const std::string_view verify = scope.value_or("ssl_verify_client", "off");
  if (verify == "off") return false;
  const Directive at = scope.find("ssl_verify_client").last();
  const std::string_view ca = scope.value_or("ssl_client_certificate", "");
  if (verify == "optional_no_ca" || ca.empty()) {
    shared.error(at,
                 "this `ssl_verify_client` is not translated to envoy: no certificate is asked "
                 "for");
    return false;
  }
  shared.warn(at, "envoy refuses certificates in the handshake, nginx with a 400");
  common.set("validation_context", Tree::map().set("trusted_ca", file(ca)));
  return verify == "on";
}

}  // namespace

std::string tls_settings(const Server& server) {
  std::string out;
  for (const std::string_view name : {"ssl_certificate", "ssl_certificate_key", "ssl_protocols",
                                      "ssl_verify_client", "ssl_client_certificate"}) {
    for (const Directive at : server.scope->find(name).directives) {
      for (std::size_t i = 0; i < at.arg_count(); ++i) out += fmt::format("{}\n", at.arg(i));
    }
    out += '\f';
  }
  return out;
}

Tree downstream_tls(Shared& shared, const Server& server, bool http2) {
  const Scope& scope = *server.scope;
  Tree common = Tree::map();
  common.set("tls_params", version_range(shared.config.version(), scope.find("ssl_protocols")));
  common.set("tls_certificates",
             certificates(shared, scope, "ssl_certificate", "ssl_certificate_key"));
  Tree protocols = Tree::list();
  if (http2) protocols.add(Tree::text("h2"));
  protocols.add(Tree::text("http/1.1"));
  common.set("alpn_protocols", std::move(protocols));
  const bool required = add_client_validation(shared, scope, common);
  Tree config = Tree::typed("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext");
  config.set("common_tls_context", std::move(common));
  if (required) config.set("require_client_certificate", Tree::yes());
  return wrapped(std::move(config));
}

Tree upstream_tls(Shared& shared, const Location& location) {
  const Scope& scope = *location.scope;
  const auto directive = [&](std::string_view rest) { return pass_directive(location, rest); };
  const std::string_view own_name = scope.value_or(directive("ssl_name"), "");
  const std::string name(own_name.empty() || own_name == "$proxy_host" ? location.pass->host
                                                                       : own_name);
  Tree common = Tree::map();
  common.set("tls_params",
             version_range(shared.config.version(), scope.find(directive("ssl_protocols"))));
  Tree own =
      certificates(shared, scope, directive("ssl_certificate"), directive("ssl_certificate_key"));
  if (!own.empty()) common.set("tls_certificates", std::move(own));
  const Directive name_at = scope.find(directive("ssl_name")).last();
  if (has_variables(name)) {
    shared.error(name_at ? name_at : location.pass->at,
                 "a name with variables is not translated to envoy: the upstream's certificate is "
                 "not compared with it, and it is not sent as SNI");
  }
  if (scope.flag_or(directive("ssl_verify"), false)) {
    const std::string_view ca = scope.value_or(directive("ssl_trusted_certificate"), "");
    Tree validation = Tree::map().set("trusted_ca", file(ca));
    if (!has_variables(name)) {
      Tree names = Tree::list();
      names.add(Tree::map()
                    .set("san_type", Tree::word("DNS"))
                    .set("matcher", Tree::map().set("exact", Tree::text(name))));
      validation.set("match_typed_subject_alt_names", std::move(names));
    }
    if (!ca.empty()) common.set("validation_context", std::move(validation));
  }
  Tree config = Tree::typed("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext");
  config.set("common_tls_context", std::move(common));
  if (scope.flag_or(directive("ssl_server_name"), false) && !has_variables(name)) {
    config.set("sni", Tree::text(name));
  }
  return wrapped(std::move(config));
}

Tree socket_address(std::string_view host, std::uint16_t port, bool also_v4) {
  Tree out = Tree::map().set("address", Tree::text(host)).set("port_value", Tree::number(port));
  if (also_v4) out.set("ipv4_compat", Tree::yes());
  return Tree::map().set("socket_address", std::move(out));
}

}  // namespace poolproof::translate::envoy
