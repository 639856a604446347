// Every kind of syntax error: its message, its place, and what the tree makes of the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grammar/syntax/limits.h"
#include "tests/grammar/syntax/parsed.h"

namespace poolproof {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

struct ErrorCase {
  const char* title;
  std::string text;
  std::vector<std::string> errors;
  const char* outline;
};

void check(const ErrorCase& test) {
  const Parsed file(test.text);
  EXPECT_EQ(file.errors(), test.errors) << test.title;
  EXPECT_EQ(file.outline(), test.outline) << test.title;
  EXPECT_EQ(file.broken(), "") << test.title;
}

const char kCloseAdvice[] =
    "no block is open here; remove it, or look above for a block that is closed twice or never "
    "opened";

TEST(SyntaxErrors, OfStatementsThatDoNotEnd) {
  check({"before a brace",
         "server {\n  listen 80\n}\nroot /;",
         {"2:12 missing `;`: nothing ends the `listen` directive before the `}` on line 3; add `;` "
          "here"},
         "server{listen[80]!} root[/];"});
  check({"before a brace, after a comment",
         "a { b c # d\n}",
         {"1:8 missing `;`: nothing ends the `b` directive before the `}` on line 2; add `;` here"},
         "a{b[c]!}"});
  check(
      {"after a quote",
       "a { b \"c\"}",
       {"1:10 missing `;`: nothing ends the `b` directive before the `}` on line 1; add `;` here"},
       "a{b[c]!}"});
  check({"at the end of the file",
         "listen 80\n",
         {"1:10 missing `;`: nothing ends the `listen` directive before the end of the file; add "
          "`;` here"},
         "listen[80]!"});
  check({"nginx reads on over the line break: that is no error of syntax",
         "listen 80\nroot /;",
         {},
         "listen[80][root][/];"});
}

TEST(SyntaxErrors, OfBraces) {
  check({"never closed",
         "http {\n  server {\n    a;\n  }\n",
         {"1:6 missing `}`: the `http` block that is opened here is never closed; add `}` where it "
          "ends"},
         "http{server{a;}}"});
  check({"two never closed",
         "http { server {",
         {"1:6 missing `}`: the `http` block that is opened here is never closed; add `}` where it "
          "ends",
          "1:15 missing `}`: the `server` block that is opened here is never closed; add `}` where "
          "it ends"},
         "http{server{}}"});
  check({"closed twice",
         "a { }\n} b;",
         {std::string("2:1 unexpected `}`: ") + kCloseAdvice},
         "a{} b;"});
  check({"opened without a name",
         "a { { b; } c; }",
         {"1:5 unexpected `{`: a block needs a name before its brace; add the name, or remove the "
          "braces"},
         "a{{b;} c;}"});
  check(
      {"Lua never closed",
       "a { b_by_lua_block { x = { ' } ' }",
       {"1:3 missing `}`: the `a` block that is opened here is never closed; add `}` where it ends",
        "1:20 missing `}`: the Lua code of `b_by_lua_block` that begins here never ends; close its "
        "braces, strings and long brackets, then add `}`"},
       "a{b_by_lua_block< x = { ' } ' }>;}"});
}

TEST(SyntaxErrors, OfSemicolonsWithoutADirective) {
  check({"after a block",
         "a { b; };;",
         {"1:9 unexpected `;`: there is no directive before it; remove it",
          "1:10 unexpected `;`: there is no directive before it; remove it"},
         "a{b;}"});
}

TEST(SyntaxErrors, OfQuotes) {
  check({"no space after one",
         "a \"b\"c;",
         {"1:6 unexpected `c` after a closing `\"`: put a space or `;` between them, or put the "
          "whole "
          "parameter in quotes"},
         "a[b][c];"});
  check(
      {"two strings",
       "a 'b''c';",
       {"1:6 unexpected `'` after a closing `'`: put a space or `;` between them, or put the whole "
        "parameter in quotes"},
       "a[b][c];"});
  check({"never closed",
         "a \"b c;\nd e;\n",
         {"1:3 missing closing `\"`: the quote that begins here does not end on its line; add `\"` "
          "where "
          "the parameter ends"},
         "a[b c]; d[e];"});
  check({"closed by the opening quote of the next string",
         "a 'b; \nd 'e';\n",
         {"1:3 missing closing `'`: the quote that begins here does not end on its line; add `'` "
          "where the "
          "parameter ends"},
         "a[b]; d[e];"});
  check({"a block's head",
         "location \"/x {\n  a;\n}\n",
         {"1:10 missing closing `\"`: the quote that begins here does not end on its line; add "
          "`\"` where "
          "the parameter ends"},
         "location[/x]{a;}"});
  check({"strings may go over lines", "a 'b\nc';", {}, "a[b\nc];"});
}

TEST(SyntaxErrors, AllOfAFileAreFoundInOneRun) {
  const Parsed file(
      "server {\n  listen 80\n}\n};\nlocation / {\n  a \"b\"c;\n  root '/x;\n  index y;\n");
  ASSERT_THAT(file.errors(), SizeIs(6));
  EXPECT_THAT(file.errors(),
              ElementsAre(StartsWith("2:12 missing `;`"), StartsWith("4:1 unexpected `}`"),
                          StartsWith("4:2 unexpected `;`"), StartsWith("5:12 missing `}`"),
                          StartsWith("6:8 unexpected `c`"), StartsWith("7:8 missing closing `'`")));
  EXPECT_EQ(file.outline(), "server{listen[80]!} location[/]{a[b][c]; root[/x]; index[y];}");
}

TEST(SyntaxErrors, CutLongNames) {
  EXPECT_THAT(Parsed(std::string(100, 'x')).errors(),
              ElementsAre(StartsWith("1:101 missing `;`: nothing ends the `" +
                                     std::string(40, 'x') + "...` directive")));
}

TEST(SyntaxErrors, ShowBytesThatAreNoText) {
  EXPECT_THAT(
      Parsed(std::string("\xff\xc3\xa9\0", 4)).errors(),
      ElementsAre(StartsWith("1:4 missing `;`: nothing ends the `\\xff\xc3\xa9\\x00` directive")));
}

TEST(SyntaxErrors, SayWhichBlockProbablyLacksItsBrace) {
  const Parsed file("http {\n  server {\n    location / {\n      a;\n  }\n}\n");
  ASSERT_THAT(file.tree().errors(), SizeIs(1));
  const Diagnostic& error = file.tree().errors()[0];
  ASSERT_THAT(error.notes, SizeIs(1));
  EXPECT_EQ(file.text(error.notes[0].span), "{");
  EXPECT_EQ(error.notes[0].span.begin, 33u);
  EXPECT_EQ(
      error.notes[0].message,
      "probably the `location` block here lacks its `}`: the one on line 5 is indented for a block "
      "further out");
  EXPECT_THAT(Parsed("http {\n  server {\n  }\n").tree().errors()[0].notes, IsEmpty());
  EXPECT_THAT(Parsed("http {\n  server { a; }\n  b {\n    c; }\n").tree().errors()[0].notes,
              IsEmpty());
}

TEST(SyntaxErrors, SayWhereALongStatementBegins) {
  const Parsed file("a {\n  listen 80\n  root /\n}\n");
  ASSERT_THAT(file.errors(), ElementsAre(StartsWith("3:9 missing `;`: nothing ends the `listen`")));
  ASSERT_THAT(file.tree().errors()[0].notes, SizeIs(1));
  EXPECT_EQ(file.text(file.tree().errors()[0].notes[0].span), "listen");
}

TEST(SyntaxErrors, SomeRepairThemselves) {
  const Parsed one_line("a { b c }");
  ASSERT_TRUE(one_line.tree().errors()[0].fix);
  EXPECT_EQ(one_line.tree().errors()[0].fix->applicability, Applicability::kSafe);
  EXPECT_EQ(one_line.tree().errors()[0].fix->edits,
            (std::vector<TextEdit>{{{one_line.tree().file(), 7, 7}, ";"}}));
  const Parsed two_lines("a { b\nc }");
  EXPECT_FALSE(two_lines.tree().errors()[0].fix);
  const Parsed stray("a;;");
  EXPECT_EQ(stray.tree().errors()[0].fix->edits,
            (std::vector<TextEdit>{{{stray.tree().file(), 2, 3}, ""}}));
}

std::string message_of(const std::string& text) {
  const Parsed file(text);
  return file.errors().empty() ? "" : file.errors()[0];
}

TEST(SyntaxErrors, OfTokensThatDoNotFitTheBufferOfNginx) {
  const auto word = [](std::size_t size) { return std::string(size, 'w'); };
  EXPECT_EQ(message_of("a " + word(4095) + ";"), "");
  EXPECT_EQ(
      message_of("a " + word(4096) + ";"),
      "1:3 this parameter has 4096 bytes, and nginx reads at most 4095; shorten it, or look for a "
      "missing closing quote or space");
  // The blank after a word must fit as well, unless the file ends with it.
  EXPECT_EQ(message_of("a " + word(4094) + " ;"), "");
  EXPECT_NE(message_of("a " + word(4095) + " ;"), "");
  EXPECT_EQ(message_of("a \"" + word(4094) + "\";"), "");
  EXPECT_NE(message_of("a \"" + word(4095) + "\";"), "");
  EXPECT_EQ(message_of("#" + word(4094) + "\n;").substr(0, 3), "2:1");
  EXPECT_EQ(
      message_of("#" + word(4095) + "\n;"),
      "1:1 this comment has 4096 bytes on one line, and nginx reads at most 4095; break it into "
      "several lines");
  EXPECT_EQ(message_of("#" + word(9000)).substr(0, 3), "1:1");
  EXPECT_EQ(message_of("#" + word(4095)), "");
}

std::string nested(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "a{";
  return text + std::string(depth, '}');
}

TEST(SyntaxErrors, OfDepth) {
  EXPECT_THAT(Parsed(nested(kMaxDepth)).errors(), IsEmpty());
  const Parsed deep(nested(100'000) + "b;");
  EXPECT_THAT(
      deep.errors(),
      ElementsAre("1:2002 blocks are nested more than 1000 deep; what is inside of this one is "
                  "not looked at"));
  EXPECT_EQ(deep.broken(), "");
  EXPECT_EQ(deep.tree().name(static_cast<NodeId>(deep.tree().nodes().size() - 1)), "b");
}

TEST(SyntaxErrors, AreLimitedInNumber) {
  const Parsed file(std::string(100'000, ';'));
  ASSERT_THAT(file.errors(), SizeIs(kMaxErrors + 1));
  EXPECT_EQ(file.errors().back(),
            "1:1001 more than 1000 syntax errors in this file; those that follow are not shown");
  EXPECT_EQ(file.tree().error_count(), 100'000u);
  EXPECT_EQ(Parsed(std::string(1001, ';')).tree().error_count(), 1001u);
}

}  // namespace
}  // namespace poolproof
