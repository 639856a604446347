// The table. One line per directive or family; what is not here is refused.
#include "runtime/support.h"

#include <algorithm>

namespace poolproof::runtime {
namespace {

using enum Support;

constexpr std::string_view kTuning = "tuning of nginx's own memory, files or event loop";
constexpr std::string_view kProcess =
    "poolproof is one process in the foreground, workers are threads";
constexpr std::string_view kNeedsPass = "has effect only with the pass directive, which is refused";
constexpr std::string_view kNeedsSwitch = "has effect only with a directive that is refused";

constexpr std::string_view kStreams = "answers are passed on as they come, in bounded memory";

constexpr SupportEntry kEntries[] = {
    // main and events
    {"http", kExecuted, {}},
    {"events", kExecuted, {}},
    {"include", kExecuted, {}},
    {"error_log", kExecuted, {}},
    {"pid", kExecuted, {}},
    {"worker_processes", kExecuted, {}},
    {"worker_connections", kExecuted, {}},
    {"worker_shutdown_timeout", kExecuted, {}},
    {"multi_accept", kExecuted, {}},
    {"accept_mutex", kNoOp, kTuning},
    {"accept_mutex_delay", kNoOp, kTuning},
    {"use", kNoOp, kTuning},
    {"epoll_events", kNoOp, kTuning},
    {"debug_connection", kNoOp, kTuning},
    {"debug_points", kNoOp, kTuning},
    {"daemon", kNoOp, kProcess},
    {"master_process", kNoOp, kProcess},
    {"env", kNoOp, "nothing that is executed reads the environment"},
    {"user", kExecuted, {}},
    {"load_module", kNoOp, "what a module adds is executed or refused by name"},
    {"lock_file", kNoOp, kTuning},
    {"pcre_jit", kNoOp, kTuning},
    {"thread_pool", kNoOp, kTuning},
    {"timer_resolution", kNoOp, kTuning},
    {"worker_aio_requests", kNoOp, kTuning},
    {"worker_cpu_affinity", kNoOp, kTuning},
    {"worker_priority", kNoOp, kTuning},
    {"worker_rlimit_core", kNoOp, kProcess},
    {"worker_rlimit_nofile", kExecuted, {}},
    {"worker_rlimit_sigpending", kNoOp, kProcess},

    // http, server, location
    {"server", kExecuted, {}},
    {"location", kExecuted, {}},
    {"listen", kExecuted, {}},
    {"server_name", kExecuted, {}},
    {"limit_except", kExecuted, {}},
    {"if", kExecuted, {}},
    {"set", kExecuted, {}},
    {"break", kExecuted, {}},
    {"return", kExecuted, {}},
    {"rewrite", kExecuted, {}},
    {"rewrite_log", kNoOp, "only what is logged"},
    {"uninitialized_variable_warn", kNoOp, "only what is logged"},
    {"map", kExecuted, {}},
    {"geo", kExecuted, {}},
    {"split_clients", kExecuted, {}},
    {"types", kExecuted, {}},
    {"default_type", kExecuted, {}},
    {"root", kExecuted, {}},
    {"alias", kExecuted, {}},
    {"index", kExecuted, {}},
    {"try_files", kExecuted, {}},
    {"internal", kExecuted, {}},
    {"error_page", kExecuted, {}},
    {"recursive_error_pages", kExecuted, {}},
    {"allow", kExecuted, {}},
    {"deny", kExecuted, {}},
    {"add_header", kExecuted, {}},
    {"add_header_inherit", kExecuted, {}},
    {"access_log", kExecuted, {}},
    {"log_format", kExecuted, {}},
    {"open_log_file_cache", kNoOp, kTuning},
    {"log_not_found", kNoOp, "only what is logged"},
    {"log_subrequest", kNoOp, "there are no subrequests"},
    {"absolute_redirect", kExecuted, {}},
    {"port_in_redirect", kExecuted, {}},
    {"server_name_in_redirect", kExecuted, {}},
    {"server_tokens", kNoOp, "neither the Server line nor a page says more than poolproof"},
    {"chunked_transfer_encoding", kExecuted, {}},
    {"client_body_buffer_size", kExecuted, {}},
    {"client_body_timeout", kExecuted, {}},
    {"client_header_buffer_size", kExecuted, {}},
    {"client_header_timeout", kExecuted, {}},
    {"client_max_body_size", kExecuted, {}},
    {"large_client_header_buffers", kExecuted, {}},
    {"max_headers", kExecuted, {}},
    {"ignore_invalid_headers", kExecuted, {}},
    {"underscores_in_headers", kExecuted, {}},
    {"merge_slashes", kExecuted, {}},
    {"keepalive_disable", kExecuted, {}},
    {"keepalive_min_timeout", kWarned, "idle connections are closed at once at a graceful stop"},
    {"keepalive_requests", kExecuted, {}},
    {"keepalive_time", kExecuted, {}},
    {"keepalive_timeout", kExecuted, {}},
    {"lingering_close", kExecuted, {}},
    {"lingering_time", kExecuted, {}},
    {"lingering_timeout", kExecuted, {}},
    {"reset_timedout_connection", kExecuted, {}},
    {"send_timeout", kExecuted, {}},
    {"etag", kExecuted, {}},
    {"max_ranges", kExecuted, {}},
    {"expires", kOnlyValue, "off"},
    {"if_modified_since", kOnlyValue, "exact"},
    {"limit_rate", kOnlyValue, "0"},
    {"limit_rate_after", kNoOp, kNeedsSwitch},
    {"satisfy", kOnlyValue, "all"},
    {"auth_basic", kOnlyValue, "off"},
    {"auth_basic_user_file", kNoOp, kNeedsSwitch},
    {"auth_delay", kNoOp, kNeedsSwitch},
    {"auth_request", kOnlyValue, "off"},
    {"mirror", kOnlyValue, "off"},
    {"mirror_request_body", kNoOp, kNeedsSwitch},
    {"gzip", kOnlyValue, "off"},
    {"gzip_static", kOnlyValue, "off"},
    {"gzip_*", kNoOp, kNeedsSwitch},
    {"postpone_gzipping", kNoOp, kNeedsSwitch},
    {"gunzip", kOnlyValue, "off"},
    {"gunzip_buffers", kNoOp, kNeedsSwitch},
    {"charset", kOnlyValue, "off"},
    {"charset_types", kNoOp, kNeedsSwitch},
    {"override_charset", kNoOp, kNeedsSwitch},
    {"source_charset", kNoOp, kNeedsSwitch},
    {"autoindex", kOnlyValue, "off"},
    {"autoindex_*", kNoOp, kNeedsSwitch},
    {"random_index", kOnlyValue, "off"},
    {"ssi", kOnlyValue, "off"},
    {"ssi_*", kNoOp, kNeedsSwitch},
    {"sub_filter_*", kNoOp, kNeedsSwitch},
    {"addition_types", kNoOp, kNeedsSwitch},
    {"userid", kOnlyValue, "off"},
    {"userid_*", kNoOp, kNeedsSwitch},
    {"limit_req_*", kNoOp, kNeedsSwitch},
    {"limit_conn_*", kNoOp, kNeedsSwitch},
    {"referer_hash_*", kNoOp, kTuning},
    {"real_ip_header", kNoOp, kNeedsSwitch},
    {"real_ip_recursive", kNoOp, kNeedsSwitch},
    {"disable_symlinks", kOnlyValue, "off"},
    {"client_body_in_file_only", kOnlyValue, "off"},
    {"client_body_in_single_buffer", kNoOp, kTuning},
    {"client_body_temp_path", kNoOp, "long bodies are in nameless files of $TMPDIR"},
    {"msie_padding", kExecuted, {}},
    {"stub_status", kExecuted, {}},
    {"empty_gif", kExecuted, {}},
    {"msie_refresh", kOnlyValue, "off"},
    {"aio", kNoOp, kTuning},
    {"aio_write", kNoOp, kTuning},
    {"directio", kNoOp, kTuning},
    {"directio_alignment", kNoOp, kTuning},
    {"connection_pool_size", kNoOp, kTuning},
    {"request_pool_size", kNoOp, kTuning},
    {"output_buffers", kNoOp, kTuning},
    {"postpone_output", kNoOp, kTuning},
    {"read_ahead", kNoOp, kTuning},
    {"send_lowat", kNoOp, kTuning},
    {"sendfile", kNoOp, kTuning},
    {"sendfile_max_chunk", kNoOp, kTuning},
    {"tcp_nodelay", kNoOp, "always on; the same bytes leave sooner"},
    {"tcp_nopush", kNoOp, kTuning},
    {"open_file_cache", kNoOp, kTuning},
    {"open_file_cache_*", kNoOp, kTuning},
    {"subrequest_output_buffer_size", kNoOp, kTuning},
    {"server_names_hash_*", kNoOp, kTuning},
    {"types_hash_*", kNoOp, kTuning},
    {"variables_hash_*", kNoOp, kTuning},
    {"map_hash_*", kNoOp, kTuning},
    {"resolver", kNoOp, "refused where a pass with variables would need it"},
    {"resolver_timeout", kNoOp, "no name is looked up while running"},

    // TLS and HTTP/2 are refused where a listener or a pass asks for them
    {"ssl", kOnlyValue, "off"},
    {"ssl_engine", kRefused, {}},
    {"ssl_*", kNoOp, "listeners with `ssl` are refused"},
    {"http2", kOnlyValue, "off"},
    {"http2_*", kNoOp, "listeners with `http2` are refused"},
    {"http3", kNoOp, "listeners with `quic` are refused"},
    {"http3_*", kNoOp, "listeners with `quic` are refused"},
    {"quic_*", kNoOp, "listeners with `quic` are refused"},

    // upstream
    {"upstream", kExecuted, {}},
    {"keepalive", kExecuted, {}},
    {"least_conn", kExecuted, {}},
    {"ip_hash", kExecuted, {}},
    {"hash", kExecuted, {}},
    {"random", kExecuted, {}},
    {"zone", kWarned, "the state of peers is kept by each worker for itself"},

    // proxy
    {"proxy_pass", kExecuted, {}},
    {"proxy_bind", kExecuted, {}},
    {"proxy_buffer_size", kExecuted, {}},
    {"proxy_buffering", kNoOp, kStreams},
    {"proxy_buffers", kNoOp, kStreams},
    {"proxy_busy_buffers_size", kNoOp, kStreams},
    {"proxy_connect_timeout", kExecuted, {}},
    {"proxy_cookie_domain", kExecuted, {}},
    {"proxy_cookie_path", kExecuted, {}},
    {"proxy_headers_hash_*", kNoOp, kTuning},
    {"proxy_hide_header", kExecuted, {}},
    {"proxy_http_version", kExecuted, {}},
    {"proxy_ignore_client_abort", kExecuted, {}},
    {"proxy_ignore_headers", kExecuted, {}},
    {"proxy_intercept_errors", kExecuted, {}},
    {"proxy_limit_rate", kOnlyValue, "0"},
    {"proxy_max_temp_file_size", kNoOp, "answers are never kept on disk"},
    {"proxy_temp_file_write_size", kNoOp, "answers are never kept on disk"},
    {"proxy_temp_path", kNoOp, "answers are never kept on disk"},
    {"proxy_method", kExecuted, {}},
    {"proxy_next_upstream", kExecuted, {}},
    {"proxy_next_upstream_timeout", kExecuted, {}},
    {"proxy_next_upstream_tries", kExecuted, {}},
    {"proxy_pass_header", kExecuted, {}},
    {"proxy_pass_request_body", kExecuted, {}},
    {"proxy_pass_request_headers", kExecuted, {}},
    {"proxy_pass_trailers", kOnlyValue, "off"},
    {"proxy_read_timeout", kExecuted, {}},
    {"proxy_redirect", kExecuted, {}},
    {"proxy_request_buffering", kExecuted, {}},
    {"proxy_send_lowat", kNoOp, kTuning},
    {"proxy_send_timeout", kExecuted, {}},
    {"proxy_set_body", kExecuted, {}},
    {"proxy_set_header", kExecuted, {}},
    {"proxy_socket_keepalive", kExecuted, {}},
    {"proxy_socket_rcvbuf", kNoOp, kTuning},
    {"proxy_socket_sndbuf", kNoOp, kTuning},
    {"proxy_force_ranges", kOnlyValue, "off"},
    {"proxy_cache", kOnlyValue, "off"},
    {"proxy_cache_*", kNoOp, kNeedsSwitch},
    {"proxy_no_cache", kNoOp, kNeedsSwitch},
    {"proxy_store", kOnlyValue, "off"},
    {"proxy_store_access", kNoOp, kNeedsSwitch},
    {"proxy_ssl_*", kNoOp, "passes to https are refused"},

    // other protocols: their pass directives are refused
    {"fastcgi_pass", kRefused, {}},
    {"fastcgi_*", kNoOp, kNeedsPass},
    {"grpc_pass", kRefused, {}},
    {"grpc_*", kNoOp, kNeedsPass},
    {"memcached_pass", kRefused, {}},
    {"memcached_*", kNoOp, kNeedsPass},
    {"scgi_pass", kRefused, {}},
    {"scgi_*", kNoOp, kNeedsPass},
    {"uwsgi_pass", kRefused, {}},
    {"uwsgi_*", kNoOp, kNeedsPass},
    {"tunnel_pass", kRefused, {}},
    {"tunnel_*", kNoOp, kNeedsPass},
};

constexpr SupportEntry kRefusal{"", kRefused, {}};

bool covers(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') && name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

const SupportEntry& support_of(std::string_view name) {
  const auto exact = std::ranges::find(kEntries, name, &SupportEntry::name);
  if (exact != std::end(kEntries)) return *exact;
  const auto family = std::ranges::find_if(
      kEntries, [&](const SupportEntry& entry) { return covers(entry.name, name); });
  return family != std::end(kEntries) ? *family : kRefusal;
}

Support support_of(std::string_view name, std::string_view first_argument) {
  const SupportEntry& entry = support_of(name);
  if (entry.support != kOnlyValue) return entry.support;
  return first_argument == entry.reason ? kNoOp : kRefused;
}

std::span<const SupportEntry> all_support_entries() {
  return kEntries;
}

}  // namespace poolproof::runtime
