// Caddy reads what it writes into a path once more: `%41` becomes a letter, `?` begins the
// arguments. Both bytes of what is taken over are marks meanwhile, which no request has.
#include "translate/caddy/rewrites.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/answers.h"
#include "translate/caddy/words.h"
#include "translate/redirects.h"

namespace poolproof::translate::caddy {
namespace {

// Noncharacters of Unicode (U+FDD0 to U+FDD2).
constexpr std::string_view kPercentMark = "\xEF\xB7\x90", kValueMark = "\xEF\xB7\x92";
constexpr std::string_view kEscapedPercentMark = "%EF%B7%90", kEscapedQuestionMark = "%EF%B7%91";

/// A text with its escapes taken off, but for those that would be read anew.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(text[i]);
    const char* const digits = text.data() + i + 1;
    const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                           std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    if (is_escape) i += 2;
    out += byte == '%' ? std::string(kPercentMark) : std::string(1, static_cast<char>(byte));
  }
  return out;
}

std::string marked(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '%' ? std::string(kPercentMark) : std::string(1, c);
  return out;
}

/// Does an expression take a mark wherever it takes `%` or `?`, and nowhere else?
bool takes_marks_alike(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '%') return false;
    if (c == '\\') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '?') return false;
      ++i;
    } else if (in_class) {
      const bool range = c == '-' && pattern[i - 1] != '[' && pattern.substr(i + 1, 1) != "]";
      const std::string_view known = pattern.substr(i - 1, 3);
      if (range && known != "a-z" && known != "A-Z" && known != "0-9") return false;
      if (c == '?') return false;
      in_class = c != ']';
    } else {
      in_class = c == '[';
    }
  }
  return true;
}

struct Target {
  std::string_view path, query;
  bool has_query = false, drops_query = false;
};

Target target_of(std::string_view text) {
  Target out;
  out.drops_query = text.ends_with('?');
  if (out.drops_query) text.remove_suffix(1);
  const std::size_t at = text.find('?');
  out.path = text.substr(0, at);
  out.has_query = at != std::string_view::npos;
  if (out.has_query) out.query = text.substr(at + 1);
  return out;
}

/// Where the path of an address begins: 0 for a path, its size where there is none.
std::size_t begin_of_path(std::string_view target) {
  if (target.starts_with('/')) return 0;
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return target.size();
  return std::min(target.find('/', scheme + 3), target.size());
}

std::vector<TextPiece> pieces_of(std::string_view text) {
  return split_variables(text).value_or(std::vector<TextPiece>{{false, text}});
}

struct Written {
  const std::string& path;
  std::string_view query;
  const std::string& behind;  // goes behind the arguments: those of the request
};

/// Caddy escapes what stands for a variable in arguments, nginx does not: it goes behind a mark.
std::optional<Lines> with_arguments(Shared& shared, const TextPlace& place, Directive at,
                                    const Written& written) {
  constexpr std::string_view kArguments = "{http.request.uri.query}";
  std::string query;
  Lines out, values;
  int count = 0;
  const auto pieces = pieces_of(written.query);
  for (const TextPiece& each : pieces) {
    const auto value =
        text_of(shared, place,
                each.is_variable ? fmt::format("${{{}}}", each.text) : std::string(each.text), at);
    if (!value) return std::nullopt;
    std::string text = value->text;
    const bool is_own = text == kArguments && pieces.size() == 1;
    if (!each.is_variable || value->constant || is_own) {
      query += text;
      continue;
    }
    if (text == kArguments) {
      text = shared.variable("arguments");
      out.add(fmt::format("vars {} {}", text.substr(11, text.size() - 12), kArguments));
    }
    // With two slashes, or those of the path would be merged.
    const std::string mark = fmt::format("{}//{}", kValueMark, ++count);
    query += mark;
    values.add(fmt::format("uri replace {} {}", mark, word(text)));
  }
  out.add("rewrite * " + word(fmt::format("{}?{}{}", written.path, query, written.behind)));
  out.append(values);
  return out;
}

class Maker {
 public:
  Maker(Shared& shared, const TextPlace& place, const Rewrite& rewrite)
      : shared_(shared),
        place_(place),
        rewrite_(rewrite),
        target_(target_of(rewrite.at.arg(1))),
        alike_(takes_marks_alike(rewrite.pattern)) {}

