// The YAML that is written is read back by yaml-cpp, which Envoy itself uses.
#include "translate/envoy/tree.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace poolproof::translate::envoy {
namespace {

std::string read_back(const std::string& text) {
  const YAML::Node node = YAML::Load(Tree::map().set("a", Tree::text(text)).yaml(""));
  return node["a"].as<std::string>();
}

TEST(EnvoyTree, texts_come_back_as_they_were) {
  for (const std::string text : {"plain",
                                 "a b",
                                 "",
                                 " x ",
                                 "true",
                                 "No",
                                 "on",
                                 "null",
                                 "~",
                                 "1.5",
                                 "0x1f",
                                 "a: b",
                                 "a #b",
                                 "- a",
                                 "*a",
                                 "&a",
                                 "!a",
                                 "%REQ(x)%",
                                 "@type",
                                 "it's \"q\" \\n",
                                 "\ttab",
                                 "zwei\nZeilen\n",
                                 "\x01\x1f\x7f",
                                 "caf\xc3\xa9 \xe2\x82\xac",
                                 "a:b",
                                 "{}",
                                 "[a]",
                                 "a,b",
                                 "2001-01-01",
                                 ".inf"}) {
    EXPECT_EQ(read_back(text), text);
  }
}

TEST(EnvoyTree, what_is_not_utf8_is_replaced) {
  EXPECT_EQ(read_back("a\xff"
                      "b"),
            "a\xef\xbf\xbd"
            "b");
}

TEST(EnvoyTree, has_plain_words_and_quotes_only_where_they_are_needed) {
  Tree tree = Tree::map();
  tree.set("name", Tree::text("a.test"));
  tree.set("no", Tree::text("no"));
  tree.set("time", Tree::word("1.5s"));
  tree.set("count", Tree::number(3));
  tree.set("none", Tree::list());
  tree.set("nothing", Tree::map());
  EXPECT_EQ(tree.yaml("# x\n"),
            "# x\nname: a.test\n\"no\": \"no\"\ntime: 1.5s\ncount: 3\nnone: []\nnothing: {}\n");
}

TEST(EnvoyTree, nests_and_has_comments_behind_the_first_line) {
  Tree inner = Tree::map().set("x", Tree::map().set("w", Tree::number(1))).set("z", Tree::yes());
  Tree list = Tree::list().add(std::move(inner).say("nginx.conf:3")).add(Tree::text("a"));
  list.add(Tree::list().add(Tree::text("b")));
  const std::string text = Tree::map().set("list", std::move(list)).yaml("");
  EXPECT_EQ(text, "list:\n  - x:  # nginx.conf:3\n      w: 1\n    z: true\n  - a\n  -\n    - b\n");
  EXPECT_EQ(YAML::Load(text)["list"][2][0].as<std::string>(), "b");
}

TEST(EnvoyTree, says_the_same_once) {
  const auto same = [](const char* value) {
    return Tree::list().add(Tree::map().set("key", Tree::text(value))).once("fields");
  };
  Tree tree = Tree::map().set("a", same("x")).set("b", same("v")).set("c", same("x"));
  tree.set("d", Tree::list().add(Tree::map().set("e", same("x"))));
  const std::string text = tree.yaml("");
  EXPECT_EQ(text, "a: &fields-1\n  - key: x\nb:\n  - key: v\nc: *fields-1\nd:\n  - e: *fields-1\n");
  EXPECT_EQ(YAML::Load(text)["d"][0]["e"][0]["key"].as<std::string>(), "x");
}

TEST(EnvoyTree, names_what_is_said_elsewhere) {
  Tree tree = Tree::map().set("a", Tree::list().add(Tree::text("x")).name("n"));
  tree.set("b", Tree::same_as("n"));
  EXPECT_EQ(tree.yaml(""), "a: &n\n  - x\nb: *n\n");
}

}  // namespace
}  // namespace poolproof::translate::envoy
