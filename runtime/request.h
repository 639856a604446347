// One request while it is worked on: what the client sent (views into the connection's buffer),
// where routing has brought it, and what has come of it. http1 fills it, routing and rewriting move
// it, the variables read it. Knows no sockets. Belongs to one worker thread; reused for request
// after request.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/address.h"
#include "runtime/arena.h"
#include "runtime/connection_counts.h"

namespace poolproof::runtime {

struct AddressServers;
struct LocationPlan;
struct Plan;
struct ServerPlan;
struct UpstreamPlan;

enum class Method : std::uint8_t {
  kOther,
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kMkcol,
  kCopy,
  kMove,
  kOptions,
  kPropfind,
  kProppatch,
  kLock,
  kUnlock,
  kPatch,
  kTrace,
  kConnect
};

inline bool is_read_only(Method method) {
  return method == Method::kGet || method == Method::kHead;
}
Method method_from(std::string_view name);
std::string_view to_string(Method method);

/// A header line, name as sent, value without white space around it.
struct HeaderLine {
  std::string_view name;
  std::string_view value;
};

/// For texts of one length that is not 0; see below.
bool same_letters(const char* a, const char* b, std::size_t size);
/// Compares as HTTP compares names: ASCII letters without case.
inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  // Nearly all comparisons of different texts end here.
  return a.empty() ||
         (((a.front() ^ b.front()) & ~0x20) == 0 && same_letters(a.data(), b.data(), a.size()));
}
/// Whether `word` stands anywhere in `text`, without case.
bool contains_ignoring_case(std::string_view text, std::string_view word);
/// The value of the first line of that name; null data if there is none.
std::string_view find_header(std::span<const HeaderLine> headers, std::string_view name);

/// What the client sent. Views stay valid until the request is finished.
struct RequestHead {
  std::string_view line;  // the request line without its line break: $request
  std::string_view method_name;
  Method method = Method::kOther;
  std::string_view target;         // path and query as received (after the authority of an absolute
                                   // form): $request_uri
  std::string_view target_scheme;  // of an absolute form, else empty
  std::string_view target_host;    // authority of an absolute form, else empty
  std::string_view protocol;       // "HTTP/1.1" as sent; null data with HTTP/0.9
  int version = 11;                // 9, 10 or 11
  std::span<const HeaderLine> headers;  // in order; invalid ones already dropped or refused
  std::int64_t content_length = -1;     // -1: none given
  bool chunked = false;
  std::uint64_t size = 0;  // bytes of the head
};

/// The connection that the request came by; lives as long as the connection.
struct ClientConnection {
  Address remote;
  Address local;
  std::string_view remote_text;  // $remote_addr
  std::string_view local_text;   // $server_addr
  const AddressServers* servers = nullptr;
  std::uint64_t number = 0;      // $connection
  std::uint32_t requests = 0;    // $connection_requests, this one included
  std::int64_t accepted_ms = 0;  // monotonic
  bool tls = false;
};

struct FileStat {
  enum class Kind : std::uint8_t { kMissing, kFile, kDirectory, kOther } kind = Kind::kMissing;
  bool executable = false;
  bool denied = false;  // missing because of EACCES: 403 rather than 404
};
/// The only look that routing takes at the disk (try_files, `if (-f ...)`).
class FileProbe {
 public:
  virtual ~FileProbe() = default;
  virtual FileStat stat(std::string_view path) = 0;
};

/// What a worker lends to all of its requests. The engine updates the times once per loop turn.
struct WorkerContext {
  const Plan* plan = nullptr;
  FileProbe* files = nullptr;
  std::int64_t unix_ms = 0;  // wall clock
  std::int64_t mono_ms = 0;  // monotonic
  int pid = 0;
  std::string_view hostname;
  std::uint64_t random_state = 1;  // of next_random(); seeded by the engine
  std::string_view time_local;     // filled by update_time_texts() when the second has changed
  std::string_view time_iso8601;

  std::span<const ConnectionCounts> counts;  // of all workers
};
/// A 64-bit pseudo-random number (xorshift64*).
std::uint64_t next_random(WorkerContext& worker);

