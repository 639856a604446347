// Which server, which location, and what to do there: nginx's phases from the request line to the
// content handler, redirects inside included. Reads no socket and writes no answer: it returns an
// Action.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/plan.h"
#include "runtime/request.h"

namespace poolproof::runtime {

enum class ActionKind : std::uint8_t {
  kProxy,     // request.location->proxy is set
  kStatic,    // serve file_path(request); a directory means redirect or index
  kReply,     // `status` with `text` as body, type as default_type (or $content_type of types)
  kRedirect,  // `status` 3xx with `text` as Location: complete it with absolute_location()
  kStatus,    // end with `status`; first ask on_status() whether an error_page takes over
  kPage,      // end with the built-in page of `status`, with `text` as Location where not empty
  kClose,     // close without an answer (444)
  kStubStatus,
  kEmptyGif,
};

struct Action {
  ActionKind kind = ActionKind::kStatus;
  int status = 0;
  std::string_view text;
};

/// A Host was read, of the request line's absolute form or of the header; both are valid texts, the
/// first one counts. Sets host and chooses the server; header lines that follow are read by that
/// server's rules (nginx 1.22.1, ngx_http_process_host). False: nginx answers 400.
bool take_host(Request& request, std::string_view text);

/// Everything from the head to the action. The hosts need not have been taken before. request.head,
/// worker and client must be set, the rest reset. Sets host, server, uri, args, location, ...
/// Statuses 400 for a bad request line or Host.
Action route(Request& request);

/// Continues at another URI of the same server (error_page, X-Accel-Redirect, index): `uri` may
/// have arguments behind `?`. The request becomes internal.
Action redirect_internally(Request& request, std::string_view uri);
Action redirect_internally(Request& request, std::string_view path, std::string_view args);
/// The same for "@name"; 500 if there is none or too many cycles were made.
Action redirect_to_named(Request& request, std::string_view name);

/// What an error status leads to at the current location: the action of its error_page (a kStatus
/// from there is asked about again), or kPage. Call it for every kStatus and kRedirect, and for
/// upstream statuses that proxy_intercept_errors takes (those only if has_error_page()).
Action on_status(Request& request, int status);
bool has_error_page(const Request& request, int status);

/// The server for a Host; the address's default one if no name matches. Captures of a regex name
/// become variables of the request.
const ServerPlan* select_server(const AddressServers& servers, std::string_view lower_case_host,
                                Request* request);

/// The location for the request's URI below `from`, regex and nested ones included; `from` itself
/// if none matches. `redirect_slash`: "/name" of an auto_redirect location "/name/".
struct LocationMatch {
  const LocationPlan* location = nullptr;
  bool redirect_slash = false;
};
LocationMatch select_location(const LocationPlan& from, Request& request);

/// The file that the request's URI names by root or alias; in the arena, zero-terminated.
std::string_view file_path(Request& request);

/// The value of Location for a redirect to `to`: absolute ones as they are, paths completed with
/// scheme, host and port by absolute_redirect, server_name_in_redirect and port_in_redirect.
std::string_view absolute_location(Request& request, std::string_view to);

/// Default or explicit add_header lines that `status` gets; the engine appends those with a value.
bool adds_header(const AddHeader& header, int status);

/// Path and arguments as nginx normalises them: %XX decoded, "//" merged, "." and ".." resolved.
struct NormalisedUri {
  bool valid = false;    // false: 400
  bool changed = false;  // decoded or merged: proxy_pass without URI sends the original anyway
  std::string_view path;
  std::string_view args;
};
NormalisedUri normalise_uri(std::string_view target, bool merge_slashes, Arena& arena);

/// A URI that somebody else than the configuration has made (X-Accel-Redirect), as
/// ngx_http_parse_unsafe_uri of nginx 1.22.1 takes it: decoded; not valid if empty, with a NUL or
/// with
/// "..", before or after decoding.
struct UnsafeUri {
  bool valid = false;
  std::string_view path;
  std::string_view args;
};
UnsafeUri take_unsafe_uri(std::string_view text, Arena& arena);

/// Lower case, without port and final dot; nothing if nginx answers 400 to it.
struct ValidHost {
  bool valid = false;
  std::string_view host;
};
ValidHost validate_host(std::string_view text, Arena& arena);

}  // namespace poolproof::runtime
