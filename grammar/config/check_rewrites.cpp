// `if`, `rewrite` and `return`, whose arguments are a small language (nginx 1.22.1,
// ngx_http_rewrite_module.c).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/condition.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::string_view kCondition = "invalid-condition";

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 6> kOperators = {"=", "!=", "~", "~*", "!~", "!~*"};
constexpr std::array<std::string_view, 8> kFileTests = {"-f",  "-d",  "-e",  "-x",
                                                        "!-f", "!-d", "!-e", "!-x"};

/// Why nginx refuses the words; empty if it takes them.
std::string fault_of(const std::vector<std::string_view>& words) {
  const std::string_view first = words.front();
  if (first.size() > 1 && first.front() == '$') {
    if (words.size() == 1) return {};
    if (words.size() != 3)
      return "a condition is one variable, or a variable, an operator and a value";
    if (is_one_of(words[1], kOperators)) return {};
    return fmt::format("`{}` is no operator: write `=`, `!=`, `~`, `~*`, `!~` or `!~*`", words[1]);
  }
  if (is_one_of(first, kFileTests)) {
    return words.size() == 2 ? std::string() : fmt::format("`{}` takes one file name", first);
  }
  return fmt::format("`{}` is neither a variable nor a file test such as `-f`", first);
}

void check_if(Directive at, std::vector<Diagnostic>& out) {
  const std::vector<std::string_view> words = condition_words(at);
  const std::string fault =
      words.empty() ? std::string("a condition stands in parentheses: `if ($name = value)`")
                    : fault_of(words);
  if (!fault.empty()) {
    add_error(out, kCondition, at.head_span(),
              fmt::format("nginx cannot read this condition: {}", fault));
  }
}

void check_rewrite(Directive at, std::vector<Diagnostic>& out) {
  constexpr std::array<std::string_view, 4> kFlags = {"last", "break", "redirect", "permanent"};
  if (at.arg_count() != 3 || is_one_of(at.arg(2), kFlags)) return;
  add_error(out, "invalid-value", at.arg_span(2),
            fmt::format("`{}` is no flag of `rewrite`: write `last`, `break`, `redirect` or "
                        "`permanent`",
                        at.arg(2)));
}

void check_return(Directive at, std::vector<Diagnostic>& out) {
  const std::string_view code = at.arg(0);
  const auto number = parse_number(code);
  if (number && *number <= 999) return;
  const bool is_url =
      code.starts_with("http://") || code.starts_with("https://") || code.starts_with("$scheme");
  if (!number && is_url && at.arg_count() == 1) return;
  add_error(out, "invalid-value", at.arg_span(0),
            fmt::format("`return` takes a status from 0 to 999, or a URL alone that begins with "
                        "`http://`, `https://` or `$scheme`; not `{}`",
                        code));
}

}  // namespace

void check_rewrites(const MergedInput& input, std::vector<Diagnostic>& out) {
  for (const Directive at : input.statements.of("if")) check_if(at, out);
  for (const Directive at : input.statements.of("rewrite")) check_rewrite(at, out);
  for (const Directive at : input.statements.of("return")) check_return(at, out);
}

}  // namespace poolproof
