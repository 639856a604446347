// One pass over the tokens. A statement is open from its first word to its `;` or `{`; whatever
// else ends it is an error, and the tree goes on as if the missing piece stood there.
#include "grammar/syntax/tree_builder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "grammar/syntax/indentation.h"
#include "grammar/syntax/limits.h"
#include "grammar/syntax/syntax_errors.h"
#include "grammar/syntax/word_value.h"

namespace poolproof {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

}  // namespace

TreeBuilder::TreeBuilder(const SourceText& source, FileId file)
    : source_(source), scan_(scan(source.bytes())) {
  tree_.file_ = file;
  tree_.text_ = source.bytes();
  tree_.tokens_ = std::move(scan_.tokens);
  tree_.words_.reserve(tree_.tokens_.size() / 2);
  tree_.nodes_.reserve(tree_.tokens_.size() / 5 + 1);
  tree_.nodes_.push_back({.kind = NodeKind::kRoot});
  open_.push_back({.node = kRootNode});
}

SyntaxTree TreeBuilder::build() {
  for (std::uint32_t i = 0; i < tree_.tokens_.size(); ++i) {
    const Token token = tree_.tokens_[i];
    if (skipped_depth_ > 0) {
      add_skipped(token);
      continue;
    }
    if (next_flaw_ < scan_.flaws.size()) check_flaws(i, token);
    if (token.end - token.begin >= kTokenBuffer - 2) check_length(token);
    add(token);
  }
  finish();
  return std::move(tree_);
}

void TreeBuilder::add(Token token) {
  switch (token.kind) {
    case TokenKind::kWord:
      return add_word(token);
    case TokenKind::kSemicolon:
      return add_semicolon(token);
    case TokenKind::kOpenBrace:
      return add_open_brace(token);
    case TokenKind::kCloseBrace:
      return add_close_brace(token);
    case TokenKind::kWhitespace:
    case TokenKind::kComment:
    case TokenKind::kLuaBody:
    case TokenKind::kError:
      append(token);
  }
}

std::uint32_t TreeBuilder::append(Token token) {
  tree_.tokens_[token_count_] = token;
  return token_count_++;
}

NodeId TreeBuilder::begin_node(NodeKind kind) {
  const auto id = static_cast<NodeId>(tree_.nodes_.size());
  OpenBlock& block = open_.back();
  if (block.last_child == kNoNode) {
    tree_.nodes_[block.node].first_child = id;
  } else {
    tree_.nodes_[block.last_child].next_sibling = id;
  }
  block.last_child = id;
  tree_.nodes_.push_back({.kind = kind,
                          .parent = block.node,
                          .first_word = static_cast<std::uint32_t>(tree_.words_.size())});
  return id;
}

void TreeBuilder::add_word(Token token) {
  if (statement_ == kNoNode) statement_ = begin_node(NodeKind::kSimple);
  tree_.words_.push_back(make_word(token, append(token)));
  ++tree_.nodes_[statement_].word_count;
}

void TreeBuilder::add_semicolon(Token token) {
  if (statement_ == kNoNode) {
    token.kind = TokenKind::kError;
    append(token);
    return report([&] { return syntax_errors::stray_semicolon(span_of(token)); });
  }
  tree_.nodes_[statement_].head_end = append(token);
  statement_ = kNoNode;
}

void TreeBuilder::add_open_brace(Token token) {
  if (statement_ == kNoNode) {
    report([&] { return syntax_errors::stray_open_brace(span_of(token)); });
    statement_ = begin_node(NodeKind::kBlock);
  }
  Node& node = tree_.nodes_[statement_];
  node.kind = names_lua_block(raw_name(statement_)) ? NodeKind::kLuaBlock : NodeKind::kBlock;
  node.head_end = append(token);
  if (open_.size() > kMaxDepth) {
    report([&] { return syntax_errors::too_deep(span_of(token)); });
    skipped_depth_ = 1;
  }
  open_.push_back({.node = statement_});
  statement_ = kNoNode;
}

void TreeBuilder::add_close_brace(Token token) {
  if (statement_ != kNoNode) end_statement_without_semicolon(&token);
  if (open_.size() == 1) {
    token.kind = TokenKind::kError;
    append(token);
    return report([&] { return syntax_errors::stray_close_brace(span_of(token)); });
  }
  tree_.nodes_[open_.back().node].close_brace = append(token);
  open_.pop_back();
}

void TreeBuilder::add_skipped(Token token) {
  if (token.kind == TokenKind::kOpenBrace) ++skipped_depth_;
  if (token.kind == TokenKind::kCloseBrace && --skipped_depth_ == 0) {
    skipped_token_ = kNoToken;
    return add_close_brace(token);
  }
  if (skipped_token_ == kNoToken) {
    skipped_token_ = append({token.begin, token.end, TokenKind::kError});
  }
  tree_.tokens_[skipped_token_].end = token.end;
}

