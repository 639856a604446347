// Rule: characters that word processors and web pages put in place of the plain ones. Looks at
// words alone, so that it also sees files that nginx cannot read.
#include <array>

#include <fmt/format.h>

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

const Character* character_at(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return nullptr;  // all of them are beyond ASCII
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

/// The words of a run that shares a line break, so that quotes can be counted in pairs.
std::size_t quotes_in_line(std::string_view text, std::size_t at, std::string_view plain) {
  const std::size_t before = text.substr(0, at).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = text.substr(begin, text.find('\n', at) - begin);
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Character* character = character_at(line, i);
    if (character && character->plain == plain) ++count;
  }
  return count;
}

/// In the middle of a word an apostrophe belongs to it.
bool at_edge(std::string_view word, std::size_t at, std::size_t size) {
  if (at == 0) return true;
  const std::string_view after = word.substr(at + size);
  return after.empty() || after.starts_with("\uFF1B") || after.starts_with("\u201D") ||
         after.starts_with("\u2019");
}

class FileScan {
 public:
  FileScan(const LoadedFile& file, Report& report) : tree_(file.tree), report_(report) {}

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
    const bool pairs =
        !is_quote(character) || quotes_in_line(tree_.text(), begin, character.plain) % 2 == 0;
    if (pairs)
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
