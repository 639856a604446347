// What HAProxy's url_enc escapes and nginx does not is put back byte by byte.
#include "translate/haproxy/escapes.h"

#include <fmt/format.h>

#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {

std::string escaped_sample(const std::string& sample, std::string_view plain) {
  std::string chain = sample + ",url_enc";
  for (const char c : plain) {
    chain += fmt::format(",regsub({},{},g)", argument(fmt::format("%{:02X}", c)),
                         argument(c == '\\'  ? "\\\\"
                                  : c == '&' ? "\\&"
                                             : std::string(1, c)));
  }
  return chain;
}

// A path that came without escapes, and that no rewrite made, goes on as it came, whatever is in it
// (ngx_http_proxy_create_request of 1.22.1: `quoted_uri`, `internal`).
std::vector<Rule> escape_rules(Shared& shared) {
  const std::string chain = escaped_sample("var(txn.path)", plain_in_paths(shared.path_escape()));
  const std::string odd = matches("var(txn.path)", "[^-A-Za-z0-9._~/]", false);
  const std::string text = "http-request set-var(txn.escaped_path) " + word(chain);
  return {{"http-request set-var(txn.escaped_path) var(txn.path)", {}},
          {text, both("{ path -m sub % }", odd)},
          {text, both("{ var(txn.rewrite) -m found }", odd)}};
}

}  // namespace poolproof::translate::haproxy