void TreeBuilder::end_statement_without_semicolon(const Token* close_brace) {
  tree_.nodes_[statement_].complete = false;
  report([&] { return missing_semicolon(close_brace); });
  statement_ = kNoNode;
}

Diagnostic TreeBuilder::missing_semicolon(const Token* close_brace) const {
  const SourceSpan head = tree_.head_span(statement_);
  const std::uint32_t first_line = source_.line_number(head.begin);
  const std::uint32_t last_line = source_.line_number(head.end);
  const syntax_errors::Stop stop{close_brace == nullptr ? 0
                                                        : source_.line_number(close_brace->begin)};
  const SourceSpan end{head.file, head.end, head.end};
  return first_line == last_line
             ? syntax_errors::missing_semicolon(end, tree_.name(statement_), stop)
             : syntax_errors::missing_semicolon(end, tree_.name(statement_), stop,
                                                tree_.name_span(statement_));
}

void TreeBuilder::finish() {
  tree_.tokens_.resize(token_count_);
  if (statement_ != kNoNode) end_statement_without_semicolon(nullptr);
  for (std::size_t depth = 1; depth < open_.size(); ++depth) report_unclosed(open_[depth].node);
  std::stable_sort(
      tree_.errors_.begin(), tree_.errors_.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
}

void TreeBuilder::report_unclosed(NodeId id) {
  tree_.nodes_[id].complete = false;
  report([&] { return missing_close_brace(id); });
}

Diagnostic TreeBuilder::missing_close_brace(NodeId id) const {
  const Node& node = tree_.nodes_[id];
  const SourceSpan brace = span_of(tree_.tokens_[node.head_end]);
  if (node.kind == NodeKind::kLuaBlock) {
    return syntax_errors::missing_lua_close_brace(brace, tree_.name(id));
  }
  Diagnostic error = syntax_errors::missing_close_brace(brace, tree_.name(id));
  const bool is_outermost = node.parent == kRootNode;
  const auto closed = is_outermost ? find_misindented_block(tree_, source_, id) : std::nullopt;
  if (closed) {
    const Node& inner = tree_.nodes_[*closed];
    error.notes.push_back(syntax_errors::probably_this_block(
        span_of(tree_.tokens_[inner.head_end]), tree_.name(*closed),
        source_.line_number(tree_.tokens_[inner.close_brace].begin)));
  }
  return error;
}

Word TreeBuilder::make_word(Token token, std::uint32_t index) {
  std::string_view text = text_of(token);
  const bool quoted = is_quote(text.front());
  if (quoted) {
    const bool closed = text.size() > 1 && text.back() == text.front();
    text = text.substr(1, text.size() - (closed ? 2 : 1));
  }
  if (text.find('\\') != std::string_view::npos) {
    text = tree_.decoded_.emplace_back(decode_escapes(text));
  }
  return {.token = index, .quoted = quoted, .value = text};
}

void TreeBuilder::check_flaws(std::uint32_t index, Token token) {
  for (; next_flaw_ < scan_.flaws.size() && scan_.flaws[next_flaw_].token == index; ++next_flaw_) {
    const char first = tree_.text_[token.begin];
    if (scan_.flaws[next_flaw_].kind == FlawKind::kUnterminatedQuote) {
      report([&] { return syntax_errors::unterminated_quote(span_of(token), first); });
    } else {
      report([&] {
        return syntax_errors::missing_space_after_quote(span_of(token),
                                                        tree_.text_[token.begin - 1], first);
      });
    }
  }
}

/// nginx gives up when its buffer is full of one token and the file goes on; the blank after a word
/// still counts (nginx 1.22.1, ngx_conf_read_token).
void TreeBuilder::check_length(Token token) {
  if (token.kind != TokenKind::kWord && token.kind != TokenKind::kComment) return;
  const std::string_view text = tree_.text_;
  std::size_t begin = token.begin;
  std::size_t end = token.end;
  if (token.kind == TokenKind::kWord) {
    if (is_quote(text[begin])) ++begin;
    if (end < text.size() && is_blank(text[end])) ++end;
  } else if (end < text.size() && text[end] == '\r') {
    ++end;
  }
  if (end - begin < kTokenBuffer || begin + kTokenBuffer >= text.size()) return;
  report([&] {
    return token.kind == TokenKind::kWord ? syntax_errors::too_long_parameter(span_of(token))
                                          : syntax_errors::too_long_comment(span_of(token));
  });
}

std::string_view TreeBuilder::text_of(Token token) const {
  return tree_.text_.substr(token.begin, token.end - token.begin);
}

std::string_view TreeBuilder::raw_name(NodeId node) const {
  if (tree_.nodes_[node].word_count == 0) return {};
  return text_of(tree_.tokens_[tree_.words_[tree_.nodes_[node].first_word].token]);
}

SourceSpan TreeBuilder::span_of(Token token) const {
  return {tree_.file_, token.begin, token.end};
}

}  // namespace poolproof
