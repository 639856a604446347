// ngx_http_rewrite_module of nginx 1.22.1: a rewrite replaces the whole path, the first `return`
// that is reached answers, `last` and `break` end the list.
#include "translate/caddy/script.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "grammar/config/condition.h"
#include "grammar/syntax/values.h"
#include "translate/caddy/answers.h"
#include "translate/caddy/rewrites.h"
#include "translate/caddy/words.h"
#include "translate/redirects.h"

namespace poolproof::translate::caddy {
namespace {

using MatcherLines = std::vector<std::string>;

class Builder {
 public:
  Builder(Shared& shared, TextPlace& place) : shared_(shared), place_(place) {}

  Script run(Directive block) {
    place_.before_pass = true;
    add_all(block, out_.lines);
    place_.before_pass = false;
    return std::move(out_);
  }

 private:
  void add_all(Directive block, Lines& to) {
    const bool outermost = &to == &out_.lines;
    for (const Directive at : children(block)) {
      const std::string_view name = at.name();
      if (name == "set") add_set(at, to);
      if (name == "rewrite") add_rewrite(at, to);
      if (name == "if") add_if(at, to);
      if (name == "return") {
        add_guarded({}, shared_.number("return"), to, answer_of(shared_, place_, at));
        if (outermost && guard_.empty()) out_.always_answers = true;
        return;
      }
      if (name == "break") {
        if (!outermost) stop(to);
        return;
      }
    }
  }

  void lose(Directive at, std::string message) {
    shared_.lose(Severity::kError, at, std::move(message));
  }

  // --- conditions --------------------------------------------------------------------------------

  /// `then` where all of `matcher` holds and the list has not ended.
  void add_guarded(MatcherLines matcher, const std::string& label, Lines& to, const Lines& then) {
    if (!guard_.empty()) matcher.push_back(fmt::format("not vars {} yes", guard_));
    if (matcher.empty()) return to.append(then);
    const std::string name = "@" + label;
    write_matcher(to, name, matcher);
    to.open("route " + name);
    to.append(then);
    to.close();
  }

  static void write_matcher(Lines& to, const std::string& name, const MatcherLines& matcher) {
    if (matcher.size() == 1) return to.add(fmt::format("{} {}", name, matcher.front()));
    to.open(name);
    for (const std::string& each : matcher) to.add(each);
    to.close();
  }

  /// What follows holds only where this was not reached.
  void stop(Lines& to) {
    if (guard_.empty()) guard_ = shared_.variable(shared_.number("stop"));
    to.add(
        fmt::format("vars {} yes", guard_.substr(kVars.size(), guard_.size() - kVars.size() - 1)));
  }

  // --- set, if -----------------------------------------------------------------------------------

  void add_set(Directive at, Lines& to) {
    const auto value = text_of(shared_, place_, at.arg(1), at);
    if (!value) return;
    std::string_view name = at.arg(0);
    if (name.starts_with('$')) name.remove_prefix(1);
    const std::string known = shared_.variable(name);
    Lines line;
    line.add(fmt::format("vars {} {}", known.substr(kVars.size(), known.size() - kVars.size() - 1),
                         word(value->text)));
    add_guarded({}, shared_.number("set"), to, line);
  }

  void add_if(Directive at, Lines& to) {
    for (const Directive inside : children(at)) {
      constexpr std::array kOurs = {"set", "return", "rewrite", "break", "if"};
      if (std::find(kOurs.begin(), kOurs.end(), inside.name()) != kOurs.end()) continue;
      lose(inside, fmt::format("`{}` in `if` is not translated to caddy: it is as if it were not "
                               "there",
                               inside.name()));
    }
    const auto condition = parse_condition(at);
    if (!condition) return;
    const std::size_t outer = place_.captures.size();
    const bool takes =
        condition->kind == ConditionKind::kMatch || condition->kind == ConditionKind::kNoMatch;
    if (const auto matcher = matcher_of(at, *condition)) {
      Lines inside;
      const std::string before = guard_;
      add_all(at, inside);
      const std::string after = std::exchange(guard_, before);
      add_guarded(*matcher, shared_.number("if"), to, inside);
      guard_ = after;
    }
    place_.captures.resize(outer);
    place_.captures_unsure = place_.captures_unsure || takes;
  }

