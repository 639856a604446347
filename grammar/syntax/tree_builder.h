// Inside of the syntax box: from the tokens of a file to its statements and blocks, and to all that
// is wrong with them. Iterative, so that no nesting can exhaust the stack. Knows nothing of the PEG
// library.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/base/source.h"
#include "grammar/syntax/grammar.h"
#include "grammar/syntax/limits.h"
#include "grammar/syntax/syntax_errors.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

/// Builds one tree; used once.
class TreeBuilder {
 public:
  TreeBuilder(const SourceText& source, FileId file);

  SyntaxTree build();

 private:
  struct OpenBlock {
    NodeId node = kNoNode;
    NodeId last_child = kNoNode;
  };

  void add(Token token);
  void add_word(Token token);
  void add_open_brace(Token token);
  void add_close_brace(Token token);
  void add_semicolon(Token token);
  void add_skipped(Token token);
  void finish();

  std::uint32_t append(Token token);
  NodeId begin_node(NodeKind kind);
  void end_statement_without_semicolon(const Token* close_brace);
  Word make_word(Token token, std::uint32_t index);
  std::string_view text_of(Token token) const;
  std::string_view raw_name(NodeId node) const;
  SourceSpan span_of(Token token) const;

  void report_unclosed(NodeId id);
  Diagnostic missing_semicolon(const Token* close_brace) const;
  Diagnostic missing_close_brace(NodeId id) const;
  void check_flaws(std::uint32_t index, Token token);
  void check_length(Token token);
  /// `make` gives the diagnostic, if there is still room for it.
  template <class Make>
  void report(const Make& make) {
    if (++tree_.error_count_ > kMaxErrors + 1) return;
    Diagnostic error = make();
    if (tree_.error_count_ > kMaxErrors) error = syntax_errors::too_many(error.span);
    tree_.errors_.push_back(std::move(error));
  }

  const SourceText& source_;
  Scan scan_;        // only its flaws are left
  SyntaxTree tree_;  // its tokens are those of the scan; what is kept of them moves to the front
  std::uint32_t token_count_ = 0;
  std::vector<OpenBlock> open_;      // the root at the bottom
  NodeId statement_ = kNoNode;       // whose words are being read
  std::size_t next_flaw_ = 0;        // in scan_.flaws
  std::uint32_t skipped_depth_ = 0;  // open braces below a block that is too deep; 0: none is
  std::uint32_t skipped_token_ = kNoToken;
};

}  // namespace poolproof
