// Reading of single values while a plan is built, and the reporting of what is wrong with them.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "grammar/catalogue/catalogue.h"
#include "grammar/syntax/values.h"
#include "runtime/plan_builder.h"

namespace poolproof::runtime {
namespace {

const std::string kNotSupported = "not supported by poolproof run: ";

Diagnostic diagnostic(std::string rule, Severity severity, std::string message, Directive at) {
  Diagnostic result;
  result.rule = std::move(rule);
  result.severity = severity;
  result.message = std::move(message);
  if (at && !at.is_root()) result.span = at.head_span();
  return result;
}

}  // namespace

void PlanBuilder::refuse(Directive at, std::string what) {
  const Severity severity = options_.allow_unsupported ? Severity::kWarning : Severity::kError;
  diagnostics_.push_back(diagnostic("not-supported", severity, kNotSupported + what, at));
}

void PlanBuilder::refuse_always(Directive at, std::string what) {
  diagnostics_.push_back(diagnostic("not-supported", Severity::kError, kNotSupported + what, at));
}

void PlanBuilder::warn(Directive at, std::string message) {
  diagnostics_.push_back(diagnostic("not-supported", Severity::kWarning, std::move(message), at));
}

void PlanBuilder::fail(Directive at, std::string message) {
  diagnostics_.push_back(diagnostic("invalid-value", Severity::kError, std::move(message), at));
}

Expression PlanBuilder::compile(std::string_view text, Directive at) {
  auto result = Expression::compile(text, *plan_->variables);
  if (result) return std::move(result).value();
  if (const auto pieces = split_variables(text)) {
    for (const TextPiece& piece : *pieces) {
      if (piece.is_variable && !plan_->variables->find(piece.text) &&
          find_variable(piece.text, false)) {
        refuse(at, fmt::format("variable ${}", piece.text));
        return {};
      }
    }
  }
  fail(at, result.error().message);
  return {};
}

std::optional<Regex> PlanBuilder::compile_regex(std::string_view pattern, RegexCase letter_case,
                                                Directive at) {
  auto result = Regex::compile(pattern, letter_case);
  if (result) return std::move(result).value();
  fail(at, result.error().message);
  return std::nullopt;
}

NamedGroups PlanBuilder::named_groups(const Regex& regex) {
  NamedGroups groups;
  for (const auto& [name, group] : regex.names()) {
    groups.emplace_back(plan_->variables->define_slot(name), group);
  }
  return groups;
}

std::int64_t PlanBuilder::time_ms(const Scope& scope, std::string_view name,
                                  std::int64_t fallback) {
  const Directive at = scope.find(name).last();
  if (!at) return fallback;
  const auto value = parse_time(at.arg(0));
  if (!value) fail(at, fmt::format("\"{}\" directive invalid value", name));
  return value ? value->count() : fallback;
}

std::int64_t PlanBuilder::size(const Scope& scope, std::string_view name, std::int64_t fallback) {
  const Directive at = scope.find(name).last();
  if (!at) return fallback;
  const auto value = parse_offset(at.arg(0));
  if (!value) fail(at, fmt::format("\"{}\" directive invalid value", name));
  return value.value_or(fallback);
}

std::int64_t PlanBuilder::number(const Scope& scope, std::string_view name, std::int64_t fallback) {
  const Directive at = scope.find(name).last();
  if (!at) return fallback;
  const auto value = parse_number(at.arg(0));
  if (!value) fail(at, fmt::format("\"{}\" directive invalid number", name));
  return value.value_or(fallback);
}

std::uint32_t PlanBuilder::count(const Scope& scope, std::string_view name,
                                 std::uint32_t fallback) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(number(scope, name, fallback), kMost));
}

std::string PlanBuilder::full_path(std::string_view path) const {
  if (path.starts_with('/') || path.starts_with('$')) return std::string(path);
  return options_.prefix + std::string(path);
}

}  // namespace poolproof::runtime