  std::optional<MatcherLines> matcher_of(Directive at, const Condition& condition) {
    if (condition.kind == ConditionKind::kFileTest) return file_test(at, condition);
    const auto subject = text_of(shared_, place_, condition.subject, at);
    if (!subject) return std::nullopt;
    if (!subject->is_single) {
      lose(at, fmt::format("`{}` is a constant here: this `if` is not translated to caddy",
                           condition.subject));
      return std::nullopt;
    }
    switch (condition.kind) {
      case ConditionKind::kIsSet:
        return MatcherLines{fmt::format("not vars {} `` 0", subject->text)};
      case ConditionKind::kEqual:
        return compared(at, *subject, condition, "");
      case ConditionKind::kNotEqual:
        return compared(at, *subject, condition, "not ");
      case ConditionKind::kMatch:
        return matched(at, *subject, condition, "");
      case ConditionKind::kNoMatch:
        return matched(at, *subject, condition, "not ");
      case ConditionKind::kFileTest:
        break;
    }
    return std::nullopt;
  }

  std::optional<MatcherLines> compared(Directive at, const Text& subject,
                                       const Condition& condition, std::string_view before) {
    const auto operand = text_of(shared_, place_, condition.operand, at);
    if (!operand) return std::nullopt;
    return MatcherLines{fmt::format("{}vars {} {}", before, subject.text, word(operand->text))};
  }

  std::optional<MatcherLines> matched(Directive at, const Text& subject, const Condition& condition,
                                      std::string_view before) {
    const auto pattern = go_pattern(condition.operand, condition.no_case);
    if (!pattern) {
      lose(at, "caddy has no such expression: this `if` is left out");
      return std::nullopt;
    }
    const std::string name = shared_.number("match");
    if (before.empty()) {
      place_.captures.push_back({name, *pattern});
      place_.captures_unsure = false;
      shared_.begin_captures();
    }
    return MatcherLines{
        fmt::format("{}vars_regexp {} {} {}", before, name, subject.text, word(*pattern))};
  }

  std::optional<MatcherLines> file_test(Directive at, const Condition& condition) {
    const bool negated = condition.subject.starts_with('!');
    const char kind = condition.subject.back();
    const auto root = text_of(shared_, place_, scope_of(place_).value_or("root", "html"), at);
    const bool known = condition.operand == "$request_filename" && kind != 'x' && root &&
                       scope_of(place_).find("alias").is_default();
    if (!known) {
      lose(at, "this test for a file is not translated to caddy: this `if` is left out");
      return std::nullopt;
    }
    const std::string_view tried = kind == 'f'   ? "{path}"
                                   : kind == 'd' ? "{path}/"
                                                 : "{path} {path}/";
    return MatcherLines{(negated ? "not file {" : "file {"), "    root " + word(root->text),
                        fmt::format("    try_files {}", tried), "}"};
  }

  // --- rewrite -----------------------------------------------------------------------------------

  void add_rewrite(Directive at, Lines& to) {
    const std::string_view flag = at.arg(2);
    const auto pattern = go_pattern(at.arg(0), false);
    if (!pattern) return lose(at, "caddy has no such expression: this `rewrite` is left out");
    const bool moves = is_absolute(at.arg(1)) || flag == "redirect" || flag == "permanent";
    if (!moves && place_.location != nullptr && flag != "break") {
      return lose(at,
                  "`rewrite` without `break` in a location is not translated to caddy: the new "
                  "path is not looked up again");
    }
    const std::string name = shared_.number("rewrite");
    place_.captures.push_back({name, *pattern});
    place_.captures_unsure = false;
    shared_.begin_captures();
    auto then = rewrite_lines(shared_, place_, {at, name, *pattern, moves});
    place_.captures.pop_back();
    place_.captures_unsure = true;
    if (!then) return;
    const std::string before = guard_;
    if (!moves) note_rewrite(flag, *then);
    const std::string after = std::exchange(guard_, before);
    add_guarded({fmt::format("path_regexp {} {}", name, word(*pattern))}, name, to, *then);
    guard_ = after;
  }

  void note_rewrite(std::string_view flag, Lines& then) {
    out_.rewrites = true;
    then.add(shared_.note_path());
    if (flag == "break") then.add("vars rewritten yes");
    if (flag == "last" || flag == "break") stop(then);
  }

  static constexpr std::string_view kVars = "{http.vars.";

  Shared& shared_;
  TextPlace& place_;
  Script out_;
  std::string guard_;  // the placeholder that is "yes" once the list has ended; empty: none
};

}  // namespace

Script script_of(Shared& shared, TextPlace& place, Directive block) {
  return Builder(shared, place).run(block);
}

}  // namespace poolproof::translate::caddy
