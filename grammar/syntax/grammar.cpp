// The grammar, and the only place that sees the PEG library. It knows words, quotes, `;`, `{`, `}`,
// comments and Lua blocks exactly as nginx reads them (nginx 1.22.1, ngx_conf_read_token), and no
// directive names. Every input matches: one character decides which rule is tried, what nginx would
// refuse has alternatives of its own, and the actions only append to a Scan.
#include "grammar/syntax/grammar.h"

#include <array>
#include <cstring>

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze.hpp>
#include <tao/pegtl/contrib/raw_string.hpp>

namespace poolproof {
namespace {

namespace pegtl = tao::pegtl;

/// The Scan that grows, and the little that rules must know of what was read before.
struct Sink {
  explicit Sink(std::string_view source) : text(source) {
    scan.tokens.reserve(source.size() / 5 + 16);  // real files have a token for 6 to 12 bytes
  }

  std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - text.data());
  }
  std::uint32_t next_token() const { return static_cast<std::uint32_t>(scan.tokens.size()); }

  std::string_view text;
  Scan scan;
  std::uint32_t statement = 0;  // the token that the current statement began with
  std::uint32_t lua_depth = 0;  // open braces inside of the current Lua body
};

// --- Runs of characters, by table: most bytes of a file are read here.
// -------------------------------

enum CharClass : std::uint8_t { kBlank = 1, kBare = 2, kDouble = 4, kSingle = 8, kLua = 16 };

constexpr std::array<std::uint8_t, 256> make_char_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto lacks = [](std::string_view set, char c) {
    return set.find(c) == std::string_view::npos;
  };
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const char c = static_cast<char>(i);
    if (!lacks(" \t\r\n", c)) classes[i] |= kBlank;
    if (lacks(" \t\r\n;{\\$", c)) classes[i] |= kBare;
    if (lacks("\"\\", c)) classes[i] |= kDouble;
    if (lacks("'\\", c)) classes[i] |= kSingle;
    if (lacks("{}\"'[-\\", c)) classes[i] |= kLua;
  }
  return classes;
}
constexpr auto kCharClasses = make_char_classes();

/// One or more characters of a class.
template <CharClass Class>
struct some {
  using rule_t = some;
  using subs_t = pegtl::empty_list;

  template <class Input>
  static bool match(Input& in) {
    const char* const begin = in.current();
    const char* const end = in.end();
    const char* at = begin;
    while (at != end && (kCharClasses[static_cast<unsigned char>(*at)] & Class) != 0) ++at;
    in.bump(static_cast<std::size_t>(at - begin));
    return at != begin;
  }
};

const char* find_line_feed(const char* begin, const char* end) {
  const auto size = static_cast<std::size_t>(end - begin);
  const void* const found = size == 0 ? nullptr : std::memchr(begin, '\n', size);
  return found == nullptr ? end : static_cast<const char*>(found);
}

/// What is left of the line, without its line break; may be nothing.
struct rest_of_line {
  using rule_t = rest_of_line;
  using subs_t = pegtl::empty_list;

  template <class Input>
  static bool match(Input& in) {
    const char* const begin = in.current();
    const char* at = find_line_feed(begin, in.end());
    if (at != in.end() && at != begin && at[-1] == '\r') --at;
    in.bump(static_cast<std::size_t>(at - begin));
    return true;
  }
};

/// What is left of the line, without blanks and one `;` or `{` at its end; may be nothing.
struct rest_of_parameter {
  using rule_t = rest_of_parameter;
  using subs_t = pegtl::empty_list;

  static const char* skip_blanks_back(const char* begin, const char* at) {
    while (at != begin && (kCharClasses[static_cast<unsigned char>(at[-1])] & kBlank) != 0) --at;
    return at;
  }

