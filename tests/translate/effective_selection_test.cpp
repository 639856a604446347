// Which server and location answer; tests/differential/show_selection.py asks nginx itself.
#include "translate/effective/selection.h"

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof::translate::effective {
namespace {

constexpr const char* kConfig = R"(
  server { listen 80; server_name a.test;
    location / { }
    location = / { }
    location /api/ { proxy_pass http://127.0.0.1:1; location ~ \.php$ { } }
    location ^~ /static/ { }
    location ~ \.(php|gif)$ { }
  }
  server { listen 80 default_server; server_name *.test ~^w\d; location /only/ { } }
  server { listen 127.0.0.1:80; server_name local; location /l { } }
)";

class Selections : public ::testing::Test {
 protected:
  std::string chosen(std::string_view path, std::string_view host = "a.test",
                     std::string_view address = "10.0.0.1") const {
    const Selection found =
        select(*loaded_.config, {.address = address, .port = 80, .host = host, .path = path});
    if (found.server == nullptr) return "nothing";
    return std::to_string(found.server->index) + " " + found.location->display() +
           (found.adds_slash ? " 301" : "");
  }

  poolproof::testing::Loaded loaded_ = poolproof::testing::merged_http(kConfig);
};

TEST_F(Selections, locations_are_chosen_as_by_nginx) {
  EXPECT_EQ(chosen("/"), "0 = /");
  EXPECT_EQ(chosen("/x"), "0 /");
  EXPECT_EQ(chosen("/x.gif"), "0 ~ \\.(php|gif)$");
  EXPECT_EQ(chosen("/static/x.gif"), "0 ^~ /static/");
  EXPECT_EQ(chosen("/api/x"), "0 /api/");
  EXPECT_EQ(chosen("/api/x.php"), "0 ~ \\.php$");
  EXPECT_EQ(chosen("/api/x.gif"), "0 ~ \\.(php|gif)$");
  EXPECT_EQ(chosen("/api"), "0 /api/ 301");
}

TEST_F(Selections, servers_are_chosen_by_address_then_by_name) {
  EXPECT_EQ(chosen("/only/", "b.test"), "1 /only/");
  EXPECT_EQ(chosen("/only/", "w1"), "1 /only/");
  EXPECT_EQ(chosen("/only/", "nobody"), "1 /only/");
  EXPECT_EQ(chosen("/l", "a.test", "127.0.0.1"), "2 /l");
  EXPECT_EQ(chosen("/l", "local", ""), "2 /l");
}

TEST_F(Selections, say_why) {
  const Selection found =
      select(*loaded_.config, {.address = {}, .port = 80, .host = "b.test", .path = "/none"});
  ASSERT_EQ(found.why.size(), 2u);
  EXPECT_EQ(found.why[0].text, "server_name `*.test`: the longest wildcard that matches");
  EXPECT_EQ(found.why[1].text, "no location matches: what the server itself says applies");
}

TEST_F(Selections, nothing_listens_on_other_ports) {
  EXPECT_EQ(select(*loaded_.config, {.address = {}, .port = 81, .host = {}, .path = "/"}).server,
            nullptr);
}

}  // namespace
}  // namespace poolproof::translate::effective
