// Fixes of what one location sends that leave alone what others send. Settings are inherited, so a
// line added or changed in one block speaks for every location that inherits from it: where one of
// these passes to a group without a pool, the location gets lines of its own instead.
#pragma once

#include <string>
#include <string_view>

#include "lint/rule.h"

namespace poolproof::lint {

/// Adds `proxy_set_header NAME VALUE` to the list that the location uses. Never takes an inherited
/// list away: an entry for this location alone is written with a copy of that list. Safe, unless a
/// location inside of this one would be changed with it.
Fix add_header_fix(const RuleInput& input, const Location& location, std::string title,
                   std::string_view statement);

/// Gives one entry of the list that the location uses another value; in a copy of the list where
/// the entry speaks for others too. Always unsafe: the author wrote something else.
Fix change_header_fix(const RuleInput& input, const Location& location, std::string title,
                      const HeaderField& field, std::string_view value);

/// Makes the entry `upgrade` for WebSocket handshakes and empty otherwise, by a map that is made
/// where the configuration has none like it; just empty where no handshake can go through, because
/// `Upgrade` is not passed on. Nothing where there is no http block to put a map in.
std::optional<Fix> upgrade_header_fix(const RuleInput& input, const Location& location,
                                      const HeaderField& field);

/// Speaks HTTP/1.1: in place of the 1.0 that was chosen (unsafe), or of the default (safe, unless a
/// location inside of this one would be changed with it).
Fix speak_http11_fix(const RuleInput& input, const Location& location);

}  // namespace poolproof::lint
