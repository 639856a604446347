// Answers that Caddy gives by itself, and the fields of `add_header`.
#pragma once

#include <cstdint>
#include <string>

#include "translate/caddy/expression.h"

namespace poolproof::translate::caddy {

/// `return`: with a status, a text, or an address.
Lines answer_of(Shared& shared, const TextPlace& place, Directive at);

/// A redirect to `said`, of which `text` was made: if that is a path, to a whole address.
Lines redirect_lines(Shared& shared, const TextPlace& place, std::string_view said,
                     const std::string& text, std::int64_t code);

/// A redirect to a text that is ready for word().
Lines redirect_lines(Shared& shared, const TextPlace& place, const std::string& to,
                     std::int64_t code);

/// The redirect of a path that lacks the slash at its end, to its location.
Lines slash_redirect(Shared& shared, const TextPlace& place);

/// The fields that all answers get, but for those that name what a request was passed to.
Lines fields_of_all_answers(Shared& shared, const TextPlace& place);

/// Those that do, of requests that are passed on.
Lines fields_of_passed_answers(Shared& shared, const TextPlace& place);

/// The fields that only answers with one of nginx's statuses get.
enum class Answerer { kCaddy, kUpstream };
Lines fields_of_good_answers(Shared& shared, const TextPlace& place,
                             Answerer by = Answerer::kCaddy);

/// The statuses, as words.
inline constexpr std::string_view kGoodStatuses = "200 201 204 206 301 302 303 304 307 308";

}  // namespace poolproof::translate::caddy
