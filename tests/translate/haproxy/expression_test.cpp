// Values of variables: fields that come several times, captures, what a request was passed to.
#include <gtest/gtest.h>

#include "tests/translate/haproxy/haproxy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_haproxy;
using testing::Said;
using testing::to_haproxy;

TEST(HaproxyFields, of_one_name_are_joined_as_the_version_joins_them) {
  const std::string inside = "proxy_set_header X-A $http_x; proxy_pass http://app;";
  EXPECT_FALSE(location_to_haproxy(inside).has("req.fhdr(x,2)"));
  const Said joined = location_to_haproxy(inside, "", Version{1, 23, 0});
  EXPECT_TRUE(joined.has("%[req.fhdr(x,1)], %[req.fhdr(x,2)]"));
  EXPECT_TRUE(joined.has("if { req.fhdr_cnt(x) ge 2 }"));
  const Said cookies =
      location_to_haproxy("proxy_set_header X-A $http_cookie; proxy_pass http://app;");
  EXPECT_TRUE(cookies.has("%[req.fhdr(cookie,1)]; %[req.fhdr(cookie,2)]"));
}

TEST(HaproxyFields, all_addresses_are_forwarded) {
  const Said seen = location_to_haproxy(
      "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_pass http://app;");
  EXPECT_TRUE(seen.has("%[req.fhdr(x-forwarded-for,1)], %[req.fhdr(x-forwarded-for,2)]"));
}

TEST(HaproxyFields, only_answers_of_the_upstream_name_it) {
  const Said seen = location_to_haproxy(
      "add_header X-P $proxy_host always; if ($http_x) { return 403; } proxy_pass http://app;");
  const std::size_t noted = seen.text.find("http-request set-var(txn.proxy_host) 'str(\"app\")'");
  ASSERT_NE(noted, std::string::npos) << seen.text;
  EXPECT_LT(seen.text.find("status 403"), noted);
  EXPECT_TRUE(seen.has("%[var(txn.proxy_host)]"));
}

TEST(HaproxyCaptures, that_a_map_takes_over_are_told) {
  const std::string server =
      "upstream app { server 127.0.0.1:1; }\nserver { listen 80; location ~ ^/(.*)$ { "
      "proxy_set_header X-A $kind; proxy_set_header X-B $1; proxy_pass http://app; } }";
  const std::string told = "what the expressions of the map `$kind` take replaces";
  EXPECT_TRUE(to_haproxy("map $http_x $kind { ~^a a; }\n" + server).tells(Severity::kError, told));
  EXPECT_FALSE(to_haproxy("map $http_x $kind { a a; }\n" + server).tells(Severity::kError, told));
}

TEST(HaproxyRedirects, lose_what_is_no_escape) {
  const Said seen = location_to_haproxy("rewrite ^ /a%zz%41%20 redirect; proxy_pass http://app;");
  EXPECT_TRUE(seen.has("/azzA%%20%[var(txn.is_args)]"));
  EXPECT_TRUE(location_to_haproxy("rewrite ^ /a$http_x redirect; proxy_pass http://app;")
                  .tells(Severity::kWarning, "nginx takes escapes off `$http_x`"));
  EXPECT_EQ(location_to_haproxy("rewrite ^ https://$host$request_uri? permanent;"
                                "proxy_pass http://app;")
                .loss(),
            "");
}

TEST(HaproxyRedirects, arguments_are_escaped_further) {
  const Said seen =
      location_to_haproxy("rewrite ^/(.*)$ /b/$1?a=$1 redirect; proxy_pass http://app;");
  EXPECT_EQ(seen.loss(), "");
  EXPECT_TRUE(seen.has("var(txn.taken_args_1)"));
  EXPECT_TRUE(seen.has("var(txn.taken_1)"));
}

}  // namespace
}  // namespace poolproof::translate
