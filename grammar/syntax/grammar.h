// Inside of the syntax box: what the grammar hands to the tree builder. The only header that
// grammar.cpp shares; nothing of the PEG library is in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

enum class FlawKind : std::uint8_t {
  kGluedToQuote,       // the token follows a closing quote without white space
  kUnterminatedQuote,  // the token is a word without its closing quote, ended at its line's end
};

/// What is wrong with a token. (What is wrong with statements and blocks is seen by the tree
/// builder.)
struct Flaw {
  FlawKind kind;
  std::uint32_t token;
};

/// The file as the grammar sees it. Whether braces pair up is the tree builder's question: blocks
/// may be nested deeper than any recursion can go.
struct Scan {
  std::vector<Token> tokens;
  std::vector<Flaw> flaws;  // in order of their tokens
};

Scan scan(std::string_view text);

/// True if a statement with this name has a body in Lua once its `{` is read
/// ("content_by_lua_block"; lua-nginx-module 0.10).
bool names_lua_block(std::string_view name);

/// Number of problems (rules that could loop without progress) that the PEG library's own analysis
/// finds in the grammar; for a test.
std::size_t analyze_grammar();

}  // namespace poolproof
