// `return` and `add_header` in Caddy's words. Knows nothing of the location that they stand in.
#include "translate/caddy/answers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/words.h"
#include "translate/path_escape.h"
#include "translate/redirects.h"

namespace poolproof::translate::caddy {
namespace {

constexpr std::string_view kVars = "{http.vars.";

bool is_good(std::int64_t code) {
  return code == 200 || code == 201 || code == 204 || code == 206 || code == 304 ||
         is_redirect_code(code);
}

/// The first word of a statement is a matcher if it looks like one.
std::string after_matcher(std::string_view text) {
  const bool looks_so = text.starts_with('/') || text.starts_with('@') || text.starts_with('*');
  return (looks_so ? "* " : "") + word(text);
}

/// nginx knows what it passes a request to once it does.
bool names_pass(std::string_view text) {
  const auto pieces = split_variables(text);
  return pieces && std::any_of(pieces->begin(), pieces->end(), [](const TextPiece& each) {
           return each.is_variable && (each.text == "proxy_host" || each.text == "proxy_port");
         });
}

template <typename Wanted>
Lines fields(Shared& shared, TextPlace place, const Wanted& wanted) {
  place.in_answer = true;
  Lines out;
  for (const Directive at : scope_of(place).find("add_header").directives) {
    if (!wanted(at)) continue;
    const auto value = text_of(shared, place, at.arg(1), at);
    if (!value || value->text.empty()) continue;
    if (value->may_be_empty) {
      // nginx sends no field that is empty.
      const std::string name = shared.number("field");
      std::string text = value->text;
      if (!value->is_single) {
        text = shared.variable("added field");
        out.add(fmt::format("vars {} {}", text.substr(kVars.size(), text.size() - kVars.size() - 1),
                            word(value->text)));
      }
      out.add(fmt::format("@{} not vars {} ``", name, text));
      out.add(fmt::format("header @{} +{} {}", name, word(at.arg(0)), word(value->text)));
      continue;
    }
    out.add(fmt::format("header +{} {}", word(at.arg(0)), word(value->text)));
  }
  return out;
}

}  // namespace

Lines answer_of(Shared& shared, const TextPlace& place, Directive at) {
  Lines out;
  const auto lost = [&](std::string_view why) {
    shared.lose(Severity::kError, at,
                fmt::format("this `return` is not translated to caddy: {}", why));
    out.add("respond 500");
    return out;
  };
  const auto code = parse_number(at.arg(0));
  const bool has_text = at.arg_count() > 1;
  if (code == 444) {
    out.add("abort");
    return out;
  }
  const std::string_view said = code ? at.arg(1) : at.arg(0);
  if (!code || (is_redirect_code(*code) && has_text)) {
    const auto text = text_of(shared, place, said, at);
    if (!text) return lost("its address cannot be said");
    if (text->text.empty()) return lost("its address is empty");
    return redirect_lines(shared, place, said, text->text, code.value_or(302));
  }
  if (*code < 200 || *code > 599) return lost("caddy has no such status");
  if (place.location == nullptr) out.append(fields_of_all_answers(shared, place));
  if (is_good(*code)) out.append(fields_of_good_answers(shared, place));
  if (!has_text) {
    out.add(fmt::format("respond {}", *code));
    return out;
  }
  const auto text = text_of(shared, place, said, at);
  if (!text) return lost("its text cannot be said");
  const std::string type(scope_of(place).value_or("default_type", "text/plain"));
  out.add(fmt::format("header Content-Type {}", word(literal(type))));
  out.add(fmt::format("respond {} {}", after_matcher(text->text), *code));
  return out;
}

Lines redirect_lines(Shared& shared, const TextPlace& place, std::string_view said,
                     const std::string& text, std::int64_t code) {
  const std::string origin = origin_of(place);
  if (said.starts_with('/')) return redirect_lines(shared, place, origin + text, code);
  if (!may_be_path(said) || origin.empty()) return redirect_lines(shared, place, text, code);
  // Only a path becomes a whole address.
  const std::string target = shared.variable("redirect target");
  const std::string name = shared.number("to_path");
  Lines out;
  out.add(fmt::format("vars {} {}", target.substr(kVars.size(), target.size() - kVars.size() - 1),
                      word(text)));
  out.add(fmt::format("@{} vars_regexp {} ^/", name, target));
  out.open("route @" + name);
  out.append(redirect_lines(shared, place, origin + target, code));
  out.close();
  out.append(redirect_lines(shared, place, target, code));
  return out;
}

Lines redirect_lines(Shared& shared, const TextPlace& place, const std::string& to,
                     std::int64_t code) {
  Lines out;
  if (place.location == nullptr) out.append(fields_of_all_answers(shared, place));
  out.append(fields_of_good_answers(shared, place));
  out.add(fmt::format("redir {} {}", after_matcher(to), code));
  return out;
}

Lines slash_redirect(Shared& shared, const TextPlace& place) {
  const PathEscape escape = path_escape(shared.config().version());
  return redirect_lines(shared, place,
                        origin_of(place) + literal(escaped_path(place.location->pattern, escape)) +
                            query_behind_path(shared),
                        301);
}

Lines fields_of_all_answers(Shared& shared, const TextPlace& place) {
  return fields(shared, place,
                [](Directive at) { return at.arg(2) == "always" && !names_pass(at.arg(1)); });
}

Lines fields_of_passed_answers(Shared& shared, const TextPlace& place) {
  for (const Directive at : scope_of(place).find("add_header").directives) {
    const bool is_all = at.arg(1) == "$proxy_host" || at.arg(1) == "$proxy_port";
    if (at.arg(2) != "always" || !names_pass(at.arg(1)) || is_all) continue;
    shared.lose(Severity::kWarning, at,
                "answers that caddy gives by itself lack this field: nginx sends it with nothing "
                "for what it would have passed the request to");
  }
  return fields(shared, place,
                [](Directive at) { return at.arg(2) == "always" && names_pass(at.arg(1)); });
}

Lines fields_of_good_answers(Shared& shared, const TextPlace& place, Answerer by) {
  TextPlace here = place;
  here.before_pass = by == Answerer::kCaddy;
  return fields(shared, here, [](Directive at) { return at.arg(2) != "always"; });
}

}  // namespace poolproof::translate::caddy
