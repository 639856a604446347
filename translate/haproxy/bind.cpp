// Addresses and TLS of a listener.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/frontends.h"

namespace poolproof::translate::haproxy {
namespace {

struct TlsVersion {
  std::string_view ours, theirs;
};
constexpr std::array kTlsVersions = {
    TlsVersion{"TLSv1", "TLSv1.0"}, TlsVersion{"TLSv1.1", "TLSv1.1"},
    TlsVersion{"TLSv1.2", "TLSv1.2"}, TlsVersion{"TLSv1.3", "TLSv1.3"}};

class Bind {
 public:
  Bind(Shared& shared, const Listener& listener) : shared_(shared), listener_(listener) {}

  std::string run() {
    out_ = "bind " + word(address());
    if (listener_.address.find(':') != std::string::npos && !is_socket()) out_ += " v6only";
    if (listener_.proxy_protocol) out_ += " accept-proxy";
    if (listener_.tls) add_tls();
    if (listener_.quic) {
      shared_.lose(Severity::kWarning, listener_.at,
                   "`quic` is not translated to haproxy: clients use HTTP/1.1 or HTTP/2");
    }
    return out_;
  }

 private:
  bool is_socket() const { return listener_.address.starts_with("unix:"); }

  std::string address() const {
    if (is_socket()) return "unix@" + listener_.address.substr(5);
    if (listener_.address.find(':') == std::string::npos) {
      return fmt::format("{}:{}", listener_.address, listener_.port);
    }
    return fmt::format("[{}]:{}", listener_.address, listener_.port);
  }

  const Scope& fallback() const { return *listener_.fallback->scope; }

  void add_tls() {
    out_ += " ssl";
    add_certificates(*listener_.fallback);
    for (const Server* server : listener_.servers) {
      if (server != listener_.fallback) add_certificates(*server);
    }
    const bool http2 = listener_.http2 || fallback().flag_or("http2", false);
    out_ += http2 ? " alpn h2,http/1.1" : " alpn http/1.1";
    add_versions();
    const std::string_view ciphers = fallback().value_or("ssl_ciphers", "");
    if (!ciphers.empty()) out_ += " ciphers " + word(ciphers);
    if (!fallback().flag_or("ssl_prefer_server_ciphers", false)) out_ += " prefer-client-ciphers";
    add_client_certificates();
  }

  void add_certificates(const Server& server) {
    const Found certificates = server.scope->find("ssl_certificate");
    const Found keys = server.scope->find("ssl_certificate_key");
    for (std::size_t i = 0; i < certificates.directives.size(); ++i) {
      const Directive at = certificates.directives[i];
      const std::string file(at.arg(0));
      if (has_variables(file)) {
        shared_.lose(Severity::kError, at,
                     "a certificate with variables is not translated to haproxy");
        continue;
      }
      const Directive key = i < keys.directives.size() ? keys.directives[i] : keys.last();
      if (key) check_key(file, key);
      if (written_.insert(file).second) out_ += " crt " + word(file);
    }
  }

  /// HAProxy looks for the key in the certificate's own file, in FILE.key, and, as told in
  /// `global`, in NAME.key for NAME.crt.
  void check_key(const std::string& file, Directive at) {
    const std::string key(at.arg(0));
    const bool beside = key == file || key == file + ".key" ||
                        (file.ends_with(".crt") && key == file.substr(0, file.size() - 4) + ".key");
    if (beside) return;
    shared_.lose(Severity::kError, at,
                 fmt::format("haproxy reads the key of {0} from {0}.key: without {1} there it does "
                             "not start",
                             file, key));
  }

  void add_versions() {
    const Found found = fallback().find("ssl_protocols");
    if (found.is_default()) return add_default_versions();
    std::string_view least, most;
    for (const TlsVersion& version : kTlsVersions) {
      bool named = false;
      for (std::size_t i = 0; i < found.last().arg_count(); ++i) {
        named = named || found.last().arg(i) == version.ours;
      }
      if (!named) continue;
      if (least.empty()) least = version.theirs;
      most = version.theirs;
    }
    if (!least.empty()) out_ += fmt::format(" ssl-min-ver {} ssl-max-ver {}", least, most);
  }

  /// TLSv1.3 since 1.23.4; none before TLSv1.2 since 1.27.3.
  void add_default_versions() {
    const Version version = shared_.config.version();
    out_ += fmt::format(" ssl-min-ver {} ssl-max-ver {}",
                        version >= Version{1, 27, 3} ? "TLSv1.2" : "TLSv1.0",
                        version >= Version{1, 23, 4} ? "TLSv1.3" : "TLSv1.2");
  }

  void add_client_certificates() {
    const std::string_view verify = fallback().value_or("ssl_verify_client", "off");
    if (verify == "off") return;
    const Directive at = fallback().find("ssl_verify_client").last();
    const std::string_view ca = fallback().value_or("ssl_client_certificate", "");
    if (verify == "optional_no_ca" || ca.empty()) {
      shared_.lose(Severity::kError, at,
                   "this `ssl_verify_client` is not translated to haproxy: no certificate is asked "
                   "for");
      return;
    }
    if (verify == "on") {
      shared_.lose(
          Severity::kWarning, at,
          "haproxy refuses clients without a certificate in the handshake, nginx with a 400");
    }
    out_ +=
        fmt::format(" verify {} ca-file {}", verify == "on" ? "required" : "optional", word(ca));
  }

  Shared& shared_;
  const Listener& listener_;
  std::string out_;
  std::set<std::string> written_;
};

}  // namespace

std::string bind_words(Shared& shared, const Listener& listener) {
  return Bind(shared, listener).run();
}

}  // namespace poolproof::translate::haproxy
