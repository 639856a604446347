// Variables: names that nothing defines, and names that nobody may define (nginx 1.22.1).
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/condition.h"
#include "grammar/config/lower_case.h"
#include "grammar/config/other_modules.h"
#include "grammar/config/text_arguments.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

class Variables {
 public:
  explicit Variables(const MergedInput& input) : config_(input.config) {
    const LoadOptions& options = input.config.bound().options();
    if (options.versions_named) oldest_ = options.versions.first;
    module_ = input.config.bound().unknown_module();
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
    for (const std::string_view name :
         {"location", "server_name", "if", "rewrite", "proxy_redirect", "proxy_cookie_domain",
          "proxy_cookie_flags", "proxy_cookie_path"}) {
      for (const Directive at : statements.of(name)) define_captures(at);
    }
    for (const Directive at : statements.of("map")) {
      for (const Directive entry : children(at)) capture(entry.name());
    }
    define_of_others();
  }

  /// Most uses are of a few names.
  bool is_known(std::string_view name) const {
    const auto [entry, is_new] = judged_.try_emplace(name, false);
    if (is_new) entry->second = look_up(name);
    return entry->second;
  }

  /// What may have more of them (BoundConfig::unknown_module).
  const std::string& module() const { return module_; }

  /// memcached_pass asks for it, and nothing but the configuration provides it.
  static constexpr std::string_view kMemcachedKey = "memcached_key";

 private:
  /// Captures are `$1` to `$9`.
  bool look_up(std::string_view name) const {
    if (name.empty() || (name.size() == 1 && name[0] >= '1' && name[0] <= '9')) return true;
    if (names_.contains(lower_case(name))) return true;
    if (name == kMemcachedKey) return false;
    if (matches_any(config_.bound().options().known_variables, lower_case(name))) return true;
    const VariableSpec* spec = find_variable(name, false);
    return spec != nullptr && (spec->third_party || is_there(*spec));
  }

  void define(std::string_view text) {
    if (text.starts_with('$')) names_.insert(lower_case(text.substr(1)));
  }

  /// Only in a regular expression: `rewrite` has one, the others mark it by `~`.
  void define_captures(Directive at) {
    const bool is_rewrite = at.name() == "rewrite";
    bool is_marked = false;
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      const std::string_view text = at.arg(i);
      if (is_marked || text.starts_with('~') || (is_rewrite && i == 0)) capture(text);
      is_marked = text == "~" || text == "~*" || text == "!~" || text == "!~*";
    }
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
      if (contains(Context::kMap | Context::kGeo | Context::kTypes, at.context())) continue;
      define(at.name());
      for (std::size_t i = 0; i < at.arg_count(); ++i) {
        define(at.arg(i));
        const std::size_t named = at.arg(i).find("=$");  // `array_split , $arg_x to=$names`
        if (named != std::string_view::npos) define(at.arg(i).substr(named + 1));
      }
    }
  }

  /// In the oldest version that was named, if one was.
  bool is_there(const VariableSpec& spec) const {
    if (!oldest_) return true;
    return spec.since <= *oldest_ && (spec.removed == Version{} || *oldest_ < spec.removed);
  }

  const EffectiveConfig& config_;
  std::optional<Version> oldest_;
  std::string module_;
  std::unordered_set<std::string> names_;
  mutable std::unordered_map<std::string_view, bool> judged_;
};

void tell_unknown(SourceSpan span, std::string_view name, const Variables& variables,
                  std::vector<Diagnostic>& out) {
  add_error(out, "unknown-variable", span,
            fmt::format("unknown variable `${}`: neither nginx nor a known module has it, and "
                        "nothing here sets it",
                        name));
  if (variables.module().empty()) return;
  out.back().severity = Severity::kInfo;
  out.back().message += fmt::format(
      "; or is it of {}? That is not known here: say it by "
      "`known-variables` in poolproof.toml",
      variables.module());
}

/// `${1}` names a variable called 1, and there is none.
bool has_braced_capture(std::string_view text) {
  for (std::size_t at = text.find("${"); at != std::string_view::npos;
       at = text.find("${", at + 2)) {
    if (at + 2 < text.size() && text[at + 2] >= '0' && text[at + 2] <= '9') return true;
  }
  return false;
}

void check_text(std::string_view text, SourceSpan span, const Variables& variables,
                std::vector<Diagnostic>& out) {
  if (text.find('$') == std::string_view::npos) return;  // most
  const auto pieces = split_variables(text);
  if (!pieces) {
    add_error(out, "unknown-variable", span,
              "a `$` here is followed by no name of a variable, or a `${` is not closed");
    return;
  }
  if (has_braced_capture(text)) {
    add_error(out, "unknown-variable", span, "captures have no braces: write `$1`, not `${1}`");
    return;
  }
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_variable || variables.is_known(piece.text)) continue;
    tell_unknown(span, piece.text, variables, out);
  }
}

void check_name(std::string_view name, SourceSpan span, const Variables& variables,
                std::vector<Diagnostic>& out) {
  if (!variables.is_known(name)) tell_unknown(span, name, variables, out);
}

/// The variable that is compared is a bare `$name`: what follows the `$` is its name, all of it.
void check_condition(Directive at, const Variables& variables, std::vector<Diagnostic>& out) {
  const auto condition = parse_condition(at);
  if (!condition) return;
  const SourceSpan span = at.head_span();
  if (condition->kind == ConditionKind::kFileTest) {
    return check_text(condition->operand, span, variables, out);
  }
  check_name(condition->subject.substr(1), span, variables, out);
  const bool is_text =
      condition->kind == ConditionKind::kEqual || condition->kind == ConditionKind::kNotEqual;
  if (is_text) check_text(condition->operand, span, variables, out);
}

