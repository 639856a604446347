// See finding.h.
#include "lint/finding.h"

#include <fmt/format.h>

namespace poolproof::lint {

std::string place(const RuleInput& input, SourceSpan what, SourceSpan seen_from) {
  const SourceMap& sources = input.bound.sources();
  if (what.file != seen_from.file) return sources.describe(what);
  return fmt::format("line {}", sources[what.file].line_number(what.begin));
}

const Location& settings_holder(const Location& location) {
  const Location* at = &location;
  while ((at->kind == LocationKind::kIf || at->kind == LocationKind::kLimitExcept) && at->parent) {
    at = at->parent;
  }
  return *at;
}

TextEdit insert_setting(const Location& location, std::string_view statement) {
  const Location* at = &location;
  const Location& holder = settings_holder(location);
  if (at == &holder) return insert_after(location.pass->at, statement);
  while (at->parent != &holder) at = at->parent;
  return insert_before(at->scope->block(), statement);
}

}  // namespace poolproof::lint
