// Rule: the Connection header holds a word that means nothing.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_set_header"};

constexpr std::array<std::string_view, 6> kMistakes = {"keepalive", "keep_alive", "off",
                                                       "on",        "none",       "closed"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_pair_of_quotes(std::string_view word) {
  return word == "''" || word == "\"\"";
}

bool is_a_mistake(std::string_view value) {
  const std::string_view word = trimmed(value);
  if (word.empty()) return !value.empty();  // nothing but blanks
  for (const std::string_view mistake : kMistakes) {
    if (equal_ignoring_case(word, mistake)) return true;
  }
  return is_pair_of_quotes(word);
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    const HeaderField* field = find_header(location, "Connection");
    if (field == nullptr || !is_a_mistake(field->value)) continue;
    Diagnostic out = finding(
        Severity::kError, field->at.head_span(),
        is_pair_of_quotes(trimmed(field->value))
            ? std::string("two quote characters are sent as the value of `Connection`: inside of "
                          "other quotes, or after a backslash, they stand for themselves; write an "
                          "empty value as `\"\"`, with nothing around it")
            : fmt::format(
                  "`{}` means nothing in a Connection header; nginx sends it as it stands, and the "
                  "backend makes of it what it likes; clear the header with `\"\"`",
                  field->value));
    out.fix = safe_fix("clear the Connection header", {replace_argument(field->at, 1, "")});
    report.add(std::move(out));
  }
}

}  // namespace

Rule connection_header_meaningless() {
  return {.name = "connection-header-meaningless",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary =
              "`Connection` is set to a value that no protocol knows, such as `keepalive`, `off` "
              "or a blank.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
