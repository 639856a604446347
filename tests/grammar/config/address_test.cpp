// Addresses as nginx 1.22.1 reads them; the same texts are given to nginx in
// tests/differential/acceptance_cases.txt.
#include "grammar/config/address.h"

#include <gtest/gtest.h>

namespace poolproof {
namespace {

TEST(AddressTest, ReadsIpv4AsLenientlyAsNginx) {
  EXPECT_EQ(parse_ipv4("10.0.0.1"), 0x0a000001u);
  EXPECT_EQ(parse_ipv4("127.0..1"), 0x7f000001u);
  EXPECT_EQ(parse_ipv4("..."), 0u);
  EXPECT_FALSE(parse_ipv4("255.255.255.255"));  // nginx's INADDR_NONE
  EXPECT_FALSE(parse_ipv4("1.2.3"));
  EXPECT_FALSE(parse_ipv4("1.2.3.256"));
  EXPECT_FALSE(parse_ipv4("1.2.3.4x"));
}

TEST(AddressTest, ReadsIpv6) {
  for (const auto* good :
       {"::", "::1", "1:2:3:4:5:6:7:8", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", ":1::", "fe80::1:2"}) {
    EXPECT_TRUE(is_ipv6(good)) << good;
  }
  for (const auto* bad : {"", ":1", "1::2::3", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8::",
                          "1:2:3:4:5:6:7:", "1:::2", "00001::", "::g", "1:2:3:4:5:6:7:1.2.3.4"}) {
    EXPECT_FALSE(is_ipv6(bad)) << bad;
  }
}

TEST(AddressTest, ReadsNetworks) {
  EXPECT_TRUE(is_network("10.0.0.0/8"));
  EXPECT_TRUE(is_network("::1/128"));
  EXPECT_FALSE(is_network("10.0.0.0/33"));
  EXPECT_FALSE(is_network("::1/129"));
  EXPECT_FALSE(is_network("10.0.0.0/"));
}

TEST(AddressTest, TakesWhatListenTakes) {
  for (const auto* good : {"80", "80-90", "*:80", "*", "localhost", "localhost:80", "[::1]:80-90",
                           "unix:/x", "UNIX:/x", "80-x"}) {
    EXPECT_EQ(address_fault(good, AddressUse::kListen), "") << good;
  }
  for (const auto* bad : {"", "0", "65536", "90-80", "*:", ":80", "[::1", "[*]:80", "/x",
                          "127.0.0.1?x", "::1", "unix:", "[::1]x"}) {
    EXPECT_NE(address_fault(bad, AddressUse::kListen), "") << bad;
  }
}

TEST(AddressTest, OnlyAPassTakesAUri) {
  EXPECT_EQ(address_fault("a:80/x", AddressUse::kPass), "");
  EXPECT_EQ(address_fault("a?x", AddressUse::kPass), "");
  EXPECT_EQ(address_fault("unix:/a:/b", AddressUse::kPass), "");
  EXPECT_NE(address_fault("a:80/x", AddressUse::kServer), "");
  EXPECT_NE(address_fault("a?x", AddressUse::kServer), "");
  EXPECT_NE(address_fault("80-90:80-90", AddressUse::kServer), "");
}

TEST(AddressTest, SocketsHavePathsOfAtMost107Bytes) {
  EXPECT_EQ(address_fault("unix:" + std::string(107, 'a'), AddressUse::kServer), "");
  EXPECT_NE(address_fault("unix:" + std::string(108, 'a'), AddressUse::kServer), "");
}

}  // namespace
}  // namespace poolproof
