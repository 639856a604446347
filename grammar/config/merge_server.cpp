// What a server listens on and what names it answers to.
#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "grammar/config/lower_case.h"
#include "grammar/config/merger.h"

namespace poolproof {
namespace {

void parse_address(Listen& listen) {
  const std::string_view raw = listen.raw;
  if (lower_case(raw.substr(0, 5)) == "unix:") {
    listen.address = "unix:" + std::string(raw.substr(5));
    listen.port = 0;
    return;
  }
  unsigned port = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), port);
  if (error == std::errc() && end == raw.data() + raw.size() && port <= 65535) {
    listen.address = "0.0.0.0";
    listen.port = static_cast<std::uint16_t>(port);
    return;
  }
  const auto host_port = split_host_port(raw);
  listen.address = host_port ? host_port->host : std::string(raw);
  if (listen.address == "*" || listen.address.empty()) listen.address = "0.0.0.0";
  if (host_port && host_port->port != 0) listen.port = host_port->port;
}

void parse_parameters(Listen& listen, Directive at) {
  for (std::size_t i = 1; i < at.arg_count(); ++i) {
    const std::string_view text = at.arg(i);
    if (text == "default_server" || text == "default") listen.default_server = true;
    if (text == "ssl") listen.ssl = true;
    if (text == "http2") listen.http2 = true;
    if (text == "quic") listen.quic = true;
    if (text == "proxy_protocol") listen.proxy_protocol = true;
    if (text == "reuseport") listen.reuseport = true;
    if (text == "ipv6only=off") listen.ipv6only = false;
  }
}

ServerNameKind kind_of(std::string_view text) {
  if (text.starts_with('~')) return ServerNameKind::kRegex;
  if (text.starts_with("*.")) return ServerNameKind::kLeadingWildcard;
  if (text.size() > 1 && text.starts_with('.')) return ServerNameKind::kDotted;
  if (text.ends_with(".*")) return ServerNameKind::kTrailingWildcard;
  return ServerNameKind::kExact;
}

}  // namespace

/// Without `listen` nginx takes *:80 when it is started as root.
void Merger::merge_listens(Server& server) {
  for (const Directive at : server.scope->own("listen")) {
    Listen& listen = server.listens.emplace_back();
    listen.raw = at.arg(0);
    listen.at = at;
    parse_address(listen);
    parse_parameters(listen, at);
  }
  if (!server.listens.empty()) return;
  Listen& listen = server.listens.emplace_back();
  listen.raw = "*:80";
  listen.address = "0.0.0.0";
}

/// The one that says so, else the first (nginx 1.22.1, ngx_http_add_server).
void Merger::mark_default_servers() {
  struct Address {
    Server* first = nullptr;
    bool is_named = false;
  };
  std::map<std::pair<std::string_view, std::uint16_t>, Address> addresses;
  for (Server& server : config_->servers_) {
    for (const Listen& listen : server.listens) {
      Address& address = addresses[{listen.address, listen.port}];
      if (address.first == nullptr) address.first = &server;
      address.is_named = address.is_named || listen.default_server;
      server.is_default = server.is_default || listen.default_server;
    }
  }
  for (const auto& [name, address] : addresses) {
    if (!address.is_named) address.first->is_default = true;
  }
}

void Merger::merge_names(Server& server) {
  for (const Directive at : server.scope->own("server_name")) {
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      server.names.push_back({kind_of(at.arg(i)), std::string(at.arg(i)), at});
    }
  }
  if (server.names.empty()) server.names.emplace_back();
}

}  // namespace poolproof
