// After ngx_http_proxy_pass, ngx_http_fastcgi_pass and ngx_parse_url of nginx 1.22.1.
#include "grammar/config/pass_target.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "grammar/config/address.h"
#include "grammar/config/lower_case.h"

namespace poolproof {
namespace {

struct Scheme {
  Protocol protocol;
  std::string_view text;
  bool tls;
  std::uint16_t default_port;
};

constexpr std::array kSchemes{
    Scheme{Protocol::kHttp, "http://", false, 80},  Scheme{Protocol::kHttp, "https://", true, 443},
    Scheme{Protocol::kGrpc, "grpc://", false, 0},   Scheme{Protocol::kGrpc, "grpcs://", true, 0},
    Scheme{Protocol::kUwsgi, "uwsgi://", false, 0}, Scheme{Protocol::kUwsgi, "suwsgi://", true, 0},
};

const Scheme* scheme_of(Protocol protocol, std::string_view text) {
  for (const Scheme& scheme : kSchemes) {
    if (scheme.protocol == protocol &&
        lower_case(text.substr(0, scheme.text.size())) == scheme.text) {
      return &scheme;
    }
  }
  return nullptr;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number == 0 || number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

/// Where the address ends and the URI begins. A socket's path ends at a colon.
std::size_t authority_end(std::string_view text) {
  if (lower_case(text.substr(0, 5)) != "unix:") return text.find_first_of("/?");
  return text.find(':', 5);
}

}  // namespace

std::string_view authority_of(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = authority_end(text.substr(begin));
  return end == std::string_view::npos ? text : text.substr(0, begin + end);
}

std::optional<Protocol> protocol_of_pass(std::string_view directive) {
  if (directive == "proxy_pass") return Protocol::kHttp;
  if (directive == "fastcgi_pass") return Protocol::kFastcgi;
  if (directive == "memcached_pass") return Protocol::kMemcached;
  if (directive == "scgi_pass") return Protocol::kScgi;
  if (directive == "uwsgi_pass") return Protocol::kUwsgi;
  if (directive == "grpc_pass") return Protocol::kGrpc;
  return std::nullopt;
}

std::optional<HostPort> split_host_port(std::string_view text) {
  if (lower_case(text.substr(0, 5)) == "unix:") {
    return HostPort{"unix:" + std::string(text.substr(5)), 0};
  }
  HostPort result;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    result.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (rest.empty()) return result;
  const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  result.port = *port;
  return result;
}

std::optional<PassTarget> parse_pass_target(Protocol protocol, std::string_view text) {
  PassTarget target;
  const Scheme* scheme = scheme_of(protocol, text);
  if (scheme != nullptr) {
    target.tls = scheme->tls;
    target.default_port = scheme->default_port;
    text.remove_prefix(scheme->text.size());
  } else if (protocol == Protocol::kHttp) {
    return std::nullopt;
  }
  const bool takes_uri = protocol == Protocol::kHttp;
  if (!address_fault(text, takes_uri ? AddressUse::kPass : AddressUse::kServer).empty()) {
    return std::nullopt;
  }
  const std::size_t end = takes_uri ? std::min(authority_end(text), text.size()) : text.size();
  const auto host_port = split_host_port(text.substr(0, end));
  if (!host_port || host_port->host.empty()) return std::nullopt;
  target.host = host_port->host;
  target.port = host_port->port;
  if (target.host.starts_with("unix:")) target.default_port = 0;
  target.uri = text.substr(end);
  if (target.uri.starts_with(':')) target.uri.erase(0, 1);
  target.has_uri = !target.uri.empty();
  return target;
}

}  // namespace poolproof
