// What servers listen on (nginx 1.22.1, ngx_http_core_listen and ngx_http_add_listen).
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "grammar/config/address.h"
#include "grammar/config/check_merged.h"
#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::array<std::string_view, 7> kPlain = {
    "default_server", "default", "bind", "reuseport", "ssl", "http2", "proxy_protocol"};
/// Parameters that belong to the socket: only one server may give them for an address.
constexpr std::array<std::string_view, 12> kOfSocket = {
    "bind",    "reuseport", "deferred",       "setfib=",   "fastopen=",     "backlog=",
    "rcvbuf=", "sndbuf=",   "accept_filter=", "ipv6only=", "so_keepalive=", "multipath"};

std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
  if (!text.starts_with(key)) return std::nullopt;
  return text.substr(key.size());
}

/// on, off, or idle:interval:count, of which any may be left out but not all.
bool is_so_keepalive(std::string_view value) {
  if (value == "on" || value == "off") return true;
  const std::size_t first = value.find(':');
  if (first == std::string_view::npos) return false;
  const std::string_view idle = value.substr(0, first);
  const std::string_view rest = value.substr(first + 1);
  const std::size_t second = rest.find(':');
  const std::string_view interval = rest.substr(0, second);
  const std::string_view count =
      second == std::string_view::npos ? std::string_view() : rest.substr(second + 1);
  if (idle.empty() && interval.empty() && count.empty()) return false;
  const auto is_time = [](std::string_view text) {
    return text.empty() || parse_seconds(text).value_or(std::chrono::seconds(0)).count() > 0;
  };
  const bool is_count = count.empty() || parse_number(count).value_or(0) > 0;
  return is_time(idle) && is_time(interval) && is_count;
}

bool is_good_parameter(std::string_view text, const MergedInput& input) {
  if (std::find(kPlain.begin(), kPlain.end(), text) != kPlain.end() || text == "deferred")
    return true;
  if (text == "quic") {
    return !input.config.bound().options().versions_named || input.is_since({1, 25, 0});
  }
  if (text == "multipath" || text.starts_with("accept_filter=")) return true;
  if (const auto value = value_of(text, "backlog=")) return parse_number(*value).value_or(0) > 0;
  if (const auto value = value_of(text, "fastopen=")) return parse_number(*value).has_value();
  if (const auto value = value_of(text, "setfib=")) return parse_number(*value).has_value();
  if (const auto value = value_of(text, "rcvbuf=")) return parse_size(*value).has_value();
  if (const auto value = value_of(text, "sndbuf=")) return parse_size(*value).has_value();
  if (const auto value = value_of(text, "so_keepalive=")) return is_so_keepalive(*value);
  if (const auto value = value_of(text, "ipv6only=")) {
    return *value == "on" || *value == "off";
  }
  return false;
}

bool belongs_to_socket(std::string_view text) {
  return std::any_of(kOfSocket.begin(), kOfSocket.end(),
                     [text](std::string_view key) { return text.starts_with(key); });
}

/// The text of the port; empty if there is none. A lone number is a port.
std::string_view port_of(std::string_view raw) {
  if (raw.starts_with("unix:")) return {};
  const std::size_t bracket = raw.rfind(']');
  const std::size_t colon = raw.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) return raw.substr(colon + 1);
  const bool is_number = !raw.empty() && std::all_of(raw.begin(), raw.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '-';
  });
  return is_number ? raw : std::string_view();
}

void check_one(const Listen& listen, const MergedInput& input, std::vector<Diagnostic>& out) {
  if (const auto fault = address_fault(listen.raw, AddressUse::kListen); !fault.empty()) {
    add_error(out, "invalid-value", listen.at.arg_span(0),
              fmt::format("`{}` is nothing to listen on: {}", listen.raw, fault));
  }
  for (std::size_t i = 1; i < listen.at.arg_count(); ++i) {
    if (is_good_parameter(listen.at.arg(i), input)) continue;
    add_error(
        out, "invalid-value", listen.at.arg_span(i),
        fmt::format("`{}` is no parameter that `listen {}` takes", listen.at.arg(i), listen.raw));
  }
}

struct Socket {
  const Server* last_server = nullptr;
  Directive first;
  Directive default_server;
  Directive options;
};

/// A host, and whether it is for QUIC, which is UDP: the same address and port are another socket.
using SocketHost = std::pair<std::string, bool>;

/// Ports in a row whose sockets have all been given the same.
struct Stretch {
  std::int64_t last = 0;
  Socket socket;
};

/// By the first port: a range of 65,535 is one stretch, not so many sockets.
using Stretches = std::map<std::int64_t, Stretch>;
using Sockets = std::map<SocketHost, Stretches>;

/// The address of a range stands before its last colon.
std::string host_of(const Listen& listen) {
  const std::string_view port = port_of(listen.raw);
  if (port.find('-') == std::string_view::npos) return lower_case(listen.address);
  std::string_view host =
      std::string_view(listen.raw).substr(0, listen.raw.size() - port.size() - 1);
  if (host == "*") return "0.0.0.0";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return lower_case(host);
}

struct PortRange {
  std::int64_t first = 0;
  std::int64_t last = -1;
};

