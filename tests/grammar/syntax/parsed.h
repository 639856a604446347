// A parsed text for tests, and its tree written out in one line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

class Parsed {
 public:
  explicit Parsed(std::string text)
      : file_(sources_.add("t.conf", std::move(text))), tree_(parse(sources_, file_)) {}

  const SyntaxTree& tree() const { return tree_; }
  std::string_view text(SourceSpan span) const { return sources_.text(span); }

  /// Each error as "line:column message".
  std::vector<std::string> errors() const {
    std::vector<std::string> lines;
    for (const Diagnostic& error : tree_.errors()) {
      const LineColumn at = sources_.position(error.span);
      lines.push_back(fmt::format("{}:{} {}", at.line, at.column, error.message));
    }
    return lines;
  }

  /// Statements: name[argument][argument]; or name{...}; Lua bodies stand in <...>.
  std::string outline() const { return children(kRootNode); }

  /// What is wrong with the tree itself; empty if every byte is in exactly one token and every link
  /// leads somewhere.
  std::string broken() const {
    std::uint32_t at = 0;
    for (const Token& token : tree_.tokens()) {
      if (token.begin != at || token.end <= token.begin) return fmt::format("token at {}", at);
      at = token.end;
    }
    if (at != tree_.text().size()) return fmt::format("tokens end at {}", at);
    for (NodeId id = 1; id < tree_.nodes().size(); ++id) {
      const Node& node = tree_.node(id);
      if (node.parent >= id) return fmt::format("parent of node {}", id);
      if (node.next_sibling != kNoNode && node.next_sibling <= id)
        return fmt::format("sibling of {}", id);
      const SourceSpan span = tree_.span(id);
      if (span.begin >= span.end || span.end > at) return fmt::format("span of node {}", id);
    }
    return "";
  }

 private:
  std::string children(NodeId parent) const {
    std::string out;
    for (NodeId id = tree_.node(parent).first_child; id != kNoNode;
         id = tree_.node(id).next_sibling) {
      if (!out.empty()) out += ' ';
      out += statement(id);
    }
    return out;
  }

  std::string statement(NodeId id) const {
    std::string out(tree_.name(id));
    for (const Word& word : tree_.arguments(id)) out += fmt::format("[{}]", word.value);
    const Node& node = tree_.node(id);
    if (node.kind == NodeKind::kBlock) return fmt::format("{}{{{}}}", out, children(id));
    if (node.kind == NodeKind::kLuaBlock) return fmt::format("{}<{}>;", out, lua_body(node));
    return out + (node.complete ? ";" : "!");
  }

  std::string_view lua_body(const Node& node) const {
    const auto tokens = tree_.tokens();
    if (node.head_end + 1 >= tokens.size()) return {};
    const Token& body = tokens[node.head_end + 1];
    if (body.kind != TokenKind::kLuaBody) return {};
    return tree_.text().substr(body.begin, body.end - body.begin);
  }

  SourceMap sources_;
  FileId file_;
  SyntaxTree tree_;
};

}  // namespace poolproof
