// See unread_includes.h.
#include "lint/unread_includes.h"

#include <fmt/format.h>

#include "lint/finding.h"

namespace poolproof::lint {
namespace {

bool holds(SourceSpan outer, SourceSpan inner) {
  return outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

/// In the block itself and not in one inside of it.
bool stands_directly_in(Directive block, SourceSpan statement) {
  if (!holds(block.span(), statement)) return false;
  for (const Directive child : children(block)) {
    if (child.is_block() && holds(child.span(), statement)) return false;
  }
  return true;
}

bool is_unread(const Diagnostic& told) {
  return told.rule == "include-not-found" || told.rule == "include-unreadable";
}

}  // namespace

std::optional<SourceSpan> unread_include(const RuleInput& input, const Location& location) {
  if (!input.bound.incomplete()) return std::nullopt;
  for (const Diagnostic& told : input.bound.diagnostics()) {
    if (!is_unread(told)) continue;
    for (Directive at = location.scope->block(); at && !at.is_root(); at = at.parent()) {
      if (at.name() == "http") break;
      if (stands_directly_in(at, told.span)) return told.span;
    }
  }
  return std::nullopt;
}

void hedge_if_unread(const RuleInput& input, const Location& location, Diagnostic& finding) {
  const std::optional<SourceSpan> unread = unread_include(input, location);
  if (!unread) return;
  finding.severity = Severity::kInfo;
  finding.message +=
      fmt::format("; the file that is included at {} could not be read: it may set it",
                  place(input, *unread, finding.span));
  finding.fix.reset();
}

}  // namespace poolproof::lint