/// A range is as many addresses as it has ports; none if it is no range that nginx takes.
PortRange ports_of(const Listen& listen) {
  const std::string_view port = port_of(listen.raw);
  const std::size_t dash = port.find('-');
  if (dash == std::string_view::npos) return {listen.port, listen.port};
  const auto first = parse_number(port.substr(0, dash));
  const auto last = parse_number(port.substr(dash + 1));
  if (!first || !last || *last > 65535) return {};
  return {*first, *last};
}

/// nginx compares addresses, not texts; names are left out, for they are not resolved here.
SocketHost socket_host_of(const Listen& listen) {
  return {port_of(listen.raw) == listen.raw ? "0.0.0.0" : host_of(listen), listen.quic};
}

Directive with_socket_options(const Listen& listen) {
  for (std::size_t i = 1; i < listen.at.arg_count(); ++i) {
    if (belongs_to_socket(listen.at.arg(i))) return listen.at;
  }
  return {};
}

void report_repeat(Directive at, Directive first, std::string_view rule, std::string message,
                   std::vector<Diagnostic>& out) {
  add_error(out, rule, at.head_span(), std::move(message));
  out.back().notes.push_back({first.head_span(), "first given here"});
}

/// False if something was told: once is enough for a range.
bool check_socket(const Server& server, const Listen& listen, const SocketHost& host,
                  std::int64_t port, Socket& socket, std::vector<Diagnostic>& out) {
  const std::size_t told = out.size();
  const auto key = [&] {
    return fmt::format("{}:{}{}", host.first, port, host.second ? " (QUIC)" : "");
  };
  if (socket.last_server == &server) {
    report_repeat(listen.at, socket.first, "duplicate-listen",
                  fmt::format("this server listens on {} twice", key()), out);
    return false;
  }
  socket.last_server = &server;
  socket.first = listen.at;
  if (listen.default_server) {
    if (socket.default_server) {
      report_repeat(
          listen.at, socket.default_server, "duplicate-default-server",
          fmt::format("{} has a default server already: only one may be `default_server`", key()),
          out);
    }
    socket.default_server = listen.at;
  }
  const Directive options = with_socket_options(listen);
  if (!options) return out.size() == told;
  if (socket.options) {
    report_repeat(
        options, socket.options, "duplicate-listen-options",
        fmt::format("options of the socket {} are given twice: leave them in one `listen`", key()),
        out);
  }
  socket.options = options;
  return out.size() == told;
}

bool is_same(const Socket& a, const Socket& b) {
  return a.last_server == b.last_server && a.first == b.first &&
         a.default_server == b.default_server && a.options == b.options;
}

/// From `port` on it is a stretch of its own, if one holds it.
void cut_before(Stretches& stretches, std::int64_t port) {
  const auto behind = stretches.lower_bound(port);
  if (behind == stretches.begin()) return;
  Stretch& holder = std::prev(behind)->second;
  if (holder.last < port) return;
  stretches.emplace_hint(behind, port, holder);
  holder.last = port - 1;
}

/// The stretch that begins at `port`, made if there is none; it ends with `last` at the latest.
Stretches::iterator stretch_at(Stretches& stretches, std::int64_t port, std::int64_t last) {
  const auto hit = stretches.lower_bound(port);
  if (hit != stretches.end() && hit->first == port) return hit;
  const std::int64_t end = hit == stretches.end() ? last : std::min(last, hit->first - 1);
  return stretches.emplace_hint(hit, port, Stretch{end, {}});
}

/// Joins it to the one before, where nothing tells them apart: later ranges have fewer to look at.
void join_with_previous(Stretches& stretches, Stretches::iterator at) {
  if (at == stretches.begin()) return;
  Stretch& before = std::prev(at)->second;
  if (before.last + 1 != at->first || !is_same(before.socket, at->second.socket)) return;
  before.last = at->second.last;
  stretches.erase(at);
}

/// Port by port in their order, up to the first of which something is told.
void check_ports(const Server& server, const Listen& listen, Sockets& sockets,
                 std::vector<Diagnostic>& out) {
  const PortRange ports = ports_of(listen);
  if (ports.first > ports.last) return;
  const SocketHost host = socket_host_of(listen);
  Stretches& stretches = sockets[host];
  cut_before(stretches, ports.first);
  cut_before(stretches, ports.last + 1);
  for (std::int64_t port = ports.first; port <= ports.last;) {
    const auto at = stretch_at(stretches, port, ports.last);
    Socket changed = at->second.socket;
    const bool goes_on = check_socket(server, listen, host, port, changed, out);
    if (!goes_on) cut_before(stretches, port + 1);
    at->second.socket = changed;
    if (!goes_on) return;
    port = at->second.last + 1;
    join_with_previous(stretches, at);
  }
}

}  // namespace

void check_listens(const MergedInput& input, std::vector<Diagnostic>& out) {
  Sockets sockets;
  for (const Server& server : input.config.servers()) {
    for (const Listen& listen : server.listens) {
      if (!listen.at) continue;
      check_one(listen, input, out);
      check_ports(server, listen, sockets, out);
    }
  }
}

}  // namespace poolproof
