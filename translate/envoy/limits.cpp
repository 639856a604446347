// See limits.h. The filter holds the whole body, as nginx does before it passes a request on.
#include "translate/envoy/limits.h"

#include "grammar/syntax/values.h"

namespace poolproof::translate::envoy {
namespace {

constexpr std::int64_t kUsual = 1'048'576;
constexpr std::int64_t kManyInMemory = 16 * 1'048'576;
constexpr std::int64_t kMost = 4'294'967'295;
constexpr std::string_view kFilter = "envoy.filters.http.buffer";

Tree limit(std::int64_t bytes) {
  return Tree::map().set("max_request_bytes", Tree::number(bytes));
}

void set(Tree& filters, std::string_view key, Tree value) {
  Tree config = Tree::typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute");
  config.set(key, std::move(value));
  filters.set(kFilter, std::move(config).once("body"));
}

}  // namespace

Tree buffer_filter() {
  Tree config = Tree::typed("envoy.extensions.filters.http.buffer.v3.Buffer");
  config.set("max_request_bytes", Tree::number(kUsual));
  return Tree::map().set("name", Tree::text(kFilter)).set("typed_config", std::move(config));
}

void add_body_limit(Shared& shared, const Location& location, Tree& filters) {
  const auto bytes = parse_offset(location.scope->value_or("client_max_body_size", "1m"));
  const Directive at = location.scope->find("client_max_body_size").last();
  if (location.pass->protocol == Protocol::kGrpc) {
    // Both directions are open at once.
    if (at) shared.error(at, "bodies of gRPC calls are not limited by envoy");
    return set(filters, "disabled", Tree::yes());
  }
  if (!location.scope->flag_or("proxy_request_buffering", true)) {
    const Directive off = location.scope->find("proxy_request_buffering").last();
    shared.warn(off,
                "`proxy_request_buffering`: envoy holds a body until it has all of it, to "
                "measure it");
  }
  if (!bytes || *bytes == kUsual) return;
  if (*bytes == 0) return set(filters, "disabled", Tree::yes());
  if (*bytes > kManyInMemory) {
    shared.warn(
        at,
        "`client_max_body_size`: envoy holds bodies in memory while it measures them, nginx "
        "in files");
  }
  if (*bytes > kMost) {
    shared.error(at,
                 "`client_max_body_size` beyond 4 GB is not translated to envoy: bodies are "
                 "not limited");
    return set(filters, "disabled", Tree::yes());
  }
  set(filters, "buffer", limit(*bytes));
}

}  // namespace poolproof::translate::envoy
