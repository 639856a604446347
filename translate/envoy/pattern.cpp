// One pass over the expression: what both languages have is copied, what differs is written as RE2
// has it, the rest has no equivalent.
#include "translate/envoy/pattern.h"

#include <cstddef>

#include "grammar/syntax/values.h"

namespace poolproof::translate::envoy {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What may follow the part that nginx looks at.
std::string_view behind(Subject subject) {
  if (subject == Subject::kPathAndQuery) return "(?:\\?.*)?";
  return subject == Subject::kHost ? "(?::[0-9]+)?" : "";
}

class Scanner {
 public:
  Scanner(std::string_view text, Subject subject) : text_(text), subject_(subject) {}

  std::optional<std::string> run() {
    while (at_ < text_.size() && ok_) step();
    if (!ok_) return std::nullopt;
    return std::move(out_);
  }
  bool has_choice() const { return has_choice_; }

 private:
  bool follows(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool spares_query() const { return subject_ == Subject::kPathAndQuery; }

  void step() {
    const char c = text_[at_];
    if (c == '\\') return escape();
    if (c == '[') return set();
    if (c == '(') return group();
    if (c == '*' || c == '+' || c == '?' || c == '{') return repeat();
    ++at_;
    has_choice_ = has_choice_ || c == '|';
    if (c == '.' && spares_query()) {
      out_ += "[^?]";
    } else if (c == '$') {
      out_ += std::string(behind(subject_)) + "$";
    } else {
      out_ += c;
    }
  }

  void refuse() { ok_ = false; }

  void escape() {
    if (at_ + 1 >= text_.size()) return refuse();
    const char c = text_[at_ + 1];
    at_ += 2;
    switch (c) {
      case 'h':
        out_ += "[ \\t]";
        return;
      case 'Z':
        out_ += "\\z";
        return;
      case 'S':
      case 'W':
      case 'D':
        if (spares_query()) {
          out_ += c == 'S' ? "[^?\\s]" : c == 'W' ? "[^?\\w]" : "[^?\\d]";
          return;
        }
        break;
      default:
        break;
    }
    // RE2 has these of PCRE's letters, with the same meaning.
    constexpr std::string_view kSame = "AbBdDsSwWzafnrtvxQEpPC0";
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
    if (is_letter && kSame.find(c) == std::string_view::npos) return refuse();
    if (c == 'Q' || c == 'E' || c == 'C' || c == 'p' || c == 'P' || c == '0') return refuse();
    out_ += '\\';
    out_ += c;
  }

  void set() {
    const std::size_t begin = at_++;
    const bool negated = at_ < text_.size() && text_[at_] == '^';
    if (negated) ++at_;
    if (at_ < text_.size() && text_[at_] == ']') ++at_;
    while (at_ < text_.size() && text_[at_] != ']') {
      if (text_[at_] == '\\') ++at_;
      if (follows("[:")) {
        const std::size_t end = text_.find(":]", at_);
        if (end != std::string_view::npos) at_ = end + 1;
      }
      ++at_;
    }
    if (at_ >= text_.size()) return refuse();
    ++at_;
    const std::string_view whole = text_.substr(begin, at_ - begin);
    if (whole.find("\\h") != std::string_view::npos) return refuse();
    out_ += negated && spares_query() ? "[^?" + std::string(whole.substr(2)) : std::string(whole);
  }

  void group() {
    if (!follows("(?") && !follows("(*")) {
      out_ += '(';
      ++at_;
      return;
    }
    for (const std::string_view same : {"(?:", "(?i)", "(?i:", "(?s)", "(?P<"}) {
      if (!follows(same)) continue;
      out_ += same;
      at_ += same.size();
      return;
    }
    const bool looks_behind = follows("(?<=") || follows("(?<!");
    if (!follows("(?<") || looks_behind) return refuse();
    out_ += "(?P<";
    at_ += 3;
  }

  void repeat() {
    if (text_[at_] == '{') return repeat_counted();
    out_ += text_[at_++];
    possessive();
  }

  void repeat_counted() {
    const std::size_t end = text_.find('}', at_);
    const bool counts = end != std::string_view::npos && end > at_ + 1 && is_digit(text_[at_ + 1]);
    if (!counts) {
      out_ += "\\{";
      ++at_;
      return;
    }
    const std::string_view inner = text_.substr(at_ + 1, end - at_ - 1);
    if (inner.find_first_not_of("0123456789,") != std::string_view::npos) return refuse();
    const std::size_t comma = inner.find(',');
    for (const std::string_view part :
         {inner.substr(0, comma),
          comma == std::string_view::npos ? std::string_view("0") : inner.substr(comma + 1)}) {
      if (!part.empty() && parse_number(part).value_or(1001) > 1000) return refuse();
    }
    out_ += text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    possessive();
  }

  void possessive() {
    if (follows("+")) refuse();
    if (follows("?")) {
      out_ += '?';
      ++at_;
    }
  }

  std::string_view text_;
  Subject subject_;
  std::size_t at_ = 0;
  bool ok_ = true, has_choice_ = false;
  std::string out_;
};

bool ends_with_anchor(const std::string& text) {
  if (!text.ends_with('$')) return false;
  std::size_t slashes = 0;
  for (std::size_t i = text.size() - 1; i-- > 0 && text[i] == '\\';) ++slashes;
  return slashes % 2 == 0;
}

}  // namespace

std::string anchored(std::string_view whole) {
  return "^" + std::string(whole) + "$";
}

std::optional<std::string> whole_pattern(std::string_view pattern, Subject subject,
                                         bool ignores_case) {
  Scanner scanner(pattern, subject);
  auto text = scanner.run();
  if (!text) return std::nullopt;
  const std::string_view any = subject == Subject::kPathAndQuery ? "[^?]*" : ".*";
  const std::string rest = std::string(any) + std::string(behind(subject));
  std::string out = ignores_case ? "(?i)" : "";
  // Anchors belong to the alternatives, where there are any.
  if (scanner.has_choice()) return out + std::string(any) + "(?:" + *text + ")" + rest;
  const bool to_end = ends_with_anchor(*text);
  if (to_end) text->pop_back();
  if (text->starts_with('^')) {
    text->erase(0, 1);
  } else {
    out += any;
  }
  out += *text;
  return to_end ? out : out + rest;
}

}  // namespace poolproof::translate::envoy
