// A message says what is wrong and what to do.
#include "grammar/syntax/syntax_errors.h"

#include <fmt/format.h>

#include "grammar/base/utf8.h"
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

/// A name between backticks, cut if it is long; bytes that are not text are shown as `\xff`.
std::string quote(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  std::string out = "`";
  while (!name.empty() && out.size() <= kLongest) {
    const std::size_t length = utf8_sequence_length(name);
    const auto byte = static_cast<unsigned char>(name[0]);
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
      name.remove_prefix(1);
    } else {
      out += name.substr(0, length);
      name.remove_prefix(length);
    }
  }
  return out + (name.empty() ? "`" : "...`");
}

std::string show(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f ? fmt::format("`{}`", c) : fmt::format("byte 0x{:02x}", byte);
}

Fix fix(std::string title, SourceSpan span, std::string replacement) {
  return {std::move(title), Applicability::kSafe, {{span, std::move(replacement)}}};
}

Diagnostic unended_statement(SourceSpan end, std::string_view name, Stop stop) {
  const std::string where =
      stop.line == 0 ? "the end of the file" : fmt::format("the `}}` on line {}", stop.line);
  return make(end, fmt::format("missing `;`: nothing ends the {} directive before {}; add `;` here",
                               quote(name), where));
}

}  // namespace

Diagnostic missing_semicolon(SourceSpan end, std::string_view name, Stop stop) {
  Diagnostic diagnostic = unended_statement(end, name, stop);
  diagnostic.fix = fix("add the missing `;`", end, ";");
  return diagnostic;
}

Diagnostic missing_semicolon(SourceSpan end, std::string_view name, Stop stop, SourceSpan begin) {
  Diagnostic diagnostic = unended_statement(end, name, stop);
  diagnostic.notes.push_back(
      {begin, "the directive begins here and takes all that follows as its parameters"});
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
    return make(open_brace,
                "missing `}`: the block that is opened here is never closed; add `}` "
                "where it ends");
  }
  return make(
      open_brace,
      fmt::format("missing `}}`: the {} block that is opened here is never closed; add `}}` "
                  "where it ends",
                  quote(name)));
}

Note probably_this_block(SourceSpan open_brace, std::string_view name, std::uint32_t close_line) {
  return {open_brace,
          fmt::format("probably the {} block here lacks its `}}`: the one on line {} is indented "
                      "for a block further out",
                      quote(name), close_line)};
}

Diagnostic missing_lua_close_brace(SourceSpan open_brace, std::string_view name) {
  return make(open_brace,
              fmt::format("missing `}}`: the Lua code of {} that begins here never ends; close its "
                          "braces, strings and long brackets, then add `}}`",
                          quote(name)));
}

Diagnostic missing_space_after_quote(SourceSpan token, char quote_character, char found) {
  return make(
      token,
      fmt::format("unexpected {} after a closing {}: put a space or `;` between them, or put "
                  "the whole parameter in quotes",
                  show(found), show(quote_character)));
}

Diagnostic unterminated_quote(SourceSpan word, char quote_character) {
  return make(word,
              fmt::format("missing closing {0}: the quote that begins here does not end on its "
                          "line; add {0} where the parameter ends",
                          show(quote_character)));
}

Diagnostic too_long_parameter(SourceSpan word) {
  return make(word,
              fmt::format("this parameter has {} bytes, and nginx reads at most {}; shorten it, "
                          "or look for a missing closing quote or space",
                          word.end - word.begin, kTokenBuffer - 1));
}

Diagnostic too_long_comment(SourceSpan comment) {
  return make(comment,
              fmt::format("this comment has {} bytes on one line, and nginx reads at most {}; "
                          "break it into several lines",
                          comment.end - comment.begin, kTokenBuffer - 1));
}

Diagnostic too_deep(SourceSpan open_brace) {
  return make(open_brace,
              fmt::format("blocks are nested more than {} deep; what is inside of this one "
                          "is not looked at",
                          kMaxDepth));
}

Diagnostic too_many(SourceSpan where) {
  return make(where,
              fmt::format("more than {} syntax errors in this file; those that follow are not "
                          "shown",
                          kMaxErrors));
}

}  // namespace poolproof::syntax_errors
