// See suppression.h.
#include "lint/suppression.h"

#include <algorithm>

#include <fmt/format.h>

namespace poolproof::lint {
namespace {

constexpr std::string_view kMarker = "poolproof:";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The line break or the file's beginning stands before it, blanks aside.
bool alone_on_line(const SyntaxTree& tree, const Token& comment) {
  std::uint32_t at = comment.begin;
  while (at > 0 && (tree.text()[at - 1] == ' ' || tree.text()[at - 1] == '\t')) --at;
  return at == 0 || tree.text()[at - 1] == '\n';
}

SourceSpan line_of(const SyntaxTree& tree, const Token& comment) {
  const std::size_t lf = tree.text().substr(0, comment.begin).rfind('\n');
  const auto begin = static_cast<std::uint32_t>(lf == std::string_view::npos ? 0 : lf + 1);
  return {tree.file(), begin, comment.end};
}

/// The first statement that begins after the comment; nothing covered if there is none.
SourceSpan next_statement(const SyntaxTree& tree, const Token& comment) {
  SourceSpan best{tree.file(), comment.end, comment.end};
  for (NodeId id = 1; id < tree.nodes().size(); ++id) {
    const SourceSpan span = tree.span(id);
    if (span.begin < comment.end) continue;
    const bool better = best.end == comment.end || span.begin < best.begin;
    if (better) best = span;
  }
  return best;
}

Diagnostic malformed(SourceSpan span, std::string message) {
  Diagnostic out;
  out.rule = kUnusedSuppression;
  out.severity = Severity::kWarning;
  out.message = std::move(message);
  out.span = span;
  return out;
}

}  // namespace

Suppressions::Suppressions(const BoundConfig& config) {
  for (const LoadedFile& file : config.files()) {
    if (file.tree.text().find(kMarker) != std::string_view::npos) read_file(file);
  }
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
  std::string_view text = tree.text().substr(token.begin, token.end - token.begin);
  text = trimmed(text.substr(std::min(text.find_first_not_of('#'), text.size())));
  if (!take(text, kMarker)) return;
  text = trimmed(text);
  const bool whole_file = take(text, "ignore-file");
  if (!whole_file && !take(text, "ignore")) {
    malformed_.push_back(malformed(
        span, "this comment is not understood; write `# poolproof: ignore[rule] reason`"));
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
  SourceSpan covers{tree.file(), 0, static_cast<std::uint32_t>(tree.text().size() + 1)};
  if (!whole_file) {
    covers = alone_on_line(tree, token) ? next_statement(tree, token) : line_of(tree, token);
  }
  std::string_view names = text.substr(1, close - 1);
  while (true) {
    const std::size_t comma = names.find(',');
    const std::string_view name = trimmed(names.substr(0, comma));
    if (!name.empty()) suppressions_.push_back({std::string(name), span, covers, false});
    if (comma == std::string_view::npos) return;
    names.remove_prefix(comma + 1);
  }
}

bool Suppressions::silences(const Diagnostic& diagnostic) {
  bool silenced = false;
  for (Suppression& suppression : suppressions_) {
    const SourceSpan& covers = suppression.covers;
    if (suppression.rule != diagnostic.rule || covers.file != diagnostic.span.file) continue;
    if (diagnostic.span.begin < covers.begin || diagnostic.span.begin >= covers.end) continue;
    suppression.used = true;
    silenced = true;
  }
  return silenced;
}

std::vector<Diagnostic> Suppressions::complaints(const std::vector<std::string_view>& rules) const {
  std::vector<Diagnostic> out = malformed_;
  for (const Suppression& suppression : suppressions_) {
    if (suppression.used) continue;
    if (std::find(rules.begin(), rules.end(), suppression.rule) == rules.end()) continue;
    out.push_back(malformed(suppression.comment,
                            fmt::format("nothing to ignore: `{}` finds nothing here (any more); "
                                        "remove this comment",
                                        suppression.rule)));
  }
  return out;
}

}  // namespace poolproof::lint
