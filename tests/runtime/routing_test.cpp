// The way of a request to its action: tables of locations and names, rewrites, redirects inside.
#include "runtime/routing.h"

#include <gtest/gtest.h>

#include "tests/runtime/plan_fixture.h"

namespace poolproof::runtime {
namespace {

struct LocationCase {
  std::string_view target;
  std::string_view location;
};

class LocationTable : public testing::TestWithParam<LocationCase> {};

// Each answer was seen with nginx 1.22.1.
TEST_P(LocationTable, ChoosesAsNginxDoes) {
  PlanFixture f(PlanFixture::server(R"(
      location / { return 200; }
      location = /exact { return 200; }
      location /pre { return 200; }
      location /prefix/long { return 200; }
      location ^~ /static/ { return 200; location ~ \.png$ { return 200; } }
      location ~ \.png$ { return 200; }
      location ~* \.(jpg|gif)$ { return 200; }
      
      location /outer/ { return 200; location /outer/inner/ { return 200; } location ~ \.txt$ { return 200; } }
      location ~ \.txt$ { return 200; })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.location_of(GetParam().target), GetParam().location);
}

INSTANTIATE_TEST_SUITE_P(
    Locations, LocationTable,
    testing::Values(
        LocationCase{"/", "/"}, LocationCase{"/exact", "= /exact"}, LocationCase{"/exact/", "/"},
        LocationCase{"/prefix", "/pre"}, LocationCase{"/prefix/longer", "/prefix/long"},
        LocationCase{"/static/a.jpg", "^~ /static/"}, LocationCase{"/static/a.png", "~ \\.png$"},
        LocationCase{"/a.png", "~ \\.png$"}, LocationCase{"/a.PNG", "/"},
        LocationCase{"/a.JPG", "~* \\.(jpg|gif)$"}, LocationCase{"/pre/a.gif", "~* \\.(jpg|gif)$"},
        LocationCase{"/outer/a.txt", "~ \\.txt$"}, LocationCase{"/outer/inner/x", "/outer/inner/"},
        LocationCase{"/outer/inner/a.png", "~ \\.png$"}, LocationCase{"/exact?a=b", "= /exact"},
        LocationCase{"/%65xact", "= /exact"}));

struct UriCase {
  std::string_view target;
  std::string_view path;  // "400": refused
  std::string_view args;
};
class UriTable : public testing::TestWithParam<UriCase> {};

// Each answer was seen with nginx 1.22.1.
TEST_P(UriTable, NormalisesAsNginxDoes) {
  Arena arena;
  const NormalisedUri uri = normalise_uri(GetParam().target, true, arena);
  EXPECT_EQ(uri.valid ? uri.path : "400", GetParam().path);
  EXPECT_EQ(uri.args, GetParam().args);
}

INSTANTIATE_TEST_SUITE_P(
    Uris, UriTable,
    testing::Values(UriCase{"/", "/", ""}, UriCase{"/a//b", "/a/b", ""}, UriCase{"///", "/", ""},
                    UriCase{"/a/./b", "/a/b", ""}, UriCase{"/a/../b", "/b", ""},
                    UriCase{"/a/b/..", "/a/", ""}, UriCase{"/a/.", "/a/", ""},
                    UriCase{"/..", "400", ""}, UriCase{"/a/../../b", "400", ""},
                    UriCase{"/%61?%62", "/a", "%62"}, UriCase{"/%2e%2e/a", "400", ""},
                    UriCase{"/a%2Fb", "/a/b", ""}, UriCase{"/a%2f%2fb", "/a/b", ""},
                    UriCase{"/a%3Fb", "/a?b", ""}, UriCase{"/%00", "400", ""},
                    UriCase{"/%zz", "400", ""}, UriCase{"/a%", "400", ""},
                    UriCase{"/a?b//c/../d", "/a", "b//c/../d"}, UriCase{"/.a/..b", "/.a/..b", ""},
                    UriCase{"/a/.../b", "/a/.../b", ""}, UriCase{"/a+b", "/a+b", ""},
                    UriCase{"/a#b", "/a", ""}));

TEST(Uri, SlashesStayWhereMergingIsOff) {
  Arena arena;
  EXPECT_EQ(normalise_uri("/a//b", false, arena).path, "/a//b");
}

struct HostCase {
  std::string_view text;
  std::string_view host;  // "400": refused
};
class HostTable : public testing::TestWithParam<HostCase> {};
TEST_P(HostTable, ValidatesAsNginxDoes) {
  Arena arena;
  const ValidHost host = validate_host(GetParam().text, arena);
  EXPECT_EQ(host.valid ? host.host : "400", GetParam().host);
}
INSTANTIATE_TEST_SUITE_P(Hosts, HostTable,
                         testing::Values(HostCase{"a.b", "a.b"}, HostCase{"A.B:80", "a.b"},
                                         HostCase{"a.b.", "a.b"}, HostCase{"a..b", "400"},
                                         HostCase{"[::1]:80", "[::1]"}, HostCase{"a/b", "400"},
                                         HostCase{"", "400"}, HostCase{"a b", "400"}));

constexpr std::string_view kServers = R"(events {} http { access_log off;
  server { listen 8080; server_name first; }
  server { listen 8080 default_server; server_name default; }
  server { listen 8080; server_name a.test *.a.test; }
  server { listen 8080; server_name .b.test; }
  server { listen 8080; server_name www.c.*; }
  server { listen 8080; server_name ~^(?<sub>.+)\.r\.test$; return 200 $sub; }
  server { listen 8080; server_name *.deep.a.test; }
  server { listen 8080; server_name ""; return 200 nohost; }
})";

