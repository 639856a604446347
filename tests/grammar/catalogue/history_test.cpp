// What changed from version to version.
#include <algorithm>

#include <gtest/gtest.h>

#include "grammar/catalogue/catalogue.h"

namespace poolproof {
namespace {

const DirectiveSpec& row(std::string_view name, Context context) {
  return *find_directive(name, context);
}

TEST(History, KeepaliveTookOneArgumentUntilLocal) {
  const DirectiveSpec& keepalive = row("keepalive", Context::kUpstream);
  EXPECT_TRUE(accepts_argument_count(keepalive, 1, {1, 22, 1}));
  EXPECT_FALSE(accepts_argument_count(keepalive, 2, {1, 22, 1}));
  EXPECT_FALSE(accepts_argument_count(keepalive, 2, {1, 29, 6}));
  EXPECT_TRUE(accepts_argument_count(keepalive, 2, {1, 29, 7}));
  EXPECT_TRUE(accepts_argument_count(keepalive, 2, {1, 7, 4}));  // `single`
  EXPECT_FALSE(accepts_argument_count(keepalive, 0, kNewestVersion));
}

TEST(History, CountsWithoutLimitAndWithAGap) {
  EXPECT_TRUE(accepts_argument_count(row("index", Context::kHttp), 200, kNewestVersion));
  const DirectiveSpec& import = row("js_import", Context::kHttp);
  EXPECT_TRUE(accepts_argument_count(import, 1, kNewestVersion));
  EXPECT_FALSE(accepts_argument_count(import, 2, kNewestVersion));
  EXPECT_TRUE(accepts_argument_count(import, 3, kNewestVersion));
}

TEST(History, DefaultsByVersion) {
  const DirectiveSpec& version = row("proxy_http_version", Context::kLocation);
  EXPECT_EQ(default_value(version, {1, 29, 6}), "1.0");
  EXPECT_EQ(default_value(version, {1, 29, 7}), "1.1");
  const DirectiveSpec& protocols = row("ssl_protocols", Context::kHttp);
  EXPECT_EQ(default_value(protocols, {1, 22, 1}), "TLSv1 TLSv1.1 TLSv1.2");
  EXPECT_EQ(default_value(protocols, {1, 24, 0}), "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3");
  EXPECT_EQ(default_value(protocols, {1, 31, 0}), "TLSv1.2 TLSv1.3");
  EXPECT_EQ(default_value(row("keepalive", Context::kUpstream), {1, 22, 1}), "");
}

TEST(History, ContextsByVersion) {
  const DirectiveSpec& log = row("error_log", Context::kStream);
  EXPECT_FALSE(allowed_in(log, Context::kStream, {1, 8, 1}));
  EXPECT_TRUE(allowed_in(log, Context::kStream, {1, 9, 0}));
  EXPECT_TRUE(allowed_in(log, Context::kHttp, {1, 8, 1}));
  EXPECT_FALSE(allowed_in(log, Context::kUpstream, kNewestVersion));
}

TEST(History, WordsWithTheirVersions) {
  const auto words = allowed_values(row("proxy_http_version", Context::kHttp));
  ASSERT_EQ(words.size(), 3u);
  const auto two =
      std::find_if(words.begin(), words.end(), [](auto& word) { return word.value == "2"; });
  ASSERT_NE(two, words.end());
  EXPECT_EQ(two->since, (Version{1, 29, 4}));
  EXPECT_TRUE(allowed_values(row("proxy_pass", Context::kLocation)).empty());
}

TEST(History, EnumsHaveWords) {
  for (const DirectiveSpec& spec : all_directives()) {
    const bool has_words =
        spec.value_type == ValueType::kEnum || spec.value_type == ValueType::kBitmask;
    EXPECT_TRUE(!has_words || !allowed_values(spec).empty()) << spec.name;
  }
}

TEST(History, Deprecations) {
  const Deprecation* ssl = find_deprecation(row("ssl", Context::kServer));
  ASSERT_NE(ssl, nullptr);
  EXPECT_FALSE(ssl->instead.empty());
  EXPECT_EQ(find_deprecation(row("proxy_pass", Context::kLocation)), nullptr);
}

}  // namespace
}  // namespace poolproof