  template <class Input>
  static bool match(Input& in) {
    const char* const begin = in.current();
    const char* at = skip_blanks_back(begin, find_line_feed(begin, in.end()));
    if (at != begin && (at[-1] == ';' || at[-1] == '{')) at = skip_blanks_back(begin, at - 1);
    in.bump(static_cast<std::size_t>(at - begin));
    return true;
  }
};

// --- Questions about what was read before; they consume nothing.
// -------------------------------------

struct in_lua_statement {
  using rule_t = in_lua_statement;
  using subs_t = pegtl::empty_list;

  template <pegtl::apply_mode, pegtl::rewind_mode, template <class...> class,
            template <class...> class, class Input>
  static bool match(Input&, Sink& sink) {
    const Token name = sink.scan.tokens[sink.statement];
    return names_lua_block(sink.text.substr(name.begin, name.end - name.begin));
  }
};

struct in_lua_braces {
  using rule_t = in_lua_braces;
  using subs_t = pegtl::empty_list;

  template <pegtl::apply_mode, pegtl::rewind_mode, template <class...> class,
            template <class...> class, class Input>
  static bool match(Input&, Sink& sink) {
    return sink.lua_depth > 0;
  }
};

// --- The rules.
// --------------------------------------------------------------------------------------

// clang-format off
namespace rules {
using namespace tao::pegtl;

struct blanks          : some<kBlank> {};
struct comment         : seq<one<'#'>, rest_of_line> {};
struct semicolon       : one<';'> {};
struct open_brace      : one<'{'> {};
struct close_brace     : one<'}'> {};

struct escape          : seq<one<'\\'>, opt<any>> {};
struct variable        : seq<one<'$'>, star<one<'{'>>> {};  // `{` after `$` is part of the word
struct bare_word       : seq<not_at<one<'}'>>, plus<sor<some<kBare>, variable, escape>>> {};

template <char Quote, CharClass Inside>
struct string          : seq<one<Quote>, star<sor<some<Inside>, escape>>, one<Quote>> {};
struct after_string    : sor<one<' ', '\t', '\r', '\n', ';', '{', '}', ')'>, eof> {};
template <char Quote, CharClass Inside>
struct closed_string   : seq<string<Quote, Inside>, at<after_string>> {};
template <char Quote>
struct line_string     : seq<one<Quote>, star<sor<not_one<Quote, '\\', '\n'>, escape>>,
                             one<Quote>> {};
template <char Quote>
struct glued_string    : line_string<Quote> {};
template <char Quote>
struct unclosed_string : seq<one<Quote>, rest_of_parameter> {};

struct double_quoted   : sor<closed_string<'"', kDouble>, glued_string<'"'>,
                             unclosed_string<'"'>> {};
struct single_quoted   : sor<closed_string<'\'', kSingle>, glued_string<'\''>,
                             unclosed_string<'\''>> {};
struct quoted_word     : sor<seq<at<one<'"'>>, double_quoted>,
                             seq<at<one<'\''>>, single_quoted>> {};
struct word            : sor<quoted_word, bare_word> {};

struct long_open       : seq<one<'['>, star<one<'='>>, one<'['>> {};
struct long_bracket    : sor<seq<at<long_open>, raw_string<'[', '=', ']'>>,
                             seq<long_open, star<any>>> {};
struct lua_comment     : seq<two<'-'>, sor<long_bracket, rest_of_line>> {};
struct lua_string      : sor<line_string<'"'>, line_string<'\''>> {};
struct lua_inner_open  : one<'{'> {};
struct lua_inner_close : seq<in_lua_braces, one<'}'>> {};
struct lua_text        : star<sor<some<kLua>, lua_inner_open, lua_inner_close, lua_comment,
                                  lua_string, long_bracket, escape, not_one<'}'>>> {};
struct lua_body        : lua_text {};
struct lua_block       : seq<in_lua_statement, lua_body, opt<close_brace>> {};

struct statement_begin : success {};
struct statement_end   : sor<semicolon, seq<open_brace, opt<lua_block>>, success> {};
struct statement       : seq<statement_begin, word, star<sor<blanks, comment, word>>,
                             statement_end> {};
struct file            : until<eof, sor<blanks, comment, statement, close_brace,
                                    semicolon, open_brace>> {};
}  // namespace rules
// clang-format on

