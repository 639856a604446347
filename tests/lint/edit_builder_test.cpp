// Edits look as if the author had made them.
#include "lint/edit_builder.h"

#include <functional>

#include <gtest/gtest.h>

#include "lint/edit_set.h"
#include "tests/lint/lint_text.h"

namespace poolproof::test {
namespace {

struct Example {
  const char* name;
  std::string before;
  std::function<TextEdit(Directive)> edit;  // given the statement `user`
  std::string after;
};

TextEdit after(Directive at) {
  return lint::insert_after(at, "pid x;");
}
TextEdit before(Directive at) {
  return lint::insert_before(at, "pid x;");
}
TextEdit several(Directive at) {
  return lint::insert_before(at, "events {\n    debug;\n}");
}
TextEdit remove(Directive at) {
  return lint::remove_statement(at);
}
TextEdit empty(Directive at) {
  return lint::replace_argument(at, 0, "");
}

class Edits : public testing::TestWithParam<Example> {};

TEST_P(Edits, look_like_the_authors) {
  MemoryFileReader reader = reader_of({{"", GetParam().before}});
  const auto config = std::move(load_config(reader, kMain, {})).value();
  Directive user;
  for (const Directive child : children(config->root())) {
    if (child.name() == "user") user = child;
  }
  ASSERT_TRUE(user);
  lint::EditSet edits;
  EXPECT_TRUE(edits.add({"", Applicability::kSafe, {GetParam().edit(user)}}));
  EXPECT_EQ(edits.apply(user.file(), GetParam().before), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    All, Edits,
    testing::Values(
        Example{"after", "  user a;\nevents {}\n", after, "  user a;\n  pid x;\nevents {}\n"},
        Example{"after_tabs", "\tuser a;\n", after, "\tuser a;\n\tpid x;\n"},
        Example{"after_crlf", "\tuser a;\r\nevents {}\r\n", after,
                "\tuser a;\r\n\tpid x;\r\nevents {}\r\n"},
        Example{"after_comment", "user a; # me\n", after, "user a; # me\npid x;\n"},
        Example{"after_at_end_of_file", "user a;", after, "user a;\npid x;"},
        Example{"after_on_a_shared_line", "user a; events {}\n", after,
                "user a; pid x; events {}\n"},
        Example{"after_second_on_line", "events {} user a;\n", after, "events {} user a; pid x;\n"},
        Example{"before", "events {}\n  user a;\n", before, "events {}\n  pid x;\n  user a;\n"},
        Example{"before_second_on_line", "events {} user a;\n", before,
                "events {} pid x; user a;\n"},
        Example{"before_several_lines", "  user a;\r\n", several,
                "  events {\r\n      debug;\r\n  }\r\n  user a;\r\n"},
        Example{"remove", "events {}\n  user a;\npid p;\n", remove, "events {}\npid p;\n"},
        Example{"remove_with_comment", "user a; # me\r\npid p;\r\n", remove, "pid p;\r\n"},
        Example{"remove_last_line", "pid p;\nuser a;", remove, "pid p;\n"},
        Example{"remove_on_a_shared_line", "pid p; user a; events {}\n", remove,
                "pid p; events {}\n"},
        Example{"argument", "user a; # me\n", empty, "user \"\"; # me\n"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(InsertAtEnd, of_an_empty_block_and_of_a_full_one) {
  MemoryFileReader reader = reader_of({{"", "events {}\nhttp {\n  server_tokens off;\n}\n"}});
  const auto config = std::move(load_config(reader, kMain, {})).value();
  const Directive events = config->root().first_child();
  EXPECT_EQ(lint::insert_at_end(events, "a;").replacement, " a; ");
  EXPECT_EQ(lint::insert_at_end(events.next(), "a;").replacement, "\n  a;");
}

TEST(InsertAfter, several_statements_among_others_on_a_line) {
  MemoryFileReader reader = reader_of({{"", "events {}\n  http { server_tokens off; }\n"}});
  const auto config = std::move(load_config(reader, kMain, {})).value();
  const Directive sibling = config->root().first_child().next().first_child();
  EXPECT_EQ(lint::insert_after(sibling, "a;\nb;").replacement, " a; b;");
  // A comment would take what follows it with it.
  EXPECT_EQ(lint::insert_after(sibling, "a; # x\nb;").replacement, " a; # x\n      b;");
}

TEST(QuotedIfNeeded, quotes_what_would_not_stay_one_word) {
  EXPECT_EQ(lint::quoted_if_needed("plain$a"), "plain$a");
  EXPECT_EQ(lint::quoted_if_needed(""), "\"\"");
  EXPECT_EQ(lint::quoted_if_needed("a b"), "\"a b\"");
  EXPECT_EQ(lint::quoted_if_needed("a\"b"), "\"a\\\"b\"");
  EXPECT_EQ(lint::quoted_if_needed("a;b"), "\"a;b\"");
}

}  // namespace
}  // namespace poolproof::test
