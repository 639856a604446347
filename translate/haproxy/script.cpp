// ngx_http_rewrite_module of nginx 1.22.1: a rewrite replaces the whole path, the first `return`
// that is reached answers, `last` and `break` end the list.
#include "translate/haproxy/script.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "grammar/config/condition.h"
#include "grammar/syntax/values.h"
#include "translate/haproxy/escapes.h"
#include "translate/redirects.h"

namespace poolproof::translate::haproxy {
namespace {

/// Those of which HAProxy has a page of its own.
bool has_page(std::int64_t code) {
  constexpr std::array<std::int64_t, 17> kCodes = {200, 400, 401, 403, 404, 405, 407, 408, 410,
                                                   413, 425, 429, 500, 501, 502, 503, 504};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

std::string negated(const std::string& condition) {
  return "!" + condition;
}

class Builder {
 public:
  Builder(Shared& shared, const TextPlace& place) : shared_(shared), place_(place) {}

  Script run(Directive block) {
    place_.before_pass = true;
    add_all(block, {});
    return std::move(out_);
  }

 private:
  void add_all(Directive block, const std::string& condition) {
    for (const Directive at : children(block)) {
      if (out_.always_answers || ended_) return;
      const std::string_view name = at.name();
      if (name == "set") add_set(at, condition);
      if (name == "return") add_return(at, condition);
      if (name == "rewrite") add_rewrite(at, condition);
      if (name == "break") add_break(at, condition);
      if (name == "if") add_if(at);
    }
  }

  void add(std::string text, const std::string& condition) {
    out_.rules.push_back({std::move(text), both(stopped_, condition)});
  }

  void lose(Directive at, std::string message) const {
    shared_.lose(Severity::kError, at, std::move(message));
  }

  // --- set, break

  void add_set(Directive at, const std::string& condition) {
    const auto format = format_of(shared_, place_, at.arg(1), at);
    if (!format) return;
    std::string_view name = at.arg(0);
    if (name.starts_with('$')) name.remove_prefix(1);
    // HAProxy 2.6 falls over a format without anything in it.
    if (format->text.empty())
      return add(fmt::format("http-request set-var(txn.set_{}) str()", name), condition);
    add(fmt::format("http-request set-var-fmt(txn.set_{}) {}", name, word(format->text)),
        condition);
  }

  void add_break(Directive at, const std::string& condition) {
    if (condition.empty()) {
      ended_ = true;
    } else {
      stop_after(at, condition);
    }
  }

  /// Rules that follow hold only where this one did not.
  void stop_after(Directive at, const std::string& condition) {
    const std::string note = fmt::format("txn.stop_{}", at.id());
    add(fmt::format("http-request set-var({}) bool(1)", note), condition);
    stopped_ = both(stopped_, fmt::format("!{{ var({}) -m found }}", note));
  }

  // --- if

  static bool is_ours(std::string_view name) {
    constexpr std::array kOurs = {"set", "return", "rewrite", "break"};
    return std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end();
  }

  void add_if(Directive at) {
    for (const Directive inside : children(at)) {
      if (is_ours(inside.name())) continue;
      lose(inside, fmt::format("`{}` in `if` is not translated to haproxy: it is as if it were not "
                               "there",
                               inside.name()));
    }
    const auto condition = parse_condition(at);
    if (!condition) return;
    const auto text = condition_of(at, *condition);
    if (!text) return;
    const TextPlace outer = place_;
    if (condition->kind == ConditionKind::kMatch) take_captures(at, *condition);
    add_all(at, *text);
    const bool unsure = place_.captures_unsure;
    place_ = outer;
    if (unsure || condition->kind == ConditionKind::kMatch ||
        condition->kind == ConditionKind::kNoMatch) {
      captures_are_unsure();
    }
  }

  void take_captures(Directive at, const Condition& condition) {
    const auto subject = text_sample(shared_, place_, condition.subject, at);
    if (!subject) return;
    place_.capture_subject = *subject;
    place_.capture_pattern = condition.operand;
    place_.capture_no_case = condition.no_case;
    place_.captures_unsure = false;
    shared_.map_captures.begin();
  }

  /// Whether an expression matches, and takes $1 to $9, is known with the request.
  void captures_are_unsure() {
    place_.captures_unsure = true;
    out_.takes_captures = true;
  }

  std::optional<std::string> condition_of(Directive at, const Condition& condition) {
    if (condition.kind == ConditionKind::kFileTest) {
      lose(at, "a test for files is not translated to haproxy: this `if` is left out");
      return std::nullopt;
    }
    const auto subject = text_sample(shared_, place_, condition.subject, at);
    if (!subject) return std::nullopt;
    switch (condition.kind) {
      case ConditionKind::kIsSet:
        return fmt::format("{{ {} gt 0 }} !{{ {} -m str 0 }}", word(*subject + ",length"),
                           word(*subject));
      case ConditionKind::kMatch:
        return matches(*subject, condition.operand, condition.no_case);
      case ConditionKind::kNoMatch:
        return negated(matches(*subject, condition.operand, condition.no_case));
      case ConditionKind::kEqual:
        return equals(at, *subject, condition.operand);
      case ConditionKind::kNotEqual:
        if (condition.operand.empty()) {
          return fmt::format("{{ {} gt 0 }}", word(*subject + ",length"));
        }
        if (const auto equal = equals(at, *subject, condition.operand)) return negated(*equal);
        return std::nullopt;
      case ConditionKind::kFileTest:
        break;
    }
    return std::nullopt;
  }

  std::optional<std::string> equals(Directive at, const std::string& subject,
                                    std::string_view operand) {
    if (has_variables(operand)) {
      lose(at, "a comparison of two variables is not translated to haproxy: this `if` is left out");
      return std::nullopt;
    }
    if (operand.empty()) return fmt::format("!{{ {} gt 0 }}", word(subject + ",length"));
    return fmt::format("{{ {} -m str -- {} }}", word(subject), word(operand));
  }

  // --- return

  void add_return(Directive at, const std::string& condition) {
    if (condition.empty()) {
      // A `break` before it may have ended the list.
      (stopped_.empty() ? out_.always_answers : ended_) = true;
    }
    const auto code = parse_number(at.arg(0));
    if (!code) return add_redirect(302, at.arg(0), at, condition);
    if (*code == 444) return add("http-request reject", condition);
    const bool has_text = at.arg_count() > 1;
    if (is_redirect_code(*code) && has_text) return add_redirect(*code, at.arg(1), at, condition);
    if (*code < 200 || *code > 599) {
      return lose(at, fmt::format("`return {}` is not translated to haproxy: it has no such status",
                                  *code));
    }
    if (!has_text) return add_page(*code, condition);
    add_text(*code, at, condition);
  }

  void add_page(std::int64_t code, const std::string& condition) {
    add(fmt::format("http-request return status {}{}", code,
                    has_page(code) && code != 200 ? " default-errorfiles" : ""),
        condition);
  }

  void add_text(std::int64_t code, Directive at, const std::string& condition) {
    const auto format = format_of(shared_, place_, at.arg(1), at);
    if (!format) return;
    const Scope& scope =
        place_.location != nullptr ? *place_.location->scope : *place_.server->scope;
    const std::string type(scope.value_or("default_type", "text/plain"));
    if (format->text.empty())
      return add(fmt::format("http-request return status {}", code), condition);
    const bool is_text = !has_variables(at.arg(1));
    add(fmt::format("http-request return status {} content-type {} {} {}", code, word(type),
                    is_text ? "string" : "lf-string",
                    word(is_text ? at.arg(1) : std::string_view(format->text))),
        condition);
  }

  void add_redirect(std::int64_t code, std::string_view target, Directive at,
                    const std::string& condition, std::string_view behind = {}) {
    const auto format = format_of(shared_, place_, target, at);
    if (!format) return;
    if (format->text.empty()) {
      return lose(at,
                  "a redirect to nowhere is not translated to haproxy: this `return` is left out");
    }
    const std::string to = format->text + std::string(behind);
    const Scope& scope =
        place_.location != nullptr ? *place_.location->scope : *place_.server->scope;
    // nginx makes whole addresses of paths.
    const std::string origin = may_be_path(target) ? origin_of(shared_, scope) : std::string();
    if (target.starts_with('/') || origin.empty()) return redirect_to(origin + to, code, condition);
    add("http-request set-var-fmt(txn.target) " + word(to), condition);
    redirect_to(origin + "%[var(txn.target)]", code,
                both(condition, "{ var(txn.target) -m beg / }"));
    redirect_to("%[var(txn.target)]", code, condition);
  }

  void redirect_to(const std::string& to, std::int64_t code, const std::string& condition) {
    add(fmt::format("http-request redirect location {} code {}", word(to), code), condition);
  }

  // --- rewrite

  void add_rewrite(Directive at, const std::string& condition) {
    shared_.need("path");
    const std::string_view pattern = at.arg(0), flag = at.arg(2);
    std::string_view target = at.arg(1);
    const bool drops_query = target.ends_with('?');
    if (drops_query) target.remove_suffix(1);
    const std::string when = both(condition, matches("var(txn.path)", pattern, false));
    if (is_absolute(target) || flag == "redirect" || flag == "permanent") {
      return redirect(at, target, drops_query, when);
    }
    if (target.find('?') != std::string_view::npos) {
      return lose(at, "a `rewrite` that writes arguments is not translated to haproxy");
    }
    const bool searches_again = place_.location != nullptr && flag != "break";
    if (searches_again) {
      return lose(at,
                  "`rewrite` without `break` in a location is not translated to haproxy: the "
                  "new path is not looked up again");
    }
    const auto replacement = replacement_text(target);
    if (!replacement) return lose(at, "a `rewrite` to variables is not translated to haproxy");
    replace(at, pattern, *replacement, drops_query, when);
  }

  void redirect(Directive at, std::string_view target, bool drops_query, const std::string& when) {
    const TextPlace outer = place_;
    place_.capture_subject = "var(txn.path)";
    place_.capture_pattern = at.arg(0);
    place_.capture_no_case = false;
    place_.captures_unsure = false;
    shared_.map_captures.begin();
    const std::size_t mark = target.find('?');
    const bool has_query = mark != std::string_view::npos;
    const auto query = has_query ? arguments(at, target.substr(mark + 1), when) : std::string();
    if (query) {
      const std::string_view path = target.substr(0, mark);
      place_.captures_noted = note_captures(at, path, "taken_", kPlainInRedirects, when);
      send(at, plain(at, path), *query, drops_query, when);
    }
    place_ = outer;
    captures_are_unsure();
  }

  void send(Directive at, const std::string& path, const std::string& query, bool drops_query,
            const std::string& when) {
    const std::int64_t code = at.arg(2) == "permanent" ? 301 : 302;
    if (drops_query) return add_redirect(code, path, at, when, query);
    if (query.empty()) {
      shared_.need("is_args");
      return add_redirect(code, path, at, when, "%[var(txn.is_args)]%[query]");
    }
    add_redirect(code, path, at, both(when, "{ query,length gt 0 }"), query + "&%[query]");
    add_redirect(code, path, at, when, query);
  }

  /// With its question mark, as a log format.
  std::optional<std::string> arguments(Directive at, std::string_view said,
                                       const std::string& when) {
    place_.captures_noted =
        note_captures(at, said, "taken_args_", plain_in_arguments(shared_.path_escape()), when);
    const auto format = format_of(shared_, place_, said, at);
    if (!format) return std::nullopt;
    return "?" + format->text;
  }

  /// A text as nginx writes it into a redirect, but for variables.
  std::string plain(Directive at, std::string_view said) const {
    RedirectText redirect;
    std::string out;
    for (const TextPiece& each :
         split_variables(said).value_or(std::vector<TextPiece>{{false, said}})) {
      if (!each.is_variable) {
        out += redirect.add(each.text);
        continue;
      }
      out += fmt::format("${{{}}}", each.text);
      if (redirect.is_open() || !(is_digit(each.text) || is_without_escapes(each.text))) {
        shared_.lose(Severity::kWarning, at,
                     fmt::format("`rewrite`: nginx takes escapes off `${}` in a redirect, haproxy "
                                 "sends it as it is",
                                 each.text));
      }
    }
    return out;
  }

  static bool is_digit(std::string_view variable) {
    return variable.size() == 1 && variable[0] >= '1' && variable[0] <= '9';
  }

  /// What a redirect takes over is escaped again if the path came with escapes
  /// (ngx_http_script_copy_capture_code of 1.22.1). The beginning of the notes' names; empty where
  /// nothing is taken over.
  std::string note_captures(Directive at, std::string_view text, const std::string& prefix,
                            std::string_view plain, const std::string& when) {
    place_.captures_noted.clear();
    std::set<std::string> digits;
    for (const TextPiece& piece : split_variables(text).value_or(std::vector<TextPiece>{})) {
      if (piece.is_variable && is_digit(piece.text)) digits.emplace(piece.text);
    }
    for (const std::string& digit : digits) {
      const auto taken = text_sample(shared_, place_, "$" + digit, at);
      if (!taken) continue;
      const std::string note = "txn." + prefix + digit;
      add(fmt::format("http-request set-var({}) {}", note, word(*taken)), when);
      add(fmt::format("http-request set-var({}) {}", note,
                      word(escaped_sample(fmt::format("var({})", note), plain))),
          both(when, "{ path -m sub % + }"));
    }
    return digits.empty() ? std::string() : prefix;
  }

  void replace(Directive at, std::string_view pattern, const std::string& replacement,
               bool drops_query, const std::string& when) {
    out_.rewrites += fmt::format("{}{}", out_.rewrites.empty() ? "" : " ", at.id());
    if (at.arg(2) == "break") {
      out_.breaking_rewrites +=
          fmt::format("{}{}", out_.breaking_rewrites.empty() ? "" : " ", at.id());
    }
    const std::string here = fmt::format("{{ var(txn.rewrite) -m int {} }}", at.id());
    add(fmt::format("http-request set-var(txn.rewrite) int({})", at.id()), when);
    const std::string whole = fmt::format("var(txn.path),regsub({},{})",
                                          argument(whole_pattern(pattern)), argument(replacement));
    add("http-request set-var(txn.path) " + word(whole), here);
    if (drops_query) {
      add("http-request set-uri %[path]", here);
      add("http-request unset-var(txn.is_args)", here);
      add("http-request unset-var(txn.args)", here);
    }
    captures_are_unsure();
    const bool ends = at.arg(2) == "last" || at.arg(2) == "break";
    if (ends) stopped_ = both(stopped_, "!" + here);
  }

  Shared& shared_;
  TextPlace place_;
  Script out_;
  std::string stopped_;  // condition under which the list goes on
  bool ended_ = false;
};

}  // namespace

Script script_of(Shared& shared, const TextPlace& place, Directive block) {
  return Builder(shared, place).run(block);
}

}  // namespace poolproof::translate::haproxy
