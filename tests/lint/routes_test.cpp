// Rows of `poolproof routes`: one per written pass, and where older versions differ.
#include "lint/routes.h"

#include <gtest/gtest.h>

#include "grammar/config/bound_config.h"

namespace poolproof::lint {
namespace {

class Routes : public testing::Test {
 protected:
  std::vector<Route> of(const std::string& http, VersionRange range = {}) {
    LoadOptions options;
    options.versions = range;
    bound_ =
        load_config_text(reader_, "nginx.conf", "events {}\nhttp {\n" + http + "\n}\n", options);
    stretches_ = merge_stretches(*bound_, range);
    return routes(stretches_);
  }

  MemoryFileReader reader_;
  std::unique_ptr<BoundConfig> bound_;
  std::vector<Stretch> stretches_;
};

TEST_F(Routes, TellWhereARequestGoes) {
  const auto rows =
      of("upstream App { server 127.0.0.1:1; }\n"
         "server { listen 8080; listen [::]:8081; server_name a.example *.b.example;\n"
         "location = /x { proxy_pass http://app/y; } }");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].server_names, (std::vector<std::string>{"a.example", "*.b.example"}));
  EXPECT_EQ(rows[0].listen, (std::vector<std::string>{"8080", "[::]:8081"}));
  EXPECT_EQ(rows[0].location, "= /x");
  EXPECT_EQ(rows[0].target, "http://app/y");
  EXPECT_EQ(rows[0].upstream, "App");
  EXPECT_EQ(bound_->sources().describe(rows[0].span), "nginx.conf:5");
}

TEST_F(Routes, HaveNoUpstreamForAnAddress) {
  const auto rows = of("server { location / { proxy_pass http://127.0.0.1:1; } }");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].upstream, "");
  EXPECT_TRUE(rows[0].server_names.empty());
}

TEST_F(Routes, AnswerForTheNewestAndSayWhereAnOlderOneDiffers) {
  const auto rows =
      of("upstream u { server 127.0.0.1:1; keepalive 4; }\n"
         "server { location / { proxy_pass http://u; } }");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].verdict.pooled, Pooled::kAlways);
  ASSERT_EQ(rows[0].differences.size(), 1u);
  EXPECT_EQ(rows[0].differences[0].versions, "before 1.29.7");
  EXPECT_EQ(rows[0].differences[0].verdict.pooled, Pooled::kNever);
}

TEST_F(Routes, SayNothingOfOtherVersionsWhereOneIsNamed) {
  const auto rows =
      of("upstream u { server 127.0.0.1:1; keepalive 4; }\n"
         "server { location / { proxy_pass http://u; } }",
         {{1, 22, 1}, {1, 22, 1}});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].verdict.pooled, Pooled::kNever);
  EXPECT_TRUE(rows[0].differences.empty());
}

TEST_F(Routes, CountOnlyWrittenPasses) {
  const auto rows =
      of("server { location / { proxy_pass http://127.0.0.1:1; if ($arg_a) { set $b c; }\n"
         "limit_except GET { deny all; } } location /s { root /srv; } }");
  EXPECT_EQ(rows.size(), 1u);
}

TEST_F(Routes, GiveAPassInAnIfItsOwnRow) {
  const auto rows =
      of("server { location / { if ($arg_a) { proxy_pass http://127.0.0.1:1; }\n"
         "proxy_pass http://127.0.0.1:2; } }");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].target, "http://127.0.0.1:1");
}

/// A place that reuses connections but for `more`, which the location holds.
std::string place(const std::string& more, const std::string& server = "127.0.0.1:1;") {
  return "upstream u {\nserver " + server + " keepalive 4; }\n proxy_http_version 1.1;" +
         " proxy_set_header Connection \"\"; server { location / { " + more +
         " proxy_pass http://u; } location = /auth { proxy_pass http://u; " + more + " } }";
}

std::string verdict(const Route& route) {
  std::string text(to_string(route.verdict.pooled));
  for (const ReuseReason& reason : route.verdict.reasons) text += " " + std::string(reason.rule);
  return text;
}

TEST_F(Routes, DependOnAnswersThatAreNotReadToTheirEnd) {
  EXPECT_EQ(verdict(of(place("proxy_intercept_errors on; error_page 404 /x;"))[0]),
            "depends intercepted-error-closes-connection");
  EXPECT_EQ(verdict(of(place("proxy_intercept_errors on; error_page 502 /x;"))[0]), "always");
  EXPECT_EQ(verdict(of(place("error_page 404 /x;"))[0]), "always");
  const auto rows = of(place("auth_request /auth;"));
  EXPECT_EQ(verdict(rows[0]), "always");
  EXPECT_EQ(verdict(rows[1]), "depends subrequest-body-ends-connection");
  EXPECT_EQ(verdict(of(place("auth_request /auth; proxy_method HEAD;"))[1]), "always");
}

TEST_F(Routes, KnowOfBackendsThatCloseEachConnection) {
  EXPECT_EQ(verdict(of(place("", "127.0.0.1:1; # poolproof: backend=unicorn\n"))[0]),
            "never backend-closes-each-connection");
  EXPECT_EQ(verdict(of(place("", "127.0.0.1:1; # poolproof: backend=unicorn\nserver x:1;"))[0]),
            "depends backend-closes-each-connection");
  EXPECT_EQ(verdict(of(place("", "127.0.0.1:1; # poolproof: backend=node22\n"))[0]), "always");
  EXPECT_EQ(
      verdict(of(place("", "127.0.0.1:1; # poolproof: backend-idle=0s\nserver x:1 backup;"))[0]),
      "never backend-closes-each-connection");
}

}  // namespace
}  // namespace poolproof::lint
