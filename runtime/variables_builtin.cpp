// nginx's own variables, one line each (nginx 1.22.1 and 1.31.5: ngx_http_variables.c,
// ngx_http_upstream.c, ngx_http_proxy_module.c). What needs more than a line stands above the
// table.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "runtime/hostname_table.h"
#include "runtime/plan.h"
#include "runtime/routing.h"
#include "runtime/variables.h"
#include "runtime/variables_text.h"

namespace poolproof::runtime {
namespace {

using Data = std::uintptr_t;
using Text = std::string_view;

/// From nginx 1.23.0 on, all lines of a name count; before, the first.
Text separator_of(const Request& request, Text part) {
  if (part == "cookie") return "; ";
  if (part == "x_forwarded_for") return ", ";
  return request.worker->plan->version >= Version{1, 23, 0} ? ", " : "";
}

Text text_of(Data data) {
  return *reinterpret_cast<const std::string*>(data);
}

Text http_prefix(Request& r, Data data) {
  return header_variable(r.head.headers, text_of(data), separator_of(r, text_of(data)), r.arena);
}
Text sent_http_prefix(Request& r, Data data) {
  return header_variable(r.sent_headers, text_of(data), separator_of(r, {}), r.arena);
}
Text upstream_http_prefix(Request& r, Data data) {
  return header_variable(r.upstream_headers, text_of(data), separator_of(r, {}), r.arena);
}
Text arg_prefix(Request& r, Data data) {
  return argument_value(r.args, text_of(data));
}
Text cookie_prefix(Request& r, Data data) {
  return cookie_value(r.head.headers, text_of(data));
}
Text upstream_cookie_prefix(Request& r, Data data) {
  return set_cookie_value(r.upstream_headers, text_of(data));
}

Text capture(Request& r, Data number) {
  if (number >= r.captures.count) return {};
  const Text value = r.captures.groups[number];
  return r.escape_captures ? escape_arguments(value, r.arena) : value;
}

Text remote_user(Request& r, Data) {
  constexpr Text kBasic = "basic ";
  const Text header = find_header(r.head.headers, "Authorization");
  if (header.size() <= kBasic.size() ||
      !equals_ignoring_case(header.substr(0, kBasic.size()), kBasic)) {
    return {};
  }
  const Text decoded = decode_base64(header.substr(kBasic.size()), r.arena);
  const std::size_t colon = decoded.find(':');
  return colon == Text::npos ? Text{} : decoded.substr(0, colon);
}

Text request_id(Request& r, Data slot) {
  if (!r.slots[slot].known) {
    char text[33];
    fmt::format_to_n(text, sizeof text, "{:016x}{:016x}", next_random(*r.worker),
                     next_random(*r.worker));
    r.slots[slot] = {r.arena.copy({text, 32}), true};
  }
  return r.slots[slot].value;
}

Text forwarded_for(Request& r, Data) {
  const Text sent = header_variable(r.head.headers, "x_forwarded_for", ", ", r.arena);
  return sent.data() == nullptr ? r.client->remote_text
                                : r.arena.concat({sent, ", ", r.client->remote_text});
}

Text proxy_host(Request& r, Data) {
  if (r.proxy_host.data() != nullptr) return r.proxy_host;
  return r.location != nullptr && r.location->proxy ? Text(r.location->proxy->host) : Text{};
}
Text proxy_port(Request& r, Data) {
  if (r.proxy_port.data() != nullptr) return r.proxy_port;
  return r.location != nullptr && r.location->proxy ? Text(r.location->proxy->port) : Text{};
}

Text body_length(Request& r, Data) {
  if (r.upstream_body_length < 0) return {};
  return number_text(static_cast<std::uint64_t>(r.upstream_body_length), r.arena);
}

Text status(Request& r, Data) {
  const int value = r.error_status != 0 && r.status == 0 ? r.error_status : r.status;
  char text[8];
  const auto end = fmt::format_to_n(text, sizeof text, "{:03}", value);
  return r.arena.copy({text, end.size});
}

/// "a, b : c" over the tries of all upstreams, groups of one location separated by " : ".
template <class Part>
Text join_attempts(Request& r, Part part) {
  if (r.attempts.empty()) return {};
  if (r.attempts.size() == 1) return part(r.attempts.front());
  std::string result(part(r.attempts.front()));
  for (const UpstreamAttempt& attempt : std::span(r.attempts).subspan(1)) {
    result.append(attempt.new_group ? " : " : ", ").append(part(attempt));
  }
  return r.arena.copy(result);
}
template <std::int64_t UpstreamAttempt::*Member>
Text upstream_time(Request& r, Data) {
  return join_attempts(r, [&](const UpstreamAttempt& attempt) {
    return attempt.*Member < 0 ? Text("-") : seconds_text(attempt.*Member, r.arena);
  });
}
template <std::int64_t UpstreamAttempt::*Member>
Text upstream_bytes(Request& r, Data) {
  return join_attempts(r, [&](const UpstreamAttempt& attempt) {
    return number_text(static_cast<std::uint64_t>(attempt.*Member), r.arena);
  });
}
template <Counter ConnectionCounts::*Which>
Text connection_count(Request& r, Data) {
  return number_text(sum_of(r.worker->counts, Which), r.arena);
}

Text number(Request& r, std::uint64_t value) {
  return number_text(value, r.arena);
}
Text header(Request& r, Text name) {
  return find_header(r.head.headers, name);
}

struct Builtin {
  Text name;
  VariableGetter get;
};

// Sorted by name: it is searched by halves.
constexpr Builtin kBuiltins[] = {
    {"args", [](Request& r, Data) { return r.args; }},
    {"binary_remote_addr", [](Request& r, Data) { return r.client->remote.ip_bytes(); }},
    {"body_bytes_sent", [](Request& r, Data) { return number(r, r.body_bytes_sent); }},
    {"bytes_sent",
     [](Request& r, Data) { return number(r, r.header_bytes_sent + r.body_bytes_sent); }},
    {"connection", [](Request& r, Data) { return number(r, r.client->number); }},
    {"connection_requests", [](Request& r, Data) { return number(r, r.client->requests); }},
    {"connection_time",
     [](Request& r, Data) {
       return seconds_text(r.worker->mono_ms - r.client->accepted_ms, r.arena);
     }},
    {"connections_active", connection_count<&ConnectionCounts::active>},
    {"connections_reading", connection_count<&ConnectionCounts::reading>},
    {"connections_waiting", connection_count<&ConnectionCounts::waiting>},
    {"connections_writing", connection_count<&ConnectionCounts::writing>},
    {"content_length",
     [](Request& r, Data) {
       return r.chunked_body_length < 0
                  ? header(r, "Content-Length")
                  : number(r, static_cast<std::uint64_t>(r.chunked_body_length));
     }},
    {"content_type", [](Request& r, Data) { return header(r, "Content-Type"); }},
    {"document_root", [](Request& r, Data) { return r.location->root.evaluate(r); }},
    {"document_uri", [](Request& r, Data) { return r.uri; }},
    {"gzip_ratio", [](Request&, Data) { return Text{}; }},
    {"host", [](Request& r, Data) { return r.host.empty() ? Text(r.server->name) : r.host; }},
    {"hostname", [](Request& r, Data) { return r.worker->hostname; }},
    {"http2", [](Request&, Data) { return Text(""); }},
    {"http3", [](Request&, Data) { return Text(""); }},
    {"https", [](Request& r, Data) { return r.client->tls ? Text("on") : Text(""); }},
    {"is_args", [](Request& r, Data) { return r.args.empty() ? Text("") : Text("?"); }},
    {"limit_rate", [](Request&, Data) { return Text("0"); }},
    {"msec", [](Request& r, Data) { return seconds_text(r.worker->unix_ms, r.arena); }},
    {"nginx_version", [](Request& r, Data) { return Text(r.worker->plan->version_text); }},
    {"pid", [](Request& r, Data) { return number(r, static_cast<std::uint64_t>(r.worker->pid)); }},
    {"pipe", [](Request& r, Data) { return r.pipelined ? Text("p") : Text("."); }},
    {"proxy_add_x_forwarded_for", forwarded_for},
    {"proxy_host", proxy_host},
    {"proxy_internal_body_length", body_length},
    {"proxy_internal_chunked",
     [](Request& r, Data) { return r.upstream_body_chunked ? Text("chunked") : Text{}; }},
    {"proxy_port", proxy_port},
    {"query_string", [](Request& r, Data) { return r.args; }},
    {"remote_addr", [](Request& r, Data) { return r.client->remote_text; }},
    {"remote_port",
     [](Request& r, Data) {
       const bool has_port = r.client->remote.family != AddressFamily::kUnix;
       return has_port ? number(r, r.client->remote.port) : Text("");
     }},
    {"remote_user", remote_user},
    {"request", [](Request& r, Data) { return r.head.line; }},
    {"request_body", [](Request& r, Data) { return r.body; }},
    {"request_completion", [](Request& r, Data) { return r.completed ? Text("OK") : Text(""); }},
    {"request_filename", [](Request& r, Data) { return file_path(r); }},
    {"request_id", request_id},
    {"request_length",
     [](Request& r, Data) { return number(r, r.head.size + r.body_bytes_received); }},
    {"request_method", [](Request& r, Data) { return current_method(r); }},
    {"request_time",
     [](Request& r, Data) { return seconds_text(r.worker->mono_ms - r.start_mono_ms, r.arena); }},
    {"request_uri", [](Request& r, Data) { return r.head.target; }},
    {"scheme", [](Request& r, Data) { return r.client->tls ? Text("https") : Text("http"); }},
    {"server_addr", [](Request& r, Data) { return r.client->local_text; }},
    {"server_name", [](Request& r, Data) { return Text(r.server->name); }},
    {"server_port",
     [](Request& r, Data) {
       const bool has_port = r.client->local.family != AddressFamily::kUnix;
       return has_port ? number(r, r.client->local.port) : Text("");
     }},
    {"server_protocol", [](Request& r, Data) { return r.head.protocol; }},
    {"status", status},
    {"time_iso8601", [](Request& r, Data) { return r.worker->time_iso8601; }},
    {"time_local", [](Request& r, Data) { return r.worker->time_local; }},
    {"upstream_addr",
     [](Request& r, Data) {
       return join_attempts(r, [](const UpstreamAttempt& a) { return a.address; });
     }},
    {"upstream_bytes_received", upstream_bytes<&UpstreamAttempt::bytes_received>},
    {"upstream_bytes_sent", upstream_bytes<&UpstreamAttempt::bytes_sent>},
    {"upstream_cache_status", [](Request&, Data) { return Text{}; }},
    {"upstream_connect_time", upstream_time<&UpstreamAttempt::connect_ms>},
    {"upstream_header_time", upstream_time<&UpstreamAttempt::header_ms>},
    {"upstream_response_length", upstream_bytes<&UpstreamAttempt::response_length>},
    {"upstream_response_time", upstream_time<&UpstreamAttempt::response_ms>},
    {"upstream_status",
     [](Request& r, Data) {
       return join_attempts(r, [&](const UpstreamAttempt& attempt) {
         return attempt.status == 0 ? Text("-")
                                    : number(r, static_cast<std::uint64_t>(attempt.status));
       });
     }},
    {"uri", [](Request& r, Data) { return r.uri; }},
};

static_assert(std::ranges::is_sorted(kBuiltins, {}, &Builtin::name));

constexpr Builtin kPrefixes[] = {
    {"http_", http_prefix},     {"sent_http_", sent_http_prefix},
    {"arg_", arg_prefix},       {"upstream_http_", upstream_http_prefix},
    {"cookie_", cookie_prefix}, {"upstream_cookie_", upstream_cookie_prefix},
};

}  // namespace

std::optional<Variable> find_builtin_variable(std::string_view name,
                                              std::deque<std::string>& texts) {
  if (name.size() == 1 && name[0] >= '1' && name[0] <= '9') {
    return Variable{capture, static_cast<Data>(name[0] - '0')};
  }
  const auto* const at = std::lower_bound(
      std::begin(kBuiltins), std::end(kBuiltins), name,
      [](const Builtin& builtin, std::string_view key) { return builtin.name < key; });
  if (at != std::end(kBuiltins) && at->name == name) {
    return Variable{at->get, name == "request_id" ? kRequestIdSlot : 0};
  }
  for (const Builtin& prefix : kPrefixes) {
    if (name.size() > prefix.name.size() && name.substr(0, prefix.name.size()) == prefix.name) {
      texts.emplace_back(name.substr(prefix.name.size()));
      return Variable{prefix.get, reinterpret_cast<Data>(&texts.back())};
    }
  }
  return std::nullopt;
}

void format_time_local(std::int64_t unix_s, std::string& out) {
  const std::time_t seconds = unix_s;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[64];
  out.assign(text, std::strftime(text, sizeof text, "%d/%b/%Y:%H:%M:%S %z", &parts));
}

void format_time_iso8601(std::int64_t unix_s, std::string& out) {
  const std::time_t seconds = unix_s;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[64];
  out.assign(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &parts));
  out.insert(out.size() - 2, ":");
}

}  // namespace poolproof::runtime
