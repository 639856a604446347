// Did you mean.
#include <gtest/gtest.h>

#include "grammar/catalogue/catalogue.h"

namespace poolproof {
namespace {

std::string_view best(std::string_view name, Context context) {
  const auto names = similar_directives(name, context);
  return names.empty() ? "" : names.front();
}

TEST(Similar, OneSlip) {
  EXPECT_EQ(best("proxy_pas", Context::kLocation), "proxy_pass");
  EXPECT_EQ(best("porxy_pass", Context::kLocation), "proxy_pass");
  EXPECT_EQ(best("keepalve", Context::kUpstream), "keepalive");
  EXPECT_EQ(best("lisen", Context::kServer), "listen");
  EXPECT_EQ(best("Server_Name", Context::kServer), "server_name");
  EXPECT_EQ(best("proxy-set-header", Context::kLocation), "proxy_set_header");
}

TEST(Similar, TheContextDecidesBetweenEquals) {
  EXPECT_EQ(best("sever", Context::kHttp), "server");
  EXPECT_EQ(best("proxy_http_versoin", Context::kServer), "proxy_http_version");
  EXPECT_EQ(best("proxy_pss", Context::kStreamServer), "proxy_pass");
}

TEST(Similar, NothingForWhatIsFarFromAll) {
  EXPECT_EQ(best("frobnicate_the_cache", Context::kHttp), "");
  EXPECT_EQ(best("x", Context::kHttp), "");
  EXPECT_EQ(best("", Context::kHttp), "");
  EXPECT_EQ(best(std::string(5000, 'a'), Context::kHttp), "");
}

TEST(Similar, AtMostThreeWithoutRepeats) {
  for (const std::string_view name : {"proxy_cache_pat", "liste", "se", "js_se"}) {
    const auto names = similar_directives(name, Context::kHttp);
    EXPECT_LE(names.size(), 3u);
    for (std::size_t i = 1; i < names.size(); ++i) EXPECT_NE(names[i - 1], names[i]);
  }
}

}  // namespace
}  // namespace poolproof
