// In nginx's order: size of the body, the rewrite module, access, try_files, then the pass or
// files.
#include "translate/caddy/locations.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/access.h"
#include "translate/caddy/answers.h"
#include "translate/caddy/files.h"
#include "translate/caddy/leads.h"
#include "translate/caddy/proxy.h"
#include "translate/caddy/rewrites.h"
#include "translate/caddy/script.h"
#include "translate/caddy/words.h"
#include "translate/reuse.h"
#include "translate/route_order.h"

namespace poolproof::translate::caddy {
namespace {

/// When a location writes the fields that all its answers get. kNone: those that lead there did.
enum class Fields { kFirst, kLate, kNone };

/// Locations that lead from one to the next, the client's first.
using Chain = std::vector<const Location*>;

class Maker {
 public:
  Maker(Shared& shared, TextPlace place, const Chain& before)
      : shared_(shared), place_(std::move(place)), chain_(before) {
    chain_.push_back(place_.location);
  }

  /// For a location that another one led to.
  Lines run_behind(Fields fields) {
    fields_ = fields == Fields::kFirst ? Fields::kNone : Fields::kFirst;
    return run();
  }

  Lines run() {
    const bool by_client = chain_.size() == 1;
    shared_.begin_captures();
    const Directive internal = scope().find("internal").last();
    if (internal) {
      shared_.lose(Severity::kWarning, internal,
                   "`internal`: caddy does not follow an upstream's `X-Accel-Redirect`");
    }
    if (by_client && internal) {
      if (server_rewrites(*location().server)) {
        shared_.lose(Severity::kError, internal,
                     "`internal` behind a `rewrite` of the server is not translated to caddy: it "
                     "answers 404 there, too");
      }
      out_.append(fields_of_all_answers(shared_, place_));
      out_.add("respond 404");
      return std::move(out_);
    }
    if (chain_.size() == 1) decide_fields();
    if (fields_ == Fields::kFirst) out_.append(fields_of_all_answers(shared_, place_));
    if (by_client) out_.append(body_limit(shared_, place_));
    // Other methods do not come to the statements of the rewrite module.
    out_.append(method_lines(shared_, location()));
    const bool is_root = location().kind == LocationKind::kServerLevel;
    Script script = is_root ? Script{} : script_of(shared_, place_, scope().block());
    out_.append(script.lines);
    if (script.always_answers || !add_access()) return std::move(out_);
    finish(script.rewrites);
    return std::move(out_);
  }

 private:
  const Location& location() const { return *place_.location; }
  const Scope& scope() const { return *location().scope; }

  // --- fields ------------------------------------------------------------------------------------

  /// An answer has the fields of the location that gives it, not of those that led there.
  void decide_fields() {
    const auto ids = [](const Location& each) {
      std::vector<DirectiveId> out;
      for (const Directive at : each.scope->find("add_header").directives) out.push_back(at.id());
      return out;
    };
    const std::vector<DirectiveId> own = ids(location());
    const std::vector<const Location*> others = leads_to(shared_, location());
    const bool same = std::all_of(others.begin(), others.end(),
                                  [&](const Location* each) { return ids(*each) == own; });
    fields_ = same ? Fields::kFirst : Fields::kLate;
    if (same || fields_of_all_answers(shared_, place_).empty()) return;
    shared_.lose(Severity::kWarning, scope().block(),
                 "requests that this location refuses are answered without the fields of "
                 "`add_header ... always` in caddy");
  }

  // --- access ------------------------------------------------------------------------------------

  /// false: nobody is let in.
  bool add_access() {
    out_.append(address_lines(shared_, scope()));
    for (const std::string_view name : {"auth_basic", "auth_request", "auth_jwt"}) {
      const Directive at = scope().find(name).last();
      if (!at || at.arg(0) == "off") continue;
      shared_.lose(Severity::kError, at,
                   fmt::format("`{}` is not translated to caddy: nobody is let in", name));
      out_.add("respond 403");
      return false;
    }
    return true;
  }

  // --- files and the pass ------------------------------------------------------------------------

