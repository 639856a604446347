// Facts: nginx 1.22.1, ngx_http_header_filter_module and ngx_http_special_response.
#include "runtime/proxy/status_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

namespace poolproof::runtime {
namespace {

struct StatusText {
  int status;
  std::string_view text;
};
constexpr std::array kTexts{StatusText{100, "100 Continue"},
                            StatusText{101, "101 Switching Protocols"},
                            StatusText{200, "200 OK"},
                            StatusText{201, "201 Created"},
                            StatusText{202, "202 Accepted"},
                            StatusText{204, "204 No Content"},
                            StatusText{206, "206 Partial Content"},
                            StatusText{301, "301 Moved Permanently"},
                            StatusText{302, "302 Moved Temporarily"},
                            StatusText{303, "303 See Other"},
                            StatusText{304, "304 Not Modified"},
                            StatusText{307, "307 Temporary Redirect"},
                            StatusText{308, "308 Permanent Redirect"},
                            StatusText{400, "400 Bad Request"},
                            StatusText{401, "401 Unauthorized"},
                            StatusText{402, "402 Payment Required"},
                            StatusText{403, "403 Forbidden"},
                            StatusText{404, "404 Not Found"},
                            StatusText{405, "405 Not Allowed"},
                            StatusText{406, "406 Not Acceptable"},
                            StatusText{408, "408 Request Time-out"},
                            StatusText{409, "409 Conflict"},
                            StatusText{410, "410 Gone"},
                            StatusText{411, "411 Length Required"},
                            StatusText{412, "412 Precondition Failed"},
                            StatusText{413, "413 Request Entity Too Large"},
                            StatusText{414, "414 Request-URI Too Large"},
                            StatusText{415, "415 Unsupported Media Type"},
                            StatusText{416, "416 Requested Range Not Satisfiable"},
                            StatusText{421, "421 Misdirected Request"},
                            StatusText{429, "429 Too Many Requests"},
                            StatusText{500, "500 Internal Server Error"},
                            StatusText{501, "501 Not Implemented"},
                            StatusText{502, "502 Bad Gateway"},
                            StatusText{503, "503 Service Temporarily Unavailable"},
                            StatusText{504, "504 Gateway Time-out"},
                            StatusText{505, "505 HTTP Version Not Supported"},
                            StatusText{507, "507 Insufficient Storage"}};

/// What a page says where that is not what the status line says.
struct PageTitle {
  int status;
  std::string_view title;
};
constexpr PageTitle kOtherTitles[] = {{302, "302 Found"}, {401, "401 Authorization Required"}};
/// nginx's own codes, each a 400 on the wire.
constexpr PageTitle kDetails[] = {{494, "Request Header Or Cookie Too Large"},
                                  {495, "The SSL certificate error"},
                                  {496, "No required SSL certificate was sent"},
                                  {497, "The plain HTTP request was sent to HTTPS port"}};

std::string_view find_title(std::span<const PageTitle> titles, int status) {
  for (const PageTitle& each : titles) {
    if (each.status == status) return each.title;
  }
  return {};
}

}  // namespace

std::string_view status_line_text(int status) {
  const auto* at =
      std::lower_bound(kTexts.begin(), kTexts.end(), status,
                       [](const StatusText& entry, int wanted) { return entry.status < wanted; });
  return at != kTexts.end() && at->status == status ? at->text : std::string_view();
}

void append_status_line(int status, std::string& out) {
  out += "HTTP/1.1 ";
  if (const std::string_view text = status_line_text(status); !text.empty())
    out += text;
  else
    fmt::format_to(std::back_inserter(out), "{:03} ", status);
  out += "\r\n";
}

std::string status_page(int status) {
  constexpr std::string_view kPage =
      "<html>\r\n<head><title>{}</title></head>\r\n<body>\r\n<center><h1>{}</h1></center>\r\n{}"
      "<hr><center>poolproof</center>\r\n</body>\r\n</html>\r\n";
  if (const std::string_view detail = find_title(kDetails, status); !detail.empty()) {
    return fmt::format(kPage, fmt::format("400 {}", detail), "400 Bad Request",
                       fmt::format("<center>{}</center>\r\n", detail));
  }
  std::string_view title = find_title(kOtherTitles, status);
  if (title.empty()) title = status_line_text(status);
  if (title.empty() || status < 301 || status == 304) return {};
  return fmt::format(kPage, title, title, "");
}

}  // namespace poolproof::runtime
