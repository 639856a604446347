// What is wrong with one statement where it stands.
#include "grammar/config/check.h"

#include <fmt/format.h>

namespace poolproof {
namespace {
void add(std::vector<Diagnostic>& out, std::string_view rule, SourceSpan span, std::string message) {
  out.push_back({std::string(rule), Severity::kError, std::move(message), span, {}, std::nullopt, {}});
}
}  // namespace

const DirectiveSpec* check_statement(const SyntaxTree& tree, NodeId node, Context context,
                                     const LoadOptions&, std::vector<Diagnostic>& out) {
  if (context == Context::kUnknown || context == Context::kOther || context == Context::kMap ||
      context == Context::kGeo || context == Context::kTypes || context == Context::kMatch) {
    return nullptr;
  }
  const std::string_view name = tree.name(node);
  const auto rows = find_directives(name);
  if (rows.empty()) {
    add(out, "unknown-directive", tree.name_span(node), fmt::format("unknown directive \"{}\"", name));
    return nullptr;
  }
  const DirectiveSpec* spec = find_directive(name, context);
  if (spec == nullptr) {
    add(out, "misplaced-directive", tree.name_span(node), fmt::format("\"{}\" directive is not allowed here", name));
    return nullptr;
  }
  const bool block = tree.node(node).kind != NodeKind::kSimple;
  if (spec->is(DirectiveFlag::kBlock) && !block) add(out, "missing-block", tree.head_span(node), fmt::format("directive \"{}\" has no opening \"{{\"", name));
  if (!spec->is(DirectiveFlag::kBlock) && block) add(out, "unexpected-block", tree.head_span(node), fmt::format("directive \"{}\" is not terminated by \";\"", name));
  if (!accepts_argument_count(*spec, tree.arguments(node).size(), kNewestVersion)) add(out, "wrong-argument-count", tree.head_span(node), fmt::format("invalid number of arguments in \"{}\" directive", name));
  return spec;
}

void check_merged(const EffectiveConfig&, std::vector<Diagnostic>&) {}

}  // namespace poolproof
