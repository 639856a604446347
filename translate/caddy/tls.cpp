// Certificates and versions of TLS.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/sites.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

class Maker {
 public:
  Maker(Shared& shared, const Server& server) : shared_(shared), scope_(*server.scope) {}

  Lines run() {
    const Found certificates = scope_.find("ssl_certificate");
    const Found keys = scope_.find("ssl_certificate_key");
    for (std::size_t i = 0; i + 1 < certificates.directives.size(); ++i) {
      shared_.lose(Severity::kWarning, certificates.directives[i],
                   "caddy takes one certificate for a name: the last one");
    }
    const Directive at = certificates.last(), key = keys.last();
    if (!at || !key || has_variables(at.arg(0)) || at.arg(0).starts_with("data:")) {
      shared_.lose(Severity::kError, at ? at : scope_.block(),
                   "this server has no certificate that caddy could read: it does not start");
    }
    std::string files;
    if (at && key) {
      files = fmt::format(" {} {}", word(literal(at.arg(0))), word(literal(key.arg(0))));
    }
    out_.open("tls" + files);
    add_versions();
    add_clients();
    out_.close();
    return std::move(out_);
  }

 private:
  /// nginx: TLSv1.3 since 1.23.4, none before TLSv1.2 since 1.27.3. Caddy has 1.2 and 1.3.
  void add_versions() {
    const Found found = scope_.find("ssl_protocols");
    const Version version = shared_.config().version();
    bool old = version < Version{1, 27, 3}, v12 = true, v13 = version >= Version{1, 23, 4};
    if (!found.is_default()) {
      old = v12 = v13 = false;
      for (std::size_t i = 0; i < found.last().arg_count(); ++i) {
        const std::string_view name = found.last().arg(i);
        v12 = v12 || name == "TLSv1.2";
        v13 = v13 || name == "TLSv1.3";
        old = old || (name != "TLSv1.2" && name != "TLSv1.3");
      }
      if (old) {
        shared_.lose(Severity::kWarning, found.last(), "caddy offers nothing older than TLSv1.2");
      }
    }
    const std::string_view least = v12 || !v13 ? "tls1.2" : "tls1.3";
    out_.add(fmt::format("protocols {} {}", least, v13 ? "tls1.3" : "tls1.2"));
  }

  void add_clients() {
    const std::string_view verify = scope_.value_or("ssl_verify_client", "off");
    if (verify == "off") return;
    const Directive at = scope_.find("ssl_verify_client").last();
    const std::string_view file = scope_.value_or("ssl_client_certificate", "");
    if (verify == "optional_no_ca" || file.empty()) {
      shared_.lose(Severity::kError, at,
                   "this `ssl_verify_client` is not translated to caddy: no certificate is asked "
                   "for");
      return;
    }
    if (verify == "on") {
      shared_.lose(
          Severity::kWarning, at,
          "caddy refuses clients without a certificate in the handshake, nginx with a 400");
    }
    out_.open("client_auth");
    out_.add(verify == "on" ? "mode require_and_verify" : "mode verify_if_given");
    out_.add("trusted_ca_cert_file " + word(literal(file)));
    out_.close();
  }

  Shared& shared_;
  const Scope& scope_;
  Lines out_;
};

}  // namespace

Lines tls_lines(Shared& shared, const Server& server) {
  return Maker(shared, server).run();
}

}  // namespace poolproof::translate::caddy
