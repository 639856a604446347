// The loop over whole file sets: what is applied, what is left, what is reported.
#include "lint/fixer.h"

#include <gtest/gtest.h>

#include "tests/lint/lint_text.h"

namespace poolproof::test {
namespace {

const std::string kNoPool =
    "events {}\nhttp {\nupstream app {\n  server 127.0.0.1:9000;\n}\n"
    "server { location / {\n  proxy_pass http://app;\n} }\n}\n";
const std::string kTutorial =
    "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; keepalive 8; }\n"
    "server { location / {\n  proxy_pass http://app;\n} }\n}\n";

TEST(Fixer, leaves_a_healthy_configuration_alone) {
  const lint::FixResult fixed = fix_files({{"", "events {}\nhttp {}\n"}}, true);
  EXPECT_FALSE(fixed.changed());
  EXPECT_TRUE(fixed.applied.empty());
}

TEST(Fixer, repairs_what_belongs_together_in_one_run) {
  const lint::FixResult fixed = fix_files({{"", kTutorial}}, false);
  EXPECT_EQ(fixed.applied.size(), 2u);
  EXPECT_EQ(fixed.applied[0].line, 5u);
  EXPECT_EQ(fixed.applied[0].path, kMain);
  EXPECT_TRUE(fixed.remaining.diagnostics.empty());
  ASSERT_EQ(fixed.files.size(), 1u);
  EXPECT_EQ(fixed.files[0].before, kTutorial);
}

TEST(Fixer, counts_the_unsafe_ones_that_were_not_asked_for) {
  const lint::FixResult safe = fix_files({{"", kNoPool}}, false);
  EXPECT_FALSE(safe.changed());
  EXPECT_EQ(safe.remaining_unsafe,
            (std::map<std::string, std::size_t>{{"upstream-without-keepalive", 1}}));
  const lint::FixResult all = fix_files({{"", kNoPool}}, true);
  ASSERT_EQ(all.applied.size(), 3u);
  // Lines of the file that the user has, though the first fix moves the others down.
  EXPECT_EQ(all.applied[0].line, 3u);
  EXPECT_EQ(all.applied[1].line, 7u);
  EXPECT_EQ(all.applied[2].line, 7u);
  EXPECT_TRUE(all.remaining_unsafe.empty());
  EXPECT_TRUE(all.remaining.diagnostics.empty());
}

TEST(Fixer, follows_the_problem_into_included_files) {
  const Files files{
      {"", "events {}\nhttp {\n  include up.conf;\n  include site.conf;\n}\n"},
      {"up.conf", "upstream app {\n\tserver 127.0.0.1:9000;\n\tkeepalive 8;\n\tip_hash;\n}\n"},
      {"site.conf", "server {\n\tlocation / {\n\t\tproxy_pass http://app;\n\t}\n}\n"}};
  const lint::FixResult fixed = fix_files(files, false);
  ASSERT_EQ(fixed.files.size(), 2u);
  EXPECT_EQ(fixed.files[0].after,
            "upstream app {\n\tserver 127.0.0.1:9000;\n\tip_hash;\n\tkeepalive 8;\n}\n");
  EXPECT_EQ(fixed.files[1].path, kFolder + "site.conf");
  EXPECT_TRUE(fixed.remaining.diagnostics.empty());
}

TEST(Fixer, mends_the_text_before_it_judges_the_meaning) {
  const std::string pasted =
      "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; keepalive 8; }\n"
      "server { location / {\n  proxy_pass http://app\uFF1B\n  proxy_http_version 1.1;\n} }\n}\n";
  const lint::FixResult fixed = fix_files({{"", pasted}}, false);
  EXPECT_TRUE(fixed.remaining.diagnostics.empty()) << describe(*fixed.config, fixed.remaining);
  EXPECT_TRUE(fixed.rejected.empty());
}

TEST(Fixer, goes_on_where_more_is_wrong_than_is_told_at_once) {
  std::string wrong = "events {}\nhttp {\n";
  std::string right = wrong;
  for (int i = 0; i < 2500; ++i) {
    wrong += "server { listen 80; };\n";
    right += "server { listen 80; }\n";
  }
  const lint::FixResult fixed = fix_files({{"", wrong + "}\n"}}, false);
  EXPECT_EQ(fixed.applied.size(), 2500u);
  EXPECT_TRUE(fixed.rejected.empty());
  ASSERT_EQ(fixed.files.size(), 1u);
  EXPECT_EQ(fixed.files[0].after, right + "}\n");
}

TEST(Fixer, reports_an_unreadable_main_file) {
  MemoryFileReader reader;
  EXPECT_FALSE(lint::fix_config(reader, "/none.conf", {}).ok());
}

TEST(Fixer, repairs_bytes_at_hand) {
  MemoryFileReader reader;
  const lint::FixResult fixed = lint::fix_text(reader, "stdin", kTutorial, {});
  ASSERT_EQ(fixed.files.size(), 1u);
  EXPECT_EQ(fixed.files[0].path, "stdin");
  EXPECT_NE(fixed.files[0].after.find("proxy_http_version 1.1;"), std::string::npos);
}

TEST(Fixer, takes_a_dump_apart) {
  MemoryFileReader reader;
  const std::string dump =
      "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /x.conf; }\n\n"
      "# configuration file /x.conf:\n"
      "upstream app { server 127.0.0.1:9000; keepalive 8; }\n"
      "server { location / {\n  proxy_pass http://app;\n} }\n\n";
  const lint::FixResult fixed = lint::fix_text(reader, "stdin", dump, {});
  ASSERT_EQ(fixed.files.size(), 1u);
  EXPECT_EQ(fixed.files[0].path, "/x.conf");
}

TEST(Fixer, edits_only_what_it_says) {
  const lint::FixResult fixed = fix_files({{"", kTutorial}}, false);
  const std::string& after = fixed.files.at(0).after;
  const std::size_t at = kTutorial.find("\n} }\n}\n");
  EXPECT_EQ(after.substr(0, at), kTutorial.substr(0, at));
  EXPECT_TRUE(after.ends_with(kTutorial.substr(at)));
}

}  // namespace
}  // namespace poolproof::test
