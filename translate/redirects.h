// What nginx redirects to (`return`, `rewrite`; 1.22.1), for all targets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace poolproof::translate {

/// Of those statuses the text of `return` is an address.
bool is_redirect_code(std::int64_t code);

/// A `rewrite` to this answers with a redirect, whatever its flag.
bool is_absolute(std::string_view target);

/// nginx makes a whole address of a path; of a variable that is known with the request.
bool may_be_path(std::string_view target);

/// Variables in which no `%` and no `?` can be that nginx would read as an escape's or an
/// argument's beginning; `$request_uri` has escapes, and they are the client's.
bool is_without_escapes(std::string_view variable);

/// What nginx makes of the text that a `rewrite` redirects to, piece by piece: up to the first `?`
/// escapes of plain bytes are taken off, and what is no escape loses its `%` (ngx_unescape_uri with
/// NGX_UNESCAPE_REDIRECT, 1.22.1).
class RedirectText {
 public:
  std::string add(std::string_view piece);
  /// The last piece ends inside of an escape: what follows belongs to it.
  bool is_open() const { return state_ != State::kPlain; }
  bool in_query() const { return in_query_; }

 private:
  enum class State { kPlain, kFirst, kSecond };
  State state_ = State::kPlain;
  char digits_[2] = {};
  bool in_query_ = false;
};

}  // namespace poolproof::translate
