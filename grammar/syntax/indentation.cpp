// A tab counts as one column: files that mix tabs and blanks give no useful hint anyway.
#include "grammar/syntax/indentation.h"

#include <cstddef>

namespace poolproof {
namespace {

std::size_t indentation(const SourceText& source, std::uint32_t line) {
  const std::string_view text = source.line(line);
  const std::size_t blanks = text.find_first_not_of(" \t");
  return blanks == std::string_view::npos ? text.size() : blanks;
}

bool closes_too_far_left(const SyntaxTree& tree, const SourceText& source, NodeId id) {
  const Node& node = tree.node(id);
  if (node.kind == NodeKind::kSimple || node.close_brace == kNoToken) return false;
  const std::uint32_t brace = tree.tokens()[node.close_brace].begin;
  const std::uint32_t first_line = source.line_number(tree.head_span(id).begin);
  const std::uint32_t last_line = source.line_number(brace);
  const std::size_t brace_column = brace - source.line_begin(last_line);
  if (first_line == last_line || brace_column != indentation(source, last_line)) return false;
  return brace_column < indentation(source, first_line);
}

}  // namespace

std::optional<NodeId> find_misindented_block(const SyntaxTree& tree, const SourceText& source,
                                             NodeId outer) {
  // One brace too few shifts all that follow it: the first such brace in the text tells.
  std::optional<NodeId> found;
  for (NodeId id = outer + 1; id < tree.nodes().size(); ++id) {
    if (!closes_too_far_left(tree, source, id)) continue;
    if (!found || tree.node(id).close_brace < tree.node(*found).close_brace) found = id;
  }
  return found;
}

}  // namespace poolproof