  void finish(bool is_rewritten) {
    const bool tries = !scope().find("try_files").is_default();
    const bool serves_files = !location().pass;
    if (tries || serves_files) {
      Lines root;
      const bool known = add_root(shared_, place_, root);
      out_.append(root);
      if (!known && tries && scope().find("alias").is_default()) return add_last_try();
      if (!known) return answer_without_files();
    }
    if (tries) add_tries();
    if (fields_ == Fields::kLate && !serves_files) {
      out_.append(fields_of_all_answers(shared_, place_));
    }
    if (!serves_files) return add_pass(is_rewritten || tries || shared_.breaks(*location().server));
    out_.append(file_lines(
        shared_, place_,
        [this](std::string_view path) {
          const Location* there = location_of(shared_, *place_.server, path);
          return there == nullptr || there == place_.location ? Lines() : inlined(*there);
        },
        fields_ == Fields::kLate ? fields_of_all_answers(shared_, place_) : Lines()));
  }

  void answer_without_files() {
    if (fields_ == Fields::kLate) out_.append(fields_of_all_answers(shared_, place_));
    out_.append(refuse_methods(shared_));
    out_.add("respond 404");
  }

  void add_pass(bool is_rewritten) {
    const Pass& pass = *location().pass;
    if (pass.has_variables || pass.upstream == nullptr) {
      shared_.lose(Severity::kError, pass.at,
                   fmt::format("`{} {}` with variables is not translated to caddy: it answers 502",
                               pass.at.name(), pass.target));
      return out_.add("respond 502");
    }
    if (pass.protocol != Protocol::kHttp && pass.protocol != Protocol::kFastcgi) {
      shared_.lose(Severity::kError, pass.at,
                   fmt::format("`{}` is not translated to caddy: it answers 502", pass.at.name()));
      return out_.add("respond 502");
    }
    if (pass.protocol == Protocol::kHttp && !passes_upgrade(shared_.config(), location())) {
      out_.add("request_header -Upgrade");
    }
    const Directive method = scope().find("proxy_method").last();
    if (method && pass.protocol == Protocol::kHttp) {
      if (const auto text = text_of(shared_, place_, method.arg(0), method)) {
        out_.add("method " + word(text->text));
      }
    }
    out_.append(fields_of_passed_answers(shared_, place_));
    out_.append(proxy_lines(shared_, place_, is_rewritten));
  }

  /// Without a folder nothing is found.
  void add_last_try() {
    tell_ifs();
    std::string files;
    out_.append(without_file(scope().find("try_files").last(), files));
  }

  /// An `if` is a location of its own in nginx, which does not inherit `try_files`.
  void tell_ifs() {
    for (const Directive at : children(scope().block())) {
      if (at.name() != "if") continue;
      bool answers = false;
      for (const Directive inside : children(at)) answers = answers || inside.name() == "return";
      if (answers) continue;
      shared_.lose(Severity::kError, at,
                   "where this `if` holds nginx does not ask `try_files`, and caddy does");
    }
  }

  /// What nginx looks for, and what it does where nothing is there.
  void add_tries() {
    tell_ifs();
    const Directive at = scope().find("try_files").last();
    std::string files;
    std::vector<std::string> tried;
    for (std::size_t i = 0; i + 1 < at.arg_count(); ++i) {
      const auto text = text_of(shared_, place_, at.arg(i), at);
      if (!text) return;
      tried.push_back(word(text->text));
      files += " " + tried.back();
    }
    const std::size_t written = files.size();
    const std::string missing = "@" + shared_.number("not_found");
    const Lines otherwise = without_file(at, files);
    if (files.size() > written) tried.push_back(files.substr(written + 1));
    open_file_matcher(missing, "not ", files);
    out_.close();
    out_.open("route " + missing);
    out_.append(otherwise);
    out_.close();
    add_found(at, tried);
  }

  void open_file_matcher(const std::string& name, std::string_view before, std::string_view files) {
    out_.open(name);
    add_file_matcher(before, files);
  }

  void add_file_matcher(std::string_view before, std::string_view files) {
    out_.open(std::string(before) + "file");
    out_.add(fmt::format("try_files{}", files));
    out_.close();
  }

  /// The first that is there becomes the path: of a folder without the slash that it was tried
  /// with, so `$uri` and `$uri/` leave the path as it is.
  void add_found(Directive at, const std::vector<std::string>& tried) {
    std::string before;
    bool is_noted = false;
    for (std::size_t i = 0; i < tried.size(); ++i) {
      const std::string_view said = i + 1 < at.arg_count() ? at.arg(i) : std::string_view();
      const bool stays = said == "$uri" || said == "$uri/";
      if (!stays) {
        const std::string name = "@" + shared_.number("found");
        open_file_matcher(name, "", " " + tried[i]);
        if (!before.empty()) add_file_matcher("not ", before);
        out_.close();
        out_.open("route " + name);
        out_.add("rewrite * {http.matchers.file.relative}");
        if (said.ends_with('/')) out_.add("uri strip_suffix /");
        out_.close();
        is_noted = true;
      }
      before += " " + tried[i];
    }
    if (is_noted) out_.add(shared_.note_path());
  }

