// The request head template of a location: the winning proxy_set_header list and the built-in
// entries of the version (nginx 1.18 to 1.31.5, ngx_http_proxy_module.c).
#include <algorithm>
#include <vector>

#include "runtime/plan_builder.h"

namespace poolproof::runtime {
namespace {

constexpr Version kProxyConnectionDropped{1, 31, 0};
constexpr Version kHostAlwaysSent{1, 31, 4};

struct Builtin {
  std::string_view name;
  std::string_view value;
};

/// What nginx adds where the configuration does not name the header. Empty: the client's is
/// dropped.
std::vector<Builtin> builtins(Version version) {
  std::vector<Builtin> entries{{"Host", "$proxy_host"},
                               {"Connection", version >= kPoolByDefault ? "" : "close"},
                               {"Content-Length", "$proxy_internal_body_length"},
                               {"Transfer-Encoding", "$proxy_internal_chunked"},
                               {"TE", ""},
                               {"Keep-Alive", ""},
                               {"Expect", ""},
                               {"Upgrade", ""}};
  if (version >= kProxyConnectionDropped) entries.push_back({"Proxy-Connection", ""});
  return entries;
}

void add_piece(RequestHeadTemplate& head, std::string_view name, Expression value,
               Expression fallback) {
  if (value.is_empty() && fallback.is_empty()) return;
  if (value.is_constant() && fallback.is_empty()) {
    if (head.pieces.empty() || head.pieces.back().is_line) head.pieces.emplace_back();
    head.pieces.back()
        .literal.append(name)
        .append(": ")
        .append(value.constant_text())
        .append("\r\n");
    return;
  }
  RequestHeadTemplate::Piece piece;
  piece.literal.append(name).append(": ");
  piece.value = std::move(value);
  piece.fallback = std::move(fallback);
  piece.is_line = true;
  head.pieces.push_back(std::move(piece));
}

bool is_host(const HeaderField& field) {
  return equals_ignoring_case(field.name, "Host");
}

}  // namespace

void PlanBuilder::build_head(const Location& location, ProxyPlan& proxy) {
  RequestHeadTemplate& head = proxy.head;
  const std::vector<HeaderField>& fields = location.set_headers.value;
  const bool host_first = plan_->version >= kHostAlwaysSent;
  head.pass_client_headers = location.scope->flag_or("proxy_pass_request_headers", true);
  const auto proxy_host = [&] {
    // Constant where the target is, so that the whole line is one literal.
    return proxy.upstream != nullptr ? Expression::constant(proxy.host)
                                     : compile("$proxy_host", location.pass->at);
  };
  const auto last_host = std::find_if(fields.rbegin(), fields.rend(), is_host);
  if (host_first) {
    Expression value =
        last_host == fields.rend() ? Expression() : compile(last_host->value, last_host->at);
    const bool falls_back = last_host == fields.rend() || proxy.http_version != HttpVersion::k10;
    if (value.is_empty() && falls_back) value = proxy_host();
    const bool may_be_empty = falls_back && !value.is_constant();
    add_piece(head, "Host", std::move(value), may_be_empty ? proxy_host() : Expression());
    head.not_forwarded.add("Host");
  }
  for (const HeaderField& field : fields) {
    head.not_forwarded.add(field.name);
    if (host_first && is_host(field)) continue;
    add_piece(head, field.name, compile(field.value, field.at), {});
  }
  for (const Builtin& builtin : builtins(plan_->version)) {
    if (head.not_forwarded.contains(builtin.name)) continue;
    head.not_forwarded.add(builtin.name);
    Expression value =
        builtin.name == "Host" ? proxy_host() : compile(builtin.value, location.pass->at);
    add_piece(head, builtin.name, std::move(value), {});
  }
}

}  // namespace poolproof::runtime
