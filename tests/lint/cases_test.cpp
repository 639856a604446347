// Runs tests/lint/<rule>.md and the examples of lint/rules/<rule>.md. With POOLPROOF_REWRITE=1 in
// the environment what is seen becomes what is expected; the difference is then read by a person.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "lint/rule.h"
#include "tests/lint/case_file.h"
#include "tests/lint/lint_text.h"

namespace poolproof::test {
namespace {

const std::string kRoot = POOLPROOF_SOURCE_DIR;

bool rewriting() {
  return std::getenv("POOLPROOF_REWRITE") != nullptr;
}

std::string stem_of(std::string_view rule) {
  std::string stem(rule);
  for (char& c : stem) {
    if (c == '-') c = '_';
  }
  return stem;
}

Files files_of(const Case& one) {
  Files files;
  for (const Fence& fence : one.fences) {
    if (fence.kind == "nginx") files[fence.path] = fence.text;
  }
  return files;
}

/// "qps=10000 latency=0.1 instances=2 workers=4": rate in requests per second, latency in seconds.
lint::Told told_in(const std::string& text) {
  lint::Told told;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const double value = std::stod(word.substr(equals + 1));
    if (key == "qps") told.requests_per_second = value;
    if (key == "latency") told.latency_seconds = value;
    if (key == "instances") told.instances = static_cast<std::uint32_t>(value);
    if (key == "workers") told.workers = static_cast<std::uint32_t>(value);
  }
  return told;
}

lint::LintOptions options_of(const Case& one) {
  lint::LintOptions options;
  if (const Fence* target = one.find("target")) {
    const auto range = parse_version_range(target->text.substr(0, target->text.find('\n')));
    EXPECT_TRUE(range) << target->text;
    if (range) options.versions = *range;
    options.versions_named = true;
  }
  if (const Fence* from = one.find("upgrade-from")) {
    const auto range = parse_version_range(from->text.substr(0, from->text.find('\n')));
    if (range) options.upgrade_from = range->last;
  }
  if (const Fence* told = one.find("told")) options.told = told_in(told->text);
  return options;
}

void add_changes(Case& one, const std::string& kind, const Files& before, const Files& after) {
  for (const auto& [path, text] : after) {
    if (before.at(path) != text) one.fences.push_back({kind, path, text});
  }
}

/// The case as it would be written from what is seen.
Case observed(const Case& expected) {
  Case out{expected.title, expected.prose, {}};
  for (const Fence& fence : expected.fences) {
    if (fence.kind == "nginx" || fence.kind == "target" || fence.kind == "told" ||
        fence.kind == "upgrade-from")
      out.fences.push_back(fence);
  }
  const Files files = files_of(expected);
  const lint::LintOptions options = options_of(expected);
  const Linted linted = lint_files(files, options);
  out.fences.push_back({"diagnostics", "", describe(*linted.config, linted.result)});
  const Files safe = after_fix(files, fix_files(files, false, options));
  const Files unsafe = after_fix(files, fix_files(files, true, options));
  add_changes(out, "fixed", files, safe);
  if (unsafe != safe) add_changes(out, "fixed-unsafe", files, unsafe);
  return out;
}

class RuleCases : public testing::TestWithParam<std::string> {};

TEST_P(RuleCases, behave_as_written) {
  const std::string path = kRoot + "/tests/lint/" + GetParam() + ".md";
  const std::string text = read_text(path);
  CaseFile seen = parse_cases(text);
  ASSERT_GE(seen.cases.size(), 3u) << path;
  for (Case& one : seen.cases) one = observed(one);
  if (rewriting()) return write_text(path, to_text(seen));
  EXPECT_EQ(to_text(seen), text);
}

TEST_P(RuleCases, keep_what_every_fix_promises) {
  for (const Case& one :
       parse_cases(read_text(kRoot + "/tests/lint/" + GetParam() + ".md")).cases) {
    SCOPED_TRACE(one.title);
    const Files files = files_of(one);
    const lint::LintOptions options = options_of(one);
    for (const bool unsafe : {false, true}) {
      const lint::FixResult fixed = fix_files(files, unsafe, options);
      // The rest is a bug of the rule.
      std::set<std::string> would_do_harm;
      for (const lint::RejectedFix& rejected : fixed.rejected) {
        EXPECT_TRUE(rejected.reason.starts_with("it brings `"))
            << rejected.rule << ": " << rejected.reason;
        would_do_harm.insert(rejected.rule);
      }
      const Files after = after_fix(files, fixed);
      EXPECT_FALSE(fix_files(after, unsafe, options).changed()) << "fixing twice changes something";
      for (const Diagnostic& left : fixed.remaining.diagnostics) {
        if (would_do_harm.contains(left.rule)) continue;
        const bool fixable = left.fix && !lint::is_fixed_only_if_named(left.rule) &&
                             (left.fix->applicability == Applicability::kSafe ||
                              (unsafe && left.fix->applicability == Applicability::kUnsafe));
        EXPECT_FALSE(fixable) << left.rule << ": " << left.message;
      }
    }
  }
}

const Case* section(const CaseFile& doc, std::string_view title) {
  for (const Case& one : doc.cases) {
    if (one.title == title) return &one;
  }
  return nullptr;
}

TEST_P(RuleCases, have_a_doc_that_is_true) {
  const std::string path = kRoot + "/lint/rules/" + GetParam() + ".md";
  CaseFile doc = parse_cases(read_text(path));
  for (const char* title : {"What it finds", "Why it matters", "Example", "Fixed",
                            "When to leave it", "Fix safety", "Versions", "References"}) {
    ASSERT_NE(section(doc, title), nullptr) << title;
  }
  const Files example = files_of(*section(doc, "Example"));
  const lint::LintOptions options = options_of(*section(doc, "Example"));
  const Linted linted = lint_files(example, options);
  EXPECT_FALSE(linted.result.diagnostics.empty());
  const lint::Rule* rule = nullptr;
  for (const lint::Rule& candidate : lint::all_rules()) {
    if (stem_of(candidate.name) == GetParam()) rule = &candidate;
  }
  ASSERT_NE(rule, nullptr) << "a file of cases without a rule";
  for (const Diagnostic& diagnostic : linted.result.diagnostics) {
    EXPECT_EQ(diagnostic.rule, rule->name) << diagnostic.message;
  }
  if (rule->fix && *rule->fix != Applicability::kDisplayOnly && !rule->fix_only_if_named) {
    const Files after = after_fix(example, fix_files(example, true, options));
    if (rewriting()) {
      for (Case& one : doc.cases) {
        if (one.title == "Fixed") one.fences = {{"nginx", "", after.at("")}};
      }
      write_text(path, to_text(doc));
    }
    EXPECT_EQ(files_of(*section(doc, "Fixed")).at(""), after.at(""));
  }
  const Linted silent = lint_files(files_of(*section(doc, "Fixed")), options);
  EXPECT_EQ(describe(*silent.config, silent.result), "");
}

/// What a rule must have shown: that it finds its fault, that it leaves what is near it alone, that
/// it sees through `include`, and that a comment silences it.
TEST_P(RuleCases, are_of_each_kind) {
  const CaseFile file = parse_cases(read_text(kRoot + "/tests/lint/" + GetParam() + ".md"));
  std::string name = GetParam();
  std::replace(name.begin(), name.end(), '_', '-');
  bool found = false, near = false, included = false, silenced = false;
  for (const Case& one : file.cases) {
    const Fence* said = one.find("diagnostics");
    const bool hit = said != nullptr && said->text.find(" " + name + " ") != std::string::npos;
    bool has_comment = false, has_files = false;
    for (const Fence& fence : one.fences) {
      has_files = has_files || (fence.kind == "nginx" && !fence.path.empty());
      has_comment = has_comment || (fence.text.find("ignore[") != std::string::npos &&
                                    fence.text.find(name) != std::string::npos);
    }
    found = found || hit;
    included = included || (hit && has_files);
    silenced = silenced || (!hit && has_comment);
    near = near || (!hit && !has_comment);
  }
  EXPECT_TRUE(found) << "no case in which it finds anything";
  EXPECT_TRUE(near) << "no case that is left alone";
  EXPECT_TRUE(included) << "no case with an included file";
  EXPECT_TRUE(silenced) << "no case that a comment silences";
}

std::vector<std::string> rule_stems() {
  std::vector<std::string> stems;
  for (const lint::Rule& rule : lint::all_rules()) stems.push_back(stem_of(rule.name));
  return stems;
}

INSTANTIATE_TEST_SUITE_P(All, RuleCases, testing::ValuesIn(rule_stems()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace poolproof::test
