// Names of log formats, zones and variables that nothing defines. Asked only of a whole
// configuration.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// "name" of "zone=name:10m" or "zone=name".
std::string_view zone_in(Directive at, std::string_view key) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (!at.arg(i).starts_with(key)) continue;
    const std::string_view rest = at.arg(i).substr(key.size());
    return rest.substr(0, rest.find(':'));
  }
  return {};
}

// --- log formats --------------------------------------------------------------------------------

/// nginx looks a format up when it reads `access_log`: it must stand before.
void check_log_formats(const Statements& statements, std::vector<Diagnostic>& out) {
  std::unordered_map<std::string_view, DirectiveId> formats = {{"combined", 0}};
  for (const Directive at : statements.of("log_format")) {
    if (!formats.emplace(at.arg(0), at.id()).second) {
      add_error(out, "duplicate-log-format", at.head_span(),
                fmt::format("there is a log format `{}` already", at.arg(0)));
    }
  }
  for (const Directive at : statements.of("access_log")) {
    if (at.arg_count() < 2 || at.arg(0) == "off") continue;
    const auto found = formats.find(at.arg(1));
    if (found != formats.end() && found->second < at.id()) continue;
    const std::string_view why = found == formats.end() ? "no `log_format` defines it"
                                                        : "its `log_format` stands further down";
    add_error(out, "unknown-log-format", at.arg_span(1),
              fmt::format("unknown log format `{}`: {}", at.arg(1), why));
  }
}

// --- zones --------------------------------------------------------------------------------------

struct ZoneUse {
  std::string_view user;
  std::string_view definition;
  std::string_view key;      // in the definition
  std::string_view use_key;  // in the use; empty: the first argument is the name
};

constexpr std::array kZones = {
    ZoneUse{"limit_req", "limit_req_zone", "zone=", "zone="},
    ZoneUse{"limit_conn", "limit_conn_zone", "zone=", ""},
    ZoneUse{"proxy_cache", "proxy_cache_path", "keys_zone=", ""},
    ZoneUse{"fastcgi_cache", "fastcgi_cache_path", "keys_zone=", ""},
    ZoneUse{"scgi_cache", "scgi_cache_path", "keys_zone=", ""},
    ZoneUse{"uwsgi_cache", "uwsgi_cache_path", "keys_zone=", ""},
};

void check_zones(const ZoneUse& rule, const Statements& statements, std::vector<Diagnostic>& out) {
  const auto& users = statements.of(rule.user);
  if (users.empty()) return;
  std::unordered_set<std::string_view> zones;
  for (const Directive at : statements.of(rule.definition)) zones.insert(zone_in(at, rule.key));
  for (const Directive at : users) {
    const std::string_view name = rule.use_key.empty() ? at.arg(0) : zone_in(at, rule.use_key);
    if (name.empty() || name == "off" || has_variables(name) || zones.contains(name)) continue;
    add_error(out, "unknown-zone", at.head_span(),
              fmt::format("no `{}` defines the zone `{}`", rule.definition, name));
  }
}

// --- variables ----------------------------------------------------------------------------------

class Variables {
 public:
  explicit Variables(const MergedInput& input) : config_(input.config) {
    const Statements& statements = input.statements;
    for (const std::string_view name :
         {"set", "auth_request_set", "perl_set", "js_set", "js_var"}) {
      for (const Directive at : statements.of(name)) define(at.arg(0));
    }
    for (const std::string_view name : {"map", "geo", "split_clients"}) {
      for (const Directive at : statements.of(name)) {
        if (at.arg_count() > 0) define(at.arg(at.arg_count() - 1));
      }
    }
    for (const std::string_view name : {"location", "server_name", "if", "rewrite"}) {
      for (const Directive at : statements.of(name)) define_captures(at);
    }
    for (const Directive at : statements.of("map")) {
      for (const Directive entry : children(at)) capture(entry.name());
    }
    define_of_others();
  }

  bool is_known(std::string_view name) const {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return true;
    return find_variable(name, false) != nullptr || names_.contains(lower_case(name));
  }

 private:
  void define(std::string_view text) {
    if (text.starts_with('$')) names_.insert(lower_case(text.substr(1)));
  }

  void define_captures(Directive at) {
    for (std::size_t i = 0; i < at.arg_count(); ++i) capture(at.arg(i));
  }

