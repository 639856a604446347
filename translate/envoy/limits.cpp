// See limits.h. The filter holds the whole body, as nginx does before it passes a request on.
#include "translate/envoy/limits.h"

#include "grammar/syntax/values.h"

namespace poolproof::translate::envoy {
namespace {

constexpr std::int64_t kUsual = 1'048'576;
constexpr std::int64_t kMost = 4'294'967'295;
constexpr std::string_view kFilter = "envoy.filters.http.buffer";

Tree limit(std::int64_t bytes) {
  return Tree::map().set("max_request_bytes", Tree::number(bytes));
}

void set(Tree& route, std::string_view key, Tree value) {
  Tree config = Tree::typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute");
  config.set(key, std::move(value));
  route.set("typed_per_filter_config", Tree::map().set(kFilter, std::move(config)));
}

}  // namespace

Tree buffer_filter() {
  Tree config = Tree::typed("envoy.extensions.filters.http.buffer.v3.Buffer");
  config.set("max_request_bytes", Tree::number(kUsual));
  return Tree::map().set("name", Tree::text(kFilter)).set("typed_config", std::move(config));
}

void add_body_limit(Shared& shared, const Location& location, Tree& route) {
  const auto bytes = parse_offset(location.scope->value_or("client_max_body_size", "1m"));
  const Directive at = location.scope->find("client_max_body_size").last();
  if (location.pass->protocol == Protocol::kGrpc) {
    // Both directions are open at once.
    if (at) shared.error(at, "bodies of gRPC calls are not limited by envoy");
    return set(route, "disabled", Tree::yes());
  }
  if (!location.scope->flag_or("proxy_request_buffering", true)) {
    const Directive off = location.scope->find("proxy_request_buffering").last();
    shared.warn(off,
                "`proxy_request_buffering`: envoy holds a body until it has all of it, to "
                "measure it");
  }
  if (!bytes || *bytes == kUsual) return;
  if (*bytes == 0) return set(route, "disabled", Tree::yes());
  if (*bytes > kMost) {
    shared.error(at,
                 "`client_max_body_size` beyond 4 GB is not translated to envoy: bodies are "
                 "not limited");
    return set(route, "disabled", Tree::yes());
  }
  set(route, "buffer", limit(*bytes));
}

}  // namespace poolproof::translate::envoy