void check_map_values(Directive map, const Variables& variables, std::vector<Diagnostic>& out) {
  for (const Directive entry : children(map)) {
    if (entry.name() == "include" || entry.arg_count() != 1) continue;
    check_text(entry.arg(0), entry.arg_span(0), variables, out);
  }
}

/// Fields for a backend are compiled where they apply (1.22.1, the merge functions): those of
/// `http` only if some server has none of its own.
bool is_compiled(Directive at, const EffectiveConfig& config) {
  constexpr std::array<std::string_view, 8> kLate = {
      "ssl_certificate", "ssl_certificate_key", "proxy_set_body", "fastcgi_param",
      "grpc_set_header", "proxy_set_header",    "scgi_param",     "uwsgi_param"};
  if (at.context() != Context::kHttp) return true;
  if (std::find(kLate.begin(), kLate.end(), at.name()) == kLate.end()) return true;
  return std::any_of(config.servers().begin(), config.servers().end(),
                     [&](const Server& server) { return server.scope->own(at.name()).empty(); });
}

void check_uses(const MergedInput& input, std::vector<Diagnostic>& out) {
  const Variables variables(input);
  TextArguments texts(input.config.bound().options());
  for (const Directive at : input.statements.with_variables()) {
    if (!is_compiled(at, input.config)) continue;
    for (const TextArgument& argument : texts.of(at)) {
      const SourceSpan span = at.arg_span(argument.index);
      if (argument.kind == TextArgument::Kind::kVariable) {
        check_name(argument.text.substr(1), span, variables, out);
      } else {
        check_text(argument.text, span, variables, out);
      }
    }
  }
  for (const Directive at : input.statements.of("if")) check_condition(at, variables, out);
  for (const Directive at : input.statements.of("map")) check_map_values(at, variables, out);
  for (const Directive at : input.statements.of("geo")) {
    if (at.arg_count() == 2 && at.arg(0).starts_with('$')) {
      check_name(at.arg(0).substr(1), at.arg_span(0), variables, out);
    }
  }
  for (const Directive at : input.statements.of("memcached_pass")) {
    if (!variables.is_known(Variables::kMemcachedKey)) {
      add_error(out, "unknown-variable", at.head_span(),
                "`memcached_pass` asks for the variable `$memcached_key`, which nothing here sets: "
                "nginx does not start");
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

/// Variables of these modules are what they are; a few of theirs may be set.
bool is_fixed(std::string_view name) {
  constexpr std::array<std::string_view, 14> kModules = {
      "ngx_http_core_module",        "ngx_http_upstream_module",  "ngx_http_stub_status_module",
      "ngx_http_ssi_module",         "ngx_http_fastcgi_module",   "ngx_http_realip_module",
      "ngx_http_gzip_module",        "ngx_http_v2_module",        "ngx_http_slice_module",
      "ngx_http_limit_conn_module",  "ngx_http_limit_req_module", "ngx_http_grpc_module",
      "ngx_http_secure_link_module", "ngx_http_userid_module"};
  constexpr std::array<std::string_view, 6> kSettable = {
      "args", "limit_rate", "sent", "uid_reset", "is_request_port", "request_port"};
  const VariableSpec* spec = find_variable(name, false);
  if (spec == nullptr || spec->is_prefix || spec->third_party || spec->removed != Version{}) {
    return false;
  }
  if (spec->since > Version{1, 22, 1}) return false;  // not seen
  const auto is_in = [](const auto& names, std::string_view text) {
    return std::find(names.begin(), names.end(), text) != names.end();
  };
  return is_in(kModules, spec->module) && !is_in(kSettable, spec->name);
}

void check_not_fixed(Directive at, std::size_t index, std::vector<Diagnostic>& out) {
  if (at.arg_count() <= index || !at.arg(index).starts_with('$')) return;
  if (!is_fixed(at.arg(index).substr(1))) return;
  add_error(out, "invalid-value", at.arg_span(index),
            fmt::format("`{}` is nginx's own variable and cannot be set", at.arg(index)));
}

void check_new_names(const Statements& statements, std::vector<Diagnostic>& out) {
  for (const Directive at : statements.of("set")) check_not_fixed(at, 0, out);
  for (const Directive at : statements.of("auth_request_set")) check_not_fixed(at, 0, out);
  for (const Directive at : statements.of("map")) check_not_fixed(at, 1, out);
  for (const Directive at : statements.of("split_clients")) check_not_fixed(at, 1, out);
  for (const Directive at : statements.of("geo")) check_not_fixed(at, at.arg_count() - 1, out);
  for (const Directive at : statements.of("set")) check_new_name(at, 0, out);
  for (const Directive at : statements.of("auth_request_set")) check_new_name(at, 0, out);
  for (const Directive at : statements.of("geo")) {
    if (at.arg_count() == 2) check_new_name(at, 0, out);
  }
  for (const Directive at : statements.of("map")) check_new_name(at, 1, out);
  for (const Directive at : statements.of("split_clients")) check_new_name(at, 1, out);
  for (const Directive at : statements.of("geo")) check_new_name(at, at.arg_count() - 1, out);
}

}  // namespace

void check_variables(const MergedInput& input, std::vector<Diagnostic>& out) {
  check_new_names(input.statements, out);
  if (input.is_whole) check_uses(input, out);
}

}  // namespace poolproof
