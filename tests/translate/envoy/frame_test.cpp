// What stands around the routes: listeners, the connection manager, TLS, logs, fields of requests
// and answers, and every loss that is told.
#include <yaml-cpp/yaml.h>

#include "tests/translate/envoy/envoy_fixture.h"

namespace poolproof::translate {
namespace {

using testing::location_to_envoy;
using testing::part;
using testing::Said;
using testing::to_envoy;

TEST(EnvoyFrame, switches_off_what_nginx_does_not_do) {
  const Said said = to_envoy(
      "keepalive_timeout 30s; keepalive_requests 9; client_header_timeout 5s; "
      "client_body_timeout 6s; large_client_header_buffers 4 16k;\n"
      "server { listen 127.0.0.1:81; server_name a.test; return 204; }");
  EXPECT_EQ(said.text,
            R"(# For Envoy 1.30 and later, from /etc/nginx/nginx.conf: behaves as nginx 1.22.1 does with it.
# NOT SAID: /etc/nginx/nginx.conf:3: `client_body_timeout`: where a request is passed on, envoy waits for its body as long as for the upstream
static_resources:
  listeners:
    - name: "127.0.0.1:81"  # /etc/nginx/nginx.conf:4
      address:
        socket_address:
          address: "127.0.0.1"
          port_value: 81
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: "127.0.0.1:81"
                codec_type: HTTP1
                strip_trailing_host_dot: true
                strip_any_host_port: true
                normalize_path: false
                use_remote_address: true
                internal_address_config:
                  cidr_ranges:  # nobody's x-envoy-* fields are obeyed
                    - address_prefix: "255.255.255.255"
                      prefix_len: 32
                skip_xff_append: true
                generate_request_id: false
                forward_client_cert_details: ALWAYS_FORWARD_ONLY
                server_header_transformation: PASS_THROUGH
                early_header_mutation_extensions:
                  - name: envoy.http.early_header_mutation.header_mutation
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
                      mutations:
                        - append:  # the client's own, which envoy would replace
                            header:
                              key: x-nginx-forwarded-proto
                              value: "%REQ(x-forwarded-proto)%"
                            append_action: OVERWRITE_IF_EXISTS_OR_ADD
                        - remove: upgrade  # no location passes it on
                max_request_headers_kb: 64
                request_headers_timeout: 5s
                stream_idle_timeout: 6s
                common_http_protocol_options:
                  idle_timeout: 30s
                  max_requests_per_connection: 9
                  max_headers_count: 1000
                  headers_with_underscores_action: DROP_HEADER
                http_protocol_options:
                  accept_http_10: true
                  default_host_for_http_10: a.test
                local_reply_config:
                  mappers:  # 502 where no server could be reached
                    - filter:
                        and_filter:
                          filters:
                            - status_code_filter:
                                comparison:
                                  op: EQ
                                  value:
                                    default_value: 503
                                    runtime_key: nginx.503
                            - response_flag_filter:
                                flags:
                                  - UH
                                  - UF
                                  - UC
                                  - UO
                                  - LR
                                  - UR
                                  - URX
                                  - UPE
                      status_code: 502
                http_filters:
                  - name: envoy.filters.http.buffer
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer
                      max_request_bytes: 1048576
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                      suppress_envoy_headers: true
                route_config:
                  name: "127.0.0.1:81"
                  ignore_port_in_host_matching: true
                  max_direct_response_body_size_bytes: 1048576
                  most_specific_header_mutations_wins: true
                  request_headers_to_remove:
                    - x-forwarded-proto
                    - x-envoy-internal
                    - x-envoy-external-address
                    - expect
                    - te
                  request_headers_to_add:
                    - header:
                        key: x-forwarded-proto
                        value: "%REQ(x-nginx-forwarded-proto)%"
                      append_action: OVERWRITE_IF_EXISTS_OR_ADD
                  response_headers_to_remove:
                    - date
                    - server
                    - x-pad
                    - x-accel-expires
                    - x-accel-redirect
                    - x-accel-limit-rate
                    - x-accel-buffering
                    - x-accel-charset
                  virtual_hosts:
                    - name: a.test  # /etc/nginx/nginx.conf:4
                      domains:
                        - "*"
                      request_headers_to_remove:
                        - x-nginx-forwarded-proto
                      routes:
                        - match:  # /etc/nginx/nginx.conf:4
                            prefix: /
                          direct_response:
                            status: 204
  clusters: []
)");
}

TEST(EnvoyFrame, is_the_same_each_time_and_yaml) {
  std::string http = "upstream app { server 127.0.0.1:1; server b.test weight=2; }\n";
  for (int i = 0; i < 50; ++i) {
    http += "server { listen 80; listen 443 ssl; server_name s" + std::to_string(i) + ".test *.s" +
            std::to_string(i) + ".test; ssl_certificate /c" + std::to_string(i % 7) +
            "; ssl_certificate_key /k; location /a { proxy_pass http://app; } "
            "location ~ \\.php$ { proxy_pass http://app; } }\n";
  }
  const std::string text = to_envoy(http).text;
  EXPECT_EQ(to_envoy(http).text, text);
  EXPECT_EQ(YAML::Load(text)["static_resources"]["listeners"].size(), 2U);
}

TEST(EnvoyFrame, listens_on_what_nginx_listens_on) {
  const Said said = to_envoy(
      "server { listen [::]:80 ipv6only=off; listen unix:/run/s; listen 81 proxy_protocol; "
      "return 204; }");
  EXPECT_TRUE(said.has("address: \"::\"\n          port_value: 80\n          ipv4_compat: true\n"));
  EXPECT_TRUE(said.has("pipe:\n          path: /run/s\n"));
  EXPECT_TRUE(said.has("envoy.filters.listener.proxy_protocol\n"));
}

TEST(EnvoyFrame, drops_upgrades_early_where_none_is_passed_on) {
  const std::string upgrade =
      "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
      "proxy_set_header Connection upgrade; proxy_pass http://app;";
  const Said without = location_to_envoy("proxy_pass http://app;");
  EXPECT_TRUE(without.has("- remove: upgrade  # no location passes it on\n"));
  EXPECT_FALSE(without.has("websocket"));
  const Said with = location_to_envoy(upgrade);
  EXPECT_FALSE(with.has("- remove: upgrade"));
  EXPECT_TRUE(
      with.has("- upgrade_type: websocket\n                                enabled: true\n"));
  const Said both =
      to_envoy("upstream app { server 127.0.0.1:1; } server { listen 80; location /ws { " +
               upgrade + " } location / { proxy_pass http://app; } }");
  EXPECT_TRUE(both.tells(Severity::kError, "requests with `Upgrade` are refused here"));
}

// --- TLS

std::string tls_server(const std::string& inside) {
  return "server { listen 443 ssl; ssl_certificate_key /k; " + inside + " return 204; }\n";
}

TEST(EnvoyFrame, has_a_chain_for_each_certificate) {
  const Said said = to_envoy(tls_server("ssl_certificate /a; server_name a.test;") +
                             tls_server("ssl_certificate /b; server_name b.test *.b.test; "
                                        "ssl_protocols TLSv1.2 TLSv1.3;"));
  EXPECT_TRUE(said.has("envoy.filters.listener.tls_inspector\n"));
  EXPECT_TRUE(said.has("server_names:\n              - b.test\n              - \"*.b.test\"\n"));
  EXPECT_TRUE(said.has("filters: &filters-1\n"));
  EXPECT_TRUE(said.has("filters: *filters-1\n"));
  EXPECT_TRUE(said.has("filename: /b\n"));
  EXPECT_FALSE(to_envoy(tls_server("ssl_certificate /a;")).has("tls_inspector"));
}

TEST(EnvoyFrame, rejects_handshakes_by_having_no_chain) {
  const Said said = to_envoy(tls_server("ssl_reject_handshake on;") +
                             tls_server("ssl_certificate /b; server_name b.test;"));
  EXPECT_EQ(YAML::Load(said.text)["static_resources"]["listeners"][0]["filter_chains"].size(), 1U);
  EXPECT_FALSE(said.tells(Severity::kError, "handshake"));
  EXPECT_TRUE(to_envoy(tls_server("ssl_certificate /b;") +
                       tls_server("ssl_reject_handshake on; server_name b.test;"))
                  .tells(Severity::kError, "for default servers only"));
}

TEST(EnvoyFrame, asks_clients_for_certificates) {
  const Said said =
      to_envoy(tls_server("ssl_certificate /a; ssl_verify_client on; ssl_client_certificate /ca;"));
  EXPECT_TRUE(said.has("trusted_ca:\n                    filename: /ca\n"));
  EXPECT_TRUE(said.has("require_client_certificate: true\n"));
}

// --- logs

TEST(EnvoyLogs, have_the_format) {
  const Said said = to_envoy(
      "log_format f '$remote_addr 100% $status';\n"
      "server { listen 80; access_log /l f; return 204; }");
  EXPECT_EQ(part(said.text, "access_log:"), R"(access_log:
  - name: envoy.access_loggers.file
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
      path: /l
      log_format:
        text_format_source:
          inline_string: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT% 100%% %RESPONSE_CODE%\n"
)");
  EXPECT_FALSE(to_envoy("server { access_log off; return 204; }").has("access_log"));
}

TEST(EnvoyLogs, tell_what_they_have_otherwise) {
  const std::string rest =
      "server { listen 80; access_log /l f; access_log syslog:server=a; "
      "location / { access_log off; proxy_pass http://127.0.0.1:1/x; } }";
  const Said said = to_envoy("log_format f escape=json '$request_time $host $request'; " + rest);
  EXPECT_TRUE(said.tells(Severity::kWarning, "in milliseconds"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "the log has `host` as it is sent"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "the log has `:path` as it is sent"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "`escape=json`"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "it writes files only"));
  EXPECT_TRUE(said.tells(Severity::kWarning, "a listener has one log"));
}

// --- fields

TEST(EnvoyFields, are_sent_as_nginx_sends_them) {
  const Said said = location_to_envoy(
      "proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; "
      "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; "
      "proxy_set_header Accept-Encoding ''; proxy_set_header X-Was $http_x_is; "
      "proxy_pass http://app;");
  EXPECT_EQ(part(part(said.text, "routes:"), "request_headers_to_add:"), R"(request_headers_to_add:
  - header:
      key: X-Real-IP
      value: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"
    append_action: OVERWRITE_IF_EXISTS_OR_ADD
  - header:
      key: X-Forwarded-For
      value: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"
    append_action: APPEND_IF_EXISTS_OR_ADD
  - header:
      key: X-Was
      value: "%REQ(x-is)%"
    append_action: OVERWRITE_IF_EXISTS_OR_ADD
)");
  EXPECT_EQ(part(part(said.text, "routes:"), "request_headers_to_remove:"),
            "request_headers_to_remove:\n  - Accept-Encoding\n  - X-Was\n");
  EXPECT_FALSE(said.has("host_rewrite"));
  EXPECT_EQ(said.loss(), "");
}

TEST(EnvoyFields, have_the_upstream_as_host_by_default) {
  EXPECT_TRUE(location_to_envoy("proxy_pass http://app;").has("host_rewrite_literal: app\n"));
  EXPECT_TRUE(location_to_envoy("proxy_pass http://127.0.0.1:81;")
                  .has("host_rewrite_literal: \"127.0.0.1:81\"\n"));
  EXPECT_TRUE(location_to_envoy("proxy_set_header Host $http_x; proxy_pass http://app;")
                  .has("host_rewrite_header: x\n"));
}

TEST(EnvoyFields, of_answers) {
  const Said said =
      location_to_envoy("proxy_hide_header X-H; add_header X-A b always; proxy_pass http://app;");
  EXPECT_EQ(part(part(said.text, "routes:"), "response_headers_to_add:"),
            R"(response_headers_to_add:
  - header:
      key: X-A
      value: b
    append_action: APPEND_IF_EXISTS_OR_ADD
)");
  EXPECT_EQ(part(part(said.text, "routes:"), "response_headers_to_remove:"),
            "response_headers_to_remove:\n  - X-H\n");
}

TEST(EnvoyFields, limit_bodies) {
  EXPECT_TRUE(location_to_envoy("client_max_body_size 2m; proxy_pass http://app;")
                  .has("max_request_bytes: 2097152\n"));
  EXPECT_TRUE(
      location_to_envoy("client_max_body_size 0; proxy_pass http://app;").has("disabled: true\n"));
  EXPECT_TRUE(location_to_envoy("client_max_body_size 1g; proxy_pass http://app;")
                  .tells(Severity::kWarning, "in memory"));
}

}  // namespace
}  // namespace poolproof::translate
