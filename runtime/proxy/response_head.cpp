// Laying out response heads.
#include "runtime/proxy/response_head.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "runtime/http1/response_head_parser.h"
#include "runtime/plan.h"
#include "runtime/proxy/status_page.h"
#include "runtime/routing.h"

namespace poolproof::runtime {
namespace {

constexpr std::string_view kOwnServer = "Server: poolproof\r\n";

constexpr std::size_t kShortestAccel = std::string_view("X-Accel-Charset").size();

void append_number(std::int64_t number, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

/// Lines of an upstream that say how its own connection and framing are.
bool is_hop_by_hop(std::string_view name) {
  switch (name.size()) {
    case 10:
      return equals_ignoring_case(name, "connection") || equals_ignoring_case(name, "keep-alive");
    case 14:
      return equals_ignoring_case(name, "content-length");
    case 17:
      return equals_ignoring_case(name, "transfer-encoding");
    default:
      return false;
  }
}

/// nginx drops it with any other status (1.22.1, ngx_http_header_filter).
bool has_last_modified(int status) {
  return status == 200 || status == 206 || status == 304;
}

void append_connection(const Request& request, const ResponseFields& fields, std::string& out) {
  if (fields.upgrade) {
    out += "Connection: upgrade\r\n";
    return;
  }
  if (!request.keepalive) {
    out += "Connection: close\r\n";
    return;
  }
  out += "Connection: keep-alive\r\n";
  if (const std::int64_t seconds = request.location->keepalive_header_s; seconds > 0) {
    out += "Keep-Alive: timeout=";
    append_number(seconds, out);
    out += "\r\n";
  }
}

/// add_header sets these two in the place of what was there; an empty value takes them away
/// (nginx 1.22.1, ngx_http_set_response_header).
bool replaces(std::string_view name) {
  return equals_ignoring_case(name, "Last-Modified") || equals_ignoring_case(name, "ETag");
}

/// Where the line of that name begins in a head; npos if there is none.
std::size_t find_line(std::string_view head, std::string_view name) {
  for (std::size_t end = head.find("\r\n"); end + 2 < head.size();
       end = head.find("\r\n", end + 2)) {
    const std::string_view line = head.substr(end + 2);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equals_ignoring_case(line.substr(0, name.size()), name)) {
      return end + 2;
    }
  }
  return std::string_view::npos;
}

void replace_header_line(std::string_view name, std::string_view value, std::string& head) {
  std::size_t at = find_line(head, name);
  if (at == std::string::npos) {
    at = head.size();
  } else {
    head.erase(at, head.find("\r\n", at) + 2 - at);
    // A file's own date stands further up than any line that was added.
    if (at <= find_line(head, "Connection")) at = head.size();
  }
  if (value.empty()) return;
  std::string line;
  append_header_line(name, value, line);
  head.insert(at, line);
}

}  // namespace

void append_header_line(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ", 2).append(value).append("\r\n", 2);
}

void append_response_start(const Request& request, const ResponseFields& fields, std::string& out) {
  if (!fields.status_text.empty()) {
    out.append("HTTP/1.1 ").append(fields.status_text).append("\r\n");
  } else {
    append_status_line(fields.status, out);
  }
  if (fields.own_server) out += kOwnServer;
  if (!fields.date.empty()) append_header_line("Date", fields.date, out);
  if (!fields.content_type.empty()) append_header_line("Content-Type", fields.content_type, out);
  if (fields.content_length >= 0) {
    out += "Content-Length: ";
    append_number(fields.content_length, out);
    out += "\r\n";
  }
  if (!fields.last_modified.empty() && has_last_modified(fields.status))
    append_header_line("Last-Modified", fields.last_modified, out);
  if (!fields.location.empty()) append_header_line("Location", fields.location, out);
  if (fields.end == BodyEnd::kChunked) out += "Transfer-Encoding: chunked\r\n";
  append_connection(request, fields, out);
  if (fields.other_location.data() != nullptr)
    append_header_line("Location", fields.other_location, out);
}

void append_response_end(Request& request, int status, std::vector<HeaderLine>& lines,
                         std::string& out) {
  for (const AddHeader& header : request.location->add_headers) {
    if (!adds_header(header, status)) continue;
    if (!header.value.is_constant()) {
      split_head(out, lines);
      request.sent_headers = lines;
    }
    const std::string_view value = header.value.evaluate(request);
    if (replaces(header.name))
      replace_header_line(header.name, request.arena.copy(value), out);
    else if (!value.empty())
      append_header_line(header.name, value, out);
  }
  out += "\r\n";
}

void UpstreamHeaders::take_accel(const HeaderLine& line, const ProxyPlan& proxy, Special& special) {
  const auto is = [&](std::string_view name, IgnoredHeader header) {
    return equals_ignoring_case(line.name, name) && !proxy.ignores(header);
  };
  if (is("X-Accel-Redirect", IgnoredHeader::kAccelRedirect)) {
    if (special.redirect.data() == nullptr) special.redirect = line.value;
  } else if (is("X-Accel-Limit-Rate", IgnoredHeader::kAccelLimitRate)) {
    if (line.value != "0" && line.value != "off") special.limit_rate = "X-Accel-Limit-Rate";
  } else if (is("X-Accel-Charset", IgnoredHeader::kAccelCharset)) {
    if (line.value != "off") special.charset = "X-Accel-Charset";
  }
}

UpstreamHeaders::Special UpstreamHeaders::sort(Request& request, const ProxyPlan& proxy,
                                               const ResponseHead& head, ResponseFields& fields) {
  Special special;
  std::size_t rewritten = head.headers.size();
  rest_.clear();
  fields.own_server = proxy.own_server;
  if (!proxy.own_date) fields.date = {};
  for (const HeaderLine& line : head.headers) {
    const std::size_t size = line.name.size();
    if (size >= kShortestAccel && equals_ignoring_case(line.name.substr(0, 8), "x-accel-"))
      take_accel(line, proxy, special);
    if (is_hop_by_hop(line.name) || proxy.hidden_headers.contains(line.name)) continue;
    if (size == 12 && equals_ignoring_case(line.name, "content-type")) {
      fields.content_type = line.value;
      continue;
    }
    if (size == 8 && equals_ignoring_case(line.name, "location")) {
      const std::string_view made = rewrite_redirect(request, proxy, line.value);
      if (made.data() != line.value.data()) rewritten = rest_.size();
      rest_.push_back({line.name, made});
      continue;
    }
    rest_.push_back(line);
  }
  // The last Location that was made a path is completed like one of ours.
  if (rewritten < rest_.size() && rest_[rewritten].value.starts_with('/') &&
      request.location->absolute_redirect) {
    fields.location = absolute_location(request, rest_[rewritten].value);
    rest_.erase(rest_.begin() + static_cast<std::ptrdiff_t>(rewritten));
  }
  return special;
}

void UpstreamHeaders::append_rest(Request& request, const ProxyPlan& proxy,
                                  std::string& out) const {
  for (const HeaderLine& line : rest_) {
    std::string_view value = line.value;
    if (line.name.size() == 7 && equals_ignoring_case(line.name, "refresh")) {
      value = rewrite_refresh(request, proxy, value);
    } else if (line.name.size() == 10 && equals_ignoring_case(line.name, "set-cookie")) {
      value = rewrite_cookie(request, proxy, value);
    }
    append_header_line(line.name, value, out);
  }
}

bool survives_redirect(std::string_view name) {
  constexpr std::string_view kNames[] = {"set-cookie", "content-disposition", "cache-control",
                                         "expires", "accept-ranges"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [name](std::string_view each) { return equals_ignoring_case(name, each); });
}

void split_head(std::string_view head, std::vector<HeaderLine>& lines) {
  lines.clear();
  std::size_t at = head.find("\r\n");
  // Our own lines come first and are not variables (nginx writes them last of all).
  for (const std::string_view own : {kOwnServer, std::string_view("Date: ")}) {
    if (at != std::string_view::npos && head.substr(at + 2).starts_with(own))
      at = head.find("\r\n", at + 2);
  }
  while (at != std::string_view::npos && at + 2 < head.size()) {
    at += 2;
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    if (line.empty()) break;  // a body may follow
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos)
      lines.push_back({line.substr(0, colon), line.substr(colon + 2)});
    at = end;
  }
}

}  // namespace poolproof::runtime
