// The path that goes upstream, then `reverse_proxy`.
#include "translate/caddy/proxy.h"

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/answers.h"
#include "translate/caddy/script.h"
#include "translate/caddy/words.h"
#include "translate/path_escape.h"

namespace poolproof::translate::caddy {
namespace {

class Maker {
 public:
  Maker(Shared& shared, const TextPlace& place, bool is_rewritten)
      : shared_(shared), place_(place), pass_(*place.location->pass), is_rewritten_(is_rewritten) {}

  Lines run() {
    tell_version();
    if (pass_.protocol == Protocol::kHttp && pass_.has_uri) set_path();
    out_.open("reverse_proxy");
    const std::string name = identifier(pass_.upstream->name);
    out_.add(shared_.shared_lines("servers_" + name, upstream_lines(shared_, *place_.location)));
    const Lines transport = transport_lines(shared_, place_);
    if (pass_.protocol == Protocol::kHttp) {
      out_.add(shared_.shared_lines("connections_" + name, transport));
    } else {
      out_.append(transport);
    }
    out_.append(field_lines(shared_, place_));
    add_good_fields();
    out_.close();
    return std::move(out_);
  }

 private:
  const Location& location() const { return *place_.location; }

  /// The default of old versions is told in the documentation, not everywhere.
  void tell_version() {
    const Setting<HttpVersion>& version = location().http_version;
    if (pass_.protocol != Protocol::kHttp || version.origin.kind == OriginKind::kDefault) return;
    if (version.value != HttpVersion::k10) return;
    shared_.lose(Severity::kWarning, version.origin.directive,
                 "`proxy_http_version`: caddy speaks HTTP/1.1 to the server");
  }

  /// nginx adds these once it knows the status of the answer.
  void add_good_fields() {
    const Lines fields = fields_of_good_answers(shared_, place_);
    if (fields.empty()) return;
    out_.add(fmt::format("@good status {}", kGoodStatuses));
    out_.open("handle_response @good");
    out_.append(fields);
    out_.add("copy_response");
    out_.close();
  }

  // --- the path ----------------------------------------------------------------------------------

  void set_path() {
    if (pass_.uri.find('?') != std::string::npos) {
      shared_.lose(
          Severity::kError, pass_.at,
          "arguments in `proxy_pass` are not translated to caddy: the path is not replaced");
      return;
    }
    if (pass_.uri.find('%') != std::string::npos) {
      shared_.lose(Severity::kError, pass_.at,
                   "escapes in the path of `proxy_pass` are not translated to caddy: it would "
                   "escape them again");
    }
    const bool fixed = location().kind == LocationKind::kExact;
    if (is_rewritten_) {
      const std::string name = "@" + shared_.number("unwritten");
      out_.add(fmt::format("{} not {}", name, kRewritten));
      out_.open("route " + name);
    }
    if (fixed) {
      out_.add("rewrite * " + word(literal(pass_.uri)));
    } else {
      replace_prefix();
    }
    if (is_rewritten_) out_.close();
  }

  /// As it was sent where nginx would write the same, else from the normalised path.
  void replace_prefix() {
    const std::string_view prefix = location().pattern;
    shared_.compares_targets = true;
    if (pass_.uri != prefix) {
      out_.open("route @plain_target");
      out_.add(fmt::format(
          "uri path_regexp {} {}",
          word("^" + quoted_pattern(escaped_path(prefix, path_escape(shared_.config().version())))),
          word(literal(pass_.uri))));
      out_.close();
    }
    const std::string rest = shared_.number("rest");
    out_.open("route @odd_target");
    out_.add(fmt::format("@{0} path_regexp {0} {1}", rest,
                         word(fmt::format("(?s)^{}(.*)$", quoted_pattern(prefix)))));
    out_.open("route @" + rest);
    // Or Caddy would send the path as it came, if it is the same but for its escapes.
    out_.add("uri path_regexp (?s)^.*$ /-");
    out_.add(fmt::format("rewrite * {}",
                         word(fmt::format("{}{{http.regexp.{}.1}}", literal(pass_.uri), rest))));
    out_.close();
    out_.close();
  }

  Shared& shared_;
  const TextPlace& place_;
  const Pass& pass_;
  bool is_rewritten_;
  Lines out_;
};

}  // namespace

Lines proxy_lines(Shared& shared, const TextPlace& place, bool is_rewritten) {
  return Maker(shared, place, is_rewritten).run();
}

}  // namespace poolproof::translate::caddy
