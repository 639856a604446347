// The tree of what is right: words, blocks, Lua, and the places of all of them.
#include "grammar/syntax/syntax_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/grammar/syntax/parsed.h"

namespace poolproof {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SyntaxTree, OfAnEmptyFileIsTheRoot) {
  const Parsed file("");
  EXPECT_EQ(file.tree().nodes().size(), 1u);
  EXPECT_THAT(file.tree().tokens(), IsEmpty());
  EXPECT_EQ(file.outline(), "");
}

TEST(SyntaxTree, NestsBlocks) {
  EXPECT_EQ(Parsed("events { } http { server { listen 80; root /a; } include x; }").outline(),
            "events{} http{server{listen[80]; root[/a];} include[x];}");
}

struct WordCase {
  const char* text;
  const char* outline;
};

TEST(SyntaxTree, ReadsWordsAsNginxDoes) {
  const WordCase cases[] = {
      {"a \"b c\" 'd;e';", "a[b c][d;e];"},
      {"a \"\" '';", "a[][];"},
      {"\"a\" b;", "a[b];"},
      {"a \"it's\" 'x\"y';", "a[it's][x\"y];"},
      {"a b\"c'd;", "a[b\"c'd];"},  // quotes only count at the start of a word
      {"a b#c #d;\n;", "a[b#c];"},  // and so does `#`
      {"a b}c }d;", ""},            // and `}`: here it ends the block
      {"a \\\"b\\'c\\\\d;", "a[\"b'c\\d];"},
      {"a \"x\\ty\\nz\\rw\";", "a[x\ty\nz\rw];"},
      {"a \\.x\\ y\\;;", "a[\\.x\\ y\\;];"},  // other backslashes stay, and hide what follows
      {"a \"x\\\"y\";", "a[x\"y];"},
      {"a ${b}c$d;", "a[${b}c$d];"},
      {"a $b{ c; }", "a[$b]{c;}"},
      {"a ${{x;", "a[${{x];"},
      {"a $\"x;", "a[$\"x];"},
      {"if ($a = \"b\") { }", "if[($a][=][b][)]{}"},  // `)` may follow a quote at once
      {"if ($a = \"b\"){ }", "if[($a][=][b][)]{}"},
      {"a\"b\";c 'd';", "a\"b\"; c[d];"},
      {"server{a;}b;", "server{a;} b;"},
      {"\xef\xbb\xbf"
       "a b;",
       "\xef\xbb\xbf"
       "a[b];"},  // nginx takes a BOM for a part of the word
      {"a\r\nb\t;\r\n", "a[b];"},
      {"a\vb;", "a\vb;"},
  };
  for (const WordCase& test : cases) {
    const Parsed file(test.text);
    if (*test.outline == '\0') {
      EXPECT_FALSE(file.tree().errors().empty()) << test.text;
      continue;
    }
    EXPECT_EQ(file.outline(), test.outline);
    EXPECT_THAT(file.errors(), IsEmpty()) << test.text;
  }
}

TEST(SyntaxTree, KeepsNulBytesInWords) {
  const Parsed file(std::string("a b\0c;", 7));
  EXPECT_EQ(file.tree().arguments(1)[0].value, std::string_view("b\0c", 3));
}

TEST(SyntaxTree, ReadsLuaBodiesAsLua) {
  const char* const bodies[] = {
      "",
      " ngx.say(\"}\") ",
      " if a then b = { 1, { 2 } } end ",
      " -- it's a } comment\n x = 1 ",
      " --[[ } ' ]] y() ",
      " --[==[ ]] } ]==] ",
      " x = [[ } \" ]] ",
      " x = [=[ ]] } ]=] ",
      " x = '\\'}' .. \"\\\\\" ",
      " x = a[b[1]] - 2 ",
  };
  for (const char* body : bodies) {
    const Parsed file("location / { content_by_lua_block {" + std::string(body) + "} root /x; }");
    EXPECT_THAT(file.errors(), IsEmpty()) << body;
    EXPECT_EQ(file.outline(),
              "location[/]{content_by_lua_block<" + std::string(body) + ">; root[/x];}");
  }
}

TEST(SyntaxTree, LuaBlocksMayHaveArguments) {
  const Parsed file("set_by_lua_block $res { return '}' }");
  EXPECT_EQ(file.outline(), "set_by_lua_block[$res]< return '}' >;");
  EXPECT_EQ(file.tree().node(1).kind, NodeKind::kLuaBlock);
}

TEST(SyntaxTree, OnlyTheNameMakesABlockLua) {
  EXPECT_EQ(Parsed("map content_by_lua_block { '}' a; }").outline(),
            "map[content_by_lua_block]{}[a];}");
}

TEST(SyntaxTree, KnowsWhereThingsStand) {
  const Parsed file("http {\n  root \"/a b\" ;\n}\n");
  const SyntaxTree& tree = file.tree();
  EXPECT_EQ(file.text(tree.span(1)), "http {\n  root \"/a b\" ;\n}");
  EXPECT_EQ(file.text(tree.head_span(1)), "http {");
  EXPECT_EQ(file.text(tree.name_span(1)), "http");
  EXPECT_EQ(file.text(tree.span(2)), "root \"/a b\" ;");
  EXPECT_EQ(file.text(tree.span(tree.arguments(2)[0])), "\"/a b\"");
  EXPECT_EQ(file.text(tree.span(kRootNode)), "http {\n  root \"/a b\" ;\n}\n");
  EXPECT_TRUE(tree.arguments(2)[0].quoted);
  EXPECT_EQ(tree.node(2).parent, 1u);
}

TEST(SyntaxTree, CommentsEndBeforeTheLineBreak) {
  const Parsed file("# a\r\n#b\n# c");
  std::vector<std::string> comments;
  for (const Token& token : file.tree().tokens()) {
    if (token.kind != TokenKind::kComment) continue;
    comments.emplace_back(file.text({file.tree().file(), token.begin, token.end}));
  }
  EXPECT_THAT(comments, ElementsAre("# a", "#b", "# c"));
}

}  // namespace
}  // namespace poolproof