/// One try of an upstream, for the $upstream_* variables. Times in ms, -1: did not happen.
struct UpstreamAttempt {
  std::string_view address;  // as $upstream_addr writes it; the group's name if no peer was live
  int status = 0;            // 0: none received
  std::int64_t connect_ms = -1;
  std::int64_t header_ms = -1;
  std::int64_t response_ms = -1;
  std::int64_t bytes_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t response_length = 0;
  bool new_group = false;  // first attempt after an internal redirect: separated by " : "
};

/// Values of a variable that lives per request (set, map, captures).
struct VariableSlot {
  std::string_view value;  // null data: evaluated, but not found
  bool known = false;
  bool in_evaluation = false;
};

struct Captures {
  static constexpr std::size_t kMax = 10;       // no text can say $10
  std::array<std::string_view, kMax> groups{};  // 0: the whole match
  std::size_t count = 0;
  /// Groups from number kMax on, of a pattern that gives one of them a name; else what another
  /// pattern has left.
  std::vector<std::string_view> named;
};

struct Request {
  WorkerContext* worker = nullptr;
  const ClientConnection* client = nullptr;
  RequestHead head;
  Arena arena;

  // --- where it is: written by routing and rewriting
  std::string_view uri;   // decoded and normalised; changed by rewrite
  std::string_view args;  // without `?`
  std::string_view host;  // of Host or the absolute form, lower case, without port
  const ServerPlan* server = nullptr;
  const LocationPlan* location = nullptr;  // whose settings are current (an `if` block's own)
  /// The URI is still the one of the request line: proxy_pass without URI sends `head.target` as
  /// is.
  bool uri_unchanged = true;
  bool internal = false;  // came here by an internal redirect
  /// The URI was not changed by `rewrite ... break`: the location's name in it may be replaced.
  bool location_valid = true;
  bool quoted_uri = false;       // the target's path had "%": what is made of it is escaped again
  bool plus_in_uri = false;      // or "+": then captures that become arguments are, too
  bool escape_captures = false;  // while such a text is made
  std::uint8_t uri_changes_left =
      11;                          // 10 internal cycles, then 500 (nginx NGX_HTTP_MAX_URI_CHANGES)
  bool error_page_used = false;    // an error_page was already followed (recursive_error_pages off)
  Method method = Method::kOther;  // GET after an error_page redirect
  /// Where not 0, the status to send instead of the response's own: set by errors and `error_page`.
  int error_status = 0;
  bool body_refused = false;      // it is too large: looked at once, by the first location
  bool keepalive_allowed = true;  // cleared by statuses and locations that end the connection
  Captures captures;
  std::vector<VariableSlot> slots;   // one per Plan::slot_count
  std::uint8_t variable_depth = 0;   // of variables whose value needs that of another
  std::string_view cyclic_variable;  // one that needs itself

  // --- what has come of it: written by the engine
  std::int64_t start_unix_ms = 0;
  std::int64_t start_mono_ms = 0;
  std::uint64_t body_bytes_received = 0;     // as sent by the client, framing included
  std::int64_t chunked_body_length = -1;     // of a chunked body that was read; -1: it was not
  std::string_view body;                     // $request_body, if it is in memory and was read
  int status = 0;                            // of the response
  std::span<const HeaderLine> sent_headers;  // $sent_http_*: as sent
  std::uint64_t header_bytes_sent = 0;
  std::uint64_t body_bytes_sent = 0;
  bool completed = false;                        // $request_completion
  bool pipelined = false;                        // it came together with the one before it
  bool keepalive = false;                        // the client's connection will be kept
  std::span<const HeaderLine> upstream_headers;  // $upstream_http_*: of the last upstream response
  std::vector<UpstreamAttempt> attempts;
  /// What goes upstream as body: known before the head is written. -1: chunked or none, see below.
  std::int64_t upstream_body_length = -1;
  bool upstream_body_chunked = false;
  std::string_view proxy_host;  // $proxy_host, $proxy_port where the target has variables
  std::string_view proxy_port;

  /// Makes it ready for the next request of a connection; keeps memory.
  void reset(WorkerContext& to_worker, const ClientConnection& from, std::size_t slot_count);
};

/// The method's name: the client's own spelling unless a redirect inside has changed the method.
std::string_view current_method(const Request& request);

}  // namespace poolproof::runtime
