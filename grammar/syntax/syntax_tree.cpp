// What can be asked of a tree. Spans are computed: most nodes are never asked for theirs.
#include "grammar/syntax/syntax_tree.h"

#include "grammar/syntax/tree_builder.h"

namespace poolproof {

SourceSpan SyntaxTree::span(const Word& word) const {
  return {file_, tokens_[word.token].begin, tokens_[word.token].end};
}

SourceSpan SyntaxTree::head_span(NodeId id) const {
  if (id == kRootNode) return {file_, 0, 0};
  const auto all = words(id);
  const Node& head = nodes_[id];
  const std::uint32_t first = all.empty() ? head.head_end : all.front().token;
  const std::uint32_t last = head.head_end != kNoToken ? head.head_end : all.back().token;
  return {file_, tokens_[first].begin, tokens_[last].end};
}

SourceSpan SyntaxTree::span(NodeId id) const {
  const auto end_of_file = static_cast<std::uint32_t>(text_.size());
  if (id == kRootNode) return {file_, 0, end_of_file};
  SourceSpan whole = head_span(id);
  const Node& statement = nodes_[id];
  if (statement.kind == NodeKind::kSimple) return whole;
  whole.end = statement.close_brace == kNoToken ? end_of_file : tokens_[statement.close_brace].end;
  return whole;
}

SourceSpan SyntaxTree::name_span(NodeId id) const {
  const auto all = words(id);
  return all.empty() ? head_span(id) : span(all.front());
}

SyntaxTree parse(const SourceMap& sources, FileId file) {
  return TreeBuilder(sources[file], file).build();
}

}  // namespace poolproof
