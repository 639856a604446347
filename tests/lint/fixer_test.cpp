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

lint::LintOptions for_nginx_1_22() {
  lint::LintOptions options;
  options.versions = {{1, 22, 1}, {1, 22, 1}};
  return options;
}

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

TEST(Fixer, mends_the_text_of_a_file_that_is_included_more_than_once) {
  const Files files{{"",
                     "events {}\nhttp {\nserver { listen 8081; include h.conf; }\n"
                     "server { listen 8082; include h.conf; }\nserver { listen 8083; include "
                     "h.conf; }\n}\n"},
                    {"h.conf", "return 204\xef\xbc\x9b\n"}};
  const lint::FixResult fixed = fix_files(files, true);
  EXPECT_EQ(after_fix(files, fixed).at("h.conf"), "return 204;\n");
  EXPECT_TRUE(fixed.remaining.diagnostics.empty());
}

TEST(Fixer, says_why_a_fix_of_a_shared_file_is_only_shown) {
  const Files files{
      {"",
       "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; keepalive 8; }\nserver { listen "
       "8081;\nlocation /a { proxy_pass http://app; include h.conf; }\nlocation /b { proxy_pass "
       "http://example.com; include h.conf; }\n} }\n"},
      {"h.conf", "proxy_http_version 1.1;\nproxy_set_header Connection close;\n"}};
  std::string reason;
  for (const Diagnostic& found : lint_files(files, for_nginx_1_22()).result.diagnostics) {
    if (found.rule == "connection-close-explicit" && found.fix) reason = found.fix->held_back;
  }
  EXPECT_EQ(reason, "the file is included more than once, and not all of its uses ask for this edit");
}

TEST(Fixer, says_which_pass_keeps_an_address_from_having_a_group) {
  const Files files{
      {"",
       "events {}\nhttp {\nserver { listen 8080;\nlocation /a { proxy_pass http://127.0.0.1:9000; "
       "}\nlocation /b { proxy_pass http://127.0.0.1:9000; proxy_set_header X-T $proxy_host; }\n} "
       "}\n"}};
  const Linted linted = lint_files(files);
  ASSERT_EQ(linted.result.diagnostics.size(), 2u);
  ASSERT_EQ(linted.result.diagnostics[0].notes.size(), 1u);
  EXPECT_EQ(linted.config->sources().position(linted.result.diagnostics[0].notes[0].span).line, 5u);
  EXPECT_FALSE(fix_files(files, true).changed());
}

/// Pools that take too many connections together are made all the same, and none by halves; that
/// they are too large is told.
TEST(Fixer, makes_pools_that_are_too_large_together) {
  std::string text = "events { worker_connections 64; }\nhttp {\n";
  for (const char* name : {"a", "b", "c", "d"}) {
    text += std::string("upstream ") + name + " { server 127.0.0.1:9000; }\n";
  }
  text += "server { listen 8080;\n";
  for (const char* name : {"a", "b", "c", "d"}) {
    text += std::string("location /") + name + "/ { proxy_pass http://" + name + "; }\n";
  }
  const lint::FixResult fixed =
      fix_files({{"", text + "tcp_nodelay off;\n} }\n"}}, true, for_nginx_1_22());
  EXPECT_TRUE(fixed.rejected.empty());
  for (const Diagnostic& left : fixed.remaining.diagnostics) {
    if (left.severity == Severity::kError) {
      EXPECT_EQ(left.rule, "keepalive-exceeds-worker-connections");
    }
  }
  ASSERT_EQ(fixed.files.size(), 1u);
  const std::string& after = fixed.files[0].after;
  EXPECT_EQ(after.find("tcp_nodelay"), std::string::npos);
  for (const std::string_view line :
       {"keepalive 32;", "proxy_http_version 1.1;", "Connection \"\";"}) {
    std::size_t count = 0;
    for (std::size_t at = after.find(line); at != std::string::npos; at = after.find(line, at + 1))
      ++count;
    EXPECT_EQ(count, 4u) << line;
  }
}

/// The other pass needs a word of the address in its header, so only one can go to the group; the
/// pool of the group, once there, makes it one that goes past it.
TEST(Fixer, makes_no_finding_that_it_has_no_fix_for) {
  const Files files{
      {"",
       "events {}\nhttp {\nupstream app { server 127.0.0.1:9000; }\nserver { listen "
       "8080;\nlocation "
       "/a { proxy_pass http://app; }\nlocation /b { proxy_pass http://127.0.0.1:9000; "
       "proxy_set_header X-Target $proxy_host; }\n} }\n"}};
  const lint::FixResult fixed = fix_files(files, true, for_nginx_1_22());
  EXPECT_FALSE(fixed.changed());
  ASSERT_EQ(fixed.rejected.size(), 1u);
  EXPECT_EQ(fixed.rejected[0].rule, "upstream-without-keepalive");
  EXPECT_EQ(fixed.rejected[0].reason,
            "it brings `literal-bypasses-upstream`, for which there is no fix");
  for (const Diagnostic& left : fixed.remaining.diagnostics) {
    EXPECT_NE(left.severity, Severity::kError) << left.message;
  }
}

lint::FixResult fix_upgrade(const std::vector<std::string>& rules, bool unsafe) {
  MemoryFileReader reader = reader_of({{"", kNoPool}});
  lint::FixOptions fix;
  fix.lint.versions = fix.load.versions = {{1, 30, 0}, {1, 30, 0}};
  fix.lint.upgrade_from = Version{1, 28, 0};
  fix.unsafe = unsafe;
  fix.rules = rules;
  return std::move(lint::fix_config(reader, kMain, fix)).value();
}

TEST(Fixer, gives_up_what_an_upgrade_brings_only_if_asked_by_name) {
  const std::vector<std::string> named{"upgrade-pools-upstream", "upgrade-speaks-http-11"};
  EXPECT_FALSE(fix_upgrade({}, true).changed());
  EXPECT_TRUE(fix_upgrade({}, false).remaining_unsafe.empty());
  EXPECT_FALSE(fix_upgrade(named, false).changed());
  EXPECT_EQ(fix_upgrade(named, false).remaining_unsafe.size(), 2u);
  const lint::FixResult fixed = fix_upgrade(named, true);
  ASSERT_EQ(fixed.files.size(), 1u);
  EXPECT_EQ(fixed.files[0].after,
            "events {}\nhttp {\nupstream app {\n  server 127.0.0.1:9000;\n  keepalive 0;\n}\n"
            "server { location / {\n  proxy_pass http://app;\n  proxy_http_version 1.0;\n} }\n}\n");
  for (const Diagnostic& left : fixed.remaining.diagnostics) {
    EXPECT_FALSE(left.rule.starts_with("upgrade-")) << left.message;
  }
}

}  // namespace
}  // namespace poolproof::test
