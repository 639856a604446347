// Where a comment stands decides what it is about.
#include "lint/comments.h"

#include <algorithm>

namespace poolproof::lint {
namespace {

constexpr std::string_view kMarker = "poolproof";  // and a colon

/// The marker, also with capitals: a comment that is passed over silently misleads.
bool is_marker(std::string_view text) {
  return text.size() == kMarker.size() &&
         std::equal(text.begin(), text.end(), kMarker.begin(), [](char written, char wanted) {
           return written == wanted || written == wanted - 'a' + 'A';
         });
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
  NodeId first = kRootNode + 1;  // statements stand in the order of the text
  auto end = static_cast<NodeId>(tree.nodes().size());
  while (first < end) {
    const NodeId middle = first + (end - first) / 2;
    if (tree.span(middle).begin < comment.end) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  if (first == tree.nodes().size()) return {tree.file(), comment.end, comment.end};
  return tree.span(first);
}

}  // namespace

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

bool mentions_poolproof(const SyntaxTree& tree) {
  const std::string_view text = tree.text();
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos;
       colon = text.find(':', colon + 1)) {
    if (colon < kMarker.size()) continue;
    if (is_marker(text.substr(colon - kMarker.size(), kMarker.size()))) return true;
  }
  return false;
}

std::optional<std::string_view> text_for_poolproof(const SyntaxTree& tree, const Token& comment) {
  std::string_view text = tree.text().substr(comment.begin, comment.end - comment.begin);
  text = trimmed(text.substr(std::min(text.find_first_not_of('#'), text.size())));
  if (!is_marker(text.substr(0, kMarker.size()))) return std::nullopt;
  text.remove_prefix(kMarker.size());
  if (!take(text, ":")) return std::nullopt;
  return trimmed(text);
}

SourceSpan governed_by(const SyntaxTree& tree, const Token& comment) {
  return alone_on_line(tree, comment) ? next_statement(tree, comment) : line_of(tree, comment);
}

}  // namespace poolproof::lint
