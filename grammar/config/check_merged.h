// The parts of check_merged(). Private to grammar/config.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "grammar/config/check_messages.h"
#include "grammar/config/effective_config.h"

namespace poolproof {

/// The http statements that the checks below look at, by name; gathered in one pass.
class Statements {
 public:
  explicit Statements(const BoundConfig& bound);

  /// In the order in which nginx reads them. The name must be among kNames.
  const std::vector<Directive>& of(std::string_view name) const;

  /// All whose directives take variables, by the catalogue.
  const std::vector<Directive>& with_variables() const { return with_variables_; }

  static constexpr std::array<std::string_view, 104> kNames = {"access_log",
                                                               "add_header",
                                                               "addition_types",
                                                               "aio",
                                                               "alias",
                                                               "auth_request_set",
                                                               "charset",
                                                               "charset_map",
                                                               "charset_types",
                                                               "client_body_temp_path",
                                                               "expires",
                                                               "fastcgi_buffer_size",
                                                               "fastcgi_buffers",
                                                               "fastcgi_busy_buffers_size",
                                                               "fastcgi_cache",
                                                               "fastcgi_cache_path",
                                                               "fastcgi_hide_header",
                                                               "fastcgi_max_temp_file_size",
                                                               "fastcgi_param",
                                                               "fastcgi_split_path_info",
                                                               "fastcgi_store",
                                                               "fastcgi_temp_file_write_size",
                                                               "fastcgi_temp_path",
                                                               "geo",
                                                               "grpc_hide_header",
                                                               "grpc_set_header",
                                                               "gzip_disable",
                                                               "gzip_types",
                                                               "http2_push",
                                                               "if",
                                                               "js_set",
                                                               "js_var",
                                                               "limit_conn",
                                                               "limit_conn_zone",
                                                               "limit_req",
                                                               "limit_req_zone",
                                                               "location",
                                                               "log_format",
                                                               "map",
                                                               "map_hash_bucket_size",
                                                               "map_hash_max_size",
                                                               "memcached_pass",
                                                               "perl_set",
                                                               "proxy_buffer_size",
                                                               "proxy_buffers",
                                                               "proxy_busy_buffers_size",
                                                               "proxy_cache",
                                                               "proxy_cache_key",
                                                               "proxy_cache_path",
                                                               "proxy_cookie_domain",
                                                               "proxy_cookie_flags",
                                                               "proxy_cookie_path",
                                                               "proxy_headers_hash_bucket_size",
                                                               "proxy_headers_hash_max_size",
                                                               "proxy_hide_header",
                                                               "proxy_max_temp_file_size",
                                                               "proxy_pass",
                                                               "proxy_redirect",
                                                               "proxy_set_header",
                                                               "proxy_store",
                                                               "proxy_temp_file_write_size",
                                                               "proxy_temp_path",
                                                               "return",
                                                               "rewrite",
                                                               "root",
                                                               "scgi_buffer_size",
                                                               "scgi_buffers",
                                                               "scgi_busy_buffers_size",
                                                               "scgi_cache",
                                                               "scgi_cache_path",
                                                               "scgi_hide_header",
                                                               "scgi_max_temp_file_size",
                                                               "scgi_param",
                                                               "scgi_store",
                                                               "scgi_temp_file_write_size",
                                                               "scgi_temp_path",
                                                               "secure_link",
                                                               "secure_link_md5",
                                                               "server_name",
                                                               "set",
                                                               "source_charset",
                                                               "split_clients",
                                                               "ssi_types",
                                                               "ssl_ocsp_cache",
                                                               "ssl_session_cache",
                                                               "sub_filter_types",
                                                               "try_files",
                                                               "types",
                                                               "types_hash_bucket_size",
                                                               "types_hash_max_size",
                                                               "uwsgi_buffer_size",
                                                               "uwsgi_buffers",
                                                               "uwsgi_busy_buffers_size",
                                                               "uwsgi_cache",
                                                               "uwsgi_cache_path",
                                                               "uwsgi_hide_header",
                                                               "uwsgi_max_temp_file_size",
                                                               "uwsgi_param",
                                                               "uwsgi_store",
                                                               "uwsgi_temp_file_write_size",
                                                               "uwsgi_temp_path",
                                                               "valid_referers",
                                                               "variables_hash_bucket_size",
                                                               "variables_hash_max_size"};

 private:
  std::array<std::vector<Directive>, kNames.size()> found_;
  std::vector<Directive> with_variables_;
};

struct MergedInput {
  const EffectiveConfig& config;
  const Statements& statements;
  /// False for a fragment, or with includes that could not be read: names may be defined elsewhere.
  bool is_whole = true;
  std::vector<Version>& asked;

  /// Checks ask this, and not the configuration for its version: what they asked tells for which
  /// other versions they need not be asked again.
  bool is_since(Version version) const {
    if (std::find(asked.begin(), asked.end(), version) == asked.end()) asked.push_back(version);
    return config.version() >= version;
  }
};

void check_locations(const MergedInput& input, std::vector<Diagnostic>& out);
void check_listens(const MergedInput& input, std::vector<Diagnostic>& out);
void check_upstreams(const MergedInput& input, std::vector<Diagnostic>& out);
void check_rewrites(const MergedInput& input, std::vector<Diagnostic>& out);
/// Entries of `map`, `geo`, `split_clients`, `types`.
void check_maps(const MergedInput& input, std::vector<Diagnostic>& out);
/// Settings of one block that contradict each other.
void check_scopes(const MergedInput& input, std::vector<Diagnostic>& out);
void check_tls(const MergedInput& input, std::vector<Diagnostic>& out);
/// Names of zones, folders and pools of threads.
void check_zones(const MergedInput& input, std::vector<Diagnostic>& out);
/// Keys that are too long for the buckets of their table.
void check_hashes(const MergedInput& input, std::vector<Diagnostic>& out);
void check_referers(const MergedInput& input, std::vector<Diagnostic>& out);
void check_charsets(const MergedInput& input, std::vector<Diagnostic>& out);
void check_regexes(const MergedInput& input, std::vector<Diagnostic>& out);
void check_variables(const MergedInput& input, std::vector<Diagnostic>& out);
/// Names of log formats and zones that nothing defines.
void check_references(const MergedInput& input, std::vector<Diagnostic>& out);

}  // namespace poolproof
