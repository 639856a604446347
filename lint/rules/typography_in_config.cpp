// Rule: characters that word processors and web pages put in place of the plain ones. Looks at
// words alone, so that it also sees files that nginx cannot read.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/base/utf8.h"
#include "lint/finding.h"

namespace poolproof::lint {
namespace {

struct Character {
  std::string_view bytes;
  std::string_view plain;
  std::string_view name;
};

constexpr std::array kCharacters = {
    Character{"\uFF1B", ";", "full-width semicolon"}, Character{"\uFF1A", ":", "full-width colon"},
    Character{"\uFF5B", "{", "full-width brace"},     Character{"\uFF5D", "}", "full-width brace"},
    Character{"\u201C", "\"", "curly quote"},         Character{"\u201D", "\"", "curly quote"},
    Character{"\u2018", "'", "curly quote"},          Character{"\u2019", "'", "curly quote"},
    Character{"\u00A0", " ", "no-break space"},       Character{"\u3000", " ", "full-width space"},
    Character{"\uFEFF", "", "byte order mark"},       Character{"\u200B", "", "zero-width space"},
};

bool is_quote(const Character& character) {
  return character.name == "curly quote";
}
bool is_colon(const Character& character) {
  return character.plain == ":";
}

std::string advice(const Character& character) {
  if (character.plain.empty()) return "it is invisible: remove it";
  if (character.plain == " ") return "write a plain blank";
  return fmt::format("write `{}`", character.plain);
}

/// Cheap, for it is asked of every byte of files that may be anything.
bool may_begin_character(char c) {
  return c == '\xe2' || c == '\xef' || c == '\xc2' || c == '\xe3';
}

const Character* character_at(std::string_view text, std::size_t at) {
  if (!may_begin_character(text[at])) return nullptr;
  for (const Character& character : kCharacters) {
    if (text.substr(at).starts_with(character.bytes)) return &character;
  }
  return nullptr;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Before a port or after a scheme; anywhere else it may be text for people.
bool is_address_colon(std::string_view word, std::size_t at, std::size_t size) {
  const std::string_view after = word.substr(at + size);
  if (after.starts_with("//") || (!after.empty() && is_digit(after.front()))) return true;
  return word.substr(0, at) == "unix";
}

/// How many curly quotes a line has, so that they can be counted in pairs. The last line that was
/// asked about is remembered: all may stand in one.
class QuotesInLine {
 public:
  explicit QuotesInLine(std::string_view text) : text_(text) {}

  bool are_pairs(std::size_t at, const Character& character) {
    if (at < begin_ || at >= end_) count(at);
    return (character.plain == "'" ? single_ : double_) % 2 == 0;
  }

 private:
  void count(std::size_t at) {
    const std::size_t before = text_.substr(0, at).rfind('\n');
    begin_ = before == std::string_view::npos ? 0 : before + 1;
    end_ = std::min(text_.find('\n', at), text_.size());
    single_ = double_ = 0;
    const std::string_view line = text_.substr(begin_, end_ - begin_);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Character* character = character_at(line, i);
      if (character == nullptr || !is_quote(*character)) continue;
      ++(character->plain == "'" ? single_ : double_);
    }
  }

  std::string_view text_;
  std::size_t begin_ = 0, end_ = 0;
  std::size_t single_ = 0, double_ = 0;
};

/// In the middle of a word an apostrophe belongs to it.
bool at_edge(std::string_view word, std::size_t at, std::size_t size) {
  if (at == 0) return true;
  const std::string_view after = word.substr(at + size);
  return after.empty() || after.starts_with("\uFF1B") || after.starts_with("\u201D") ||
         after.starts_with("\u2019");
}

class FileScan {
 public:
  FileScan(const LoadedFile& file, Report& report)
      : tree_(file.tree),
        report_(report),
        is_plain_(is_ascii(file.tree.text())),
        quotes_(file.tree.text()) {}

  void run() {
    for (const Token& token : tree_.tokens()) {
      if (token.kind == TokenKind::kWord || token.kind == TokenKind::kError) word(token);
    }
  }

 private:
  void word(const Token& token) {
    const std::string_view text = tree_.text().substr(token.begin, token.end - token.begin);
    if (text.starts_with('"') || text.starts_with('\'')) return;
    if (text.starts_with("//") && begins_statement(token.begin)) comment(token);
    if (is_plain_) return;
    for (std::size_t at = 0; at < text.size();) {
      const Character* character = character_at(text, at);
      if (!character) {
        ++at;
        continue;
      }
      found(token, text, at, *character);
      at += character->bytes.size();
    }
  }

  void found(const Token& token, std::string_view text, std::size_t at,
             const Character& character) {
    if (is_colon(character) && !is_address_colon(text, at, character.bytes.size())) return;
    if (is_quote(character) && !at_edge(text, at, character.bytes.size())) return;
    const auto begin = static_cast<std::uint32_t>(token.begin + at);
    const SourceSpan span{tree_.file(), begin,
                          begin + static_cast<std::uint32_t>(character.bytes.size())};
    Diagnostic out =
        finding(Severity::kError, span,
                fmt::format("this is a {}, which nginx takes for a letter of the word; {}",
                            character.name, advice(character)));
    if (!is_quote(character) || quotes_.are_pairs(begin, character))
      out.fix = safe_fix(
          character.plain.empty() ? "remove the invisible character" : "write the plain character",
          {{span, std::string(character.plain)}});
    report_.add(std::move(out));
  }

  /// Nothing but blanks stands before it on its line, or the statement before it has ended there.
  bool begins_statement(std::uint32_t begin) const {
    const std::string_view text = tree_.text();
    while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
    if (begin == 0) return true;
    const char before = text[begin - 1];
    return before == '\n' || before == ';' || before == '{' || before == '}';
  }

  void comment(const Token& token) {
    const SourceSpan span{tree_.file(), token.begin, token.begin + 2};
    Diagnostic out =
        finding(Severity::kError, span,
                "nginx knows no `//` comments: this and what follows is read as a directive; "
                "begin the comment with `#`");
    out.fix = safe_fix("begin the comment with `#`", {{span, "#"}});
    report_.add(std::move(out));
  }

  const SyntaxTree& tree_;
  Report& report_;
  bool is_plain_;  // no word has any of the characters
  QuotesInLine quotes_;
};

void check(const RuleInput& input, Report& report) {
  for (const LoadedFile& file : input.bound.files()) FileScan(file, report).run();
}

}  // namespace

Rule typography_in_config() {
  return {.name = "typography-in-config",
          .group = Group::kTypography,
          .severity = Severity::kError,
          .summary =
              "Curly quotes, full-width signs, no-break spaces or `//` comments in place of plain "
              "ones.",
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
