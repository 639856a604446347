// See condition.h.
#include "grammar/config/condition.h"

#include <algorithm>
#include <array>

namespace poolproof {
namespace {

constexpr std::array<std::string_view, 8> kFileTests = {"-f",  "-d",  "-e",  "-x",
                                                        "!-f", "!-d", "!-e", "!-x"};

struct Operator {
  std::string_view text;
  ConditionKind kind;
  bool no_case = false;
};

constexpr std::array kOperators = {
    Operator{"=", ConditionKind::kEqual},    Operator{"!=", ConditionKind::kNotEqual},
    Operator{"~", ConditionKind::kMatch},    Operator{"~*", ConditionKind::kMatch, true},
    Operator{"!~", ConditionKind::kNoMatch}, Operator{"!~*", ConditionKind::kNoMatch, true},
};

}  // namespace

std::vector<std::string_view> condition_words(Directive at) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < at.arg_count(); ++i) words.push_back(at.arg(i));
  if (words.empty() || !words.front().starts_with('(')) return {};
  words.front().remove_prefix(1);
  if (words.front().empty()) words.erase(words.begin());
  if (words.empty() || !words.back().ends_with(')')) return {};
  words.back().remove_suffix(1);
  if (words.back().empty()) words.pop_back();
  return words;
}

std::optional<Condition> parse_condition(Directive at) {
  const std::vector<std::string_view> words = condition_words(at);
  if (words.empty()) return std::nullopt;
  const std::string_view first = words.front();
  if (std::find(kFileTests.begin(), kFileTests.end(), first) != kFileTests.end()) {
    if (words.size() != 2) return std::nullopt;
    return Condition{ConditionKind::kFileTest, first, words[1], false};
  }
  if (first.size() < 2 || first.front() != '$') return std::nullopt;
  if (words.size() == 1) return Condition{ConditionKind::kIsSet, first, {}, false};
  if (words.size() != 3) return std::nullopt;
  const auto* const op = std::find_if(kOperators.begin(), kOperators.end(),
                                      [&](const Operator& each) { return each.text == words[1]; });
  if (op == kOperators.end()) return std::nullopt;
  return Condition{op->kind, first, words[2], op->no_case};
}

}  // namespace poolproof
