// What is wrong with one statement where it stands. The good statement takes the short way: one
// lookup and a few comparisons; all that makes messages is in check_messages.cpp.
#include "grammar/config/check.h"

#include "grammar/config/check_messages.h"
#include "grammar/config/check_values.h"
#include "grammar/config/check_words.h"
#include "grammar/config/other_modules.h"

namespace poolproof {
namespace {

/// Blocks whose entries are no directives, or not known here.
bool is_unchecked(Context context) {
  return contains(Context::kUnknown | Context::kOther | Context::kMap | Context::kGeo |
                      Context::kTypes | Context::kMatch,
                  context);
}

/// Is it there in the versions that are asked about: in each of them if they were named, else in
/// any?
bool exists(const DirectiveSpec& spec, const LoadOptions& options) {
  const VersionRange& versions = options.versions;
  if (options.versions_named)
    return spec.exists_in(versions.first) && spec.exists_in(versions.last);
  return spec.since <= versions.last &&
         (spec.removed == Version{} || spec.removed > versions.first);
}

bool may_stand(const DirectiveSpec& spec, Context context, const LoadOptions& options) {
  if (!spec.allowed_in(context)) return false;
  const bool first = allowed_in(spec, context, options.versions.first);
  if (first == options.versions_named) return allowed_in(spec, context, options.versions.last);
  return first;
}

bool takes_count(const DirectiveSpec& spec, std::size_t count, const LoadOptions& options) {
  const bool first = accepts_argument_count(spec, count, options.versions.first);
  if (first == options.versions_named) {
    return accepts_argument_count(spec, count, options.versions.last);
  }
  return first;
}

struct Choice {
  const DirectiveSpec* row = nullptr;      // there, and may stand here
  const DirectiveSpec* too_old = nullptr;  // could stand here, but not in these versions
  bool exists_elsewhere = false;
};

Choice choose(std::span<const DirectiveSpec> rows, Context context, const LoadOptions& options) {
  Choice choice;
  for (const DirectiveSpec& row : rows) {
    const bool is_there = exists(row, options);
    const bool fits = may_stand(row, context, options);
    if (is_there && fits) {
      choice.row = &row;
      return choice;
    }
    if (is_there) choice.exists_elsewhere = true;
    if (fits) choice.too_old = &row;
  }
  return choice;
}

}  // namespace

const DirectiveSpec* check_statement(const SyntaxTree& tree, NodeId node, Context context,
                                     const LoadOptions& options, std::vector<Diagnostic>& out) {
  if (is_unchecked(context)) return nullptr;
  const auto rows = find_directives(tree.name(node));
  if (rows.empty()) {
    if (matches_any(options.known_directives, tree.name(node))) return nullptr;
    report_unknown(tree, node, context, out);
    return nullptr;
  }
  const Choice choice = choose(rows, context, options);
  if (choice.row == nullptr) {
    if (choice.exists_elsewhere && choice.too_old == nullptr) {
      report_misplaced(tree, node, context, rows, out);
      return nullptr;
    }
    const std::string_view rule =
        choice.exists_elsewhere ? "misplaced-directive" : "unknown-directive";
    report_other_version(tree, node, rule, choice.too_old ? *choice.too_old : rows.front(), options,
                         out);
    return choice.too_old;
  }
  const DirectiveSpec& spec = *choice.row;
  const bool is_block = tree.node(node).kind != NodeKind::kSimple;
  if (is_block != spec.is(DirectiveFlag::kBlock)) {
    report_block(tree, node, spec, out);
  } else if (!takes_count(spec, tree.arguments(node).size(), options)) {
    report_count(tree, node, spec, options, out);
  } else {
    check_values(tree, node, spec, options, out);
    check_words(tree, node, spec, options, out);
  }
  return &spec;
}

}  // namespace poolproof
