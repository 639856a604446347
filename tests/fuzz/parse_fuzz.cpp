// Any bytes parse, none are lost, and every place in the tree can be named.
//
// links: poolproof_syntax
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "grammar/syntax/syntax_tree.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void check_tokens(const SyntaxTree& tree) {
  std::uint32_t at = 0;
  for (const Token& token : tree.tokens()) {
    require(token.begin == at && token.end > token.begin, "tokens are contiguous");
    at = token.end;
  }
  require(at == tree.text().size(), "tokens reach the end");
}

void check_node(const SyntaxTree& tree, NodeId id) {
  const Node& node = tree.node(id);
  const SourceSpan whole = tree.span(id);
  const SourceSpan head = tree.head_span(id);
  const SourceSpan outer = tree.span(node.parent);
  require(node.parent < id, "parents come first");
  require(outer.begin <= whole.begin && whole.end <= outer.end, "statements lie in their block");
  require(whole.begin == head.begin && head.end <= whole.end, "heads begin statements");
  require(node.kind != NodeKind::kSimple || node.word_count > 0, "statements have words");
  for (const Word& word : tree.words(id)) {
    require(tree.tokens()[word.token].kind == TokenKind::kWord, "words are word tokens");
    require(word.value.size() <= tree.span(word).end - tree.span(word).begin, "values do not grow");
    static_cast<void>(split_variables(word.value));
    static_cast<void>(parse_time(word.value));
    static_cast<void>(parse_seconds(word.value));
    static_cast<void>(parse_offset(word.value));
  }
}

void check_errors(const SourceMap& sources, const SyntaxTree& tree) {
  std::uint32_t last = 0;
  for (const Diagnostic& error : tree.errors()) {
    require(error.span.begin >= last, "errors are in order");
    require(error.span.end <= tree.text().size(), "errors lie in the file");
    require(sources.position(error.span).line >= 1, "errors have a line");
    last = error.span.begin;
  }
}

void check(std::string text) {
  SourceMap sources;
  const FileId file = sources.add("fuzz.conf", std::move(text));
  const SyntaxTree tree = parse(sources, file);
  check_tokens(tree);
  for (NodeId id = 1; id < tree.nodes().size(); ++id) check_node(tree, id);
  check_errors(sources, tree);
}

}  // namespace
}  // namespace poolproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  poolproof::check(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
