// One statement where it stands: what is said of it, for which versions.
#include "grammar/config/check.h"

#include <gmock/gmock.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using ::testing::HasSubstr;
using testing::load;
using ::testing::Not;

/// "rule: message" of each finding in a whole configuration; versions as --nginx-version names
/// them.
std::vector<std::string> findings(const std::string& text, const std::string& versions = "") {
  LoadOptions options;
  options.allow_snippet = false;
  if (!versions.empty()) {
    options.versions = *parse_version_range(versions);
    options.versions_named = true;
  }
  const auto loaded = load({{"/etc/nginx/nginx.conf", text}}, options);
  std::vector<std::string> found;
  for (const Diagnostic& each : loaded.bound->diagnostics()) {
    found.push_back(each.rule + ": " + each.message);
  }
  return found;
}

std::string in_http(const std::string& text) {
  return "events { } http { " + text + " }";
}
std::string in_location(const std::string& text) {
  return in_http("server { location / { " + text + " } }");
}

/// The only finding; empty if there is none, all of them if there are more.
std::string only(const std::vector<std::string>& found) {
  std::string text;
  for (const std::string& each : found) text += (text.empty() ? "" : " && ") + each;
  return text;
}

TEST(CheckStatement, GoodStatementsAreSilent) {
  EXPECT_EQ(only(findings(in_location("proxy_pass http://u; proxy_http_version 1.1; gzip on;"))),
            "");
  EXPECT_EQ(only(findings(in_http("types { text/html html; } map $a $b { x y; }"))), "");
  EXPECT_EQ(only(findings(in_location("content_by_lua_block { ngx.say('x') }"))), "");
}

TEST(CheckStatement, UnknownNamesWithASuggestion) {
  EXPECT_EQ(only(findings(in_location("proxy_pas http://u;"))),
            "unknown-directive: unknown directive `proxy_pas`; did you mean `proxy_pass`?");
  EXPECT_EQ(only(findings(in_http("frobnicate_all on;"))),
            "unknown-directive: unknown directive `frobnicate_all`");
}

TEST(CheckStatement, PastedNamesAreLeftToTheTypographyRule) {
  for (const std::string name :
       {"\xEF\xBB\xBFgzip", "\u201Cgzip", "//", "gzip\u00A0on", "gzip\uFF1A"}) {
    const std::string found = only(findings(in_http(name + " x;")));
    EXPECT_THAT(found, HasSubstr("looks pasted")) << name;
    EXPECT_THAT(found, Not(HasSubstr("did you mean"))) << name;
  }
}

TEST(CheckStatement, NamesOfOtherVersions) {
  const std::string http2 = in_http("server { http2 on; }");
  EXPECT_EQ(only(findings(http2)), "");
  EXPECT_EQ(only(findings(http2, "1.25.1-")), "");
  EXPECT_EQ(only(findings(http2, "1.22.1")),
            "unknown-directive: `http2` is known from 1.25.1 on, but this is for 1.22.1");
  EXPECT_THAT(only(findings(http2, "1.18-1.28")), HasSubstr("but this is for 1.18.0 to 1.28.x"));
  const std::string ssl = in_http("server { ssl on; }");
  EXPECT_EQ(only(findings(ssl)), "");
  EXPECT_EQ(only(findings(ssl, "1.22.1")), "");
  EXPECT_THAT(only(findings(ssl, "1.26.0")), HasSubstr("`ssl` is gone since 1.25.1"));
}

TEST(CheckStatement, ModulesOfOthersAreKnownInEveryVersion) {
  EXPECT_EQ(only(findings(in_location("more_set_headers 'X: y'; brotli on;"), "1.18.0")), "");
}

TEST(CheckStatement, MisplacedSaysWhereItBelongs) {
  EXPECT_EQ(only(findings(in_http("proxy_set_header A b; upstream u { listen 80; }"))),
            "misplaced-directive: `listen` may not stand in `upstream`; it belongs in `server`, in "
            "`server` of `stream`, in `server` of `mail` or in `server` of `rtmp`");
  EXPECT_THAT(
      only(findings("worker_connections 5; events { }")),
      HasSubstr("may not stand at the top level, outside all blocks; it belongs in `events`"));
}

TEST(CheckStatement, CountsOfArguments) {
  EXPECT_EQ(only(findings(in_location("proxy_set_header Host;"))),
            "wrong-argument-count: `proxy_set_header` takes 2 arguments, here it has 1");
  EXPECT_EQ(only(findings(in_location("root;"))),
            "wrong-argument-count: `root` takes one argument, here it has none");
  const std::string local = in_http("upstream u { server a; keepalive 32 local; }");
  EXPECT_EQ(only(findings(local)), "");
  EXPECT_THAT(only(findings(local, "1.22.1")), HasSubstr("only in other versions than 1.22.1"));
}

TEST(CheckStatement, BlocksWhereTheyBelong) {
  EXPECT_THAT(only(findings(in_http("server;"))),
              HasSubstr("missing-block: `server` needs a block"));
  EXPECT_THAT(only(findings(in_http("gzip on { }"))),
              HasSubstr("unexpected-block: `gzip` has no block"));
}

struct ValueCase {
  std::string statement;
  bool good;
};

class CheckValues : public ::testing::TestWithParam<ValueCase> {};

TEST_P(CheckValues, AsNginxReadsThem) {
  const std::string found = only(findings(in_http(GetParam().statement)));
  if (GetParam().good) {
    EXPECT_EQ(found, "");
  } else {
    EXPECT_THAT(found, HasSubstr("invalid-value: `"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, CheckValues,
    ::testing::Values(
        ValueCase{"gzip ON;", true}, ValueCase{"gzip yes;", false},
        ValueCase{"gzip_comp_level 9;", true}, ValueCase{"gzip_comp_level 10;", false},
        ValueCase{"client_body_buffer_size 8k;", true},
        ValueCase{"client_body_buffer_size 1g;", false},
        ValueCase{"client_max_body_size 1g;", true}, ValueCase{"client_max_body_size 1.5m;", false},
        ValueCase{"send_timeout 500ms;", true}, ValueCase{"send_timeout 1y;", false},
        ValueCase{"open_file_cache_valid 1y;", true},
        ValueCase{"open_file_cache_valid 5ms;", false}, ValueCase{"proxy_buffers 4 8k;", true},
        ValueCase{"proxy_buffers 0 8k;", false}, ValueCase{"proxy_buffers 4 x;", false},
        ValueCase{"proxy_http_version 1.2;", false},
        ValueCase{"proxy_next_upstream error HTTP_502;", true},
        ValueCase{"proxy_next_upstream error http_999;", false},
        ValueCase{"keepalive_requests x;", false}, ValueCase{"connection_pool_size 64;", false},
        ValueCase{"http2_streams_index_size 10;", false}));

TEST(CheckStatement, WordsOfLaterVersions) {
  const std::string text = in_location("proxy_http_version 2;");
  EXPECT_EQ(only(findings(text)), "");
  EXPECT_EQ(only(findings(text, "1.22.1")),
            "invalid-value: `proxy_http_version` takes `2` from 1.29.4 on, but this is for 1.22.1");
}

}  // namespace
}  // namespace poolproof
