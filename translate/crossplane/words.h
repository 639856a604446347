// Words of nginx as crossplane has them: without their quotes, all other backslashes kept. nginx
// reads such a text as the bytes that decoding its escapes gives, wherever it came from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace poolproof::translate::crossplane {

/// From the bytes of a word in a file. Of its escapes only the enclosing quote's is undone.
std::string raw_word(std::string_view text);

/// A word that raw_word() and nginx read as `raw`, in quotes only where they are needed or hold
/// quotes. Two texts
/// can only be met halfway, and come from no file: a lone backslash at the end is doubled; where
/// quotes are needed and both kinds are escaped inside, only nginx reads the same.
std::string written_word(std::string_view raw);

/// Takes the parentheses off the arguments of an `if`, and the words that are empty then. False,
/// and nothing done, if it lacks one: nginx refuses that.
bool take_parentheses(std::vector<std::string>& args);

/// Is its block Lua text (lua-nginx-module 0.10)?
bool names_lua_text(std::string_view name);

}  // namespace poolproof::translate::crossplane
