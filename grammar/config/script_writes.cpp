// After the documentation of lua-nginx-module 0.10.26: `ngx.var.NAME = value` writes any variable
// that is defined by `set` or a map; header filters, body filters and logging come after the pass.
#include "grammar/config/script_writes.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "grammar/config/value_resolver.h"

namespace poolproof {
namespace {

/// Run whole, and inherited by levels that have none of their own; inherited ones are all taken,
/// which of them runs or not.
constexpr std::array<std::string_view, 10> kHandlers = {
    "server_rewrite_by_lua_block", "server_rewrite_by_lua_file", "rewrite_by_lua",
    "rewrite_by_lua_block",        "rewrite_by_lua_file",        "access_by_lua",
    "access_by_lua_block",         "access_by_lua_file",         "precontent_by_lua_block",
    "precontent_by_lua_file"};

constexpr std::array<std::string_view, 3> kSetters = {"set_by_lua", "set_by_lua_block",
                                                      "set_by_lua_file"};

/// Code that these bring in is written elsewhere.
constexpr std::array<std::string_view, 4> kBringers = {"require", "dofile", "loadfile",
                                                       "loadstring"};

bool is_word_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// As a whole word, also in strings (`ngx.var["name"]`) and comments.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_char(text[at - 1]);
    if (begins && (end == text.size() || !is_word_char(text[end]))) return true;
  }
  return false;
}

}  // namespace

ScriptWrites::ScriptWrites(const Scope& scope) {
  for (const Scope* level = &scope; level != nullptr; level = level->parent()) collect(*level);
}

void ScriptWrites::collect(const Scope& scope) {
  for (const std::string_view name : kHandlers) {
    for (const Directive at : scope.own(name)) add_code(at);
  }
  for (const std::string_view name : kSetters) {
    for (const Directive at : scope.own(name)) {
      if (at.arg_count() > 0) made_.push_back(variable_name(at.arg(0)));
      add_code(at);
    }
  }
  for (const Directive at : scope.own("auth_request_set")) {
    if (at.arg_count() > 0) made_.push_back(variable_name(at.arg(0)));
  }
}

void ScriptWrites::add_code(Directive at) {
  if (at.name().ends_with("_file")) {
    has_unseen_code_ = true;
    return;
  }
  const SourceSpan span = at.span();
  const std::string_view text = at.tree().text().substr(span.begin, span.end - span.begin);
  code_.push_back(text);
  has_unseen_code_ =
      has_unseen_code_ || std::any_of(kBringers.begin(), kBringers.end(),
                                      [&](std::string_view word) { return has_word(text, word); });
}

bool ScriptWrites::may_write(std::string_view variable) const {
  return std::find(made_.begin(), made_.end(), variable) != made_.end() ||
         std::any_of(code_.begin(), code_.end(),
                     [&](std::string_view text) { return has_word(text, variable); });
}

}  // namespace poolproof