  std::optional<Lines> run() {
    const bool said = rewrite_.moves ? redirect() : replace();
    if (!said) return std::nullopt;
    return std::move(out_);
  }

 private:
  void warn(std::string message) {
    shared_.lose(Severity::kWarning, rewrite_.at, "`rewrite`: " + std::move(message));
  }

  std::optional<Text> text(const TextPlace& place, std::string_view text) {
    return text_of(shared_, place, text, rewrite_.at);
  }

  // --- what is taken over ------------------------------------------------------------------------

  bool is_taken(const TextPiece& piece) const {
    if (!piece.is_variable) return false;
    if (piece.text.size() == 1 && piece.text[0] >= '0' && piece.text[0] <= '9') return true;
    return rewrite_.pattern.find(fmt::format("(?P<{}>", piece.text)) != std::string::npos;
  }

  static bool is_path(const TextPiece& piece) {
    return piece.is_variable && (piece.text == "uri" || piece.text == "document_uri");
  }

  bool takes(std::string_view text) const {
    const auto pieces = pieces_of(text);
    return std::any_of(pieces.begin(), pieces.end(),
                       [this](const TextPiece& each) { return is_taken(each) || is_path(each); });
  }

  bool takes_captures(std::string_view text) const {
    const auto pieces = pieces_of(text);
    return std::any_of(pieces.begin(), pieces.end(),
                       [this](const TextPiece& each) { return is_taken(each); });
  }

  /// The first variable that may hold a `%` or `?` and is no part of the path; empty: none.
  std::string_view other_in(std::string_view text) const {
    for (const TextPiece& each : pieces_of(text)) {
      if (!each.is_variable || is_taken(each) || is_path(each)) continue;
      if (!is_without_escapes(each.text)) return each.text;
    }
    return {};
  }

  /// Those of the expression once its path has marks.
  TextPlace marked_place() {
    TextPlace out = place_;
    again_ = shared_.number("again");
    out.captures.back().name = again_;
    return out;
  }

  void open_marked(std::string_view path) {
    Lines marks;
    marks.add(fmt::format("uri path_regexp %25 {}", kEscapedPercentMark));
    marks.add(fmt::format("uri path_regexp (?i)%3f {}", kEscapedQuestionMark));
    out_.add(shared_.shared_lines("mark_escapes", marks));
    for (const TextPiece& each : pieces_of(path)) {
      if (is_path(each)) {
        out_.add(shared_.note_path());
        break;
      }
    }
    out_.add(fmt::format("@{0} path_regexp {0} {1}", again_, word(rewrite_.pattern)));
    out_.open("route @" + again_);
  }

  void unmark() {
    Lines marks;
    marks.add(fmt::format("uri path_regexp {} %25", kEscapedPercentMark));
    marks.add(fmt::format("uri path_regexp {} %3F", kEscapedQuestionMark));
    out_.add(shared_.shared_lines("unmark_escapes", marks));
  }

  // --- another path ------------------------------------------------------------------------------

  bool replace() {
    const bool marks = takes(target_.path) && alike_;
    const TextPlace place = marks ? marked_place() : place_;
    const auto path = text(place, marks ? marked(target_.path) : std::string(target_.path));
    if (!path) return false;
    if (takes(target_.path) && !alike_) {
      warn("an escaped `?` or `%` in what is taken over is read anew by caddy");
    }
    const std::string_view other = other_in(target_.path);
    if (!other.empty()) {
      warn(
          fmt::format("a `?` or `%` in `${}` is read anew by caddy: it begins the arguments, or "
                      "an escape",
                      other));
    }
    if (marks) open_marked(target_.path);
    const bool said = write(path->text);
    if (!marks) return said;
    unmark();
    out_.close();
    return said;
  }

  bool write(const std::string& path) {
    if (!target_.has_query) {
      out_.add("rewrite * " + word(path + (target_.drops_query ? "?" : "")));
      return true;
    }
    const std::string behind = target_.drops_query ? "" : "&{http.request.uri.query}";
    if (!takes_captures(target_.query)) return write_as_it_is(path, behind);
    warn(
        "of a path that came with escapes caddy writes what is taken over into arguments as forms "
        "do: `%2F`, and `+` for a blank");
    shared_.looks_for_escapes = true;
    out_.open("route @bare_target");
    const bool said = write_as_it_is(path, behind);
    out_.close();
    const auto query = text(place_, target_.query);
    if (!query) return false;
    out_.open("route @escaped_target");
    out_.add("rewrite * " + word(fmt::format("{}?{}{}", path, query->text, behind)));
    out_.close();
    return said;
  }

