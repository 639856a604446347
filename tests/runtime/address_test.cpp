// Texts that name an address to bind; each verdict was seen with nginx 1.22.1.
#include "runtime/address.h"

#include <gtest/gtest.h>

namespace poolproof::runtime {
namespace {

TEST(Address, WhatProxyBindTakes) {
  for (const auto& [text, shown] :
       {std::pair{"127.0.0.5", "127.0.0.5:0"}, std::pair{"127.0.0.5:40123", "127.0.0.5:40123"},
        std::pair{"::1", "[::1]:0"}, std::pair{"[::1]:5000", "[::1]:5000"},
        std::pair{"127.0.0.1:08", "127.0.0.1:8"}, std::pair{"[127.0.0.1]:80", "127.0.0.1:80"}}) {
    const auto address = parse_bind_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), shown);
  }
}

TEST(Address, WhatProxyBindRefuses) {
  for (const std::string_view text :
       {"", "localhost", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:", "127.0.0.1:+5", "[::1]",
        "[::1]:", "unix:/x", "1.2.3", "127.0.0.1:80x"}) {
    EXPECT_FALSE(parse_bind_address(text)) << text;
  }
}

}  // namespace
}  // namespace poolproof::runtime
