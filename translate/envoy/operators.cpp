// See operators.h. The client's address is that of the connection: Envoy's own idea of it believes
// X-Forwarded-For.
#include "translate/envoy/operators.h"

#include <array>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof::translate::envoy {
namespace {

struct Known {
  std::string_view name, text;
};

constexpr std::array kKnown = {
    Known{"remote_addr", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"},
    Known{"realip_remote_addr", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"},
    Known{"proxy_protocol_addr", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"},
    Known{"remote_port", "%DOWNSTREAM_DIRECT_REMOTE_PORT%"},
    Known{"server_addr", "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%"},
    Known{"server_port", "%DOWNSTREAM_LOCAL_PORT%"},
    Known{"request_method", "%REQ(:METHOD)%"},
    Known{"request_uri", "%REQ(:PATH)%"},
    Known{"server_protocol", "%PROTOCOL%"},
    Known{"hostname", "%HOSTNAME%"},
    Known{"connection", "%CONNECTION_ID%"},
    Known{"ssl_protocol", "%DOWNSTREAM_TLS_VERSION%"},
    Known{"ssl_cipher", "%DOWNSTREAM_TLS_CIPHER%"},
    Known{"ssl_server_name", "%REQUESTED_SERVER_NAME%"},
    Known{"ssl_client_s_dn", "%DOWNSTREAM_PEER_SUBJECT%"},
    Known{"ssl_client_i_dn", "%DOWNSTREAM_PEER_ISSUER%"},
    Known{"ssl_client_escaped_cert", "%DOWNSTREAM_PEER_CERT%"},
    Known{"ssl_client_serial", "%DOWNSTREAM_PEER_SERIAL%"},
    Known{"time_iso8601", "%START_TIME(%Y-%m-%dT%H:%M:%S%Ez)%"},
    Known{"time_local", "%START_TIME(%d/%b/%Y:%H:%M:%S %z)%"},
    Known{"msec", "%START_TIME(%s.%3f)%"},
};

/// Only once the answer is there.
constexpr std::array kKnownInLogs = {
    Known{"request", "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%"},
    Known{"status", "%RESPONSE_CODE%"},
    Known{"body_bytes_sent", "%BYTES_SENT%"},
    Known{"upstream_addr", "%UPSTREAM_HOST%"},
    Known{"pipe", "."},
};

struct Otherwise {
  std::string_view name, text, why;
};
constexpr std::string_view kMilliseconds = "in milliseconds, not in seconds";
constexpr std::string_view kBodies = "it counts the bytes of bodies only";

/// What Envoy has in another way.
constexpr std::array kOtherwise = {
    Otherwise{"request_time", "%DURATION%", kMilliseconds},
    Otherwise{"upstream_response_time", "%RESPONSE_DURATION%", kMilliseconds},
    Otherwise{"upstream_header_time", "%RESPONSE_DURATION%", kMilliseconds},
    Otherwise{"bytes_sent", "%BYTES_SENT%", kBodies},
    Otherwise{"request_length", "%BYTES_RECEIVED%", kBodies},
    Otherwise{"upstream_status", "%RESPONSE_CODE%", "the status that the client got"},
    Otherwise{"remote_user", "-", "it reads no `Authorization`"},
};

template <class Table>
std::optional<std::string> look_up(const Table& table, std::string_view name) {
  for (const Known& known : table) {
    if (known.name == name) return std::string(known.text);
  }
  return std::nullopt;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '%') out += '%';
  }
  return out;
}

class Reader {
 public:
  Reader(Shared& shared, const TextPlace& place, Directive at)
      : shared_(shared), place_(place), at_(at) {}

  std::optional<Operators> run(std::string_view text) {
    const auto pieces = split_variables(text);
    if (!pieces) return Operators{escaped(text), true, text.empty(), {}};
    for (const TextPiece& piece : *pieces) {
      if (!piece.is_variable) {
        add_constant(piece.text);
      } else if (!add_variable(piece.text)) {
        shared_.lose(place_.in_log ? Severity::kWarning : Severity::kError, at_,
                     fmt::format("`${}` has no equivalent in envoy: `{}` is not said here",
                                 piece.text, at_.name()));
        return std::nullopt;
      }
    }
    return std::move(out_);
  }

 private:
  void add_constant(std::string_view text) {
    out_.text += escaped(text);
    out_.may_be_empty = out_.may_be_empty && text.empty();
  }

  bool add_variable(std::string_view name) {
    // A map or `set` of that name comes before nginx's own variables.
    if (shared_.config.find_map(name) != nullptr || shared_.config.is_set_somewhere(name)) {
      return false;
    }
    if (name == "scheme") return add_constant(shared_.gate.tls ? "https" : "http"), true;
    if (name == "https") return add_constant(shared_.gate.tls ? "on" : ""), true;
    if (name == "server_name" && place_.server != nullptr) {
      return add_constant(first_name(*place_.server)), true;
    }
    if (name == "proxy_host" && place_.location != nullptr && place_.location->pass) {
      return add_constant(proxy_host(*place_.location->pass)), true;
    }
    if (name == "proxy_port" && place_.location != nullptr && place_.location->pass) {
      const Pass& pass = *place_.location->pass;
      return add_constant(std::to_string(pass.port != 0 ? pass.port : pass.tls ? 443 : 80)), true;
    }
    if (name == "host" || name == "http_host") return add_host(name);
    if (name == "request_uri") out_.headers.insert(":path");
    if (auto known = look_up(kKnown, name)) return add_operator(*known, name != "ssl_server_name");
    if (name == "content_type") return add_request_header("content-type");
    if (name == "content_length") return add_request_header("content-length");
    if (name.starts_with("http_")) return add_request_header(with_dashes(name.substr(5)));
    return place_.in_log && add_in_log(name);
  }

  bool add_operator(std::string_view text, bool is_filled) {
    out_.text += text;
    out_.constant = false;
    if (is_filled) out_.may_be_empty = false;
    return true;
  }

  bool add_host(std::string_view name) {
    out_.headers.insert("host");
    if (name == "host" && !shared_.gate.strips_port) {
      shared_.error(at_,
                    "`$host` is not quite translated to envoy: it keeps the port that the client "
                    "names, since `$http_host` is read as well");
    }
    return add_operator("%REQ(:AUTHORITY)%", true);
  }

  bool add_request_header(const std::string& name) {
    out_.headers.insert(name);
    // Answers of Envoy's own come before the client's field is put back.
    const bool is_own_answer = place_.location != nullptr && !place_.location->pass;
    const bool is_kept = name == "x-forwarded-proto" && is_own_answer && !place_.in_log;
    return add_operator(fmt::format("%REQ({})%", is_kept ? kClientsProtocol : name), false);
  }

  bool add_in_log(std::string_view name) {
    if (name == "request") out_.headers.insert(":path");
    if (auto known = look_up(kKnownInLogs, name)) return add_operator(*known, true);
    for (const Otherwise& known : kOtherwise) {
      if (known.name != name) continue;
      shared_.warn(at_,
                   fmt::format("`${}` is `{}` in envoy's log: {}", name, known.text, known.why));
      return add_operator(known.text, true);
    }
    for (const std::string_view prefix : {"sent_http_", "upstream_http_"}) {
      if (name.starts_with(prefix)) {
        return add_operator(fmt::format("%RESP({})%", with_dashes(name.substr(prefix.size()))),
                            true);
      }
    }
    return false;
  }

  Shared& shared_;
  const TextPlace& place_;
  Directive at_;
  Operators out_;
};

}  // namespace

std::string with_dashes(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

std::string proxy_host(const Pass& pass) {
  if (pass.host.starts_with("unix:")) return "localhost";
  const bool is_v6 = pass.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? fmt::format("[{}]", pass.host) : pass.host;
  const std::uint16_t usual = pass.tls ? 443 : 80;
  if (pass.port == 0 || pass.port == usual) return host;
  return fmt::format("{}:{}", host, pass.port);
}

std::string first_name(const Server& server) {
  if (server.names.empty()) return {};
  const ServerName& first = server.names.front();
  if (first.kind == ServerNameKind::kRegex) return first.text;
  return lower_case(first.kind == ServerNameKind::kDotted ? first.text.substr(1) : first.text);
}

std::optional<Operators> operators_of(Shared& shared, const TextPlace& place, std::string_view text,
                                      Directive at) {
  return Reader(shared, place, at).run(text);
}

}  // namespace poolproof::translate::envoy
