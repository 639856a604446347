// nginx's texts with variables as texts with Caddy's placeholders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "translate/caddy/shared.h"
#include "translate/listeners.h"

namespace poolproof::translate::caddy {

/// What an expression took, under the name of its matcher.
struct Captures {
  std::string name;
  std::string pattern;
};

/// Where a text stands: some variables are constants there.
struct TextPlace {
  const Listener* listener = nullptr;
  const Server* server = nullptr;
  const Location* location = nullptr;   // null at the level of the server
  std::vector<Captures> captures = {};  // the last one is the newest
  bool captures_unsure = false;         // an expression that may have matched since took $1 to $9
  bool in_answer = false;               // of `add_header`
  bool before_pass = false;  // in the rewrite module: $proxy_host and $proxy_port are empty
};

/// Text with placeholders; what is no placeholder is escaped. To go through word().
struct Text {
  std::string text;
  bool constant = true;
  bool may_be_empty = true;
  bool is_single = false;  // one placeholder and nothing else
};

/// The value of a variable; nothing if there is no equivalent.
std::optional<Text> value_of(Shared& shared, const TextPlace& place, std::string_view name);

/// Tells of each variable that has no equivalent, at `at`: the text is then nothing.
std::optional<Text> text_of(Shared& shared, const TextPlace& place, std::string_view text,
                            Directive at);

/// The scope whose settings hold at a place.
const Scope& scope_of(const TextPlace& place);

/// "?a=b" of the request, or nothing; "&a=b" to go behind other arguments.
std::string query_behind_path(Shared& shared);
std::string query_behind_query(Shared& shared);

/// What nginx puts before a path that it redirects to; empty where `absolute_redirect` is off.
std::string origin_of(const TextPlace& place);

/// $proxy_host: as the pass names it.
std::string proxy_host(const Pass& pass);

}  // namespace poolproof::translate::caddy