// --- The actions.
// ------------------------------------------------------------------------------------

template <TokenKind Kind>
struct append_token {
  template <class Input>
  static void apply(const Input& in, Sink& sink) {
    sink.scan.tokens.push_back({sink.offset(in.begin()), sink.offset(in.end()), Kind});
  }
};

template <class Rule>
struct action : pegtl::nothing<Rule> {};

template <>
struct action<rules::blanks> : append_token<TokenKind::kWhitespace> {};
template <>
struct action<rules::comment> : append_token<TokenKind::kComment> {};
template <>
struct action<rules::semicolon> : append_token<TokenKind::kSemicolon> {};
template <>
struct action<rules::open_brace> : append_token<TokenKind::kOpenBrace> {};
template <>
struct action<rules::close_brace> : append_token<TokenKind::kCloseBrace> {};
template <>
struct action<rules::bare_word> : append_token<TokenKind::kWord> {};
template <char Quote, CharClass Inside>
struct action<rules::closed_string<Quote, Inside>> : append_token<TokenKind::kWord> {};

template <char Quote>
struct action<rules::glued_string<Quote>> {
  template <class Input>
  static void apply(const Input& in, Sink& sink) {
    append_token<TokenKind::kWord>::apply(in, sink);
    sink.scan.flaws.push_back({FlawKind::kGluedToQuote, sink.next_token()});
  }
};

template <char Quote>
struct action<rules::unclosed_string<Quote>> {
  template <class Input>
  static void apply(const Input& in, Sink& sink) {
    sink.scan.flaws.push_back({FlawKind::kUnterminatedQuote, sink.next_token()});
    append_token<TokenKind::kWord>::apply(in, sink);
  }
};

template <>
struct action<rules::lua_body> {
  template <class Input>
  static void apply(const Input& in, Sink& sink) {
    sink.lua_depth = 0;
    if (in.begin() != in.end()) append_token<TokenKind::kLuaBody>::apply(in, sink);
  }
};

template <>
struct action<rules::statement_begin> {
  static void apply0(Sink& sink) { sink.statement = sink.next_token(); }
};

template <>
struct action<rules::lua_inner_open> {
  static void apply0(Sink& sink) { ++sink.lua_depth; }
};

template <>
struct action<rules::lua_inner_close> {
  static void apply0(Sink& sink) { --sink.lua_depth; }
};

}  // namespace
}  // namespace poolproof

// What the rules above that are not built from the library's own consume, for its analysis.
namespace TAO_PEGTL_NAMESPACE {
template <class Name, poolproof::CharClass Class>
struct analyze_traits<Name, poolproof::some<Class>> : analyze_any_traits<> {};
template <class Name>
struct analyze_traits<Name, poolproof::rest_of_line> : analyze_opt_traits<> {};
template <class Name>
struct analyze_traits<Name, poolproof::rest_of_parameter> : analyze_opt_traits<> {};
template <class Name>
struct analyze_traits<Name, poolproof::in_lua_statement> : analyze_opt_traits<> {};
template <class Name>
struct analyze_traits<Name, poolproof::in_lua_braces> : analyze_opt_traits<> {};
}  // namespace TAO_PEGTL_NAMESPACE

namespace poolproof {

bool names_lua_block(std::string_view name) {
  return name.ends_with("_by_lua_block");
}

Scan scan(std::string_view text) {
  Sink sink(text);
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf> in(text.data(),
                                                                     text.data() + text.size(), "");
  pegtl::parse<rules::file, action>(in, sink);
  return std::move(sink.scan);
}

std::size_t analyze_grammar() {
  return pegtl::analyze<rules::file>();
}

}  // namespace poolproof
