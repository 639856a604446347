// The phases of a request: server rewrites, location, its rewrites, access, try_files, handler; and
// the ways back into them (nginx 1.22.1: ngx_http_core_module.c, ngx_http_special_response.c).
#include "runtime/routing.h"

#include <algorithm>
#include <optional>

#include "runtime/user_agent.h"
#include "runtime/variables_text.h"

namespace poolproof::runtime {
namespace {

using Kind = RewriteResult::Kind;

Action status_action(int status) {
  return {status == 444 ? ActionKind::kClose : ActionKind::kStatus, status, {}};
}

/// nginx closes the client's connection after these (ngx_http_special_response_handler).
bool ends_keepalive(int status) {
  switch (status) {
    case 400:
    case 413:
    case 414:
    case 495:
    case 496:
    case 497:
    case 500:
    case 501:
      return true;
    default:
      return false;
  }
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Action action_of(const RewriteResult& result) {
  if (result.kind == Kind::kError) return status_action(result.status);
  if (result.status == 444) return status_action(444);
  if (is_redirect(result.status)) return {ActionKind::kRedirect, result.status, result.text};
  if (result.status < 400 || result.has_text) {
    return {ActionKind::kReply, result.status, result.text};
  }
  return status_action(result.status);
}

/// keepalive_disable: `msie6` is about POST alone.
bool is_disabled_for_browser(const Request& request, const LocationPlan& location) {
  const bool msie6_counts = location.keepalive_disable_msie6 && request.method == Method::kPost;
  if (!msie6_counts && !location.keepalive_disable_safari) return false;
  const Browser browser = browser_of(find_header(request.head.headers, "User-Agent"));
  return (browser == Browser::kMsie6 && msie6_counts) ||
         (browser == Browser::kSafari && location.keepalive_disable_safari);
}

/// Nothing of this is asked where the server's rewrites answer (ngx_http_update_location_config).
bool allows_keepalive(const Request& request, const LocationPlan& location) {
  const ClientConnection& client = *request.client;
  return location.keepalive_timeout_ms != 0 && client.requests < location.keepalive_requests &&
         request.worker->mono_ms - client.accepted_ms <= location.keepalive_time_ms &&
         !is_disabled_for_browser(request, location);
}

void enter(Request& request, const LocationPlan& location) {
  request.location = &location;
  if (location.limit_except != nullptr &&
      (location.limit_except_methods >> static_cast<unsigned>(request.method) & 1) == 0) {
    request.location = location.limit_except;
  }
  if (!allows_keepalive(request, *request.location)) request.keepalive_allowed = false;
}

bool is_allowed(const LocationPlan& location, const Address& client) {
  for (const AccessRule& rule : location.access) {
    if (rule.family != AddressFamily::kNone && rule.family != client.family) continue;
    bool inside = true;
    for (std::size_t i = 0; rule.family != AddressFamily::kNone && i < rule.ip.size(); ++i) {
      inside = inside && (client.ip[i] & rule.mask[i]) == rule.ip[i];
    }
    if (inside) return rule.allow;
  }
  return true;
}

/// The file of a try_files name below root or alias, zero-terminated (the terminator is counted).
std::string_view try_path(Request& request, std::string_view name) {
  const LocationPlan& location = *request.location;
  const std::string_view base = location.root.evaluate(request);
  if (location.is_alias && name.substr(0, location.alias_prefix.size()) == location.alias_prefix) {
    name.remove_prefix(location.alias_prefix.size());
  }
  return request.arena.concat({base, name, std::string_view("\0", 1)});
}

/// Nothing where the request goes on to the content handler, its URI now the file that was found.
std::optional<Action> run_try_files(Request& request) {
  const LocationPlan& location = *request.location;
  for (std::size_t i = 0; i + 1 < location.try_files.size(); ++i) {
    const std::string_view name = location.try_files[i].evaluate(request);
    const bool wants_directory = location.try_files_directory[i];
    const FileStat found = request.worker->files->stat(try_path(request, name));
    const bool fits = wants_directory ? found.kind == FileStat::Kind::kDirectory
                                      : found.kind == FileStat::Kind::kFile ||
                                            found.kind == FileStat::Kind::kOther;
    if (!fits) continue;
    request.uri = name;
    return std::nullopt;
  }
  const std::string_view fallback = location.try_files.back().evaluate(request);
  if (fallback.substr(0, 1) == "=") {
    int status = 0;
    for (const char c : fallback.substr(1)) status = status * 10 + (c - '0');
    return status_action(status);
  }
  if (fallback.substr(0, 1) == "@") return redirect_to_named(request, fallback);
  return redirect_internally(request, fallback);
}

Action handle_content(Request& request) {
  switch (request.location->handler) {
    case Handler::kProxy:
      return {ActionKind::kProxy, 0, {}};
    case Handler::kStubStatus:
      return {ActionKind::kStubStatus, 200, {}};
    case Handler::kEmptyGif:
      return {ActionKind::kEmptyGif, 200, {}};
    case Handler::kUnsupported:
      return status_action(502);
    case Handler::kStatic:
      break;
  }
  return {ActionKind::kStatic, 200, {}};
}

Action check_access_and_handle(Request& request) {
  const LocationPlan& location = *request.location;
  if (!is_allowed(location, request.client->remote)) return status_action(403);
  if (location.has_try_files) {
    if (const auto action = run_try_files(request)) return *action;
  }
  return handle_content(request);
}

/// Puts the location that the URI names in its place; an action where that ends the request.
std::optional<Action> find_location(Request& request) {
  const LocationMatch match = select_location(*request.server->root, request);
  enter(request, *match.location);
  if (!request.internal && match.location->internal) return status_action(404);
  const std::int64_t limit = request.location->client_max_body_size;
  if (limit != 0 && request.head.content_length > limit && !request.body_refused) {
    request.body_refused = true;
    return status_action(413);
  }
  if (!match.redirect_slash) return std::nullopt;
  std::string_view to = escape_path(match.location->name, request.arena);
  if (!request.args.empty()) to = request.arena.concat({to, "?", request.args});
  return Action{ActionKind::kRedirect, 301, to};
}

/// From the rewrites of the current location on; comes back to finding one when they change the
/// URI.
Action run_location(Request& request) {
  while (true) {
    const RewriteResult result = run_rewrites(request.location->rewrites, request);
    if (result.kind == Kind::kReturn || result.kind == Kind::kError) return action_of(result);
    if (result.kind == Kind::kContinue) return check_access_and_handle(request);
    if (--request.uri_changes_left == 0) return status_action(500);
    if (const auto action = find_location(request)) return *action;
  }
}

Action run_server(Request& request) {
  request.location = request.server->root;
  request.location_valid = true;
  const RewriteResult result = run_rewrites(request.server->rewrites, request);
  if (result.kind == Kind::kReturn || result.kind == Kind::kError) return action_of(result);
  if (const auto action = find_location(request)) return *action;
  return run_location(request);
}

/// For a head whose hosts nobody has looked at yet; an action where nginx refuses it.
std::optional<Action> read_hosts(Request& request) {
  const RequestHead& head = request.head;
  if (!head.target_host.empty() && !take_host(request, head.target_host)) return status_action(400);
  int count = 0;
  for (const HeaderLine& line : head.headers) {
    if (!equals_ignoring_case(line.name, "Host")) continue;
    if (++count > 1 || !take_host(request, line.value)) return status_action(400);
  }
  if (count == 0 && head.version >= 11) return status_action(400);
  if (request.server == nullptr) {
    request.server = select_server(*request.client->servers, {}, &request);
  }
  return std::nullopt;
}

const ErrorPage* find_error_page(const Request& request, int status) {
  for (const ErrorPage& page : request.location->error_pages) {
    if (page.status == status) return &page;
  }
  return nullptr;
}

Action follow_error_page(Request& request, const ErrorPage& page) {
  if (page.response_status >= 0) request.error_status = page.response_status;
  const std::string_view target = page.target.evaluate(request);
  if (target.substr(0, 1) == "/") {
    if (request.method != Method::kHead) request.method = Method::kGet;
    return redirect_internally(request, target);
  }
  if (target.substr(0, 1) == "@") return redirect_to_named(request, target);
  const int status = is_redirect(page.response_status) ? page.response_status : 302;
  request.error_status = status;
  return {ActionKind::kPage, status, target};
}

}  // namespace

bool take_host(Request& request, std::string_view text) {
  const ValidHost host = validate_host(text, request.arena);
  if (!host.valid) return false;
  if (request.server != nullptr) return true;
  // The head may be incomplete yet, and its bytes move.
  request.host = request.arena.copy(host.host);
  request.server = select_server(*request.client->servers, request.host, &request);
  return true;
}

Action route(Request& request) {
  request.method = request.head.method;
  if (request.server == nullptr) {
    request.location = request.client->servers->default_server->root;
    if (const auto refusal = read_hosts(request)) return *refusal;
  }
  request.location = request.server->root;
  const std::string_view target = request.head.target;
  // The request line comes before Host: it is read by the default server's rules.
  const ServerPlan& first = *request.client->servers->default_server;
  const NormalisedUri uri = normalise_uri(target, first.merge_slashes, request.arena);
  if (!uri.valid) {
    request.server = &first;
    request.location = first.root;
    return status_action(400);
  }
  request.uri = uri.path;
  request.args = uri.args;
  if (target[0] == '?') request.uri_unchanged = false;  // the slash is sent, though nobody wrote it
  const std::string_view path = target.substr(0, target.find('?'));
  request.quoted_uri = path.find('%') != std::string_view::npos;
  request.plus_in_uri = path.find('+') != std::string_view::npos;
  return run_server(request);
}

Action redirect_internally(Request& request, std::string_view uri) {
  const std::size_t question = uri.find('?');
  const bool has_args = question != std::string_view::npos;
  return redirect_internally(request, uri.substr(0, question),
                             has_args ? uri.substr(question + 1) : std::string_view{});
}

Action redirect_internally(Request& request, std::string_view path, std::string_view args) {
  if (--request.uri_changes_left == 0) return status_action(500);
  request.uri = path;
  request.args = args;
  request.internal = true;
  request.uri_unchanged = false;
  request.proxy_host = request.proxy_port = {};
  return run_server(request);
}

Action redirect_to_named(Request& request, std::string_view name) {
  if (--request.uri_changes_left == 0) return status_action(500);
  const auto found = request.server->named.find(std::string(name));
  if (request.uri.empty() || found == request.server->named.end()) return status_action(500);
  request.internal = true;
  request.proxy_host = request.proxy_port = {};
  enter(request, *found->second);
  return run_location(request);
}

Action on_status(Request& request, int status) {
  request.error_status = status;
  if (ends_keepalive(status)) request.keepalive_allowed = false;
  const LocationPlan& location = *request.location;
  if (!request.error_page_used && !location.error_pages.empty() && request.uri_changes_left != 0) {
    if (!location.recursive_error_pages) request.error_page_used = true;
    if (const ErrorPage* page = find_error_page(request, status))
      return follow_error_page(request, *page);
  }
  return {ActionKind::kPage, status, {}};
}

bool has_error_page(const Request& request, int status) {
  return find_error_page(request, status) != nullptr;
}

std::string_view file_path(Request& request) {
  const LocationPlan& location = *request.location;
  const std::string_view base = location.root.evaluate(request);
  std::string_view rest = request.uri;
  if (location.is_alias) {
    const std::size_t prefix = location.alias_prefix.size();
    rest =
        location.alias_of_regex ? std::string_view{} : rest.substr(std::min(prefix, rest.size()));
  }
  const std::string_view path = request.arena.concat({base, rest, std::string_view("\0", 1)});
  return path.substr(0, path.size() - 1);
}

std::string_view absolute_location(Request& request, std::string_view to) {
  const LocationPlan& location = *request.location;
  if (to.empty() || to[0] != '/' || !location.absolute_redirect) return to;
  const bool by_name = location.server_name_in_redirect || request.host.empty();
  const std::string_view host = by_name ? !request.server->name.empty()
                                              ? std::string_view(request.server->name)
                                              : request.client->local_text
                                        : request.host;
  const std::uint16_t port = request.client->local.port;
  const bool is_default = port == 0 || port == (request.client->tls ? 443 : 80);
  const std::string_view scheme = request.client->tls ? "https://" : "http://";
  if (is_default || !location.port_in_redirect) return request.arena.concat({scheme, host, to});
  return request.arena.concat({scheme, host, ":", number_text(port, request.arena), to});
}

}  // namespace poolproof::runtime
