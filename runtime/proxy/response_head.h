// The head that a client gets, in nginx's order of lines: status, Server, Date, Content-Type,
// Content-Length, Last-Modified, Location, Transfer-Encoding, Connection, then the others
// (nginx 1.22.1, ngx_http_header_filter).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/request.h"

namespace poolproof::runtime {

struct ProxyPlan;
struct ResponseHead;

/// How the client will know where the body ends.
enum class BodyEnd : std::uint8_t { kNoBody, kLength, kChunked, kClose };

struct ResponseFields {
  int status = 200;
  std::string_view status_text;  // an upstream's own; empty: ours
  bool own_server = true;        // the line that has our name
  std::string_view date;         // empty: no such line
  std::string_view content_type;
  std::int64_t content_length = -1;  // -1: no such line
  std::string_view last_modified;
  std::string_view location;        // of ours, made absolute: has a place of its own
  std::string_view other_location;  // any other stands behind Connection
  BodyEnd end = BodyEnd::kLength;
  bool upgrade = false;  // of a 101: Connection is "upgrade"
};

/// Appends up to and including the Connection line.
void append_response_start(const Request& request, const ResponseFields& fields, std::string& out);
void append_header_line(std::string_view name, std::string_view value, std::string& out);
/// Appends add_header's lines for that status and the blank line. Their variables see the lines
/// above them; `lines` is room for those.
void append_response_end(Request& request, int status, std::vector<HeaderLine>& lines,
                         std::string& out);

/// What an upstream's header lines become.
class UpstreamHeaders {
 public:
  struct Special {
    std::string_view redirect;  // X-Accel-Redirect; null data: there is none
    /// Names of lines that ask for what is not executed; empty: it is not there.
    std::string_view limit_rate, charset;
  };
  /// Sorts the lines: those with a place of their own go into `fields` (Content-Type, a Location
  /// that proxy_redirect has made a path), the rest stays for append_rest().
  Special sort(Request& request, const ProxyPlan& proxy, const ResponseHead& head,
               ResponseFields& fields);
  /// Appends the other lines that pass, Location, Refresh and cookies rewritten.
  void append_rest(Request& request, const ProxyPlan& proxy, std::string& out) const;

 private:
  static void take_accel(const HeaderLine& line, const ProxyPlan& proxy, Special& special);

  std::vector<HeaderLine> rest_;
};

/// A response to X-Accel-Redirect's URI keeps these lines of the response that had it.
bool survives_redirect(std::string_view name);

/// The lines of a head that was made, for $sent_http_*; our own Server and Date are not among them.
void split_head(std::string_view head, std::vector<HeaderLine>& lines);

}  // namespace poolproof::runtime
