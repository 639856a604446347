// See coverage_table.h.
#include "translate/gateway/coverage_table.h"

#include <array>

namespace poolproof::translate::gateway {
namespace {

using enum Carried;

constexpr std::string_view kImplementation = "the implementation of the gateway decides";
constexpr std::string_view kLimit = "requests are not limited";
constexpr std::string_view kPool = "the pool of connections is the implementation's";
constexpr std::string_view kFiles = "a gateway serves no files";

constexpr std::array kTable = {
    // said, or told where they cannot be
    CoverageEntry{"server", kSaid},
    CoverageEntry{"location", kSaid},
    CoverageEntry{"listen", kSaid},
    CoverageEntry{"server_name", kSaid},
    CoverageEntry{"upstream", kSaid},
    CoverageEntry{"proxy_pass", kSaid},
    CoverageEntry{"proxy_set_header", kSaid},
    CoverageEntry{"return", kSaid},
    CoverageEntry{"ssl_certificate", kSaid},
    CoverageEntry{"ssl_certificate_key", kSaid},
    CoverageEntry{"add_header", kSaid},

    // means nothing there
    CoverageEntry{"worker_*", kNothing},
    CoverageEntry{"sendfile", kNothing},
    CoverageEntry{"include", kNothing},
    CoverageEntry{"types", kNothing},
    CoverageEntry{"default_type", kNothing},
    CoverageEntry{"log_format", kNothing},
    CoverageEntry{"map", kNothing},

    // the answers are the same
    CoverageEntry{"error_log", kCost, kImplementation},
    CoverageEntry{"access_log", kCost, kImplementation},
    CoverageEntry{"keepalive", kCost, kPool},
    CoverageEntry{"keepalive_*", kCost, kPool},
    CoverageEntry{"proxy_http_version", kCost, kPool},
    CoverageEntry{"least_conn", kCost, kImplementation},
    CoverageEntry{"random", kCost, kImplementation},
    CoverageEntry{"proxy_connect_timeout", kCost, kImplementation},
    CoverageEntry{"proxy_read_timeout", kCost, kImplementation},
    CoverageEntry{"proxy_send_timeout", kCost, kImplementation},
    CoverageEntry{"client_*_timeout", kCost, kImplementation},
    CoverageEntry{"client_header_timeout", kCost, kImplementation},
    CoverageEntry{"client_body_timeout", kCost, kImplementation},
    CoverageEntry{"send_timeout", kCost, kImplementation},
    CoverageEntry{"gzip*", kCost, "answers are compressed as the implementation does it"},
    CoverageEntry{"ssl_*", kCost, "the implementation chooses protocols and ciphers"},
    CoverageEntry{"http2", kCost, kImplementation},

    // lost
    CoverageEntry{"ip_hash", kLost, "a client may meet another server each time"},
    CoverageEntry{"hash", kLost, "a client may meet another server each time"},
    CoverageEntry{"sticky", kLost, "a client may meet another server each time"},
    CoverageEntry{"client_max_body_size", kLost, "bodies of any size are taken"},
    CoverageEntry{"limit_*", kLost, kLimit},
    CoverageEntry{"root", kLost, kFiles},
    CoverageEntry{"alias", kLost, kFiles},
    CoverageEntry{"index", kLost, kFiles},
    CoverageEntry{"try_files", kLost, kFiles},
    CoverageEntry{"proxy_next_upstream*", kLost, "a failed request is not tried elsewhere"},
    CoverageEntry{"auth_basic"},
    CoverageEntry{"auth_basic_user_file", kNothing},
    CoverageEntry{"auth_jwt"},
    CoverageEntry{"auth_request"},
    CoverageEntry{"auth_request_set", kLost, "the variable is not there"},
    CoverageEntry{"allow"},
    CoverageEntry{"deny"},
    CoverageEntry{"internal", kLost, "the location is open to everybody"},
    CoverageEntry{"rewrite", kLost, "the path stays as it is"},
    CoverageEntry{"if", kLost, "the condition is not asked"},
    CoverageEntry{"set", kLost, "the variable is not there"},
    CoverageEntry{"proxy_cache*", kLost, "nothing is cached"},
};

}  // namespace

std::span<const CoverageEntry> coverage_table() {
  return kTable;
}

}  // namespace poolproof::translate::gateway
