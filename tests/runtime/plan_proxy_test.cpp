// What goes upstream: heads by nginx version, URIs by proxy_pass, targets with variables, and what
// becomes of Location and Set-Cookie.
#include "runtime/plan_proxy.h"

#include <gtest/gtest.h>

#include "tests/runtime/plan_fixture.h"

namespace poolproof::runtime {
namespace {

constexpr std::string_view kUpstream = "upstream u { server 127.0.0.1:81; }";

/// The head that a GET with these headers causes, line breaks as `|`.
std::string head_of(PlanFixture& f, std::string_view target = "/x?y=1",
                    std::vector<HeaderLine> extra = {}) {
  const Action action = f.get(target, "a.test", std::move(extra));
  if (action.kind != ActionKind::kProxy) return "not proxied";
  const ProxyPlan& proxy = *f.request.location->proxy;
  const ProxyTarget to = resolve_target(f.request, proxy);
  if (!to.error.empty()) return std::string(to.error);
  std::string head;
  append_request_head(f.request, proxy, to, head);
  std::string shown;
  for (const char c : head) {
    if (c == '\n')
      shown += '|';
    else if (c != '\r')
      shown += c;
  }
  return shown;
}

TEST(ProxyHead, DefaultsOfTheOldEra) {
  PlanFixture f(PlanFixture::server("location / { proxy_pass http://u; }", kUpstream), {1, 22, 1});
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(head_of(f, "/x?y=1",
                    {{"Accept", "*/*"},
                     {"Connection", "keep-alive"},
                     {"Proxy-Connection", "x"},
                     {"TE", "trailers"},
                     {"Upgrade", "h2c"},
                     {"Expect", "100-continue"}}),
            "GET /x?y=1 HTTP/1.0|Host: u|Connection: close|Accept: */*|Proxy-Connection: x||");
}

TEST(ProxyHead, DefaultsOfTheNewEra) {
  PlanFixture f(PlanFixture::server("location / { proxy_pass http://u; }", kUpstream));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(head_of(f, "/x", {{"Accept", "*/*"}, {"Proxy-Connection", "x"}}),
            "GET /x HTTP/1.1|Host: u|Accept: */*||");
}

TEST(ProxyHead, ExplicitEntriesComeFirstBefore1_31_4) {
  const std::string text = PlanFixture::server(
      "location / { proxy_pass http://u; proxy_set_header X-A $remote_addr; proxy_set_header x-a "
      "two;"
      " proxy_set_header X-Empty \"\"; proxy_set_header Host $host; proxy_set_header Accept \"\"; "
      "}",
      kUpstream);
  PlanFixture before(text, {1, 31, 3});
  ASSERT_NE(before.plan, nullptr) << before.messages();
  EXPECT_EQ(head_of(before, "/", {{"Accept", "*/*"}, {"B", "c"}, {"X-Empty", "1"}}),
            "GET / HTTP/1.1|X-A: 10.1.2.3|x-a: two|Host: a.test|B: c||");
  PlanFixture after(text, {1, 31, 4});
  EXPECT_EQ(head_of(after, "/", {{"Accept", "*/*"}, {"B", "c"}}),
            "GET / HTTP/1.1|Host: a.test|X-A: 10.1.2.3|x-a: two|B: c||");
}

TEST(ProxyHead, AnEmptyHost) {
  const std::string text = PlanFixture::server(
      "location / { proxy_pass http://u; proxy_set_header Host $arg_h; }", kUpstream);
  PlanFixture before(text, {1, 31, 3});
  EXPECT_EQ(head_of(before, "/"), "GET / HTTP/1.1||");
  PlanFixture after(text, {1, 31, 4});
  EXPECT_EQ(head_of(after, "/"), "GET / HTTP/1.1|Host: u||");
  EXPECT_EQ(head_of(after, "/?h=me"), "GET /?h=me HTTP/1.1|Host: me||");
}

TEST(ProxyHead, BodyLengthAndChunked) {
  PlanFixture f(PlanFixture::server("location / { proxy_pass http://u; }", kUpstream));
  f.get("/");
  f.request.upstream_body_length = 12;
  std::string head;
  append_request_head(f.request, *f.request.location->proxy,
                      resolve_target(f.request, *f.request.location->proxy), head);
  EXPECT_NE(head.find("Content-Length: 12\r\n"), std::string::npos);
  f.request.upstream_body_length = -1;
  f.request.upstream_body_chunked = true;
  head.clear();
  append_request_head(f.request, *f.request.location->proxy,
                      resolve_target(f.request, *f.request.location->proxy), head);
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
}

TEST(ProxyHead, ClientHeadersAndMethod) {
  PlanFixture f(PlanFixture::server(
      "location / { proxy_pass http://u; proxy_pass_request_headers off; proxy_method PUT; }",
      kUpstream));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(head_of(f, "/", {{"Accept", "*/*"}}), "PUT / HTTP/1.1|Host: u||");
}

struct PassCase {
  std::string_view location;  // with its proxy_pass
  std::string_view target;
  std::string_view line;  // URI of the upstream request, or what is wrong
};
class PassTable : public testing::TestWithParam<PassCase> {};
// Each answer was seen with nginx 1.22.1.
TEST_P(PassTable, SendsTheUriThatNginxSends) {
  PlanFixture f(PlanFixture::server(GetParam().location, kUpstream));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const std::string head = head_of(f, GetParam().target);
  const std::size_t end = head.find(" HTTP/1.1");
  EXPECT_EQ(end == std::string::npos ? head : head.substr(4, end - 4), GetParam().line);
}
INSTANTIATE_TEST_SUITE_P(
    Passes, PassTable,
    testing::Values(
        PassCase{"location /a/ { proxy_pass http://u; }", "/a//%62?c", "/a//%62?c"},
        PassCase{"location /a/ { proxy_pass http://u/; }", "/a//b%20c?d", "/b%20c?d"},
        PassCase{"location /a { proxy_pass http://u/q; }", "/ab", "/qb"},
        PassCase{"location /a/ { proxy_pass http://u/q?z=; }", "/a/b?c", "/q?z=b?c"},
        PassCase{"location /a { rewrite ^/a/(.*) /n/$1 break; proxy_pass http://u; }", "/a/b?c",
                 "/n/b?c"},
        PassCase{"location /a/ { rewrite ^/a/(.*) /n/$1 break; proxy_pass http://u/x/; }", "/a/b",
                 "/n/b"},
        PassCase{"location ~ ^/(r) { proxy_pass http://u/$1$is_args$args; }", "/r?s", "/r?s"},
        PassCase{"location / { set $n u; proxy_pass http://$n; }", "/v//w", "/v//w"},
        PassCase{"location / { set $n 127.0.0.1:81; proxy_pass http://$n/k; }", "/v", "/k"},
        PassCase{"location / { try_files /none @n; } location @n { proxy_pass http://u; }", "/t//u",
                 "/t//u"},
        PassCase{"location /a/ { proxy_pass http://u/b/; if ($arg_i) { set $z 1; } }", "/a/c?i=1",
                 "/b/c?i=1"}));

TEST(ProxyTarget, VariablesFindGroupsLiteralsAndNothing) {
  PlanFixture f(PlanFixture::server("location / { proxy_pass http://$arg_t; }", kUpstream));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const auto resolve = [&](std::string_view target) {
    f.get(target);
    return resolve_target(f.request, *f.request.location->proxy);
  };
  EXPECT_EQ(resolve("/?t=U").upstream, &f.plan->upstreams.front());
  EXPECT_EQ(resolve("/?t=u:80").upstream, nullptr) << "a port never names a group";
  ASSERT_TRUE(resolve("/?t=127.0.0.9:99").address);
  EXPECT_EQ(resolve("/?t=127.0.0.9:99").address->port, 99);
  EXPECT_EQ(resolve("/?t=name").error_status, 502);
  EXPECT_EQ(f.value("$proxy_host $proxy_port"), "name 80");
  EXPECT_EQ(resolve("/?t=").error_status, 500);
}

TEST(ProxyRedirect, DefaultAndExplicit) {
  PlanFixture f(PlanFixture::server(R"(
      location /one/ { proxy_pass http://u/two/; }
      location /plain/ { proxy_pass http://u; }
      location /re/ { proxy_pass http://u; proxy_redirect ~^http://[^/]+(/.*)$ https://$host$1; }
      location /off/ { proxy_pass http://u; proxy_redirect off; })",
                                    kUpstream));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const auto rewritten = [&](std::string_view at, std::string_view value) {
    f.get(at);
    return rewrite_redirect(f.request, *f.request.location->proxy, value);
  };
  EXPECT_EQ(rewritten("/one/", "http://u/two/x"), "/one/x");
  EXPECT_EQ(rewritten("/one/", "http://other/two/x"), "http://other/two/x");
  EXPECT_EQ(rewritten("/plain/", "http://u/y"), "/y");
  EXPECT_EQ(rewritten("/re/", "http://b:81/z"), "https://a.test/z");
  EXPECT_EQ(rewritten("/off/", "http://u/y"), "http://u/y");
  f.get("/one/");
  EXPECT_EQ(rewrite_refresh(f.request, *f.request.location->proxy, "5; url=http://u/two/x"),
            "5; url=/one/x");
}

TEST(ProxyCookie, DomainAndPath) {
  PlanFixture f(
      PlanFixture::server("location / { proxy_pass http://u; proxy_cookie_domain b.test a.test; "
                          "proxy_cookie_path /b/ /a/; }",
                          kUpstream));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.get("/");
  const auto made = [&](std::string_view v) {
    return rewrite_cookie(f.request, *f.request.location->proxy, v);
  };
  EXPECT_EQ(made("k=v; Domain=.B.test; Path=/b/c; Secure"),
            "k=v; Domain=.a.test; Path=/a/c; Secure");
  EXPECT_EQ(made("k=v; domain=c.test"), "k=v; domain=c.test");
  EXPECT_EQ(made("k=v"), "k=v");
}

TEST(NameSet, ComparesWithoutCase) {
  NameSet set;
  for (int i = 0; i < 100; ++i) set.add("X-Name-" + std::to_string(i));
  EXPECT_EQ(set.size(), 100u);
  EXPECT_TRUE(set.contains("x-NAME-77"));
  EXPECT_FALSE(set.contains("x-name-100"));
  EXPECT_FALSE(NameSet().contains("a"));
}

}  // namespace
}  // namespace poolproof::runtime
