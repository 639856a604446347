// Servers and listening sockets of a plan.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/syntax/values.h"
#include "runtime/plan_builder.h"

namespace poolproof::runtime {
namespace {

/// "name" as $server_name shows it: nginx drops the leading dot.
std::string shown_name(const Server& server, const std::string& hostname) {
  if (server.names.empty()) return {};
  const std::string& first = server.names.front().text;
  if (first == "$hostname") return hostname;
  return first.starts_with('.') ? first.substr(1) : first;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

}  // namespace

void PlanBuilder::build_servers() {
  for (const Server& server : config_.servers()) build_server(server);
}

void PlanBuilder::build_server(const Server& server) {
  ServerPlan& plan = plan_->servers.emplace_back();
  servers_[&server] = &plan;
  const Scope& scope = *server.scope;
  plan.name = shown_name(server, options_.hostname);
  plan.client_header_buffer_size =
      static_cast<std::size_t>(size(scope, "client_header_buffer_size", 1024));
  plan.client_header_timeout_ms = time_ms(scope, "client_header_timeout", 60'000);
  plan.ignore_invalid_headers = scope.flag_or("ignore_invalid_headers", true);
  plan.underscores_in_headers = scope.flag_or("underscores_in_headers", false);
  plan.merge_slashes = scope.flag_or("merge_slashes", true);
  if (const Directive at = scope.find("large_client_header_buffers").last()) {
    plan.large_header_buffer_count = static_cast<std::size_t>(parse_number(at.arg(0)).value_or(4));
    plan.large_header_buffer_size = static_cast<std::size_t>(parse_size(at.arg(1)).value_or(8192));
  }
  // Some distributions have it in older ones, too (Debian 12: 1.22.1-9+deb12u6, with 1000).
  if (plan_->version >= Version{1, 29, 8}) {
    plan.max_headers = static_cast<std::size_t>(number(scope, "max_headers", 1000));
  }
  building_ = &plan;
  plan.root = &build_location(*server.root, nullptr);
  plan.rewrites = build_rewrites(scope.block());
}

void PlanBuilder::build_listens() {
  for (const Server& server : config_.servers()) {
    for (const Listen& listen : server.listens) add_listen(server, listen);
  }
  // A wildcard takes in the addresses of its port that ask for nothing of their own.
  for (ListenEntry& entry : listens_) {
    if (!entry.socket.address.is_wildcard()) continue;
    for (ListenEntry& other : listens_) {
      if (&other == &entry || other.separate || other.socket.address.is_wildcard()) continue;
      if (other.socket.address.family != entry.socket.address.family ||
          other.socket.address.port != entry.socket.address.port) {
        continue;
      }
      name_servers(other.servers, other.members);
      entry.socket.addresses.push_back(std::move(other.servers));
      other.taken = true;
    }
  }
  for (ListenEntry& entry : listens_) {
    if (entry.taken) continue;
    name_servers(entry.servers, entry.members);
    entry.socket.addresses.push_back(std::move(entry.servers));
    plan_->listens.push_back(std::move(entry.socket));
  }
}

void PlanBuilder::add_listen(const Server& server, const Listen& listen) {
  std::vector<Address> addresses;
  if (listen.address.starts_with("unix:")) {
    Address address;
    address.family = AddressFamily::kUnix;
    address.path = listen.address.substr(5);
    addresses.push_back(address);
  } else if (const auto literal = parse_ip(listen.address, listen.port)) {
    addresses.push_back(*literal);
  } else {
    addresses = resolve(listen.address, listen.port, listen.at);
    for (Address& address : addresses) address.port = listen.port;
  }
  if (listen.ssl) refuse(listen.at, "listen ... ssl");
  if (listen.quic) refuse(listen.at, "listen ... quic");
  if (listen.http2) refuse(listen.at, "listen ... http2");
  if (listen.proxy_protocol) refuse(listen.at, "listen ... proxy_protocol");
  for (const Address& address : addresses) {
    auto entry = std::find_if(listens_.begin(), listens_.end(), [&](const ListenEntry& each) {
      return each.socket.address == address;
    });
    if (entry == listens_.end()) {
      ListenEntry& made = listens_.emplace_back();
      made.socket.address = made.servers.address = address;
      made.socket.text = to_string(address);
      if (listen.at)
        made.socket.place = listen.at.config().sources().describe(listen.at.head_span());
      entry = listens_.end() - 1;
    }
    entry->members.push_back(&server);
    if (listen.default_server || entry->servers.default_server == nullptr) {
      entry->servers.default_server = servers_[&server];
    }
    if (listen.at) read_listen_parameters(listen, *entry);
  }
}

void PlanBuilder::read_listen_parameters(const Listen& listen, ListenEntry& entry) {
  const Directive at = listen.at;
  ListenSocket& socket = entry.socket;
  const auto value = [](std::string_view text) { return text.substr(text.find('=') + 1); };
  const auto bytes = [&](std::string_view text) {
    return static_cast<int>(parse_size(value(text)).value_or(0));
  };
  for (std::size_t i = 1; i < at.arg_count(); ++i) {
    const std::string_view text = at.arg(i);
    if (starts_with_any(text, {"default", "ssl", "http2", "quic", "proxy_protocol"})) continue;
    entry.separate = true;
    if (text.starts_with("backlog="))
      socket.backlog = bytes(text);
    else if (text.starts_with("rcvbuf="))
      socket.receive_buffer = bytes(text);
    else if (text.starts_with("sndbuf="))
      socket.send_buffer = bytes(text);
    else if (text.starts_with("fastopen="))
      socket.fastopen = bytes(text);
    else if (text == "reuseport")
      socket.reuseport = true;
    else if (text == "deferred")
      socket.deferred = true;
    else if (text.starts_with("ipv6only="))
      socket.ipv6only = text == "ipv6only=on";
    else if (text.starts_with("so_keepalive="))
      read_so_keepalive(value(text), socket);
    else if (text != "bind")
      refuse(at, fmt::format("listen ... {}", text));
  }
}

/// "on", "off" or "[idle]:[interval]:[count]".
void PlanBuilder::read_so_keepalive(std::string_view text, ListenSocket& socket) {
  socket.so_keepalive = text != "off";
  if (text == "on" || text == "off") return;
  const auto next = [&text] {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    text = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    return part;
  };
  const auto seconds = [](std::string_view part) {
    return static_cast<int>(parse_time(part).value_or(std::chrono::milliseconds(0)).count() / 1000);
  };
  socket.keepalive_idle_s = seconds(next());
  socket.keepalive_interval_s = seconds(next());
  socket.keepalive_count = static_cast<int>(parse_number(next()).value_or(0));
}

void PlanBuilder::name_servers(AddressServers& servers, const std::vector<const Server*>& members) {
  for (const Server* server : members) {
    const ServerPlan* plan = servers_[server];
    const std::size_t index = servers.servers.size();
    servers.servers.push_back(plan);
    for (const ServerName& name : server->names) {
      if (name.kind != ServerNameKind::kRegex) {
        const std::string& text = name.text == "$hostname" ? options_.hostname : name.text;
        if (!servers.names.add(text, index)) {
          fail(name.at, fmt::format("invalid server name or wildcard \"{}\"", text));
        }
        continue;
      }
      const std::string pattern = name.text.substr(1);
      const bool has_upper =
          std::any_of(pattern.begin(), pattern.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
      auto regex = compile_regex(
          pattern, has_upper ? RegexCase::kInsensitive : RegexCase::kSensitive, name.at);
      if (!regex) continue;
      NamedGroups named = named_groups(*regex);
      servers.patterns.push_back({std::move(*regex), std::move(named), plan});
    }
  }
}

}  // namespace poolproof::runtime
