// Certificates and their keys (nginx 1.22.1: ngx_http_ssl_merge_srv_conf, ngx_http_ssl_init, and
// the merge functions of the modules that speak TLS to a backend).
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"

namespace poolproof {
namespace {

constexpr std::string_view kConflict = "conflicting-settings";

bool rejects_handshakes(const Server& server) {
  return server.scope->flag_or("ssl_reject_handshake", false);
}

bool has_certificate(const Server& server) {
  return !server.scope->find("ssl_certificate").is_default();
}

/// nginx 1.22.1, ngx_http_ssl_init: the default server of the address decides.
void check_certificates(const MergedInput& input, std::vector<Diagnostic>& out) {
  struct Address {
    const Server* fallback = nullptr;
    bool is_named = false;
    Directive tls;
    std::vector<const Server*> servers;
  };
  const auto speaks_tls = [](const Server& server) {
    return std::any_of(server.listens.begin(), server.listens.end(),
                       [](const Listen& listen) { return listen.ssl; });
  };
  const auto& all = input.config.servers();
  if (std::none_of(all.begin(), all.end(), speaks_tls)) return;
  std::map<std::string, Address> addresses;
  for (const Server& server : input.config.servers()) {
    for (const Listen& listen : server.listens) {
      Address& address = addresses[fmt::format("{}:{}", listen.address, listen.port)];
      if (address.fallback == nullptr || (listen.default_server && !address.is_named)) {
        address.fallback = &server;
        address.is_named = listen.default_server;
      }
      if (listen.ssl && !address.tls) address.tls = listen.at;
      address.servers.push_back(&server);
    }
  }
  std::set<DirectiveId> told;
  for (const auto& [name, address] : addresses) {
    if (!address.tls || has_certificate(*address.fallback)) continue;
    const Server* lacking = address.fallback;
    if (rejects_handshakes(*lacking)) {
      // Then all the others must be able to speak it.
      const auto other =
          std::find_if(address.servers.begin(), address.servers.end(), [](const Server* server) {
            return !has_certificate(*server) && !rejects_handshakes(*server);
          });
      if (other == address.servers.end()) continue;
      lacking = *other;
    }
    if (!told.insert(address.tls.id()).second) continue;
    const bool is_default = lacking == address.fallback;
    add_error(
        out, kConflict, address.tls.head_span(),
        is_default
            ? fmt::format("{} speaks TLS, but its default server has no `ssl_certificate`", name)
            : fmt::format("{} speaks TLS, but one of its servers has no `ssl_certificate`", name));
    out.back().notes.push_back(
        {lacking->at.head_span(), is_default ? "the default server" : "this server"});
  }
}

/// A certificate needs its key.
void check_key(const Scope& scope, std::string_view certificate, std::string_view key,
               std::set<DirectiveId>& told, std::vector<Diagnostic>& out) {
  const auto own = scope.own(certificate);
  if (own.empty() || own.front().arg(0).empty()) return;
  if (scope.find(key).directives.size() >= own.size()) return;
  if (!told.insert(own.front().id()).second) return;
  add_error(out, kConflict, own.front().head_span(),
            fmt::format("there is no `{}` for this `{}`", key, certificate));
}

/// ssl_verify_client needs to know whose certificates are good. From 1.27.2 on
/// ssl_trusted_certificate is enough.
void check_client_certificates(const Server& server, const MergedInput& input,
                               std::set<DirectiveId>& told, std::vector<Diagnostic>& out) {
  const Directive at = server.scope->find("ssl_verify_client").last();
  if (!at || (at.arg(0) != "on" && at.arg(0) != "optional") || !has_certificate(server)) return;
  if (!server.scope->find("ssl_client_certificate").is_default()) return;
  if (!server.scope->find("ssl_trusted_certificate").is_default() && input.is_since({1, 27, 2})) {
    return;
  }
  if (!told.insert(at.id()).second) return;
  add_error(out, kConflict, at.head_span(), "`ssl_verify_client` needs `ssl_client_certificate`");
}

/// Only where the certificate is used does nginx miss the key.
void check_keys(const MergedInput& input, std::vector<Diagnostic>& out) {
  std::set<DirectiveId> told;
  for (const Server& server : input.config.servers()) {
    const Directive at = server.scope->find("ssl").last();
    if (!at || at.arg(0) != "on" || has_certificate(server)) continue;
    if (!told.insert(at.id()).second) continue;
    add_error(out, kConflict, at.head_span(), "`ssl on` needs `ssl_certificate`");
  }
  for (const Server& server : input.config.servers()) {
    check_key(*server.scope, "ssl_certificate", "ssl_certificate_key", told, out);
    check_client_certificates(server, input, told, out);
  }
  for (const Location& location : input.config.locations()) {
    if (!location.pass || !location.pass->tls) continue;
    if (location.pass->protocol != Protocol::kHttp) continue;
    const Scope& scope = *location.scope;
    check_key(scope, "proxy_ssl_certificate", "proxy_ssl_certificate_key", told, out);
    const Directive verify = scope.find("proxy_ssl_verify").last();
    if (!verify || verify.arg(0) != "on") continue;
    if (!scope.find("proxy_ssl_trusted_certificate").is_default()) continue;
    if (!told.insert(verify.id()).second) continue;
    add_error(out, kConflict, verify.head_span(),
              "`proxy_ssl_verify on` needs `proxy_ssl_trusted_certificate`");
  }
}

}  // namespace

void check_tls(const MergedInput& input, std::vector<Diagnostic>& out) {
  if (!input.is_whole) return;
  check_certificates(input, out);
  check_keys(input, out);
}

}  // namespace poolproof