  /// "(?<name>", "(?P<name>" and "(?'name'".
  void capture(std::string_view text) {
    for (std::size_t at = text.find("(?"); at != std::string_view::npos;
         at = text.find("(?", at + 2)) {
      std::string_view rest = text.substr(at + 2);
      if (rest.starts_with('P')) rest.remove_prefix(1);
      if (!rest.starts_with('<') && !rest.starts_with('\'')) continue;
      rest.remove_prefix(1);
      names_.insert(lower_case(rest.substr(0, rest.find_first_of(">'"))));
    }
  }

  /// Modules that are not nginx's own may define whatever they are given.
  void define_of_others() {
    const BoundConfig& bound = config_.bound();
    for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
      const DirectiveSpec* spec = bound.at(id).spec;
      if (spec != nullptr && !spec->is(DirectiveFlag::kThirdParty) &&
          !spec->is(DirectiveFlag::kCommercial)) {
        continue;
      }
      const Directive at = bound.directive(id);
      define(at.name());
      for (std::size_t i = 0; i < at.arg_count(); ++i) define(at.arg(i));
    }
  }

  const EffectiveConfig& config_;
  std::unordered_set<std::string> names_;
};

/// Where texts with variables stand, from this argument on.
struct TextPlace {
  std::string_view name;
  std::size_t first = 0;
};
constexpr std::array kTexts = {
    TextPlace{"proxy_pass"},
    TextPlace{"proxy_set_header", 1},
    TextPlace{"add_header", 1},
    TextPlace{"return"},
    TextPlace{"rewrite", 1},
    TextPlace{"set", 1},
    TextPlace{"root"},
    TextPlace{"alias"},
    TextPlace{"try_files"},
    TextPlace{"map"},
    TextPlace{"fastcgi_param", 1},
    TextPlace{"log_format", 1},
};

void check_text(Directive at, std::size_t index, const Variables& variables,
                std::vector<Diagnostic>& out) {
  const auto pieces = split_variables(at.arg(index));
  if (!pieces) {
    add_error(out, "unknown-variable", at.arg_span(index),
              "a `$` here is followed by no name of a variable, or a `${` is not closed");
    return;
  }
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_variable || variables.is_known(piece.text)) continue;
    add_error(out, "unknown-variable", at.arg_span(index),
              fmt::format("unknown variable `${}`: neither nginx nor a known module has it, and "
                          "nothing here sets it",
                          piece.text));
  }
}

void check_variables(const MergedInput& input, std::vector<Diagnostic>& out) {
  const Variables variables(input);
  for (const TextPlace& place : kTexts) {
    for (const Directive at : input.statements.of(place.name)) {
      for (std::size_t i = place.first; i < at.arg_count(); ++i) check_text(at, i, variables, out);
    }
  }
}

/// What is defined must begin with `$`.
void check_new_name(Directive at, std::size_t index, std::vector<Diagnostic>& out) {
  if (at.arg_count() <= index) return;
  const std::string_view name = at.arg(index);
  if (name.size() > 1 && name.front() == '$') return;
  add_error(
      out, "invalid-value", at.arg_span(index),
      fmt::format("`{}` names a variable: write it with `$` before it, not `{}`", at.name(), name));
}

void check_new_names(const Statements& statements, std::vector<Diagnostic>& out) {
  for (const Directive at : statements.of("set")) check_new_name(at, 0, out);
  for (const Directive at : statements.of("map")) check_new_name(at, 1, out);
  for (const Directive at : statements.of("split_clients")) check_new_name(at, 1, out);
}

/// `default` may be there once.
void check_defaults(const Statements& statements, std::vector<Diagnostic>& out) {
  for (const Directive at : statements.of("map")) {
    Directive first;
    for (const Directive entry : children(at)) {
      if (entry.name() != "default") continue;
      if (first) {
        add_error(out, "duplicate-map-entry", entry.head_span(),
                  "this map has a `default` already");
        out.back().notes.push_back({first.head_span(), "first given here"});
      }
      first = entry;
    }
  }
}

}  // namespace

void check_references(const MergedInput& input, std::vector<Diagnostic>& out) {
  check_new_names(input.statements, out);
  check_defaults(input.statements, out);
  if (!input.is_whole) return;
  check_log_formats(input.statements, out);
  for (const ZoneUse& zone : kZones) check_zones(zone, input.statements, out);
  check_variables(input, out);
}

}  // namespace poolproof