  bool write_as_it_is(const std::string& path, const std::string& behind) {
    const auto lines = with_arguments(shared_, place_, rewrite_.at, {path, target_.query, behind});
    if (lines) out_.append(*lines);
    return lines.has_value();
  }

  // --- a redirect --------------------------------------------------------------------------------

  std::int64_t code() const { return rewrite_.at.arg(2) == "permanent" ? 301 : 302; }

  /// Its text as nginx writes it, but for variables.
  std::string plain(std::string_view said) {
    RedirectText redirect;
    std::string out;
    bool is_cut = false;
    for (const TextPiece& each : pieces_of(said)) {
      if (each.is_variable) {
        is_cut = is_cut || redirect.is_open();
        out += fmt::format("${{{}}}", each.text);
      } else {
        out += redirect.add(each.text);
      }
    }
    if (is_cut) warn("nginx takes what follows a `%` for an escape, caddy sends it as it is");
    return out;
  }

  bool redirect() {
    const std::string said = plain(target_.path);
    const std::size_t begin = begin_of_path(said);
    const std::string head = said.substr(0, begin), path = said.substr(begin);
    const auto query = text(place_, target_.query);
    if (!query) return false;
    std::string behind = target_.has_query ? "?" + query->text : "";
    if (!target_.drops_query) {
      behind += target_.has_query ? query_behind_query(shared_) : query_behind_path(shared_);
    }
    if (takes_captures(target_.query)) {
      warn("what is taken over into the arguments of a redirect is written without escapes");
    }
    std::string_view other = other_in(said);
    if (other.empty() && takes(said) && !takes_captures(said)) other = "uri";
    if (!other.empty()) {
      warn(fmt::format("nginx takes escapes off `${}` in a redirect, caddy sends it as it is",
                       other));
    }
    const bool can_be_built = alike_ && path.find_first_of("?#") == std::string::npos;
    if (takes_captures(path) && can_be_built) return built_redirect(head, path, behind);
    if (takes_captures(said)) {
      warn("what is taken over into a redirect is written without escapes");
    }
    const auto whole = text(place_, said);
    if (!whole) return false;
    out_.append(redirect_lines(shared_, place_, said, whole->text + behind, code()));
    return true;
  }

  /// The path is made as that of a request: so it is escaped.
  bool built_redirect(const std::string& head, const std::string& path, const std::string& behind) {
    const auto to = text(marked_place(), decoded(path));
    const auto before = text(place_, head);
    if (!to || !before) return false;
    const std::string origin = head.empty() ? origin_of(place_) : before->text;
    open_marked(path);
    out_.add("rewrite * " + word(to->text));
    unmark();
    // An escaped question mark becomes one (NGX_UNESCAPE_REDIRECT).
    const std::string cut = shared_.number("cut"), made = shared_.number("made");
    out_.add(fmt::format("@{0} vars_regexp {0} {{http.request.uri}} ^(/[^?]*?)%3F([^?]*)", cut));
    out_.open("route @" + cut);
    send(fmt::format("{0}{{http.regexp.{1}.1}}?{{http.regexp.{1}.2}}{2}", origin, cut, behind));
    out_.close();
    out_.add(fmt::format("@{0} vars_regexp {0} {{http.request.uri}} ^(/[^?]*)", made));
    out_.open("route @" + made);
    send(fmt::format("{}{{http.regexp.{}.1}}{}", origin, made, behind));
    out_.close();
    out_.close();
    return true;
  }

  void send(const std::string& to) { out_.append(redirect_lines(shared_, place_, to, code())); }

  Shared& shared_;
  const TextPlace& place_;
  const Rewrite& rewrite_;
  Target target_;
  bool alike_;
  std::string again_;
  Lines out_;
};

}  // namespace

std::optional<Lines> rewrite_lines(Shared& shared, const TextPlace& place, const Rewrite& rewrite) {
  return Maker(shared, place, rewrite).run();
}

std::optional<Lines> target_lines(Shared& shared, const TextPlace& place, Directive at,
                                  const std::string& path, std::string_view arguments) {
  return with_arguments(shared, place, at, {path, arguments, std::string()});
}

}  // namespace poolproof::translate::caddy
