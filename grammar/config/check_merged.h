// The parts of check_merged(). Private to grammar/config.
#pragma once

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

  static constexpr std::array<std::string_view, 46> kNames = {"access_log",
                                                              "add_header",
                                                              "alias",
                                                              "auth_request_set",
                                                              "expires",
                                                              "fastcgi_cache",
                                                              "fastcgi_cache_path",
                                                              "fastcgi_param",
                                                              "fastcgi_split_path_info",
                                                              "geo",
                                                              "gzip_disable",
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
                                                              "memcached_pass",
                                                              "perl_set",
                                                              "proxy_cache",
                                                              "proxy_cache_key",
                                                              "proxy_cache_path",
                                                              "proxy_cookie_domain",
                                                              "proxy_cookie_path",
                                                              "proxy_pass",
                                                              "proxy_redirect",
                                                              "proxy_set_header",
                                                              "return",
                                                              "rewrite",
                                                              "root",
                                                              "scgi_cache",
                                                              "scgi_cache_path",
                                                              "secure_link",
                                                              "secure_link_md5",
                                                              "server_name",
                                                              "set",
                                                              "split_clients",
                                                              "try_files",
                                                              "types",
                                                              "uwsgi_cache",
                                                              "uwsgi_cache_path",
                                                              "valid_referers"};

 private:
  std::array<std::vector<Directive>, kNames.size()> found_;
};

struct MergedInput {
  const EffectiveConfig& config;
  const Statements& statements;
  /// False for a fragment, or with includes that could not be read: names may be defined elsewhere.
  bool is_whole = true;
};

void check_locations(const MergedInput& input, std::vector<Diagnostic>& out);
void check_listens(const MergedInput& input, std::vector<Diagnostic>& out);
void check_upstreams(const MergedInput& input, std::vector<Diagnostic>& out);
void check_rewrites(const MergedInput& input, std::vector<Diagnostic>& out);
/// Entries of `map`, `geo`, `split_clients`, `types`.
void check_maps(const MergedInput& input, std::vector<Diagnostic>& out);
/// Settings of one block that contradict each other.
void check_scopes(const MergedInput& input, std::vector<Diagnostic>& out);
void check_regexes(const MergedInput& input, std::vector<Diagnostic>& out);
void check_variables(const MergedInput& input, std::vector<Diagnostic>& out);
/// Names of log formats and zones that nothing defines.
void check_references(const MergedInput& input, std::vector<Diagnostic>& out);

}  // namespace poolproof
