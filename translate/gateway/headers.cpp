// See headers.h. A gateway sends the client's Host; nginx sends the name of the upstream.
#include "translate/gateway/headers.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof::translate::gateway {
namespace {

/// $proxy_host: as the pass names it.
std::string proxy_host(const Pass& pass) {
  const std::uint16_t usual = pass.tls ? 443 : 80;
  if (pass.port == 0 || pass.port == usual) return lower_case(pass.host);
  return fmt::format("{}:{}", lower_case(pass.host), pass.port);
}

void set_host(std::string_view value, const Location& location, Directive at, Rule& rule,
              Translation& out) {
  if (value == "$host" || value == "$http_host") return;  // the client's, as gateways send it
  const std::string host = value == "$proxy_host" ? proxy_host(*location.pass) : lower_case(value);
  if (is_hostname(host)) {
    rule.hostname = host;
    return;
  }
  lose(out, Severity::kError, at,
       fmt::format("the header `Host: {}` is not translated to gateway-api: the client's is sent "
                   "(`proxy_set_header Host $host` does the same in nginx)",
                   host));
}

void set_request_header(const HeaderField& field, const Location& location, Rule& rule,
                        Translation& out) {
  const std::string name = lower_case(field.name);
  if (name == "host") return set_host(field.value, location, field.at, rule, out);
  if (name == "connection" || name == "upgrade") {
    if (field.value.empty()) return;
    return lose(out, Severity::kWarning, field.at,
                fmt::format("`{}` is not translated to gateway-api: connections and WebSockets are "
                            "the implementation's",
                            field.name));
  }
  if (has_variables(field.value)) {
    return lose(out, Severity::kError, field.at,
                fmt::format("the header `{}` is not translated to gateway-api: its value `{}` "
                            "changes from request to request",
                            field.name, field.value));
  }
  const bool again = std::any_of(rule.set.begin(), rule.set.end(), [&](const Header& header) {
    return lower_case(header.name) == name;
  });
  if (again) {
    return lose(out, Severity::kError, field.at,
                fmt::format("the header `{}` is not translated to gateway-api a second time: it is "
                            "sent once",
                            field.name));
  }
  if (field.value.empty()) {
    rule.remove.emplace_back(field.name);
  } else {
    rule.set.push_back({std::string(field.name), std::string(field.value)});
  }
}

void add_response_headers(const Location& location, Rule& rule, Translation& out) {
  for (const Directive at : location.scope->find("add_header").directives) {
    if (at.arg(1).empty()) continue;
    if (has_variables(at.arg(1))) {
      lose(out, Severity::kError, at,
           fmt::format("the header `{}` is not translated to gateway-api: its value changes from "
                       "request to request",
                       at.arg(0)));
      continue;
    }
    if (at.arg(2) != "always") {
      lose(out, Severity::kError, at,
           "without `always` nginx adds the header to some statuses only, a gateway to all");
    }
    rule.add.push_back({std::string(at.arg(0)), std::string(at.arg(1))});
  }
}

}  // namespace

bool is_hostname(std::string_view text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return is_plain && text.find_first_not_of("0123456789.") != std::string_view::npos;
}

void add_headers(const Location& location, Rule& rule, Translation& out) {
  bool has_host = false;
  for (const HeaderField& field : location.set_headers.value) {
    has_host = has_host || lower_case(field.name) == "host";
    set_request_header(field, location, rule, out);
  }
  if (!has_host) set_host("$proxy_host", location, location.pass->at, rule, out);
  add_response_headers(location, rule, out);
}

}  // namespace poolproof::translate::gateway
