// kSaid is only what the other files read; what stands here as kNothing changes no answer.
#include "translate/haproxy/coverage_table.h"

#include <array>

namespace poolproof::translate::haproxy {
namespace {

using enum Carried;

constexpr std::array kTable = {
    // Read by the other files, which tell what they cannot say.
    CoverageEntry{"absolute_redirect"},
    CoverageEntry{"add_header"},
    CoverageEntry{"alias"},
    CoverageEntry{"allow"},
    CoverageEntry{"break"},
    CoverageEntry{"client_body_timeout"},
    CoverageEntry{"client_header_timeout"},
    CoverageEntry{"client_max_body_size"},
    CoverageEntry{"default_type"},
    CoverageEntry{"deny"},
    CoverageEntry{"fastcgi_connect_timeout"},
    CoverageEntry{"fastcgi_hide_header"},
    CoverageEntry{"fastcgi_index"},
    CoverageEntry{"fastcgi_keep_conn"},
    CoverageEntry{"fastcgi_next_upstream"},
    CoverageEntry{"fastcgi_next_upstream_tries"},
    CoverageEntry{"fastcgi_param"},
    CoverageEntry{"fastcgi_pass"},
    CoverageEntry{"fastcgi_pass_header"},
    CoverageEntry{"fastcgi_read_timeout"},
    CoverageEntry{"geo"},
    CoverageEntry{"grpc_pass"},
    CoverageEntry{"hash"},
    CoverageEntry{"http2"},
    CoverageEntry{"if"},
    CoverageEntry{"ignore_invalid_headers"},
    CoverageEntry{"internal"},
    CoverageEntry{"ip_hash"},
    CoverageEntry{"keepalive"},
    CoverageEntry{"keepalive_requests"},
    CoverageEntry{"keepalive_time"},
    CoverageEntry{"keepalive_timeout"},
    CoverageEntry{"least_conn"},
    CoverageEntry{"limit_except"},
    CoverageEntry{"listen"},
    CoverageEntry{"location"},
    CoverageEntry{"map"},
    CoverageEntry{"memcached_pass"},
    CoverageEntry{"merge_slashes"},
    CoverageEntry{"port_in_redirect"},
    CoverageEntry{"proxy_connect_timeout"},
    CoverageEntry{"proxy_hide_header"},
    CoverageEntry{"proxy_http_version"},
    CoverageEntry{"proxy_method"},
    CoverageEntry{"proxy_next_upstream"},
    CoverageEntry{"proxy_next_upstream_tries"},
    CoverageEntry{"proxy_pass"},
    CoverageEntry{"proxy_pass_header"},
    CoverageEntry{"proxy_read_timeout"},
    CoverageEntry{"proxy_redirect"},
    CoverageEntry{"proxy_set_header"},
    CoverageEntry{"proxy_ssl_name"},
    CoverageEntry{"proxy_ssl_server_name"},
    CoverageEntry{"proxy_ssl_trusted_certificate"},
    CoverageEntry{"proxy_ssl_verify"},
    CoverageEntry{"random"},
    CoverageEntry{"return"},
    CoverageEntry{"rewrite"},
    CoverageEntry{"root"},
    CoverageEntry{"scgi_pass"},
    CoverageEntry{"server"},
    CoverageEntry{"server_name"},
    CoverageEntry{"set"},
    CoverageEntry{"split_clients"},
    CoverageEntry{"ssl_certificate"},
    CoverageEntry{"ssl_certificate_key"},
    CoverageEntry{"ssl_ciphers"},
    CoverageEntry{"ssl_client_certificate"},
    CoverageEntry{"ssl_prefer_server_ciphers"},
    CoverageEntry{"ssl_protocols"},
    CoverageEntry{"ssl_verify_client"},
    CoverageEntry{"underscores_in_headers"},
    CoverageEntry{"upstream"},
    CoverageEntry{"uwsgi_pass"},
    CoverageEntry{"worker_processes"},

    // nginx's own processes, memory and files.
    CoverageEntry{"autoindex*", kNothing},  // without files it lists nothing; files are told
    CoverageEntry{"fastcgi_buffer*", kNothing},
    CoverageEntry{"fastcgi_busy_buffers_size", kNothing},
    CoverageEntry{"fastcgi_max_temp_file_size", kNothing},
    CoverageEntry{"fastcgi_temp_*", kNothing},
    CoverageEntry{"fastcgi_socket_keepalive", kNothing},
    CoverageEntry{"index", kNothing},
    CoverageEntry{"log_format", kNothing},
    CoverageEntry{"scgi_*", kNothing},  // of scgi_pass and uwsgi_pass, which are told
    CoverageEntry{"types", kNothing},   // of files, which are told

    // The answers stay the same.
    CoverageEntry{"access_log", kCost, "requests are not logged; see its `log` and `log-format`"},
    CoverageEntry{"client_header_buffer_size", kCost, "heads may be as large as `tune.bufsize`"},
    CoverageEntry{"error_log", kCost, "see its `log`"},
    CoverageEntry{"fastcgi_next_upstream_timeout", kCost, "tries have no common time limit"},
    CoverageEntry{"fastcgi_send_timeout", kCost, "`timeout server` holds for sending, too"},
    CoverageEntry{"gzip", kCost, "answers are not compressed"},
    CoverageEntry{"large_client_header_buffers", kCost, "heads may be as large as `tune.bufsize`"},
    CoverageEntry{"proxy_request_buffering", kCost, "requests are passed on as they come"},
    CoverageEntry{"fastcgi_request_buffering", kCost, "requests are passed on as they come"},
    CoverageEntry{"proxy_send_timeout", kCost, "`timeout server` holds for sending, too"},
    CoverageEntry{"proxy_ssl_protocols", kCost, "its own versions of TLS are offered"},
    CoverageEntry{"send_timeout", kCost, "`timeout client` holds for sending, too"},
    CoverageEntry{"ssl_dhparam", kCost, "see its `ssl-dh-param-file`"},
    CoverageEntry{"ssl_ecdh_curve", kCost, "its own curves are offered"},
    CoverageEntry{"ssl_stapling*", kCost, "no OCSP answer is stapled"},
    CoverageEntry{"ssl_trusted_certificate", kCost, "no OCSP answer is stapled"},
    CoverageEntry{"worker_connections", kCost, "see its `maxconn`"},
    CoverageEntry{"worker_rlimit_*", kCost, "see its `ulimit-n`"},

    // Some request is answered otherwise.
    CoverageEntry{"auth_basic"},
    CoverageEntry{"auth_basic_user_file", kNothing},
    CoverageEntry{"auth_jwt"},
    CoverageEntry{"auth_request"},
    CoverageEntry{"auth_request_set", kLost, "the variable is empty"},
    CoverageEntry{"fastcgi_cache*", kLost, "nothing is cached"},
    CoverageEntry{"fastcgi_intercept_errors", kLost, "errors are answered as they come"},
    CoverageEntry{"fastcgi_split_path_info", kLost, "PATH_INFO is not set"},
    CoverageEntry{"stub_status", kLost, "there is no such page; see its `stats`"},
    CoverageEntry{"try_files", kLost, "no file is looked for"},
};

}  // namespace

std::span<const CoverageEntry> coverage_table() {
  return kTable;
}

}  // namespace poolproof::translate::haproxy
