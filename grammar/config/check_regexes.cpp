// Regular expressions that PCRE2, which nginx uses too, cannot compile.
#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/regex_match.h"

namespace poolproof {
namespace {

void check(SourceSpan span, std::string_view pattern, std::vector<Diagnostic>& out) {
  const auto fault = regex_fault(pattern);
  if (!fault) return;
  add_error(out, "invalid-regex", span,
            fmt::format("nginx cannot compile the regular expression `{}`: {} (at character {})",
                        pattern, fault->text, fault->offset + 1));
}

/// "~x" and "~*x" are regular expressions.
bool take_tilde(std::string_view& text) {
  if (!text.starts_with('~')) return false;
  text.remove_prefix(text.starts_with("~*") ? 2 : 1);
  return true;
}

/// Where case never counts, `*` is a part of the expression.
bool take_one_tilde(std::string_view& text) {
  if (!text.starts_with('~')) return false;
  text.remove_prefix(1);
  return true;
}

void check_first(Directive at, bool (*take)(std::string_view&), std::vector<Diagnostic>& out) {
  std::string_view text = at.arg(0);
  if (at.arg_count() > 1 && take(text)) check(at.arg_span(0), text, out);
}

void check_location(Directive at, std::vector<Diagnostic>& out) {
  if (at.arg_count() == 2) {
    if (at.arg(0) == "~" || at.arg(0) == "~*") check(at.arg_span(1), at.arg(1), out);
    return;
  }
  std::string_view pattern = at.arg(0);
  if (take_tilde(pattern)) check(at.arg_span(0), pattern, out);
}

void check_server_name(Directive at, std::vector<Diagnostic>& out) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    std::string_view name = at.arg(i);
    if (!name.starts_with('~')) continue;
    name.remove_prefix(1);  // no "~*" here
    if (name.empty()) {
      add_error(out, "invalid-regex", at.arg_span(i), "there is no regular expression after `~`");
      continue;
    }
    check(at.arg_span(i), name, out);
  }
}

void check_map(Directive at, std::vector<Diagnostic>& out) {
  for (const Directive entry : children(at)) {
    std::string_view key = entry.name();
    if (take_tilde(key)) check(entry.name_span(), key, out);
  }
}

void check_condition(Directive at, std::vector<Diagnostic>& out) {
  for (std::size_t i = 0; i + 1 < at.arg_count(); ++i) {
    const std::string_view word = at.arg(i);
    if (word != "~" && word != "~*" && word != "!~" && word != "!~*") continue;
    std::string_view pattern = at.arg(i + 1);
    const bool is_last = i + 2 == at.arg_count();
    if (is_last && pattern.ends_with(')')) pattern.remove_suffix(1);
    check(at.arg_span(i + 1), pattern, out);
    return;
  }
}

/// Each argument that may be an expression: marked by `~`, or always one.
enum class Marked { kAlways, kTilde };

void check_arguments(Directive at, Marked marked, std::vector<Diagnostic>& out) {
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    std::string_view text = at.arg(i);
    if (take_tilde(text) || (marked == Marked::kAlways && text != "msie6")) {
      check(at.arg_span(i), text, out);
    }
  }
}

}  // namespace

void check_regexes(const MergedInput& input, std::vector<Diagnostic>& out) {
  const Statements& statements = input.statements;
  for (const Directive at : statements.of("location")) check_location(at, out);
  for (const Directive at : statements.of("server_name")) check_server_name(at, out);
  for (const Directive at : statements.of("map")) check_map(at, out);
  for (const Directive at : statements.of("if")) check_condition(at, out);
  for (const Directive at : statements.of("rewrite")) check(at.arg_span(0), at.arg(0), out);
  for (const Directive at : statements.of("gzip_disable")) {
    check_arguments(at, Marked::kAlways, out);
  }
  for (const Directive at : statements.of("fastcgi_split_path_info")) {
    check_arguments(at, Marked::kAlways, out);
  }
  for (const Directive at : statements.of("valid_referers")) {
    check_arguments(at, Marked::kTilde, out);
  }
  for (const std::string_view name : {"proxy_redirect", "proxy_cookie_path"}) {
    for (const Directive at : statements.of(name)) check_first(at, take_tilde, out);
  }
  for (const std::string_view name : {"proxy_cookie_domain", "proxy_cookie_flags"}) {
    for (const Directive at : statements.of(name)) check_first(at, take_one_tilde, out);
  }
}

}  // namespace poolproof
