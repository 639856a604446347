// Variables, texts made of them, and log lines.
#include "runtime/variables.h"

#include <gtest/gtest.h>

#include "runtime/log_format.h"
#include "runtime/variables_text.h"
#include "tests/runtime/plan_fixture.h"

namespace poolproof::runtime {
namespace {

struct VariableCase {
  std::string_view text;
  std::string_view value;
};
class VariableValues : public testing::TestWithParam<VariableCase> {};
TEST_P(VariableValues, HasItsValue) {
  PlanFixture f(PlanFixture::server("location / { root /r; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.get("/p%61th?a=1&B=two&c", "A.test:81",
        {{"X-Forwarded-For", "1.1.1.1"},
         {"Cookie", "k=v; K2=w"},
         {"X-Two", "a"},
         {"x-two", "b"},
         {"Authorization", "Basic dXNlcjpwYXNz"},
         {"Content-Type", "text/x"}});
  f.request.status = 204;
  f.request.body_bytes_sent = 10;
  f.request.header_bytes_sent = 5;
  f.request.head.size = 77;
  f.request.attempts = {{"127.0.0.1:1", 502, 3, -1, 12, 0, 0, 0, false},
                        {"127.0.0.1:2", 0, -1, -1, -1, 0, 0, 0, false},
                        {"127.0.0.1:3", 200, 0, 1, 1234, 9, 8, 7, true}};
  EXPECT_EQ(f.value(GetParam().text), GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(
    Variables, VariableValues,
    testing::Values(VariableCase{"$uri", "/path"},
                    VariableCase{"$request_uri", "/p%61th?a=1&B=two&c"},
                    VariableCase{"$args", "a=1&B=two&c"}, VariableCase{"$is_args", "?"},
                    VariableCase{"$arg_b", "two"}, VariableCase{"$arg_c", ""},
                    VariableCase{"$host", "a.test"}, VariableCase{"$http_host", "A.test:81"},
                    VariableCase{"$cookie_k2", "w"}, VariableCase{"$http_x_two", "a, b"},
                    VariableCase{"$proxy_add_x_forwarded_for", "1.1.1.1, 10.1.2.3"},
                    VariableCase{"$remote_addr:$remote_port", "10.1.2.3:5555"},
                    VariableCase{"$remote_user", "user"},
                    VariableCase{"$scheme://$server_name:$server_port", "http://a.test:8080"},
                    VariableCase{"${request_method}x", "GETx"}, VariableCase{"$status", "204"},
                    VariableCase{"$bytes_sent/$body_bytes_sent", "15/10"},
                    VariableCase{"$request_length", "77"}, VariableCase{"$msec", "1500000000.123"},
                    VariableCase{"$request_filename", "/r/path"},
                    VariableCase{"$document_root", "/r"}, VariableCase{"$content_type", "text/x"},
                    VariableCase{"$connection-$connection_requests", "7-2"},
                    VariableCase{"$connection_time", "1.000"},
                    VariableCase{"$nginx_version", "1.31.5"},
                    VariableCase{"$server_protocol", "HTTP/1.1"},
                    VariableCase{"$upstream_addr", "127.0.0.1:1, 127.0.0.1:2 : 127.0.0.1:3"},
                    VariableCase{"$upstream_status", "502, - : 200"},
                    VariableCase{"$upstream_response_time", "0.012, - : 1.234"},
                    VariableCase{"$upstream_connect_time", "0.003, - : 0.000"},
                    VariableCase{"$nope", "unknown \"nope\" variable"}));

TEST(Variables, OnlyTheFirstLineCountsBefore1_23) {
  PlanFixture f(PlanFixture::server(""), {1, 22, 1});
  f.get("/", "a.test", {{"X-Two", "a"}, {"X-Two", "b"}});
  EXPECT_EQ(f.value("$http_x_two"), "a");
}

TEST(Variables, RequestIdStaysTheSameWithinARequest) {
  PlanFixture f(PlanFixture::server(""));
  f.get("/");
  const std::string first = f.value("$request_id");
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(f.value("$request_id"), first);
  f.get("/");
  EXPECT_NE(f.value("$request_id"), first);
}

TEST(Times, AsNginxWritesThem) {
  setenv("TZ", "UTC", 1);
  std::string text;
  format_time_local(1'500'000'000, text);
  EXPECT_EQ(text, "14/Jul/2017:02:40:00 +0000");
  format_time_iso8601(1'500'000'000, text);
  EXPECT_EQ(text, "2017-07-14T02:40:00+00:00");
}

TEST(LogFormat, CombinedPrintsMissingValuesAsDash) {
  PlanFixture f(PlanFixture::server(""));
  f.get("/", "a.test", {{"User-Agent", "a\"b\\\x01\xc3"}});
  f.request.status = 200;
  f.request.body_bytes_sent = 3;
  std::string line;
  f.plan->log_formats.front().append_to(f.request, line);
  EXPECT_EQ(line,
            "10.1.2.3 - - [14/Jul/2017:02:40:00 +0000] \"GET / HTTP/1.1\" 200 3 \"-\" "
            "\"a\\x22b\\x5C\\x01\\xC3\"\n");
}

TEST(LogFormat, EscapesForJsonOrNotAtAll) {
  std::string json, none;
  append_escaped("a\"\n\x01\\", LogEscape::kJson, json);
  EXPECT_EQ(json, "a\\\"\\n\\u0001\\\\");
  append_escaped("a\"\n", LogEscape::kNone, none);
  EXPECT_EQ(none, "a\"\n");
}

TEST(LogFormat, PlansKnowTheirLogs) {
  PlanFixture f(
      "events {} http { log_format x \"$status\" \" $uri\"; access_log /l/a.log x if=$arg_l;"
      " server { location /off { access_log off; } } }");
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const LocationPlan& root = *f.plan->servers.front().root;
  ASSERT_EQ(root.access_logs.size(), 1u);
  EXPECT_EQ(f.plan->log_files[root.access_logs[0].file].path, "/l/a.log");
  EXPECT_EQ(root.access_logs[0].format->name(), "x");
  EXPECT_TRUE(root.access_logs[0].condition);
  EXPECT_TRUE(root.prefixes.front()->access_logs.empty());
}

TEST(Text, EscapingAndBase64) {
  Arena arena;
  EXPECT_EQ(escape_path("/a b%?é", arena), "/a%20b%25%3F%C3%A9");
  EXPECT_EQ(escape_arguments("a+b&c", arena), "a%2Bb%26c");
  EXPECT_EQ(decode_base64("dTpw", arena), "u:p");
  EXPECT_EQ(decode_base64("d", arena).data(), nullptr);
}

TEST(Arena, KeepsItsFirstBlockAndTakesLargeTexts) {
  Arena arena(16);
  const char* first = arena.allocate(8);
  const std::string large(1000, 'x');
  EXPECT_EQ(arena.copy(large), large);
  arena.reset();
  EXPECT_EQ(arena.allocate(8), first);
}

}  // namespace
}  // namespace poolproof::runtime
