// Variables by name and by prefix.
#include <gtest/gtest.h>

#include "grammar/catalogue/catalogue.h"

namespace poolproof {
namespace {

TEST(Variables, WholeNames) {
  ASSERT_NE(find_variable("host", false), nullptr);
  EXPECT_FALSE(find_variable("host", false)->is_prefix);
  EXPECT_EQ(find_variable("host", true), nullptr);
  EXPECT_EQ(find_variable("hos", false), nullptr);
  EXPECT_NE(find_variable("Remote_Addr", false), nullptr);
}

TEST(Variables, SubsystemsHaveTheirOwn) {
  ASSERT_NE(find_variable("protocol", true), nullptr);
  EXPECT_EQ(find_variable("protocol", false), nullptr);
  EXPECT_TRUE(find_variable("remote_addr", true)->stream);
  EXPECT_FALSE(find_variable("remote_addr", false)->stream);
}

TEST(Variables, PrefixesTakeAnyEnding) {
  for (const std::string_view name :
       {"http_x_mine", "arg_q", "cookie_a", "sent_http_x", "upstream_http_etag"}) {
    ASSERT_NE(find_variable(name, false), nullptr) << name;
    EXPECT_TRUE(find_variable(name, false)->is_prefix) << name;
  }
}

TEST(Variables, AWholeNameGoesBeforeAPrefix) {
  EXPECT_EQ(find_variable("http_host", false)->name, "http_host");
  EXPECT_EQ(find_variable("http_hostess", false)->name, "http_");
}

TEST(Variables, EachRowFindsItself) {
  EXPECT_EQ(find_variable("proxy_add_x_forwarded_for", false)->module, "ngx_http_proxy_module");
  EXPECT_EQ(find_variable("", false), nullptr);
  EXPECT_EQ(find_variable("_", false), nullptr);
}

}  // namespace
}  // namespace poolproof
