// nginx as a target: whole outputs; tests/differential/translate_nginx.py asks nginx and routes.
#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"
#include "translate/translation.h"

namespace poolproof::translate {
namespace {

constexpr Version kOld{1, 22, 1}, kNew{1, 30, 0};

Translation moved(const poolproof::testing::Loaded& loaded, TranslateOptions options = {}) {
  return find_target("nginx")->run(*loaded.config, options);
}

/// What stands in `http`, moved from one version to the other.
std::string http_of(const std::string& text, Version from, Version to,
                    std::vector<std::string>* told = nullptr) {
  const auto loaded = poolproof::testing::merged("events {\n}\nhttp {\n" + text + "}\n", from);
  const Translation out = moved(loaded, {.target_version = to});
  if (told != nullptr) {
    for (const Diagnostic& loss : out.diagnostics) told->push_back(loss.message);
  } else {
    EXPECT_TRUE(out.diagnostics.empty()) << out.diagnostics.front().message;
  }
  return out.files.at(0).text;
}

TEST(NginxTarget, resolves_includes_and_keeps_comments) {
  auto loaded =
      poolproof::testing::load({{"/etc/nginx/nginx.conf",
                                 "# top\nevents {}\n\nhttp { # web\n"
                                 "  include a.conf;\n  # mine\n  gzip   on ; # yes\n"
                                 "  # last\n}\n# end\n"},
                                {"/etc/nginx/a.conf", "map $a $b {\n  \"x y\"  1;\n}\n"}});
  loaded.config = merge(*loaded.bound, kOld);
  EXPECT_EQ(moved(loaded).files.at(0).text, R"(# top
events {
}

http {  # web
    # from a.conf
    map $a $b {
        "x y" 1;
    }
    # mine
    gzip on;  # yes
    # last
}
# end
)");
}

TEST(NginxTarget, flatten_writes_what_is_inherited_in_each_location) {
  const auto loaded = poolproof::testing::merged(
      "http {\n  proxy_set_header A b;\n  proxy_set_header C \"\";\n  server {\n    root /x;\n"
      "    location / { }\n    location /a/ { alias /y/; proxy_set_header D e; }\n  }\n}\n",
      kOld);
  EXPECT_EQ(moved(loaded, {.flatten = true}).files.at(0).text, R"(http {
    proxy_set_header A b;
    proxy_set_header C "";
    server {
        root /x;
        location / {
            proxy_set_header A b;  # nginx.conf:2 (http)
            proxy_set_header C "";  # nginx.conf:3 (http)
            root /x;  # nginx.conf:5 (server)
        }
        location /a/ {
            alias /y/;
            proxy_set_header D e;
        }
    }
}
)");
}

TEST(NginxTarget, a_newer_version_gets_what_the_older_one_did) {
  EXPECT_EQ(http_of("upstream app { server 127.0.0.1:1; }\n"
                    "server { location / { proxy_pass http://app; }\n"
                    "location /h { proxy_set_header X y; proxy_pass http://app; } }\n",
                    kOld, kNew),
            R"(events {
}
http {
    upstream app {
        server 127.0.0.1:1;
        keepalive 0;
    }
    server {
        location / {
            proxy_pass http://app;
        }
        location /h {
            proxy_set_header X y;
            proxy_pass http://app;
            proxy_set_header Connection close;
        }
    }
    proxy_set_header Connection close;
    proxy_http_version 1.0;
}
)");
}

TEST(NginxTarget, an_older_version_gets_the_pool_of_the_newer_one) {
  EXPECT_EQ(http_of("upstream app { keepalive 8; least_conn; server 127.0.0.1:1; }\n"
                    "upstream off { server 127.0.0.1:1; keepalive 0; }\n"
                    "server { location / { proxy_pass http://app; } }\n",
                    kNew, kOld),
            R"(events {
}
http {
    upstream app {
        least_conn;
        server 127.0.0.1:1;
        keepalive 8;
    }
    upstream off {
        server 127.0.0.1:1;
    }
    server {
        location / {
            proxy_pass http://app;
        }
    }
    proxy_set_header Connection "";
    proxy_http_version 1.1;
}
)");
}

TEST(NginxTarget, an_older_version_gets_no_pool_where_nothing_is_kept) {
  for (const char* pass : {"uwsgi_pass app;", "scgi_pass app;", "fastcgi_pass app;"}) {
    const std::string text =
        http_of(std::string("upstream app { server 127.0.0.1:1; }\nserver { location / { ") + pass +
                    " } }\n",
                kNew, kOld);
    EXPECT_EQ(text.find("keepalive 32;"), std::string::npos) << pass;
  }
  EXPECT_NE(http_of("upstream app { server 127.0.0.1:1; }\n"
                    "server { location / { fastcgi_pass app; fastcgi_keep_conn on; } }\n",
                    kNew, kOld)
                .find("keepalive 32;"),
            std::string::npos);
}

TEST(NginxTarget, a_pool_for_each_location_is_told) {
  std::vector<std::string> told;
  const std::string text = http_of(
      "upstream app { server 127.0.0.1:1; }\n"
      "server { location / { proxy_pass http://app; } location /b { proxy_pass http://app; } }\n",
      kNew, kOld, &told);
  EXPECT_NE(text.find("keepalive 32;"), std::string::npos);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0],
            "upstream \"app\" keeps 32 connections for each location; nginx 1.22.1 shares them "
            "among its locations");
}

TEST(NginxTarget, what_the_version_lacks_is_told_and_left_out) {
  std::vector<std::string> told;
  const std::string text = http_of("server { listen 443; http2 on; }\n", kNew, kOld, &told);
  EXPECT_NE(text.find("# left out, nginx 1.22.1 does not know `http2`: http2 on\n"),
            std::string::npos);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], "nginx 1.22.1 does not know `http2`: left out");
}

TEST(NginxTarget, limits_of_connections_across_1_19_10) {
  const std::string text =
      http_of("upstream app { server 127.0.0.1:1; keepalive 4; }\n", Version{1, 18, 0}, kOld);
  EXPECT_NE(text.find("        keepalive_requests 100;\n        keepalive_time 365d;\n    }\n"),
            std::string::npos);
  EXPECT_NE(text.find("\n    keepalive_requests 100;\n"), std::string::npos);
  EXPECT_NE(text.find("\n    keepalive_time 365d;\n}"), std::string::npos);
}

TEST(NginxTarget, a_flattened_list_holds_what_the_move_added) {
  const auto loaded = poolproof::testing::merged(
      "events { } http { server { proxy_set_header X y; location / { proxy_pass "
      "http://127.0.0.1:1; } } }\n",
      kNew);
  const std::string text =
      moved(loaded, {.flatten = true, .target_version = kOld}).files.at(0).text;
  EXPECT_NE(text.find("            proxy_set_header X y;  # nginx.conf:1 (server)\n"
                      "            proxy_set_header Connection \"\";\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace poolproof::translate