class ServerTable : public testing::TestWithParam<HostCase> {};
TEST_P(ServerTable, ChoosesAsNginxDoes) {
  PlanFixture f(kServers);
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.get("/", GetParam().text);
  EXPECT_EQ(f.request.server->name, GetParam().host);
}
INSTANTIATE_TEST_SUITE_P(
    Servers, ServerTable,
    testing::Values(HostCase{"first", "first"}, HostCase{"unknown", "default"},
                    HostCase{"a.test", "a.test"}, HostCase{"x.a.test", "a.test"},
                    HostCase{"x.y.a.test", "a.test"}, HostCase{"x.deep.a.test", "*.deep.a.test"},
                    HostCase{"b.test", "b.test"}, HostCase{"x.b.test:99", "b.test"},
                    HostCase{"www.c.org", "www.c.*"}, HostCase{"WWW.C.co.uk", "www.c.*"},
                    HostCase{"x.r.test", "~^(?<sub>.+)\\.r\\.test$"}, HostCase{"", ""}));

TEST(Routing, NamedGroupsOfServerNamesAreVariables) {
  PlanFixture f(kServers);
  EXPECT_EQ(f.get("/", "x.r.test").text, "x");
}

TEST(Routing, RefusesBadHosts) {
  PlanFixture f(PlanFixture::server(""));
  EXPECT_EQ(f.get("/", "a..b").status, 400);
  EXPECT_EQ(f.get("/", "a.test", {{"Host", "a.test"}}).status, 400);
  f.request.reset(f.worker, f.client, f.plan->slot_count);
  f.request.head.target = "/";
  f.request.head.version = 11;
  EXPECT_EQ(route(f.request).status, 400) << "HTTP/1.1 without Host";
}

