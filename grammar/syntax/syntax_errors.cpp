// A message says what is wrong and what to do.
#include "grammar/syntax/syntax_errors.h"

#include <fmt/format.h>

#include "grammar/syntax/limits.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof::syntax_errors {
namespace {

Diagnostic make(SourceSpan span, std::string message) {
  Diagnostic diagnostic;
  diagnostic.rule = "syntax-error";
  diagnostic.severity = Severity::kError;
  diagnostic.message = std::move(message);
  diagnostic.span = span;
  return diagnostic;
}

/// Names are quoted in messages; what is no name (binary, very long) is cut.
std::string quote(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  if (name.size() <= kLongest) return fmt::format("`{}`", name);
  return fmt::format("`{}...`", name.substr(0, kLongest));
}

std::string show(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f ? fmt::format("`{}`", c) : fmt::format("byte 0x{:02x}", byte);
}

Fix fix(std::string title, SourceSpan span, std::string replacement) {
  return {std::move(title), Applicability::kSafe, {{span, std::move(replacement)}}};
}

}  // namespace

Diagnostic missing_semicolon(SourceSpan end_of_statement, std::string_view name, Stop stop,
                             Extent extent) {
  const std::string where =
      stop.line == 0 ? "the end of the file" : fmt::format("the `}}` on line {}", stop.line);
  Diagnostic diagnostic = make(
      end_of_statement,
      fmt::format("missing `;`: nothing ends the {} directive before {}; add `;` here", quote(name),
                  where));
  if (extent == Extent::kOneLine) diagnostic.fix = fix("add the missing `;`", end_of_statement, ";");
  return diagnostic;
}

Diagnostic stray_close_brace(SourceSpan brace) {
  return make(brace,
              "unexpected `}`: no block is open here; remove it, or look above for a block that is "
              "closed twice or never opened");
}

Diagnostic stray_semicolon(SourceSpan semicolon) {
  Diagnostic diagnostic =
      make(semicolon, "unexpected `;`: there is no directive before it; remove it");
  diagnostic.fix = fix("remove the `;`", semicolon, "");
  return diagnostic;
}

Diagnostic stray_open_brace(SourceSpan brace) {
  return make(brace,
              "unexpected `{`: a block needs a name before its brace; add the name, or remove the "
              "braces");
}

Diagnostic missing_close_brace(SourceSpan open_brace, std::string_view name) {
  if (name.empty()) {
    return make(open_brace, "missing `}`: the block that is opened here is never closed; add `}` "
                            "where it ends");
  }
  return make(open_brace,
              fmt::format("missing `}}`: the {} block that is opened here is never closed; add `}}` "
                          "where it ends",
                          quote(name)));
}

Diagnostic missing_lua_close_brace(SourceSpan open_brace, std::string_view name) {
  return make(open_brace,
              fmt::format("missing `}}`: the Lua code of {} that begins here never ends; close its "
                          "braces, strings and long brackets, then add `}}`",
                          quote(name)));
}

Diagnostic missing_space_after_quote(SourceSpan token, char quote_character, char found) {
  return make(token,
              fmt::format("unexpected {} after a closing {}: put a space or `;` between them, or put "
                          "the whole parameter in quotes",
                          show(found), show(quote_character)));
}

Diagnostic unterminated_quote(SourceSpan word, char quote_character) {
  return make(word, fmt::format("missing closing {0}: the quote that begins here does not end on its "
                                "line; add {0} where the parameter ends",
                                show(quote_character)));
}

Diagnostic too_long_parameter(SourceSpan word) {
  return make(word, fmt::format("this parameter has {} bytes, and nginx reads at most {}; shorten it, "
                                "or look for a missing closing quote or space",
                                word.end - word.begin, kTokenBuffer - 1));
}

Diagnostic too_long_comment(SourceSpan comment) {
  return make(comment, fmt::format("this comment has {} bytes on one line, and nginx reads at most {}; "
                                   "break it into several lines",
                                   comment.end - comment.begin, kTokenBuffer - 1));
}

Diagnostic too_deep(SourceSpan open_brace) {
  return make(open_brace, fmt::format("blocks are nested more than {} deep; what is inside of this one "
                                      "is not looked at",
                                      kMaxDepth));
}

Diagnostic too_many(SourceSpan where) {
  return make(where, fmt::format("more than {} syntax errors in this file; those that follow are not "
                                 "shown",
                                 kMaxErrors));
}

}  // namespace poolproof::syntax_errors
