// Lookup by name and context.
#include "grammar/catalogue/catalogue.h"

#include <gtest/gtest.h>

namespace poolproof {
namespace {

TEST(Catalogue, EveryNameIsFoundWithAllItsRows) {
  std::size_t rows = 0;
  std::string_view previous;
  for (const DirectiveSpec& spec : all_directives()) {
    if (spec.name == previous) continue;
    previous = spec.name;
    const auto found = find_directives(spec.name);
    ASSERT_FALSE(found.empty()) << spec.name;
    EXPECT_EQ(&found.front(), &spec) << spec.name;
    rows += found.size();
  }
  EXPECT_EQ(rows, all_directives().size());
}

TEST(Catalogue, UnknownNamesAreNotFound) {
  for (const std::string_view name :
       {"", "proxy_pas", "Proxy_Pass", "proxy_pass ", "\xEF\xBB\xBFserver"}) {
    EXPECT_TRUE(find_directives(name).empty()) << name;
  }
}

TEST(Catalogue, TheContextSelectsTheRow) {
  EXPECT_EQ(find_directive("server", Context::kHttp)->module, "ngx_http_core_module");
  EXPECT_EQ(find_directive("server", Context::kUpstream)->module, "ngx_http_upstream_module");
  EXPECT_EQ(find_directive("server", Context::kStream)->module, "ngx_stream_core_module");
  EXPECT_EQ(find_directive("server", Context::kLocation), nullptr);
  EXPECT_NE(find_directive("include", Context::kUpstream), nullptr);
}

TEST(Catalogue, FactsOfWellKnownRows) {
  const DirectiveSpec& pass = *find_directive("proxy_pass", Context::kLimitExcept);
  EXPECT_EQ(pass.inheritance, Inheritance::kNone);
  EXPECT_EQ(pass.on_repeat, OnRepeat::kError);
  EXPECT_TRUE(pass.is(DirectiveFlag::kVariables));
  const DirectiveSpec& header = *find_directive("proxy_set_header", Context::kServer);
  EXPECT_EQ(header.inheritance, Inheritance::kListReplace);
  EXPECT_EQ(header.min_args, 2);
  EXPECT_EQ(header.max_args, 2);
  EXPECT_TRUE(
      find_directive("content_by_lua_block", Context::kLocation)->is(DirectiveFlag::kLuaBlock));
  EXPECT_TRUE(find_directive("server", Context::kHttp)->is(DirectiveFlag::kBlock));
  EXPECT_EQ(find_directive("sendfile", Context::kHttp)->value_type, ValueType::kFlag);
}

TEST(Catalogue, ExistsFromSinceToBeforeRemoved) {
  const DirectiveSpec& http2 = *find_directive("http2", Context::kServer);
  EXPECT_FALSE(http2.exists_in({1, 25, 0}));
  EXPECT_TRUE(http2.exists_in({1, 25, 1}));
  const DirectiveSpec& ssl = *find_directive("ssl", Context::kServer);
  EXPECT_TRUE(ssl.exists_in({1, 25, 0}));
  EXPECT_FALSE(ssl.exists_in({1, 25, 1}));
}

TEST(Catalogue, EachContextHasAName) {
  for (std::uint32_t bit = 0; bit <= 22; ++bit) {
    EXPECT_FALSE(to_string(static_cast<Context>(1u << bit)).empty());
  }
  EXPECT_EQ(to_string(Context::kIfInLocation), "if in location");
}

}  // namespace
}  // namespace poolproof
