// Types and validators (`Content-Type`, `ETag`) are Caddy's own. nginx redirects a path of a folder
// to the one with a slash with a 301 and a whole address.
#include "translate/caddy/files.h"

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/answers.h"
#include "translate/caddy/leads.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

/// Path and folder both end in a slash, or neither does.
bool strip_prefix(Shared& shared, const TextPlace& place, Directive at, Lines& to) {
  const Location& location = *place.location;
  const bool prefix =
      location.kind == LocationKind::kPrefix || location.kind == LocationKind::kPrefixNoRegex;
  const bool alike = location.pattern.ends_with('/') == at.arg(0).ends_with('/');
  if (!prefix || !alike || location.pattern.find('%') != std::string::npos) {
    shared.lose(Severity::kError, at, "this `alias` is not translated to caddy: it answers 404");
    return false;
  }
  std::string_view path = location.pattern;
  if (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty()) to.add("uri strip_prefix " + word(literal(path)));
  return true;
}

class Maker {
 public:
  Maker(Shared& shared, const TextPlace& place, const Elsewhere& elsewhere, const Lines& fields)
      : shared_(shared),
        place_(place),
        elsewhere_(elsewhere),
        fields_(fields),
        names_(index_names(scope_of(place))) {}

  Lines run() {
    out_.append(refuse_methods(shared_));
    for (std::size_t i = 0; i < names_.size(); ++i) add_index(i);
    out_.append(fields_);
    redirect_folders();
    refuse_listing();
    add_found();
    out_.open("file_server");
    std::string line = "index";
    for (const std::string& name : names_) line += " " + word(literal(name));
    out_.add(line);
    out_.close();
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return scope_of(place_); }

  void add_files(std::string_view head, std::string_view files) {
    out_.open(std::string(head) + "file");
    out_.add(fmt::format("try_files {}", files));
    out_.close();
  }

  /// nginx looks the location of an index file up: it may be one that passes it on.
  void add_index(std::size_t i) {
    if (names_[i].starts_with('/') || has_variables(names_[i])) {
      shared_.lose(Severity::kError, scope().find("index").last(),
                   "`index` with a path or variables is not translated to caddy");
      return;
    }
    const Lines there = elsewhere_(index_path(*place_.location, names_[i]));
    if (there.empty()) return;
    if (!scope().find("alias").is_default()) {
      shared_.lose(Severity::kError, scope().find("alias").last(),
                   "`alias` with an index file of another location is not translated to caddy");
    }
    const std::string name = "@" + shared_.number("index");
    out_.open(name);
    out_.add("path_regexp /$");
    for (std::size_t before = 0; before < i; ++before) {
      add_files("not ", word("{path}" + literal(names_[before])));
    }
    add_files("", word("{path}" + literal(names_[i])));
    out_.close();
    out_.open("route " + name);
    out_.add("rewrite * " + word("{path}" + literal(names_[i])));
    out_.add(shared_.note_path());
    out_.append(there);
    out_.close();
  }

  void redirect_folders() {
    const std::string folder = shared_.number("folder");
    out_.open("@" + folder);
    out_.add("not path_regexp /$");
    add_files("", "{path}/");
    out_.close();
    const bool alias = !scope().find("alias").is_default();
    const std::string path =
        alias ? "{http.request.orig_uri.path}" : value_of(shared_, place_, "uri")->text;
    out_.open("route @" + folder);
    out_.append(redirect_lines(shared_, place_,
                               origin_of(place_) + path + "/" + query_behind_path(shared_), 301));
    out_.close();
  }

  /// A folder without an index file.
  void refuse_listing() {
    const std::string name = "@" + shared_.number("listing");
    out_.open(name);
    out_.add("path_regexp /$");
    add_files("", "{path}/");
    add_files("not ", index_files());
    out_.close();
    out_.add(fmt::format("respond {} 403", name));
  }

  std::string index_files() const {
    std::string out;
    for (const std::string& name : names_) {
      out += (out.empty() ? "" : " ") + word("{path}" + literal(name));
    }
    return out;
  }

  /// Errors do not get these fields.
  void add_found() {
    const std::string there = shared_.number("there"), posted = shared_.number("posted");
    add_files(fmt::format("@{} ", there), "{path} " + index_files());
    out_.open("route @" + there);
    out_.add(fmt::format("@{} method POST", posted));
    out_.add(fmt::format("respond @{} 405", posted));
    out_.append(fields_of_good_answers(shared_, place_));
    out_.close();
  }

  Shared& shared_;
  const TextPlace& place_;
  const Elsewhere& elsewhere_;
  const Lines& fields_;
  std::vector<std::string> names_;  // of index files
  Lines out_;
};

}  // namespace

Lines refuse_methods(Shared& shared) {
  Lines out;
  const std::string name = "@" + shared.number("unread");
  out.add(fmt::format("{} not method GET HEAD POST", name));
  out.add(fmt::format("respond {} 405", name));
  return out;
}

bool add_root(Shared& shared, const TextPlace& place, Lines& to) {
  const Scope& scope = scope_of(place);
  const Found alias = scope.find("alias"), root = scope.find("root");
  const Directive at = alias.is_default() ? root.last() : alias.last();
  if (!at) {
    shared.lose(Severity::kWarning, scope.block(),
                "nginx's own folder of files is not known: caddy answers 404");
    return false;
  }
  if (!alias.is_default() && !strip_prefix(shared, place, at, to)) return false;
  const auto text = text_of(shared, place, at.arg(0), at);
  if (!text) return false;
  if (!text->text.starts_with('/')) {
    shared.lose(Severity::kWarning, at,
                fmt::format("`{}` is relative: for nginx to its prefix, for caddy to the folder "
                            "that it runs in",
                            at.name()));
  }
  to.add("root * " + word(text->text));
  return true;
}

Lines file_lines(Shared& shared, const TextPlace& place, const Elsewhere& elsewhere,
                 const Lines& fields) {
  return Maker(shared, place, elsewhere, fields).run();
}

}  // namespace poolproof::translate::caddy
