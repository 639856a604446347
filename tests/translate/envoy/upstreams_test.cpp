// Upstreams as clusters, and how often and where a request is tried.
#include "tests/translate/envoy/envoy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_envoy;
using testing::part;
using testing::Said;
using testing::to_envoy;

const std::string kKept = "proxy_http_version 1.1; proxy_set_header Connection \"\"; ";
const std::string kPass = "proxy_pass http://app;";

TEST(EnvoyClusters, have_servers_weights_and_backups) {
  const Said said = location_to_envoy(
      kPass, "server 127.0.0.1:2 weight=3; server 127.0.0.1:3 down; server unix:/run/x backup;");
  EXPECT_EQ(part(said.text, "load_assignment:"), R"(load_assignment:
  cluster_name: app
  endpoints:
    - lb_endpoints:
        - endpoint:
            address:
              socket_address:
                address: "127.0.0.1"
                port_value: 9001
        - endpoint:
            address:
              socket_address:
                address: "127.0.0.1"
                port_value: 2
          load_balancing_weight: 3
    - priority: 1
      lb_endpoints:
        - endpoint:
            address:
              pipe:
                path: /run/x
  policy:
    overprovisioning_factor: 100000
)");
}

TEST(EnvoyClusters, keep_connections_where_nginx_does) {
  const Said said =
      location_to_envoy(kKept + kPass, "keepalive 7; keepalive_requests 50; keepalive_timeout 9s;");
  EXPECT_EQ(part(said.text, "explicit_http_config:"),
            "explicit_http_config:\n  http_protocol_options: {}\n");
  EXPECT_TRUE(
      said.has("            idle_timeout: 9s\n            max_requests_per_connection: 50\n"
               "            max_connection_duration: 3600s\n"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "the number of `keepalive`"));
}

TEST(EnvoyClusters, close_connections_where_nginx_does) {
  for (const std::string& inside : {std::string(), std::string("proxy_http_version 1.1; ")}) {
    EXPECT_TRUE(location_to_envoy(inside + kPass, "keepalive 7;")
                    .has("          common_http_protocol_options:\n"
                         "            max_requests_per_connection: 1\n"));
  }
}

TEST(EnvoyClusters, have_no_limits_of_their_own) {
  EXPECT_EQ(part(location_to_envoy(kPass).text, "circuit_breakers:"), R"(circuit_breakers:
  thresholds:
    - max_connections: 4294967295
      max_pending_requests: 4294967295
      max_requests: 4294967295
      max_retries: 4294967295
)");
  EXPECT_TRUE(location_to_envoy(kPass, "server 127.0.0.1:2 max_conns=5;")
                  .has("per_host_thresholds:\n          - max_connections: 5\n"));
}

TEST(EnvoyClusters, take_servers_out_as_nginx_does) {
  EXPECT_FALSE(location_to_envoy(kPass).has("outlier_detection"));
  EXPECT_EQ(part(location_to_envoy(kPass, "server 127.0.0.1:2;").text, "outlier_detection:"),
            R"(outlier_detection:
  split_external_local_origin_errors: true
  consecutive_local_origin_failure: 1
  enforcing_consecutive_5xx: 0
  enforcing_success_rate: 0
  enforcing_local_origin_success_rate: 0
  enforcing_failure_percentage: 0
  interval: 1s
  base_ejection_time: 10s
  max_ejection_time: 10s
  max_ejection_percent: 100
)");
}

TEST(EnvoyClusters, balance) {
  const std::string two = "server 127.0.0.1:2; ";
  EXPECT_TRUE(location_to_envoy(kPass, two).has("lb_policy: ROUND_ROBIN\n"));
  EXPECT_TRUE(location_to_envoy(kPass, two + "least_conn;").has("lb_policy: LEAST_REQUEST\n"));
  EXPECT_TRUE(location_to_envoy(kPass, two + "random;").has("lb_policy: RANDOM\n"));
  const Said hashed = location_to_envoy(kPass, two + "hash $request_uri consistent;");
  EXPECT_TRUE(hashed.has("lb_policy: RING_HASH\n"));
  EXPECT_TRUE(
      hashed.has("hash_policy:\n                              - header:\n"
                 "                                  header_name: \":path\"\n"));
  EXPECT_TRUE(location_to_envoy(kPass, two + "ip_hash;").has("source_ip: true\n"));
}

TEST(EnvoyClusters, are_as_many_as_locations_treat_connections_differently) {
  const Said said = to_envoy(
      "upstream app { server 127.0.0.1:1; keepalive 4; } server { listen 80; "
      "location / { proxy_pass http://app; } location /a { proxy_pass http://app; } "
      "location /b { " +
      kKept + "proxy_pass http://app; } location /c { proxy_connect_timeout 2s; " + kPass + " } }");
  EXPECT_TRUE(said.has("cluster: app\n"));
  EXPECT_TRUE(said.has("cluster: app-2\n"));
  EXPECT_TRUE(said.has("cluster: app-3\n"));
  EXPECT_FALSE(said.has("cluster: app-4\n"));
}

