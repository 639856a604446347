// The lossless tree of one file: every byte belongs to exactly one token, whatever the file holds.
// Knows words, quotes, `;`, `{`, `}`, comments and Lua blocks, and no directive names.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/base/source.h"

namespace poolproof {

enum class TokenKind : std::uint8_t {
  kWhitespace,  // blanks, tabs, CR, LF
  kComment,     // from `#` to before the line break
  kWord,        // with its quotes
  kSemicolon,
  kOpenBrace,
  kCloseBrace,
  kLuaBody,  // what stands between the braces of a `*_by_lua_block`
  kError,    // bytes that no statement can take
};

/// Half-open range of bytes. Tokens are contiguous: the first begins at 0, each begins where the
/// one before it ends, the last ends at the size of the file.
struct Token {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  TokenKind kind = TokenKind::kError;
};

using NodeId = std::uint32_t;
inline constexpr NodeId kRootNode = 0;
inline constexpr NodeId kNoNode = 0xffffffff;
inline constexpr std::uint32_t kNoToken = 0xffffffff;

/// One word of a statement. `value` is what nginx makes of it: outer quotes removed, `\"`, `\'`,
/// `\\`,
/// `\t`, `\r`, `\n` decoded, every other backslash kept (nginx 1.22.1, ngx_conf_read_token).
struct Word {
  std::uint32_t token = kNoToken;
  bool quoted = false;
  std::string_view value;
};

enum class NodeKind : std::uint8_t { kRoot, kSimple, kBlock, kLuaBlock };

/// A statement: its words (the first is its name) and, for a block, its children in order.
struct Node {
  NodeKind kind = NodeKind::kSimple;
  /// False where a syntax error cut the statement short (no `;`, no `}`).
  bool complete = true;
  NodeId parent = kNoNode;
  NodeId first_child = kNoNode;
  NodeId next_sibling = kNoNode;
  std::uint32_t first_word = 0;
  std::uint32_t word_count = 0;
  /// The token that ends the head: `;` or `{`; kNoToken if it is missing.
  std::uint32_t head_end = kNoToken;
  /// The closing brace of a block; kNoToken if it is missing.
  std::uint32_t close_brace = kNoToken;
};

/// Immutable after parse(). Views point into the SourceText, which must outlive the tree.
class SyntaxTree {
 public:
  std::span<const Token> tokens() const { return tokens_; }
  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_[id]; }
  std::span<const Word> words(NodeId id) const {
    const Node& statement = nodes_[id];
    return {words_.data() + statement.first_word, statement.word_count};
  }
  /// The name; empty for the root and for a block without words.
  std::string_view name(NodeId id) const {
    const auto all = words(id);
    return all.empty() ? std::string_view() : all.front().value;
  }
  std::span<const Word> arguments(NodeId id) const {
    const auto all = words(id);
    return all.empty() ? all : all.subspan(1);
  }

  /// Bytes of a word with its quotes; of the statement from its name to its `;` or `}`; of its head
  /// from the name to `;` or `{`.
  SourceSpan span(const Word& word) const;
  SourceSpan span(NodeId id) const;
  SourceSpan head_span(NodeId id) const;
  SourceSpan name_span(NodeId id) const;

  FileId file() const { return file_; }
  std::string_view text() const { return text_; }

  /// Every syntax error of the file, in order of place; rule "syntax-error". Empty exactly when
  /// nginx finds no syntax error.
  const std::vector<Diagnostic>& errors() const { return errors_; }
  /// How many there are: errors() ends at some, and says so.
  std::size_t error_count() const { return error_count_; }

 private:
  friend class TreeBuilder;

  FileId file_ = FileId::kNone;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<Node> nodes_;
  std::vector<Word> words_;
  std::deque<std::string> decoded_;  // words with escapes; a deque keeps the views valid
  std::vector<Diagnostic> errors_;
  std::size_t error_count_ = 0;
};

/// Blocks deeper than this are a syntax error; what is inside is kept as error tokens. (nginx has
/// no limit of its own: 1.22.1 recurses until its stack ends.)
inline constexpr std::uint32_t kMaxDepth = 1000;

/// Never fails: what is wrong is in errors(). The file must be in `sources`.
SyntaxTree parse(const SourceMap& sources, FileId file);

}  // namespace poolproof
