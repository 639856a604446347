// Whom keepalive_disable and msie_padding mean.
#include "runtime/user_agent.h"

#include <gtest/gtest.h>

namespace poolproof::runtime {
namespace {

TEST(UserAgent, KnowsTheBrowsersOfKeepaliveDisable) {
  EXPECT_EQ(browser_of("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"), Browser::kMsie6);
  EXPECT_EQ(browser_of("Mozilla/4.0 (compatible; MSIE 5.5; Windows 98)"), Browser::kMsie6);
  EXPECT_EQ(browser_of("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
                       "(KHTML, like Gecko) Version/17.1 Safari/605.1.15"),
            Browser::kSafari);
}

TEST(UserAgent, KnowsWhoseErrorPagesAreMadeLonger) {
  EXPECT_EQ(browser_of("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)"), Browser::kMsie);
  EXPECT_EQ(browser_of("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)"), Browser::kMsie);
  EXPECT_EQ(browser_of("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/120 Safari/537.36"),
            Browser::kChrome);
}

TEST(UserAgent, LeavesOthersAlone) {
  for (const auto agent :
       {"", "curl/8", "MSIE ", "MSIE 6", "Mozilla/4.0 (compatible; MSIE 6.0; Windows 98) Opera 7",
        "Mozilla/5.0 (X11; rv:120.0) Gecko/20100101 Chrome/1",
        "Mozilla/5.0 (iPhone) Safari/604.1"}) {
    EXPECT_EQ(browser_of(agent), Browser::kOther) << agent;
  }
}

}  // namespace
}  // namespace poolproof::runtime