TEST(EnvoyClusters, look_names_up) {
  const Said said = location_to_envoy("proxy_pass http://b.test:81;");
  EXPECT_TRUE(said.has("type: STRICT_DNS\n      dns_lookup_family: ALL\n"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "nginx looks them up once"));
}

TEST(EnvoyClusters, speak_tls) {
  const Said said = location_to_envoy(
      "proxy_ssl_verify on; proxy_ssl_trusted_certificate /ca; proxy_ssl_server_name on; "
      "proxy_ssl_name n.test; proxy_ssl_protocols TLSv1.2; proxy_pass https://app;");
  EXPECT_EQ(part(said.text, "transport_socket:"), R"(transport_socket:
  name: envoy.transport_sockets.tls
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
    common_tls_context:
      tls_params:
        tls_minimum_protocol_version: TLSv1_2
        tls_maximum_protocol_version: TLSv1_2
      validation_context:
        trusted_ca:
          filename: /ca
        match_typed_subject_alt_names:
          - san_type: DNS
            matcher:
              exact: n.test
    sni: n.test
)");
  EXPECT_FALSE(location_to_envoy("proxy_pass https://app;").has("validation_context"));
}

TEST(EnvoyClusters, speak_http_2_for_grpc) {
  EXPECT_TRUE(location_to_envoy("grpc_pass grpc://app;").has("http2_protocol_options: {}\n"));
}

// --- tries

const std::string kTwo = "server 127.0.0.1:2;";

TEST(EnvoyTries, are_as_many_as_servers) {
  const Said said = location_to_envoy(kPass, kTwo + "server 127.0.0.1:3 backup;");
  // POST first: only where a server could not be connected to.
  EXPECT_EQ(part(said.text, "- match:"), R"(- match:
    prefix: /
    headers:
      - name: ":method"
        string_match:
          safe_regex:
            regex: "POST|LOCK|PATCH"
  route:
    cluster: app
    host_rewrite_literal: app
    timeout: 0s
    idle_timeout: 360s
    retry_policy:
      retry_on: connect-failure
      num_retries: 2
      retry_back_off:
        base_interval: 0.001s
        max_interval: 0.001s
      per_try_idle_timeout: 60s
      retry_host_predicate:
        - name: envoy.retry_host_predicates.previous_hosts
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate
      host_selection_retry_max_attempts: 6
      retry_priority:
        name: envoy.retry_priorities.previous_priorities
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig
          update_frequency: 2
)");
  EXPECT_TRUE(said.has("retry_on: \"connect-failure,refused-stream,reset\"\n"));
  EXPECT_FALSE(said.tells(Severity::kError, "tried elsewhere"));
}

TEST(EnvoyTries, of_a_single_server_are_for_dead_connections_of_the_pool) {
  EXPECT_FALSE(location_to_envoy(kPass).has("retry_policy"));
  const Said said = location_to_envoy(kKept + kPass, "keepalive 4;");
  EXPECT_TRUE(said.has("retry_on: reset\n"));
  EXPECT_TRUE(said.has("invert_match: true\n"));
}

TEST(EnvoyTries, are_those_of_proxy_next_upstream) {
  const auto retry = [](const std::string& words) {
    return location_to_envoy("proxy_next_upstream " + words + "; " + kPass, kTwo);
  };
  EXPECT_FALSE(retry("off").has("retry_policy"));
  const Said all = retry("error timeout http_503 non_idempotent");
  EXPECT_TRUE(
      all.has("retry_on: \"connect-failure,refused-stream,reset,retriable-status-codes\"\n"));
  EXPECT_TRUE(all.has("retriable_status_codes:\n                                - 503\n"));
  EXPECT_FALSE(all.has("POST|LOCK|PATCH"));
  const Said status = retry("http_503");
  EXPECT_TRUE(status.has("retry_on: retriable-status-codes\n"));
  EXPECT_TRUE(status.has("invert_match: true\n"));
  EXPECT_TRUE(retry("timeout").tells(Severity::kError, "without `error`"));
  EXPECT_TRUE(retry("error").tells(Severity::kError, "without `timeout`"));
  EXPECT_TRUE(
      location_to_envoy("proxy_next_upstream_tries 1; " + kPass, kTwo).loss().find("POST") ==
      std::string::npos);
}

TEST(EnvoyTries, have_the_time_of_all) {
  const Said said = location_to_envoy(
      "proxy_read_timeout 5s; proxy_send_timeout 5s; "
      "proxy_connect_timeout 1500ms; " +
      kPass);
  EXPECT_TRUE(said.has("idle_timeout: 5s\n"));
  EXPECT_TRUE(said.has("connect_timeout: 1.500s\n"));
  EXPECT_TRUE(location_to_envoy("proxy_read_timeout 5s; " + kPass)
                  .tells(Severity::kWarning, "one time limit for both directions"));
}

}  // namespace
}  // namespace poolproof::translate
