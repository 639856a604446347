// What nginx asks of its own processes, memory and files is nothing to any other program, and what
// none of them has is lost to all.
#include "translate/common_coverage.h"

#include <array>

namespace poolproof::translate {
namespace {

using enum Carried;

constexpr std::array kTable = {
    // changes no answer
    CoverageEntry{"accept_mutex*", kNothing},
    CoverageEntry{"aio*", kNothing},
    CoverageEntry{"charset_types", kNothing},
    CoverageEntry{"client_body_buffer_size", kNothing},
    CoverageEntry{"client_body_in_*", kNothing},
    CoverageEntry{"client_body_temp_path", kNothing},
    CoverageEntry{"connection_pool_size", kNothing},
    CoverageEntry{"daemon", kNothing},
    CoverageEntry{"debug_*", kNothing},
    CoverageEntry{"directio*", kNothing},
    CoverageEntry{"env", kNothing},
    CoverageEntry{"gzip_buffers", kNothing},
    CoverageEntry{"gzip_comp_level", kNothing},
    CoverageEntry{"gzip_disable", kNothing},
    CoverageEntry{"gzip_http_version", kNothing},
    CoverageEntry{"gzip_min_length", kNothing},
    CoverageEntry{"gzip_proxied", kNothing},
    CoverageEntry{"gzip_types", kNothing},
    CoverageEntry{"gzip_vary", kNothing},
    CoverageEntry{"log_not_found", kNothing},
    CoverageEntry{"map_hash_*", kNothing},
    CoverageEntry{"master_process", kNothing},
    CoverageEntry{"msie_padding", kNothing},
    CoverageEntry{"multi_accept", kNothing},
    CoverageEntry{"open_file_cache*", kNothing},
    CoverageEntry{"open_log_file_cache", kNothing},
    CoverageEntry{"output_buffers", kNothing},
    CoverageEntry{"pcre_jit", kNothing},
    CoverageEntry{"pid", kNothing},
    CoverageEntry{"postpone_output", kNothing},
    CoverageEntry{"proxy_buffer*", kNothing},
    CoverageEntry{"proxy_busy_buffers_size", kNothing},
    CoverageEntry{"proxy_headers_hash_*", kNothing},
    CoverageEntry{"proxy_max_temp_file_size", kNothing},
    CoverageEntry{"proxy_socket_keepalive", kNothing},
    CoverageEntry{"proxy_ssl_session_reuse", kNothing},
    CoverageEntry{"proxy_temp_*", kNothing},
    CoverageEntry{"request_pool_size", kNothing},
    CoverageEntry{"reset_timedout_connection", kNothing},
    CoverageEntry{"rewrite_log", kNothing},
    CoverageEntry{"sendfile*", kNothing},
    CoverageEntry{"server_names_hash_*", kNothing},
    CoverageEntry{"server_tokens", kNothing},
    CoverageEntry{"ssl_buffer_size", kNothing},
    CoverageEntry{"ssl_session_*", kNothing},
    CoverageEntry{"tcp_nodelay", kNothing},
    CoverageEntry{"tcp_nopush", kNothing},
    CoverageEntry{"thread_pool", kNothing},
    CoverageEntry{"timer_resolution", kNothing},
    CoverageEntry{"types_hash_*", kNothing},
    CoverageEntry{"use", kNothing},
    CoverageEntry{"user", kNothing},
    CoverageEntry{"uwsgi_*", kNothing},
    CoverageEntry{"variables_hash_*", kNothing},
    CoverageEntry{"worker_aio_requests", kNothing},
    CoverageEntry{"worker_cpu_affinity", kNothing},
    CoverageEntry{"worker_priority", kNothing},
    CoverageEntry{"worker_shutdown_timeout", kNothing},
    CoverageEntry{"working_directory", kNothing},
    CoverageEntry{"zone", kNothing},

    // costs something else
    CoverageEntry{"keepalive_disable", kCost, "old browsers keep their connections, too"},
    CoverageEntry{"lingering_*", kCost, "how long a closed connection is read on is its own"},
    CoverageEntry{"load_module", kCost, "what the module does is told where it is used"},
    CoverageEntry{"proxy_cache_*", kCost, "nothing is cached"},
    CoverageEntry{"proxy_ignore_headers", kCost, "what these ask for is not done anyway"},
    CoverageEntry{"proxy_next_upstream_timeout", kCost, "tries have no common time limit"},
    CoverageEntry{"proxy_ssl_ciphers", kCost, "its own list of ciphers is offered"},
    CoverageEntry{"proxy_ssl_verify_depth", kCost, "chains may be of any length"},
    CoverageEntry{"ssl_early_data", kCost, "no early data is taken"},
    CoverageEntry{"ssl_verify_depth", kCost, "chains may be of any length"},
    CoverageEntry{"status_zone", kCost, "nothing is counted"},

    // is lost
    CoverageEntry{"add_trailer", kLost, "the trailer is not sent"},
    CoverageEntry{"charset", kLost, "`Content-Type` stays as it is"},
    CoverageEntry{"error_page", kLost, "errors are answered as they come"},
    CoverageEntry{"expires", kLost, "`Expires` and `Cache-Control` are not sent"},
    CoverageEntry{"limit_conn*", kLost, "connections are not limited"},
    CoverageEntry{"limit_rate*", kLost, "the rate is not limited"},
    CoverageEntry{"limit_req*", kLost, "requests are not limited"},
    CoverageEntry{"mail", kLost, "mail is not passed on"},
    CoverageEntry{"mirror*", kLost, "requests are not mirrored"},
    CoverageEntry{"proxy_cache", kLost, "every request goes to a server"},
    CoverageEntry{"proxy_cookie_*", kLost, "cookies go to the client as the upstream wrote them"},
    CoverageEntry{"proxy_intercept_errors", kLost, "errors are answered as they come"},
    CoverageEntry{"proxy_pass_request_body", kLost, "the body is passed on"},
    CoverageEntry{"proxy_pass_request_headers", kLost, "the client's fields are passed on"},
    CoverageEntry{"proxy_set_body", kLost, "the client's body is passed on"},
    CoverageEntry{"proxy_store*", kLost, "nothing is stored"},
    CoverageEntry{"real_ip_*", kLost, "the address of the connection is the client's"},
    CoverageEntry{"satisfy", kLost, "all conditions have to hold"},
    CoverageEntry{"server_name_in_redirect", kLost, "redirects name the host that was asked"},
    CoverageEntry{"set_real_ip_from", kLost, "the address of the connection is the client's"},
    CoverageEntry{"stream", kLost, "TCP and UDP are not passed on"},
    CoverageEntry{"sub_filter*", kLost, "texts are not replaced"},
};

}  // namespace

std::span<const CoverageEntry> common_coverage() {
  return kTable;
}

}  // namespace poolproof::translate
