// The merged model as JSON: what applies, where it was set, and what of a list is lost.
#include "translate/effective/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/grammar/config/config_fixture.h"
#include "translate/translation.h"

namespace poolproof::translate {
namespace {

using nlohmann::json;
using testing::merged_http;

constexpr const char* kConfig = R"(
  proxy_set_header Host $host;
  proxy_read_timeout 10s;
  upstream app { server 127.0.0.1:1 weight=2; keepalive 4; }
  server {
    types { text/plain txt; }
    location /api/ { proxy_pass http://app; proxy_set_header X y; }
  }
)";

json effective_of(const EffectiveConfig& config) {
  return json::parse(find_target("effective")->run(config, {}).files.at(0).text);
}

json setting(const json& place, const std::string& name) {
  for (const json& entry : place.at("settings")) {
    if (entry.at("directive") == name) return entry;
  }
  return {};
}

TEST(EffectiveJson, every_value_has_its_origin) {
  const auto loaded = merged_http(kConfig, Version{1, 22, 1});
  const json all = effective_of(*loaded.config);
  EXPECT_EQ(all["version"], "1.22.1");
  const json& location = all["servers"][0]["locations"].back();
  EXPECT_EQ(location["display"], "/api/");
  EXPECT_EQ(location["pass"]["upstream"], "app");
  EXPECT_EQ(location["http_version"]["value"], "1.0");
  EXPECT_EQ(location["http_version"]["origin"], "default");
  EXPECT_EQ(location["http_version"]["line"], json());
  EXPECT_EQ(location["set_headers"]["value"].size(), 1u);
  const json timeout = setting(location, "proxy_read_timeout");
  EXPECT_EQ(timeout["origin"], "inherited");
  EXPECT_EQ(timeout["statements"][0]["words"], json({"10s"}));
  EXPECT_EQ(timeout["statements"][0]["level"], "http");
  EXPECT_EQ(timeout["statements"][0]["line"], 5);
  EXPECT_EQ(setting(location, "proxy_connect_timeout")["default"], "60s");
  EXPECT_EQ(setting(location, "types")["statements"][0]["entries"],
            json::parse(R"([["text/plain", "txt"]])"));
}

TEST(EffectiveJson, upstreams_have_the_pool_of_the_version) {
  const auto loaded = merged_http(kConfig, Version{1, 18, 0});
  const json app = effective_of(*loaded.config)["upstreams"][0];
  EXPECT_EQ(app["keepalive"]["value"]["connections"], 4);
  EXPECT_EQ(app["keepalive"]["origin"], "explicit");
  EXPECT_EQ(app["keepalive_requests"]["value"], 100);
  EXPECT_EQ(app["peers"][0]["weight"], 2);
  EXPECT_EQ(app["has_pool"], true);
}

TEST(EffectiveSettings, an_inner_list_replaces_all_of_the_outer_one) {
  const auto loaded = merged_http(kConfig);
  effective::Settings settings(*loaded.config);
  const auto lost = settings.replaced_in(*testing::location(loaded, "/api/").scope);
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].name, "proxy_set_header");
  ASSERT_EQ(lost[0].statements.size(), 1u);
  EXPECT_EQ(lost[0].statements[0].arg(0), "Host");
}

TEST(EffectiveSettings, what_is_for_http_or_servers_alone_is_not_said_to_apply_in_locations) {
  const auto loaded = merged_http(
      "server_names_hash_max_size 1024; client_header_timeout 5s; server { location / { } }");
  effective::Settings settings(*loaded.config);
  EXPECT_TRUE(settings.of(*testing::location(loaded, "/").scope).empty());
  EXPECT_EQ(settings.of(*loaded.config->servers()[0].scope).size(), 1u);
}

}  // namespace
}  // namespace poolproof::translate
