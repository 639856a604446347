// Taking apart the URL of a proxy_pass (nginx 1.22.1: ngx_parse_url, ngx_http_proxy_set_vars).
#include "runtime/proxy_url.h"

#include <charconv>
#include <string>

#include "runtime/request.h"

namespace poolproof::runtime {
namespace {

bool skip_prefix(std::string_view& text, std::string_view prefix) {
  if (!equals_ignoring_case(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

void read_unix(std::string_view rest, ProxyUrl& url) {
  const std::size_t colon = rest.find(':', 5);
  url.host = url.authority = rest.substr(0, colon);
  url.shown_host = "localhost";
  if (colon != std::string_view::npos) url.uri = rest.substr(colon + 1);
  url.invalid = url.host.size() <= 5;
}

void read_port(std::string_view text, ProxyUrl& url) {
  if (text.empty()) return;
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + 1, end, port);
  if (text[0] != ':' || read.ptr != end || port < 1 || port > 65535) {
    url.invalid = true;
    return;
  }
  url.has_port = true;
  url.port = static_cast<std::uint16_t>(port);
}

}  // namespace

std::optional<ProxyUrl> parse_proxy_url(std::string_view text) {
  ProxyUrl url;
  if (skip_prefix(text, "https://"))
    url.tls = true;
  else if (!skip_prefix(text, "http://"))
    return std::nullopt;
  const std::uint16_t default_port = url.tls ? 443 : 80;
  url.port = default_port;
  if (equals_ignoring_case(text.substr(0, 5), "unix:")) {
    read_unix(text, url);
    return url;
  }
  const std::size_t end = text.find_first_of("/?");
  url.authority = text.substr(0, end);
  if (end != std::string_view::npos) url.uri = text.substr(end);
  const std::size_t bracket = url.authority.substr(0, 1) == "[" ? url.authority.find(']') : 0;
  if (bracket == std::string_view::npos) {
    url.invalid = true;
    return url;
  }
  const std::size_t colon = url.authority.find(':', bracket);
  url.host = url.authority.substr(0, colon);
  if (colon != std::string_view::npos) read_port(url.authority.substr(colon), url);
  url.shown_host = url.port == default_port ? url.host : url.authority;
  if (url.host.empty()) url.invalid = true;
  return url;
}

std::optional<Address> literal_address(const ProxyUrl& url) {
  if (url.host.substr(0, 5) == "unix:") {
    Address address;
    address.family = AddressFamily::kUnix;
    address.path = url.host.substr(5);
    return address;
  }
  std::string_view host = url.host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return parse_ip(host, url.port);
}

}  // namespace poolproof::runtime
