// The whole Caddyfile: global options, what the sites share, and the sites.
#include <fmt/format.h>

#include "translate/caddy/coverage_table.h"
#include "translate/caddy/sites.h"
#include "translate/caddy/words.h"
#include "translate/comments.h"
#include "translate/targets.h"

namespace poolproof::translate {
namespace {

using caddy::Lines;
using caddy::Shared;

std::string opening(const EffectiveConfig& config, const Translation& told) {
  std::string out =
      fmt::format("# For Caddy 2.6.2 and later, from {}: behaves as nginx {} does with it.\n",
                  caddy::comment_text(config.bound().main_path()), to_string(config.version()));
  for (const std::string& loss : not_said(config, told)) {
    out += "# NOT SAID: " + caddy::comment_text(loss) + "\n";
  }
  return out;
}

/// In targets that both programs write alike: what nginx escapes, too.
constexpr std::string_view kPlainEscape =
    "%(?i:[01][0-9A-F]|2[0235]|3[CEF]|5[CE]|60|7[B-DF]|[89A-F][0-9A-F])";

/// Where one of these stands, Caddy escapes the whole path anew.
constexpr std::string_view kAlwaysEscaped = "\\x22\\x3C\\x3E\\x5C\\x5E\\x60\\x7B-\\x7D";

/// Matchers for targets like this, and for all others.
Lines target_matchers() {
  const std::string other =
      fmt::format("(?:[^/.%?{1}]|{0})(?:[^/%?{1}]|{0})*", kPlainEscape, kAlwaysEscaped);
  const std::string plain = caddy::word(fmt::format("^(?:/{})*/?(?:\\?|$)", other));
  Lines out;
  out.add(fmt::format("@plain_target vars_regexp {{http.request.orig_uri}} {}", plain));
  out.add(fmt::format("@odd_target not vars_regexp {{http.request.orig_uri}} {}", plain));
  return out;
}

/// A path without escapes: what is taken from it needs none in arguments.
Lines escape_matchers() {
  Lines out;
  out.add("@bare_target vars_regexp {http.request.orig_uri} ^(?:/|https?:)[^?%+]*(?:\\?|$)");
  out.add("@escaped_target not vars_regexp {http.request.orig_uri} ^(?:/|https?:)[^?%+]*(?:\\?|$)");
  return out;
}

Lines body_limit() {
  Lines out;
  out.add("");
  out.add("# client_max_body_size, in bytes");
  out.open("(limit_body)");
  out.add(
      "@too_large expression `{http.request.header.Content-Length} != \"\" && "
      "int({http.request.header.Content-Length}) > {args.0}`");
  out.add("respond @too_large 413");
  out.open("request_body");
  out.add("max_size {args.0}");
  out.close();
  out.close();
  return out;
}

/// Snippets that the sites import.
Lines definitions(const Shared& shared) {
  Lines out;
  out.add("");
  out.add("# values that nginx has by itself, found when they are asked for");
  out.open("(definitions)");
  out.append(shared.definitions());
  if (shared.compares_targets) out.append(target_matchers());
  if (shared.looks_for_escapes) out.append(escape_matchers());
  out.close();
  return out;
}

Lines shared_lines(const Shared& shared) {
  Lines out;
  if (shared.has_definitions()) out.append(definitions(shared));
  if (shared.limits_bodies) out.append(body_limit());
  out.append(shared.snippets());
  return out;
}

}  // namespace

Translation to_caddy(const EffectiveConfig& config) {
  Translation out;
  Shared shared(config, out);
  const std::vector<Listener> listeners = listeners_of(config);
  Lines options;
  options.add("");
  options.open("");
  options.add("admin off");
  options.add("auto_https off");
  std::string sites;
  for (const caddy::Group& group : caddy::groups_of(listeners)) {
    options.append(caddy::options_of(shared, group));
    sites += caddy::sites_of(shared, group);
  }
  options.close();
  tell_uncovered(config, "caddy", caddy::coverage_table(), out);
  out.files.push_back(
      {"Caddyfile", opening(config, out) + options.text() + shared_lines(shared).text() + sites});
  return out;
}

}  // namespace poolproof::translate
