// Servers by address, and the order in which hosts are compared.
#include "translate/listeners.h"

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof::translate {
namespace {

using testing::merged_http;

std::string texts(const Listener& listener) {
  std::string out;
  for (const HostRule& rule : listener.hosts) {
    out += rule.text + "=" + std::to_string(rule.server->index) + " ";
  }
  return out;
}

TEST(Listeners, compare_hosts_in_the_order_of_nginx) {
  const auto loaded = merged_http(R"(
    server { listen 80; server_name ~^a\d *.example.com; }
    server { listen 80; server_name *.b.example.com .Example.org www.example.* ; }
    server { listen 80; server_name www.example.com ~x; }
  )");
  const auto all = listeners_of(*loaded.config);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(texts(all[0]),
            "example.org=1 www.example.com=2 *.b.example.com=1 *.example.com=0 *.example.org=1 "
            "www.example.*=1 ^a\\d=0 x=2 ");
}

TEST(Listeners, know_the_default_server_and_the_first_of_a_name) {
  const auto loaded = merged_http(R"(
    server { listen 80; server_name a; }
    server { listen 80 default_server; listen 127.0.0.1:81 ssl; server_name a b; }
  )");
  const auto all = listeners_of(*loaded.config);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(texts(all[0]), "a=0 b=1 ");
  EXPECT_EQ(all[0].fallback->index, 1u);
  EXPECT_EQ(all[1].address, "127.0.0.1");
  EXPECT_EQ(all[1].port, 81);
  EXPECT_TRUE(all[1].tls);
  EXPECT_EQ(all[1].fallback->index, 1u);
}

}  // namespace
}  // namespace poolproof::translate
