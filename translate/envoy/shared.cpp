// See shared.h.
#include "translate/envoy/shared.h"

#include <fmt/format.h>

namespace poolproof::translate::envoy {

void Shared::lose(Severity severity, Directive at, std::string message) {
  const SourceSpan span = at ? at.head_span() : SourceSpan{};
  if (!told.emplace(span, message).second) return;
  translate::lose(out, severity, at, std::move(message));
}

void Shared::once(Severity severity, Directive at, const std::string& message) {
  if (told_once.insert(message).second) lose(severity, at, message);
}

std::string duration(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count % 1000 == 0) return fmt::format("{}s", count / 1000);
  return fmt::format("{}.{:03}s", count / 1000, count % 1000);
}

Tree header_option(std::string_view name, std::string_view value, std::string_view action) {
  return Tree::map()
      .set("header", Tree::map().set("key", Tree::text(name)).set("value", Tree::text(value)))
      .set("append_action", Tree::word(action));
}

}  // namespace poolproof::translate::envoy
