// Files from payloads: what is written, and what is refused with its place.
#include "translate/crossplane/build.h"

#include <gtest/gtest.h>

#include "grammar/syntax/word_value.h"
#include "tests/translate/crossplane/crossplane_fixture.h"
#include "translate/crossplane/words.h"

namespace poolproof::translate::crossplane::testing {
namespace {

TEST(Build, NestedAndMultipleArguments) {
  EXPECT_EQ(built(R"([{"directive":"events","args":[],"block":[{"directive":"worker_connections",)"
                  R"("args":["1024"]}]},{"directive":"http","args":[],"block":[{"directive":)"
                  R"("server","args":[],"block":[{"directive":"return","args":["200","foo bar"]}])"
                  R"(}]}])"),
            "events {\n    worker_connections 1024;\n}\nhttp {\n    server {\n        return 200 "
            "'foo bar';\n    }\n}\n");
}

TEST(Build, IndentsAsAsked) {
  const std::string statements =
      R"([{"directive":"events","args":[],"block":[{"directive":"a","args":[]}]}])";
  EXPECT_EQ(built(statements, {.blanks = 2}), "events {\n  a;\n}\n");
  EXPECT_EQ(built(statements, {.indentation = Indentation::kTabs}), "events {\n\ta;\n}\n");
}

TEST(Build, AnEmptyBlockStaysABlock) {
  EXPECT_EQ(built(R"([{"directive":"events","args":[],"block":[]}])"), "events {\n}\n");
  EXPECT_EQ(built(R"([{"directive":"events","args":[],"block":null}])"), "events;\n");
  EXPECT_EQ(built("[]"), "\n");
}

TEST(Build, CommentsStandWhereTheyStood) {
  EXPECT_EQ(built(R"([{"directive":"#","line":1,"args":[],"comment":" top"},)"
                  R"({"directive":"user","line":2,"args":["x"]},)"
                  R"({"directive":"#","line":2,"args":[],"comment":" one"},)"
                  R"({"directive":"#","line":2,"args":[],"comment":" two"},)"
                  R"({"directive":"events","line":4,"args":[],"block":[)"
                  R"({"directive":"#","line":4,"comment":"head"},)"
                  R"({"directive":"#","line":5,"comment":"inner"}]},)"
                  R"({"directive":"#","line":4,"comment":"between"}])"),
            "# top\nuser x; # one\n# two\nevents { #head\n    #inner\n} #between\n");
}

TEST(Build, ALineBreakInACommentMakesTwo) {
  EXPECT_EQ(built(R"([{"directive":"#","comment":"a\nuser x;"}])"), "#a\n#user x;\n");
}

TEST(Build, WithoutLinesCommentsHaveTheirOwn) {
  EXPECT_EQ(built(R"([{"directive":"a","args":[]},{"directive":"#","comment":"c"}])"), "a;\n#c\n");
}

TEST(Build, Conditions) {
  const auto condition = [](const std::string& args) {
    return built(R"([{"directive":"if","args":)" + args + R"(,"block":[]}])");
  };
  EXPECT_EQ(condition(R"(["$a","=","b"])"), "if ($a = b) {\n}\n");
  EXPECT_EQ(condition(R"(["$a","=","b c"])"), "if ($a = 'b c') {\n}\n");
  EXPECT_EQ(condition(R"(["a b","=","$a"])"), "if ( 'a b' = $a) {\n}\n");
  EXPECT_EQ(condition(R"([])"), "if () {\n}\n");
}

TEST(Build, LuaStaysAsItIs) {
  EXPECT_EQ(built(R"([{"directive":"content_by_lua_block","args":["\n  a = {}\n"]},)"
                  R"({"directive":"set_by_lua_block","args":["$x"," return '}' "]}])"),
            "content_by_lua_block {\n  a = {}\n}\nset_by_lua_block $x { return '}' }\n");
}

TEST(Build, WordsAreQuotedWhereNginxNeedsIt) {
  EXPECT_EQ(written_word("a#b"), "a#b");
  EXPECT_EQ(written_word("${a}b"), "${a}b");
  EXPECT_EQ(written_word("\\.php$"), "\\.php$");
  EXPECT_EQ(written_word("a\\ b"), "a\\ b");
  EXPECT_EQ(written_word("a\"b"), "'a\"b'");
  EXPECT_EQ(written_word("a'\\'\\\"b"), "a'\\'\\\"b");
  EXPECT_EQ(written_word(""), "''");
  EXPECT_EQ(written_word("#a"), "'#a'");
  EXPECT_EQ(written_word("it's so"), "\"it's so\"");
  EXPECT_EQ(written_word("it's \"so\""), "'it\\'s \"so\"'");
  EXPECT_EQ(written_word("a{2}"), "'a{2}'");
  EXPECT_EQ(written_word("\\${x"), "'\\${x'");
  EXPECT_EQ(written_word("a \\'b"), "\"a \\'b\"");
  EXPECT_EQ(written_word("a\\"), "'a\\\\'");
}

/// Of all short words of dangerous characters: what is written is one word, with the same text.
TEST(Build, EveryShortWordIsReadBack) {
  static constexpr std::string_view kCharacters = "a \\\"'{};#$()\n";
  std::vector<std::string> words{""};
  for (std::size_t i = 0; i < words.size() && words[i].size() < 4; ++i) {
    for (const char c : kCharacters) words.push_back(words[i] + c);
  }
  std::string text;
  for (const std::string& word : words) text += "x " + written_word(word) + ";\n";
  SourceMap sources;
  const SyntaxTree tree = parse(sources, sources.add("x", text));
  ASSERT_TRUE(tree.errors().empty()) << tree.errors()[0].message;
  ASSERT_EQ(tree.nodes().size(), words.size() + 1);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto node = static_cast<NodeId>(i + 1);
    ASSERT_EQ(tree.node(node).word_count, 2u) << words[i];
    const Word& word = tree.arguments(node)[0];
    EXPECT_EQ(word.value, decode_escapes(words[i]));
    const std::string_view read = sources.text(tree.span(word));
    if (raw_word(read) == words[i]) continue;
    // Only what no file can hold: a lone backslash at the end, or both quotes escaped.
    const bool ends_alone = (words[i].size() - words[i].find_last_not_of('\\') - 1) % 2 == 1;
    const bool has_both =
        words[i].find("\\'") != std::string::npos && words[i].find("\\\"") != std::string::npos;
    EXPECT_TRUE(ends_alone || has_both) << words[i] << " as " << read;
  }
}

TEST(Build, BytesComeBack) {
  EXPECT_EQ(built(R"([{"directive":"a","args":["\u0444\udc80\udcFF","\ud83d\ude00"]}])"),
            "a \xd1\x84\x80\xff \xf0\x9f\x98\x80;\n");
}

TEST(Build, PathsStayInTheFolder) {
  const auto paths = [](const std::string& name) {
    const auto files = build_text(R"({"config":[{"file":")" + name + R"(","parsed":[]}]})");
    return files.ok() ? files.value()[0].path : files.error().message;
  };
  EXPECT_EQ(paths("/etc/nginx/nginx.conf"), "etc/nginx/nginx.conf");
  EXPECT_EQ(paths("./a/../b.conf"), "b.conf");
  EXPECT_EQ(paths("../b.conf"), "config[0].file leaves the folder");
  EXPECT_EQ(paths("a/../../b.conf"), "config[0].file leaves the folder");
  EXPECT_EQ(paths("/../b.conf"), "config[0].file leaves the folder");
  EXPECT_EQ(paths("/"), "config[0].file is no name of a file");
  EXPECT_EQ(paths("conf.d/"), "config[0].file is no name of a file");
  EXPECT_EQ(paths("a\\u0000b"), "config[0].file has a NUL in it");
}

TEST(Build, DeepBlocksAreNotIndentedWithoutEnd) {
  std::string deep;
  std::string end;
  for (int i = 0; i < 900; ++i) {
    deep += R"([{"directive":"a","args":[],"block":)";
    end += "}]";
  }
  EXPECT_LT(built(deep + "[]" + end).size(), 500'000u);
}

TEST(Build, TellsFilesThatAreNotWhole) {
  const auto files = build_text(
      R"({"config":[{"file":"a","parsed":[]},{"file":"b","status":"failed","parsed":[]}]})");
  ASSERT_TRUE(files.ok());
  EXPECT_TRUE(files.value()[0].complete);
  EXPECT_FALSE(files.value()[1].complete);
}

TEST(Build, TwoNamesOfOnePathMustAgree) {
  EXPECT_EQ(build_error(R"({"config":[{"file":"a","parsed":[]},)"
                        R"({"file":"./a","parsed":[{"directive":"x","args":[]}]}]})"),
            "config[1].file is the same as another's, with other contents");
}

TEST(Build, RefusesOtherShapesWithTheirPlace) {
  EXPECT_EQ(build_error("[]"), "the payload has no \"config\" that is a list");
  EXPECT_EQ(build_error(R"({"config":[1]})"), "config[0] is not an object");
  EXPECT_EQ(build_error(R"({"config":[{"parsed":[]}]})"),
            "config[0] has no \"file\" that is a string");
  EXPECT_EQ(build_error(R"({"config":[{"file":"x"}]})"), "config[0] has no \"parsed\"");
  EXPECT_EQ(build_error(with_statements("{}")), "config[0].parsed is not a list");
  EXPECT_EQ(build_error(with_statements("[1]")), "config[0].parsed[0] is not an object");
  EXPECT_EQ(build_error(with_statements(R"([{"args":[]}])")),
            "config[0].parsed[0] has no \"directive\" that is a string");
  EXPECT_EQ(build_error(with_statements(R"([{"directive":"a"}])")),
            "config[0].parsed[0] has no \"args\" that is a list");
  EXPECT_EQ(build_error(with_statements(
                R"([{"directive":"a","args":[],"block":[{"directive":"b","args":["x",2]}]}])")),
            "config[0].parsed[0].block[0] has args[1] that is not a string");
  EXPECT_EQ(build_error(with_statements(R"([{"directive":"a","args":[],"line":"1"}])")),
            "config[0].parsed[0] has a \"line\" that is not a whole number");
  EXPECT_EQ(build_error(with_statements(R"([{"directive":"a","args":[],"block":3}])")),
            "config[0].parsed[0] is not a list");
  EXPECT_EQ(build_error(with_statements(R"([{"directive":"#","comment":3}])")),
            "config[0].parsed[0] has a \"comment\" that is not a string");
}

TEST(Build, RefusesWhatNoConfigurationCanHold) {
  EXPECT_EQ(build_error(with_statements(R"([{"directive":"a","args":["x","2\u0000"]}])")),
            "config[0].parsed[0] has a NUL in args[1], where nginx would end the word");
  EXPECT_EQ(build_error(with_statements(R"([{"directive":"a\u0000","args":[]}])")),
            "config[0].parsed[0] has a NUL in its \"directive\", where nginx would end the word");
}

TEST(Build, RefusesLuaThatWouldNotEndWhereItsTextEnds) {
  const std::string error =
      "config[0].parsed[0] has Lua text whose braces or quotes are not closed";
  const auto lua = [](const std::string& text) {
    return build_error(
        with_statements(R"([{"directive":"content_by_lua_block","args":[")" + text + "\"]}]"));
  };
  EXPECT_EQ(lua("} user root; {"), error);
  EXPECT_EQ(lua("a = {"), error);
  EXPECT_EQ(lua("-- x"), error);
}

TEST(Build, RefusesBlocksThatAreTooDeep) {
  std::string deep;
  std::string end;
  for (int i = 0; i < 1100; ++i) {
    deep += R"([{"directive":"a","args":[],"block":)";
    end += "}]";
  }
  EXPECT_NE(build_error(with_statements(deep + "[]" + end)).find("is nested deeper than 1000"),
            std::string::npos);
}

TEST(JsonText, TellsWhereItIsWrong) {
  const auto read = from_text("{\"config\": [}\n");
  ASSERT_FALSE(read.ok());
  EXPECT_TRUE(read.error().message.starts_with("parse error at line 1, column 13"))
      << read.error().message;
}

TEST(JsonText, ReadsAnyDepth) {
  EXPECT_FALSE(from_text(std::string(1'000'000, '[')).ok());
  const std::string balanced =
      std::string(100'000, '[') + R"("\udc80")" + std::string(100'000, ']');
  EXPECT_EQ(build_error(balanced), "the payload has no \"config\" that is a list");
}

TEST(JsonText, IndentsAsPythonDoes) {
  const ordered_json value{{"a", {1, "x"}}, {"b", ordered_json::array()}, {"c", nullptr}};
  EXPECT_EQ(to_text(value, 2),
            "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": [],\n  \"c\": null\n}\n");
  EXPECT_EQ(to_text(value), "{\"a\":[1,\"x\"],\"b\":[],\"c\":null}\n");
}

TEST(JsonText, EscapesAsPythonDoes) {
  const ordered_json value =
      std::string("\"\\/\b\f\n\r\t\x01\x7f", 10) + "\xc3\xa9\xf0\x9f\x98\x80";
  EXPECT_EQ(to_text(value), R"("\"\\/\b\f\n\r\t\u0001\u007f\u00e9\ud83d\ude00")"
                            "\n");
}

}  // namespace
}  // namespace poolproof::translate::crossplane::testing
