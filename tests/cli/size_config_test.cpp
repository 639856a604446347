// What `size` takes from a configuration.
#include "cli/commands/size_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grammar/base/file_reader.h"

namespace poolproof::cli {
namespace {

ConfiguredSizing sizing_of(const std::string& text, const char* version = "1.22.1") {
  MemoryFileReader reader({{"/c/nginx.conf", text}});
  const auto bound = load_config(reader, "/c/nginx.conf", {});
  EXPECT_TRUE(bound.ok());
  const auto config = merge(*bound.value(), parse_version_range(version)->last);
  return configured_sizing(*config, 6);
}

TEST(SizeConfig, ServersThatGetRequestsAndTheAddressesOfAll) {
  const auto sizing = sizing_of(
      "http { upstream a { server 10.0.0.1; server 10.0.0.2:81 down; server 10.0.0.3:82 backup;"
      " server localhost:83; server unix:/run/a.sock; server [::1]; keepalive 9;"
      " keepalive_timeout 7s; keepalive_requests 50; } }");
  ASSERT_EQ(sizing.groups.size(), 1U);
  const ConfiguredGroup& group = sizing.groups[0];
  EXPECT_EQ(group.servers, 4U);
  EXPECT_EQ(group.keepalive, 9U);
  EXPECT_EQ(group.known.rules.idle_timeout, 7'000'000);
  EXPECT_EQ(group.known.rules.max_requests, 50U);
  EXPECT_THAT(group.known.addresses,
              testing::ElementsAre("10.0.0.1:80", "10.0.0.2:81", "10.0.0.3:82", "127.0.0.1:83",
                                   "[::1]:83", "unix:/run/a.sock", "[::1]:80"));
  EXPECT_THAT(group.keepalive_origin, testing::HasSubstr("nginx.conf:1"));
}

TEST(SizeConfig, ThePoolThatIsThereByDefault) {
  const char* text =
      "http { upstream a { server 10.0.0.1; } server { location / { proxy_pass http://a; }"
      " location /b { proxy_pass http://a; } } }";
  EXPECT_EQ(sizing_of(text).groups[0].keepalive, 0U);
  const ConfiguredSizing newer = sizing_of(text, "1.29.7");
  EXPECT_EQ(newer.groups[0].keepalive, 32U);
  EXPECT_EQ(newer.groups[0].parts, 2U);
  EXPECT_THAT(newer.groups[0].keepalive_origin, testing::HasSubstr("default of nginx 1.29.7"));
}

TEST(SizeConfig, AMethodBehindKeepaliveLeavesNoPool) {
  EXPECT_EQ(sizing_of("http { upstream a { server 10.0.0.1; keepalive 8; least_conn; } }")
                .groups[0]
                .keepalive,
            0U);
}

TEST(SizeConfig, WhereNoConnectionIsKeptNoPoolApplies) {
  const auto why = [](const std::string& pass) {
    return sizing_of("http { upstream a { server 10.0.0.1; keepalive 8; } server { location / { " +
                     pass + " } location /b { " + pass + " } } }")
        .groups[0]
        .no_pool;
  };
  EXPECT_THAT(why("uwsgi_pass a;"), testing::HasSubstr("uwsgi has no way"));
  EXPECT_THAT(why("scgi_pass a;"), testing::HasSubstr("SCGI has no way"));
  EXPECT_THAT(why("fastcgi_pass a;"), testing::HasSubstr("`fastcgi_keep_conn` is off"));
  EXPECT_EQ(why("fastcgi_pass a; fastcgi_keep_conn on;"), "");
  EXPECT_EQ(why("proxy_pass http://a;"), "");
  EXPECT_EQ(why("memcached_pass a;"), "");
  EXPECT_EQ(sizing_of("http { upstream a { server 10.0.0.1; } server { location / { uwsgi_pass a; }"
                      " location /b { proxy_pass http://a; } } }")
                .groups[0]
                .no_pool,
            "");
}

TEST(SizeConfig, WorkersAndTheirConnections) {
  EXPECT_EQ(sizing_of("events {}").workers, 1U);
  EXPECT_EQ(sizing_of("events {}").worker_connections, 512U);
  EXPECT_EQ(sizing_of("worker_processes 4; events { worker_connections 99; }").workers, 4U);
  EXPECT_EQ(sizing_of("events { worker_connections 99; }").worker_connections, 99U);
  const ConfiguredSizing automatic = sizing_of("worker_processes auto;");
  EXPECT_TRUE(automatic.workers_are_auto);
  EXPECT_EQ(automatic.workers, 6U);
}

TEST(SizeConfig, LogFormatsWithTheirPiecesJoined) {
  const auto sizing = sizing_of(
      "http { log_format a '$msec ' \"rt=$request_time\"; log_format b escape=json "
      "'{\"t\":\"$msec\"}'; }");
  ASSERT_EQ(sizing.log_formats.size(), 2U);
  EXPECT_EQ(sizing.log_formats[0].name, "a");
  EXPECT_EQ(sizing.log_formats[0].text, "$msec rt=$request_time");
  EXPECT_EQ(sizing.log_formats[1].text, "{\"t\":\"$msec\"}");
}

}  // namespace
}  // namespace poolproof::cli
