// See suppression.h.
#include "lint/suppression.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/base/nearest.h"
#include "lint/built_in_findings.h"
#include "lint/comments.h"
#include "lint/rule.h"
#include "lint/told/backend_notes.h"
#include "lint/told/front_notes.h"

namespace poolproof::lint {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// With the blanks before it; alone on its line, with the line.
SourceSpan with_its_blanks(const SyntaxTree& tree, SourceSpan comment) {
  const std::string_view text = tree.text();
  while (comment.begin > 0 && is_blank(text[comment.begin - 1])) --comment.begin;
  const bool at_line_begin = comment.begin == 0 || text[comment.begin - 1] == '\n';
  if (!at_line_begin) {
    while (comment.end > comment.begin && text[comment.end - 1] == '\r') --comment.end;
    return comment;
  }
  while (comment.end < text.size() && text[comment.end] != '\n') ++comment.end;
  if (comment.end < text.size()) ++comment.end;
  return comment;
}

/// A name of a list with the comma behind it, or, of the last one, the comma before it.
SourceSpan with_its_comma(const SyntaxTree& tree, SourceSpan name) {
  const std::string_view text = tree.text();
  std::uint32_t end = name.end;
  while (is_blank(text[end])) ++end;
  if (text[end] == ',') {
    ++end;
    while (is_blank(text[end])) ++end;
    return {name.file, name.begin, end};
  }
  while (is_blank(text[name.begin - 1])) --name.begin;
  if (text[name.begin - 1] == ',') --name.begin;
  return name;
}

bool cannot_be_silenced(std::string_view rule) {
  constexpr std::array<std::string_view, 3> kRules{"syntax-error", "include-unreadable",
                                                   "include-cycle"};
  return std::find(kRules.begin(), kRules.end(), rule) != kRules.end();
}

Diagnostic malformed(SourceSpan span, std::string message) {
  Diagnostic out;
  out.rule = kUnusedSuppression;
  out.severity = Severity::kWarning;
  out.message = std::move(message);
  out.span = span;
  return out;
}

bool is_known(std::string_view name) {
  return find_rule(name) != nullptr || find_built_in_finding(name) != nullptr;
}

std::string there_is_no(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Rule& rule : all_rules()) names.push_back(rule.name);
  for (const BuiltInFinding& finding : built_in_findings()) names.push_back(finding.name);
  const std::string_view meant = nearest(name, names);
  return fmt::format(
      "this comment silences nothing: there is no rule `{}`; {}", name,
      meant.empty() ? "`poolproof rules` lists them" : fmt::format("did you mean `{}`?", meant));
}

}  // namespace

Suppressions::Suppressions(const BoundConfig& config) : config_(config) {
  for (const LoadedFile& file : config.files()) {
    if (mentions_poolproof(file.tree)) read_file(file);
  }
  std::vector<SourceSpan> spans;
  for (const Suppression& suppression : suppressions_) spans.push_back(suppression.covers);
  covering_ = CoveringSpans(spans);
}

void Suppressions::read_file(const LoadedFile& file) {
  const auto tokens = file.tree.tokens();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::kComment) read_comment(file, i);
  }
}

void Suppressions::read_comment(const LoadedFile& file, std::size_t index) {
  const SyntaxTree& tree = file.tree;
  const Token token = tree.tokens()[index];
  const SourceSpan span{tree.file(), token.begin, token.end};
  const auto for_us = text_for_poolproof(tree, token);
  if (!for_us || is_backend_note(*for_us) || is_front_note(*for_us)) return;
  std::string_view text = *for_us;
  const bool whole_file = take(text, "ignore-file");
  if (!whole_file && !take(text, "ignore")) {
    malformed_.push_back(
        malformed(span,
                  "this comment is not understood; write `# poolproof: ignore[rule] reason`, or "
                  "`# poolproof: backend=NAME` beside a server of an upstream, or "
                  "`# poolproof: front=NAME` above a server"));
    return;
  }
  const std::size_t close = text.find(']');
  if (!text.starts_with('[') || close == std::string_view::npos ||
      trimmed(text.substr(1, close - 1)).empty()) {
    malformed_.push_back(malformed(
        span, "this comment silences nothing: it names no rule; write `ignore[rule] reason`"));
    return;
  }
  if (trimmed(text.substr(close + 1)).empty()) {
    malformed_.push_back(malformed(
        span,
        "this comment silences nothing: it gives no reason; say after `]` why the finding is right"
        " to ignore"));
    return;
  }
  if (trimmed(text.substr(close + 1)).starts_with('[')) {
    malformed_.push_back(malformed(span,
                                   "this comment silences nothing: a second list stands where its "
                                   "reason should; write `ignore[rule, rule] reason`"));
    return;
  }
  SourceSpan covers{tree.file(), 0, static_cast<std::uint32_t>(tree.text().size() + 1)};
  if (!whole_file) covers = governed_by(tree, token);
  read_names(tree, text.substr(1, close - 1), {"", {}, span, false, covers, false});
}

void Suppressions::read_names(const SyntaxTree& tree, std::string_view names,
                              const Suppression& model) {
  const bool alone = names.find(',') == std::string_view::npos;
  while (true) {
    const std::size_t comma = names.find(',');
    const std::string_view name = trimmed(names.substr(0, comma));
    if (!name.empty()) {
      Suppression& added = suppressions_.emplace_back(model);
      const auto begin = static_cast<std::uint32_t>(name.data() - tree.text().data());
      added.rule = name;
      added.name = {tree.file(), begin, begin + static_cast<std::uint32_t>(name.size())};
      added.alone = alone;
    }
    if (comma == std::string_view::npos) return;
    names.remove_prefix(comma + 1);
  }
}

bool Suppressions::silences(const Diagnostic& diagnostic) {
  if (cannot_be_silenced(diagnostic.rule)) return false;
  bool silenced = false;
  for (const std::size_t index : covering_.around(diagnostic.span)) {
    Suppression& suppression = suppressions_[index];
    if (suppression.rule != diagnostic.rule) continue;
    suppression.used = true;
    silenced = true;
  }
  return silenced;
}

/// Takes the comment away, with its line if nothing else is on it; of several rules only this one.
Diagnostic Suppressions::unused(const Suppression& suppression) const {
  const SyntaxTree& tree = config_.file(suppression.comment.file).tree;
  if (!is_known(suppression.rule)) {
    return malformed(suppression.comment, there_is_no(suppression.rule));
  }
  Diagnostic out = malformed(
      suppression.comment,
      fmt::format("nothing to ignore: `{}` finds nothing here (any more); remove {}",
                  suppression.rule, suppression.alone ? "this comment" : "it from this comment"));
  out.fix = Fix{suppression.alone ? "remove the comment" : "remove the rule from the comment",
                Applicability::kSafe,
                {{suppression.alone ? with_its_blanks(tree, suppression.comment)
                                    : with_its_comma(tree, suppression.name),
                  ""}}};
  return out;
}

std::vector<Diagnostic> Suppressions::complaints(
    const std::function<bool(std::string_view rule)>& was_asked) const {
  std::vector<Diagnostic> out = malformed_;
  for (const Suppression& suppression : suppressions_) {
    if (!suppression.used && was_asked(suppression.rule)) out.push_back(unused(suppression));
  }
  return out;
}

}  // namespace poolproof::lint