TEST(Routing, AProxiedNameWithoutItsSlashIsRedirected) {
  PlanFixture f(PlanFixture::server("location /api/ { proxy_pass http://127.0.0.1:1; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const Action action = f.get("/api?x=1");
  EXPECT_EQ(action.kind, ActionKind::kRedirect);
  EXPECT_EQ(action.status, 301);
  EXPECT_EQ(action.text, "/api/?x=1");
  EXPECT_EQ(absolute_location(f.request, action.text), "http://a.test:8080/api/?x=1");
  EXPECT_EQ(f.get("/api/").kind, ActionKind::kProxy);
}

TEST(Routing, ReturnAndRedirects) {
  PlanFixture f(PlanFixture::server(R"(
      location /text { return 200 "hello $arg_n"; }
      location /moved { return 301 /to; }
      location /url { return http://x.test$request_uri; }
      location /gone { return 410; }
      location /drop { return 444; })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/text?n=you").text, "hello you");
  EXPECT_EQ(f.get("/moved").kind, ActionKind::kRedirect);
  EXPECT_EQ(f.get("/url?q").text, "http://x.test/url?q");
  EXPECT_EQ(f.get("/gone").kind, ActionKind::kStatus);
  EXPECT_EQ(f.get("/drop").kind, ActionKind::kClose);
}

struct RewriteCase {
  std::string_view rule;
  std::string_view target;
  std::string_view seen;  // "$uri|$args|$request_uri" or status and Location
};
class RewriteTable : public testing::TestWithParam<RewriteCase> {};
// Each answer was seen with nginx 1.22.1.
TEST_P(RewriteTable, RewritesAsNginxDoes) {
  PlanFixture f(PlanFixture::server(std::string(GetParam().rule) +
                                    " location / { return 200 \"$uri|$args|$request_uri\"; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  const Action action = f.get(GetParam().target);
  const std::string prefix =
      action.kind == ActionKind::kRedirect ? std::to_string(action.status) + " " : "";
  EXPECT_EQ(prefix + std::string(action.text), GetParam().seen);
}
INSTANTIATE_TEST_SUITE_P(
    Rewrites, RewriteTable,
    testing::Values(
        RewriteCase{"rewrite ^/a/(.*)$ /b/$1 last;", "/a/c?x=1", "/b/c|x=1|/a/c?x=1"},
        RewriteCase{"rewrite ^/a/(.*)$ /b?n=$1;", "/a/c?x=1", "/b|n=c&x=1|/a/c?x=1"},
        RewriteCase{"rewrite ^/a/(.*)$ /b?n=$1?;", "/a/c?x=1", "/b|n=c|/a/c?x=1"},
        RewriteCase{"rewrite ^/a /b? break;", "/a?x=1", "/b||/a?x=1"},
        RewriteCase{"rewrite ^/a/(.*)$ /b/$1 permanent;", "/a/c?x", "301 /b/c?x"},
        RewriteCase{"rewrite ^/a http://x.test/q?z=1;", "/a?x", "302 http://x.test/q?z=1&x"},
        RewriteCase{"rewrite ^/a/(.*)$ /b?n=$1 redirect;", "/a/x%26y", "302 /b?n=x%26y"},
        RewriteCase{"if ($arg_x = 1) { set $args y=2; }", "/a?x=1", "/a|y=2|/a?x=1"},
        RewriteCase{"if ($arg_x) { return 302 /no; }", "/a?x=0", "/a|x=0|/a?x=0"},
        RewriteCase{"if ($uri ~* ^/A(.)) { return 302 /$1; }", "/ab", "302 /b"},
        RewriteCase{"if ($uri !~ ^/b) { return 302 /n; }", "/a", "302 /n"},
        RewriteCase{"set $v \"$uri-$v2\"; set $v2 x; if ($v = \"/a-\") { return 302 $v$v2; }", "/a",
                    "302 /a-x"}));

TEST(Routing, SmallHandlers) {
  PlanFixture f(PlanFixture::server("location /s { stub_status; } location /g { empty_gif; }"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/s").kind, ActionKind::kStubStatus);
  EXPECT_EQ(f.get("/g").kind, ActionKind::kEmptyGif);
}

TEST(Routing, EndlessRewritesEndWith500) {
  PlanFixture f(PlanFixture::server("location / { rewrite ^ /a last; }"));
  const Action action = f.get("/");
  EXPECT_EQ(action.status, 500);
}

TEST(Routing, AnIfBlockBecomesTheLocation) {
  PlanFixture f(PlanFixture::server(R"(
      location / { proxy_pass http://127.0.0.1:1; add_header X outer;
                   if ($arg_i) { add_header X inner; } })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/?i=1").kind, ActionKind::kProxy);
  EXPECT_EQ(f.request.location->kind, LocationKind::kIf);
  EXPECT_EQ(f.request.location->add_headers.at(0).value.constant_text(), "inner");
  f.get("/");
  EXPECT_EQ(f.request.location->add_headers.at(0).value.constant_text(), "outer");
}

TEST(Routing, LimitExceptTakesAllOtherMethods) {
  PlanFixture f(PlanFixture::server("location / { limit_except GET { deny all; } return 204; }"));
  PlanFixture g(PlanFixture::server("location / { limit_except GET { deny all; } }"));
  ASSERT_NE(g.plan, nullptr) << g.messages();
  EXPECT_EQ(g.get("/").kind, ActionKind::kStatic);
  EXPECT_EQ(g.get("/", "a.test", {}, Method::kHead).kind, ActionKind::kStatic);
  EXPECT_EQ(g.get("/", "a.test", {}, Method::kPost).status, 403);
}

TEST(Routing, AccessRulesInOrder) {
  PlanFixture f(PlanFixture::server(
      "location /in { allow 10.1.0.0/16; deny all; } location /out { deny 10.0.0.0/8; }"));
  EXPECT_EQ(f.get("/in").kind, ActionKind::kStatic);
  EXPECT_EQ(f.get("/out").status, 403);
}

TEST(Routing, TryFiles) {
  PlanFixture f(PlanFixture::server(R"(root /r;
      location / { try_files $uri $uri/ @fall; }
      location /code { try_files $uri =404; }
      location /uri { try_files $uri /code/x?a=b; }
      location @fall { return 200 "fell $uri"; })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  f.files.files = {{"/r/file", FileStat::Kind::kFile}, {"/r/dir", FileStat::Kind::kDirectory}};
  EXPECT_EQ(f.get("/file").kind, ActionKind::kStatic);
  EXPECT_EQ(file_path(f.request), "/r/file");
  EXPECT_EQ(f.get("/dir").kind, ActionKind::kStatic);
  EXPECT_EQ(f.get("/none").text, "fell /none");
  EXPECT_EQ(f.get("/code").status, 404);
  EXPECT_EQ(f.get("/uri").status, 404);
  EXPECT_EQ(f.request.args, "a=b");
}

TEST(Routing, ErrorPages) {
  PlanFixture f(PlanFixture::server(R"(
      error_page 404 /404.html; error_page 403 =200 @named; error_page 410 https://x.test/;
      location = /404.html { internal; return 200 page; }
      location @named { return 200 named; }
      location /own { error_page 404 = /404.html; })"));
  ASSERT_NE(f.plan, nullptr) << f.messages();
  EXPECT_EQ(f.get("/404.html").status, 404) << "internal from outside";
  f.get("/x");
  EXPECT_EQ(on_status(f.request, 404).text, "page");
  EXPECT_EQ(f.request.error_status, 404);
  f.get("/x");
  EXPECT_EQ(on_status(f.request, 403).text, "named");
  EXPECT_EQ(f.request.error_status, 200);
  f.get("/own");
  on_status(f.request, 404);
  EXPECT_EQ(f.request.error_status, 0) << "the page's own status counts";
  f.get("/x");
  EXPECT_EQ(on_status(f.request, 410).status, 302);
  f.get("/x");
  EXPECT_EQ(on_status(f.request, 500).kind, ActionKind::kPage);
  EXPECT_FALSE(f.request.keepalive_allowed);
}

TEST(Routing, AnErrorPageIsFollowedOnce) {
  PlanFixture f(PlanFixture::server("error_page 404 /a; location /a { return 404; }"));
  f.get("/x");
  EXPECT_EQ(on_status(f.request, 404).kind, ActionKind::kStatus);  // of the page's location
  EXPECT_EQ(on_status(f.request, 404).kind, ActionKind::kPage);
}

struct UnsafeCase {
  std::string_view text;
  std::string_view path;  // "unsafe": refused
};

TEST(Uri, WhatAnUpstreamNamesIsDecodedAndStaysBelowTheRoot) {
  for (const UnsafeCase& each :
       {UnsafeCase{"/a/b", "/a/b"}, UnsafeCase{"/a%20b", "/a b"}, UnsafeCase{"/a%zb", "/azb"},
        UnsafeCase{"/a%2xb", "/ab"}, UnsafeCase{"/a..b/..c", "/a..b/..c"}, UnsafeCase{"", "unsafe"},
        UnsafeCase{"?a", "unsafe"}, UnsafeCase{"/../a", "unsafe"}, UnsafeCase{"../a", "unsafe"},
        UnsafeCase{"/a/..", "unsafe"}, UnsafeCase{"/a/%2e%2e/b", "unsafe"},
        UnsafeCase{"/a%00b", "unsafe"}}) {
    Arena arena;
    const UnsafeUri uri = take_unsafe_uri(each.text, arena);
    EXPECT_EQ(uri.valid ? uri.path : "unsafe", each.path) << each.text;
  }
  Arena arena;
  EXPECT_EQ(take_unsafe_uri("/a%3Fb?c%20d", arena).path, "/a?b");
  EXPECT_EQ(take_unsafe_uri("/a%3Fb?c%20d", arena).args, "c%20d");
}

TEST(Routing, BodiesThatAreTooLarge) {
  PlanFixture f(PlanFixture::server("client_max_body_size 10;"));
  f.get("/");
  f.request.head.content_length = 11;
  f.request.uri_changes_left = 11;
  EXPECT_EQ(redirect_internally(f.request, "/").status, 413);
  EXPECT_EQ(redirect_internally(f.request, "/").kind, ActionKind::kStatic);  // on the way to a page
}

TEST(Routing, AliasReplacesTheLocationsName) {
  PlanFixture f(PlanFixture::server("location /i/ { alias /data/images/; } root html;"));
  f.get("/i/a.png");
  EXPECT_EQ(file_path(f.request), "/data/images/a.png");
  f.get("/a.png");
  EXPECT_EQ(file_path(f.request), "/p/html/a.png");
}

}  // namespace
}  // namespace poolproof::runtime