  Lines without_file(Directive at, std::string& files) {
    const std::string_view last = at.arg(at.arg_count() - 1);
    Lines out;
    if (last.starts_with('=')) {
      out.add(fmt::format("respond {}", last.substr(1)));
      return out;
    }
    if (last.starts_with('@')) {
      if (const Location* there = named_location(*place_.server, last)) return inlined(*there);
    }
    const auto [path, arguments] = last_try(at);
    if (path.starts_with('/') && !has_variables(path)) {
      if (const Location* slashed = shared_.redirected(*place_.server, path)) {
        return bare_path(*slashed, arguments, at);
      }
      const Location* there = location_of(shared_, *place_.server, path);
      if (there == place_.location && path == last) {
        // It tries again, and finds it now.
        files += " " + word(literal(path));
        out.add("respond 500");
        return out;
      }
      if (there != nullptr && there != place_.location && lead_to(path, arguments, at, out)) {
        out.append(inlined(*there));
        return out;
      }
    }
    shared_.lose(Severity::kError, at,
                 fmt::format("the last word of `try_files`, `{}`, is not translated to caddy: it "
                             "answers 404",
                             last));
    out.add("respond 404");
    return out;
  }

  /// false: the arguments cannot be said.
  bool lead_to(std::string_view path, std::string_view arguments, Directive at, Lines& to) {
    const auto lines = target_lines(shared_, place_, at, literal(path), arguments);
    if (!lines) return false;
    to.append(*lines);
    to.add(shared_.note_path());
    return true;
  }

  /// A path that lacks its slash.
  Lines bare_path(const Location& there, std::string_view query, Directive at) {
    TextPlace place = place_;
    place.location = &there;
    Lines out;
    // Of the path itself nothing is taken over.
    if (!lead_to("/-", query, at, out)) return out;
    if (fields_ == Fields::kLate) out.append(fields_of_all_answers(shared_, place));
    out.append(slash_redirect(shared_, place));
    return out;
  }

  // --- other locations ---------------------------------------------------------------------------

  Lines inlined(const Location& there) {
    Lines out;
    out.add("# " + shared_.place(there.scope->block()));
    if (std::find(chain_.begin(), chain_.end(), &there) != chain_.end()) {
      shared_.lose(Severity::kError, there.scope->block(),
                   "locations that lead to one another are not translated to caddy: they answer "
                   "500");
      out.add("respond 500");
      return out;
    }
    TextPlace place = place_;
    place.location = &there;
    place.captures = server_captures();
    const auto pattern = captured_pattern(there);
    if (!pattern) {
      out.append(Maker(shared_, place, chain_).run_behind(fields_));
      return out;
    }
    const std::string name = shared_.number("path");
    place.captures.push_back({name, *pattern});
    place.captures_unsure = false;
    out.add(fmt::format("@{0} path_regexp {0} {1}", name, word(*pattern)));
    out.open("route @" + name);
    out.append(Maker(shared_, place, chain_).run_behind(fields_));
    out.close();
    return out;
  }

  static std::optional<std::string> captured_pattern(const Location& there) {
    const bool no_case = there.kind == LocationKind::kRegexNoCase;
    if (there.kind != LocationKind::kRegex && !no_case) return std::nullopt;
    if (there.pattern.find('(') == std::string::npos) return std::nullopt;
    return go_pattern(there.pattern, no_case);
  }

  /// Those of the server's name.
  std::vector<Captures> server_captures() const {
    std::vector<Captures> out = place_.captures;
    std::erase_if(out, [](const Captures& each) { return !each.name.starts_with("host"); });
    return out;
  }

  Shared& shared_;
  TextPlace place_;
  Chain chain_;
  Fields fields_ = Fields::kFirst;
  Lines out_;
};

}  // namespace

Lines body_limit(Shared& shared, const TextPlace& place) {
  Lines out;
  const auto limit = parse_offset(scope_of(place).value_or("client_max_body_size", "1m"));
  if (!limit || *limit <= 0) return out;
  shared.limits_bodies = true;
  out.add(fmt::format("import limit_body {}", *limit));
  return out;
}

Lines location_lines(Shared& shared, const TextPlace& place) {
  return Maker(shared, place, {}).run();
}

}  // namespace poolproof::translate::caddy
