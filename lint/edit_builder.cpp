// See edit_builder.h.
#include "lint/edit_builder.h"

#include <fmt/format.h>

namespace poolproof::lint {
namespace {

std::string_view file_text(Directive at) {
  return at.tree().text();
}

std::uint32_t line_begin(std::string_view text, std::uint32_t offset) {
  while (offset > 0 && text[offset - 1] != '\n') --offset;
  return offset;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// White space that the line begins with; empty where a statement stands before on the same line.
std::string_view indentation(std::string_view text, std::uint32_t offset) {
  const std::uint32_t begin = line_begin(text, offset);
  std::uint32_t end = begin;
  while (end < text.size() && is_blank(text[end])) ++end;
  return text.substr(begin, end - begin);
}

/// Looks no further than the blanks before it: the line may be long.
bool first_on_line(std::string_view text, std::uint32_t offset) {
  while (offset > 0 && is_blank(text[offset - 1])) --offset;
  return offset == 0 || text[offset - 1] == '\n';
}

std::string_view line_end(std::string_view text) {
  const std::size_t lf = text.find('\n');
  return lf != std::string_view::npos && lf > 0 && text[lf - 1] == '\r' ? "\r\n" : "\n";
}

/// Where the line's content ends (before its CR or LF), from `offset`, if only blanks and a comment
/// follow; otherwise `offset` itself.
std::uint32_t end_of_trailing_comment(std::string_view text, std::uint32_t offset) {
  std::uint32_t at = offset;
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at < text.size() && text[at] == '#') {
    while (at < text.size() && text[at] != '\n') ++at;
    if (at > offset && text[at - 1] == '\r') --at;
    return at;
  }
  const bool at_line_end = at == text.size() || text[at] == '\n' || text[at] == '\r';
  return at_line_end ? at : offset;
}

std::string indented(std::string_view statement, std::string_view indent, std::string_view eol) {
  std::string out;
  std::size_t begin = 0;
  while (true) {
    const std::size_t lf = statement.find('\n', begin);
    const std::string_view line = statement.substr(begin, lf - begin);
    if (!line.empty()) out += fmt::format("{}{}", indent, line);
    if (lf == std::string_view::npos) return out;
    out += eol;
    begin = lf + 1;
  }
}

/// Several statements among others on one line: side by side, too; a comment ends its line.
std::string among_others(std::string_view statements, std::string_view text, std::uint32_t offset) {
  if (statements.find('\n') == std::string_view::npos) return std::string(statements);
  const bool has_comment = statements.find('#') != std::string_view::npos;
  const std::string eol = fmt::format("{}{}    ", line_end(text), indentation(text, offset));
  std::string out;
  for (const char c : statements) {
    if (c == '\n') {
      out += has_comment ? eol : " ";
    } else {
      out += c;
    }
  }
  return out;
}

SourceSpan point(Directive at, std::uint32_t offset) {
  return {at.file(), offset, offset};
}

}  // namespace

TextEdit insert_after(Directive sibling, std::string_view statement) {
  const std::string_view text = file_text(sibling);
  const SourceSpan span = sibling.span();
  if (!first_on_line(text, span.begin)) {
    return {point(sibling, span.end),
            fmt::format(" {}", among_others(statement, text, span.begin))};
  }
  const std::uint32_t at = end_of_trailing_comment(text, span.end);
  const bool more_on_line =
      at == span.end && at < text.size() && text[at] != '\n' && text[at] != '\r';
  if (more_on_line) {
    return {point(sibling, span.end),
            fmt::format(" {}", among_others(statement, text, span.begin))};
  }
  const std::string_view eol = line_end(text);
  return {point(sibling, at),
          fmt::format("{}{}", eol, indented(statement, indentation(text, span.begin), eol))};
}

TextEdit insert_before(Directive sibling, std::string_view statement) {
  const std::string_view text = file_text(sibling);
  const std::uint32_t begin = sibling.span().begin;
  if (!first_on_line(text, begin)) {
    return {point(sibling, begin), fmt::format("{} ", among_others(statement, text, begin))};
  }
  const std::string_view eol = line_end(text);
  return {point(sibling, line_begin(text, begin)),
          fmt::format("{}{}", indented(statement, indentation(text, begin), eol), eol)};
}

TextEdit insert_at_end(Directive block, std::string_view statement) {
  Directive last;
  for (const Directive child : children(block)) {
    if (child.file() == block.file()) last = child;
  }
  if (last) return insert_after(last, statement);
  const SourceSpan head = block.head_span();
  return {point(block, head.end), fmt::format(" {} ", statement)};
}

TextEdit remove_statement(Directive statement) {
  const std::string_view text = file_text(statement);
  SourceSpan span = statement.span();
  const std::uint32_t end = end_of_trailing_comment(text, span.end);
  const bool rest_is_empty = end == text.size() || text[end] == '\n' || text[end] == '\r';
  if (!first_on_line(text, span.begin) || !rest_is_empty) {
    // Shares its line with others: takes one of the blanks around it along.
    if (span.begin > 0 && is_blank(text[span.begin - 1])) --span.begin;
    return {span, ""};
  }
  span.begin = line_begin(text, span.begin);
  span.end = end;
  if (span.end < text.size() && text[span.end] == '\r') ++span.end;
  if (span.end < text.size() && text[span.end] == '\n') ++span.end;
  return {span, ""};
}

std::string text_with_comment(Directive statement) {
  const std::string_view text = file_text(statement);
  const SourceSpan span = statement.span();
  const std::uint32_t end = end_of_trailing_comment(text, span.end);
  std::string_view out = text.substr(span.begin, end - span.begin);
  while (is_blank(out.back())) out.remove_suffix(1);
  return std::string(out);
}

TextEdit replace_argument(Directive statement, std::size_t index, std::string_view value) {
  return {statement.arg_span(index), quoted_if_needed(value)};
}

TextEdit insert_argument(Directive statement, std::string_view value) {
  const SourceSpan last = statement.arg_span(statement.arg_count() - 1);
  return {{last.file, last.end, last.end}, " " + quoted_if_needed(value)};
}

TextEdit remove_argument(Directive statement, std::size_t index) {
  const SourceSpan gone = statement.arg_span(index);
  const SourceSpan before = index == 0 ? statement.name_span() : statement.arg_span(index - 1);
  return {{gone.file, before.end, gone.end}, ""};
}

std::string quoted_if_needed(std::string_view value) {
  const bool plain =
      !value.empty() && value.find_first_of(" \t\r\n\"';{}#\\") == std::string_view::npos;
  if (plain) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace poolproof::lint
