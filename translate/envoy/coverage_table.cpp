// kSaid is only what the other files read; what stands here as kNothing changes no answer.
#include "translate/envoy/coverage_table.h"

#include <array>

namespace poolproof::translate::envoy {
namespace {

using enum Carried;

constexpr std::array kTable = {
    // Read by the other files, which tell what they cannot say.
    CoverageEntry{"absolute_redirect"},
    CoverageEntry{"access_log"},
    CoverageEntry{"add_header"},
    CoverageEntry{"alias"},
    CoverageEntry{"allow"},
    CoverageEntry{"client_body_timeout"},
    CoverageEntry{"client_header_timeout"},
    CoverageEntry{"client_max_body_size"},
    CoverageEntry{"default_type"},
    CoverageEntry{"deny"},
    CoverageEntry{"fastcgi_pass"},
    CoverageEntry{"grpc_connect_timeout"},
    CoverageEntry{"grpc_hide_header"},
    CoverageEntry{"grpc_next_upstream"},
    CoverageEntry{"grpc_next_upstream_tries"},
    CoverageEntry{"grpc_pass"},
    CoverageEntry{"grpc_read_timeout"},
    CoverageEntry{"grpc_send_timeout"},
    CoverageEntry{"grpc_set_header"},
    CoverageEntry{"grpc_ssl_*"},
    CoverageEntry{"hash"},
    CoverageEntry{"http2"},
    CoverageEntry{"ignore_invalid_headers"},
    CoverageEntry{"internal"},
    CoverageEntry{"ip_hash"},
    CoverageEntry{"keepalive"},
    CoverageEntry{"keepalive_requests"},
    CoverageEntry{"keepalive_time"},
    CoverageEntry{"keepalive_timeout"},
    CoverageEntry{"large_client_header_buffers"},
    CoverageEntry{"least_conn"},
    CoverageEntry{"listen"},
    CoverageEntry{"location"},
    CoverageEntry{"log_format"},
    CoverageEntry{"memcached_pass"},
    CoverageEntry{"merge_slashes"},
    CoverageEntry{"port_in_redirect"},
    CoverageEntry{"proxy_connect_timeout"},
    CoverageEntry{"proxy_hide_header"},
    CoverageEntry{"proxy_http_version"},
    CoverageEntry{"proxy_next_upstream"},
    CoverageEntry{"proxy_next_upstream_tries"},
    CoverageEntry{"proxy_pass"},
    CoverageEntry{"proxy_read_timeout"},
    CoverageEntry{"proxy_redirect"},
    CoverageEntry{"proxy_request_buffering"},
    CoverageEntry{"proxy_send_timeout"},
    CoverageEntry{"proxy_set_header"},
    CoverageEntry{"proxy_ssl_certificate"},
    CoverageEntry{"proxy_ssl_certificate_key"},
    CoverageEntry{"proxy_ssl_name"},
    CoverageEntry{"proxy_ssl_protocols"},
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
    CoverageEntry{"ssl_certificate"},
    CoverageEntry{"ssl_certificate_key"},
    CoverageEntry{"ssl_client_certificate"},
    CoverageEntry{"ssl_protocols"},
    CoverageEntry{"ssl_reject_handshake"},
    CoverageEntry{"ssl_verify_client"},
    CoverageEntry{"sticky"},
    CoverageEntry{"underscores_in_headers"},
    CoverageEntry{"upstream"},
    CoverageEntry{"uwsgi_pass"},

    // nginx's own processes, memory and files.
    CoverageEntry{"autoindex*", kNothing},  // without files it lists nothing; files are told
    CoverageEntry{"fastcgi_*", kNothing},   // of fastcgi_pass, which is told
    CoverageEntry{"memcached_*", kNothing},
    CoverageEntry{"grpc_buffer_size", kNothing},
    CoverageEntry{"http2_*", kCost, "its own limits of HTTP/2 hold"},
    CoverageEntry{"index", kNothing},
    CoverageEntry{"map", kNothing},  // told where its variable is read
    CoverageEntry{"geo", kNothing},
    CoverageEntry{"split_clients", kNothing},
    CoverageEntry{"scgi_*", kNothing},  // of scgi_pass and uwsgi_pass, which are told
    CoverageEntry{"ssl_prefer_server_ciphers", kNothing},
    CoverageEntry{"types", kNothing},  // of files, which are told

    // The answers stay the same.
    CoverageEntry{"client_header_buffer_size", kNothing},
    CoverageEntry{"error_log", kCost, "see its option `--log-path`"},
    CoverageEntry{"gzip", kCost, "answers are not compressed"},
    CoverageEntry{"send_timeout", kCost, "its idle time of streams holds for sending, too"},
    CoverageEntry{"ssl_dhparam", kCost, "its own parameters are used"},
    CoverageEntry{"ssl_ecdh_curve", kCost, "its own curves are offered"},
    CoverageEntry{"ssl_stapling*", kCost, "no OCSP answer is stapled"},
    CoverageEntry{"ssl_trusted_certificate", kCost, "no OCSP answer is stapled"},
    CoverageEntry{"worker_connections", kCost, "connections are not limited"},
    CoverageEntry{"worker_rlimit_*", kCost, "what started it decides"},

    CoverageEntry{"ssl_ciphers", kCost, "its own ciphers are offered"},
    CoverageEntry{"proxy_ssl_conf_command", kCost, "its own settings of TLS hold"},
    CoverageEntry{"worker_processes", kCost, "see its option `--concurrency`"},

    CoverageEntry{"proxy_ignore_client_abort", kCost, "it lets go of the server with the client"},
    CoverageEntry{"proxy_no_cache", kCost, "nothing is cached"},
    CoverageEntry{"resolver*", kCost, "the system's resolver is asked"},
    CoverageEntry{"log_subrequest", kNothing},
    CoverageEntry{"etag", kNothing},  // of files, which are told
    CoverageEntry{"if_modified_since", kNothing},

    // Some request is answered otherwise.
    CoverageEntry{"chunked_transfer_encoding", kCost, "answers of unknown length are chunked"},
    CoverageEntry{"break", kLost, "the statements behind it are not skipped"},
    CoverageEntry{"if", kLost, "the condition is not asked"},
    CoverageEntry{"limit_except", kLost, "every method is taken"},
    CoverageEntry{"proxy_method", kLost, "the client's method is passed on"},
    CoverageEntry{"proxy_pass_header", kLost, "the field stays hidden"},
    CoverageEntry{"set", kLost, "the variable is not there"},
    CoverageEntry{"auth_basic"},
    CoverageEntry{"auth_basic_user_file", kNothing},
    CoverageEntry{"auth_jwt"},
    CoverageEntry{"auth_request"},
    CoverageEntry{"auth_request_set", kLost, "the variable is not there"},
    CoverageEntry{"stub_status", kLost, "there is no such page"},
    CoverageEntry{"try_files", kLost, "no file is looked for"},
};

}  // namespace

std::span<const CoverageEntry> coverage_table() {
  return kTable;
}

}  // namespace poolproof::translate::envoy
