// The context of a file that is looked at alone.
#include "grammar/config/snippet.h"

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

struct Case {
  const char* text;
  Context context;
};

class InferContext : public ::testing::TestWithParam<Case> {};

TEST_P(InferContext, FromTopLevelStatements) {
  SourceMap sources;
  const FileId file = sources.add("x.conf", GetParam().text);
  EXPECT_EQ(infer_context(parse(sources, file)), GetParam().context) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Files, InferContext,
    ::testing::Values(
        Case{"", Context::kMain}, Case{"include x;", Context::kMain},
        Case{"worker_processes 1;", Context::kMain}, Case{"events {} server {}", Context::kMain},
        Case{"upstream u { server a; } server { listen 80; }", Context::kHttp},
        Case{"map $a $b { x y; }", Context::kHttp},
        Case{"server { location / { } }", Context::kHttp},
        Case{"location / { proxy_pass http://u; }", Context::kServer},
        Case{"listen 80;\nserver_name x;\nlocation / {}", Context::kServer},
        Case{"proxy_pass http://u;\nproxy_set_header Host $host;", Context::kLocation},
        Case{"server 127.0.0.1:80;\nserver 127.0.0.1:81 backup;\nkeepalive 2;", Context::kUpstream},
        Case{"text/html html htm;\ntext/css css;", Context::kTypes},
        Case{"default 0;\n~*bot 1;", Context::kMap}, Case{"worker_proceses 4;", Context::kMain}));

TEST(Snippet, MergesUnderTheInferredContext) {
  auto loaded = testing::load({{"/x/conf.d/a.conf", "location /a { proxy_pass http://u; }"}}, {},
                              "/x/conf.d/a.conf");
  const auto config = merge(*loaded.bound, kNewestVersion);
  ASSERT_EQ(config->servers().size(), 1u);
  ASSERT_EQ(config->locations().size(), 2u);
  EXPECT_EQ(config->locations()[1].display(), "/a");
  EXPECT_EQ(config->http(), nullptr);
}

TEST(Snippet, IncludesAreSoughtBesideTheNearestMainFile) {
  const auto loaded = testing::load({{"/etc/nginx/nginx.conf", ""},
                                     {"/etc/nginx/snippets/p", "proxy_http_version 1.1;"},
                                     {"/etc/nginx/sites/a", "server { include snippets/p; }"}},
                                    {}, "/etc/nginx/sites/a");
  EXPECT_TRUE(loaded.bound->is_snippet());
  EXPECT_EQ(loaded.bound->files().size(), 2u);
  EXPECT_FALSE(loaded.bound->incomplete());
}

}  // namespace
}  // namespace poolproof
