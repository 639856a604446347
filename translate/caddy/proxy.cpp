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

/// As Go's net/url writes a path anew.
std::string go_escaped(std::string_view path) {
  std::string out;
  for (const char c : escaped_path(path, PathEscape::k1_21_1)) {
    const bool is_plain = std::string_view("!'()*[]").find(c) == std::string_view::npos;
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

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
    const Lines fields = fields_of_good_answers(shared_, place_, Answerer::kUpstream);
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
    } else if (escaped_path(pass_.uri, PathEscape::k1_21_1) != pass_.uri) {
      shared_.lose(Severity::kWarning, pass_.at,
                   "the path of `proxy_pass` has bytes that caddy sends as escapes");
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

  /// As it was sent where nginx would write the same, else as nginx writes it.
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
    const std::string escaped = go_escaped(prefix);
    out_.open("route @odd_target");
    out_.add(shared_.shared_lines("normal_target", normal_target()));
    out_.add(fmt::format("uri path_regexp {} {}", word("^" + quoted_pattern(escaped)),
                         word(literal(pass_.uri))));
    out_.close();
  }

  /// Decoded, normalised and escaped again, as nginx sends it.
  static Lines normal_target() {
    Lines out;
    // A path with a bare question mark is no valid one: Caddy escapes all of it anew.
    out.add("uri path_regexp ^ ?");
    out.add("uri path_regexp ^%3F ``");
    // Nothing has a blank, but a path that is searched for one is normalised.
    out.add("uri replace ` ` ` `");
    return out;
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
