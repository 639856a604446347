// set, if, rewrite, return and break of a block as a flat program (nginx 1.22.1:
// ngx_http_rewrite_module.c).
#include <fmt/format.h>

#include <array>

#include "grammar/config/condition.h"
#include "grammar/syntax/values.h"
#include "runtime/plan_builder.h"

namespace poolproof::runtime {
namespace {

bool names_scheme(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("$scheme");
}

struct FileTest {
  std::string_view option;
  ConditionKind kind;
};
constexpr FileTest kFileTests[] = {
    {"-f", ConditionKind::kFile},       {"!-f", ConditionKind::kNoFile},
    {"-d", ConditionKind::kDirectory},  {"!-d", ConditionKind::kNoDirectory},
    {"-e", ConditionKind::kExists},     {"!-e", ConditionKind::kNotExists},
    {"-x", ConditionKind::kExecutable}, {"!-x", ConditionKind::kNotExecutable},
};

}  // namespace

RewriteProgram PlanBuilder::build_rewrites(Directive block) {
  RewriteProgram program;
  add_rewrites(block, program);
  return program;
}

void PlanBuilder::add_rewrites(Directive block, RewriteProgram& program) {
  for (const Directive at : children(block)) {
    if (at.spec() == nullptr) continue;
    if (at.name() == "set")
      add_set(at, program);
    else if (at.name() == "break")
      program.emplace_back(BreakStep{});
    else if (at.name() == "return")
      add_return(at, program);
    else if (at.name() == "rewrite")
      add_rewrite(at, program);
    else if (at.name() == "if")
      add_if(at, program);
  }
}

void PlanBuilder::add_set(Directive at, RewriteProgram& program) {
  std::string_view name = at.arg(0);
  if (!name.starts_with('$')) return;  // reported where variables are defined
  name.remove_prefix(1);
  SetStep step;
  step.slot =
      VariableTable::is_settable_builtin(name) ? kArgsSlot : plan_->variables->define_slot(name);
  step.value = compile(at.arg(1), at);
  program.emplace_back(std::move(step));
}

void PlanBuilder::add_return(Directive at, RewriteProgram& program) {
  ReturnStep step;
  const auto status = parse_number(at.arg(0));
  if (status && *status <= 999) {
    step.status = static_cast<int>(*status);
    step.has_text = !at.arg(1).empty();
    if (step.has_text) step.text = compile(at.arg(1), at);
  } else if (at.arg_count() == 1 && names_scheme(at.arg(0))) {
    step.status = 302;
    step.has_text = true;
    step.text = compile(at.arg(0), at);
  } else {
    fail(at, fmt::format("invalid return code \"{}\"", at.arg(0)));
  }
  program.emplace_back(std::move(step));
}

void PlanBuilder::add_rewrite(Directive at, RewriteProgram& program) {
  auto pattern = compile_regex(at.arg(0), RegexCase::kSensitive, at);
  if (!pattern) return;
  RewriteStep step{std::move(*pattern), {}, {}, {}, false, true, RewriteFlag::kNone};
  step.named = named_groups(step.pattern);
  std::string_view replacement = at.arg(1);
  if (names_scheme(replacement)) step.flag = RewriteFlag::kRedirect;
  const std::string_view flag = at.arg(2);
  const bool redirects = step.flag == RewriteFlag::kRedirect;
  if (flag == "last")
    step.flag = redirects ? RewriteFlag::kRedirect : RewriteFlag::kLast;
  else if (flag == "break")
    step.flag = redirects ? RewriteFlag::kRedirect : RewriteFlag::kBreak;
  else if (flag == "redirect")
    step.flag = RewriteFlag::kRedirect;
  else if (flag == "permanent")
    step.flag = RewriteFlag::kPermanent;
  else if (!flag.empty())
    fail(at, fmt::format("invalid parameter \"{}\"", flag));
  if (replacement.ends_with('?')) {
    step.keep_args = false;
    replacement.remove_suffix(1);
  }
  const std::size_t question = replacement.find('?');
  step.path = compile(replacement.substr(0, question), at);
  step.has_args = question != std::string_view::npos;
  if (step.has_args) step.args = compile(replacement.substr(question + 1), at);
  program.emplace_back(std::move(step));
}

void PlanBuilder::add_if(Directive at, RewriteProgram& program) {
  IfStep step;
  if (!read_condition(at, step)) {
    fail(at, "invalid condition");
    return;
  }
  if (const auto location = if_locations_.find(at.id()); location != if_locations_.end()) {
    step.location = location->second;
  }
  const std::size_t index = program.size();
  program.emplace_back(std::move(step));
  add_rewrites(at, program);
  std::get<IfStep>(program[index]).end = program.size();
}

bool PlanBuilder::read_condition(Directive at, IfStep& step) {
  const std::vector<std::string_view> words = condition_words(at);
  if (words.empty()) return false;
  for (const FileTest& test : kFileTests) {
    if (words.front() != test.option || words.size() != 2) continue;
    step.kind = test.kind;
    step.subject = compile(words[1], at);
    return true;
  }
  if (!words.front().starts_with('$')) return false;
  step.subject = compile(words.front(), at);
  if (words.size() == 1) return true;
  if (words.size() != 3) return false;
  const std::string_view op = words[1];
  if (op == "=" || op == "!=") {
    step.kind = op == "=" ? ConditionKind::kEqual : ConditionKind::kNotEqual;
    step.operand = compile(words[2], at);
    return true;
  }
  const bool negative = op.starts_with('!');
  const std::string_view bare = op.substr(negative ? 1 : 0);
  if (bare != "~" && bare != "~*") return false;
  step.kind = negative ? ConditionKind::kNoMatch : ConditionKind::kMatch;
  step.pattern =
      compile_regex(words[2], bare == "~" ? RegexCase::kSensitive : RegexCase::kInsensitive, at);
  if (!step.pattern) return false;
  step.named = named_groups(*step.pattern);
  return true;
}

}  // namespace poolproof::runtime
