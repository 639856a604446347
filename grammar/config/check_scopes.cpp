// Settings of one block that contradict each other, alone or with what the block inherits: files,
// buffers, redirects, certificates (nginx 1.22.1: the merge functions of the modules).
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::string_view kConflict = "conflicting-settings";

class ScopeCheck {
 public:
  ScopeCheck(const MergedInput& input, std::vector<Diagnostic>& out) : input_(input), out_(out) {}

  /// Each level has settings of its own in nginx.
  void run() {
    const EffectiveConfig& config = input_.config;
    if (config.http() != nullptr) check(*config.http());
    for (const Location& location : config.locations()) {
      check(*location.scope);
      if (location.kind == LocationKind::kNamed) check_named(*location.scope);
    }
  }

 private:
  void check(const Scope& scope) {
    check_root_and_alias(scope);
    check_redirects(scope);
    for (const std::string_view name :
         {"proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags", "mirror"}) {
      check_off(scope, name);
    }
    for (const std::string_view module : {"proxy", "fastcgi", "scgi", "uwsgi"}) {
      check_buffers(scope, module);
    }
    check_repeated_zones(scope, "limit_req");
    check_repeated_zones(scope, "limit_conn");
  }

  /// One finding for a place, however many blocks inherit it.
  void refuse(Directive at, std::string message, Directive other = {}) {
    if (!at || !told_.insert(at.id()).second) return;
    add_error(out_, kConflict, at.head_span(), std::move(message));
    if (other) out_.back().notes.push_back({other.head_span(), "with this one"});
  }

  void check_root_and_alias(const Scope& scope) {
    const auto& roots = scope.own("root");
    const auto& aliases = scope.own("alias");
    if (roots.empty() || aliases.empty()) return;
    refuse(std::max(roots.front(), aliases.front(),
                    [](Directive a, Directive b) { return a.id() < b.id(); }),
           "`root` and `alias` cannot both stand in one block", roots.front());
  }

  void check_named(const Scope& scope) {
    if (scope.own("alias").empty()) return;
    refuse(scope.own("alias").front(), "`alias` cannot stand in a named location");
  }

  /// `default` needs to know the pass; `off` stands alone.
  void check_redirects(const Scope& scope) {
    const auto& all = scope.own("proxy_redirect");
    check_off(scope, "proxy_redirect");
    const auto& passes = scope.own("proxy_pass");
    for (const Directive at : all) {
      if (at.arg_count() != 1 || at.arg(0) != "default") continue;
      if (passes.empty() || passes.front().id() > at.id()) {
        refuse(at, "`proxy_redirect default` must stand behind the `proxy_pass` of its block");
      } else if (has_variables(passes.front().arg(0))) {
        refuse(at, "`proxy_redirect default` does not go with variables in `proxy_pass`",
               passes.front());
      }
    }
  }

  void check_off(const Scope& scope, std::string_view name) {
    const auto& all = scope.own(name);
    if (all.size() < 2) return;
    const auto off = std::find_if(all.begin(), all.end(), [](Directive at) {
      return at.arg_count() == 1 && at.arg(0) == "off";
    });
    if (off == all.end()) return;
    refuse(*off, fmt::format("`{} off` stands beside another one in this block", name),
           off == all.begin() ? all[1] : all.front());
  }

  // --- buffers

  struct Setting {
    std::int64_t value = 0;
    Directive at;  // empty: nginx's default
  };

  static Setting size_of(const Scope& scope, std::string_view module, std::string_view name,
                         std::int64_t fallback) {
    const Directive at = scope.find(fmt::format("{}_{}", module, name)).last();
    if (!at) return {fallback, at};
    return {parse_offset(at.arg(0)).value_or(fallback), at};
  }

  /// Which of them somebody wrote; the innermost that can be told.
  static Directive written(std::initializer_list<Directive> candidates) {
    Directive last;
    for (const Directive at : candidates) {
      if (at && (!last || at.id() > last.id())) last = at;
    }
    return last;
  }

  static constexpr std::int64_t kPage = 4096;

  void check_buffers(const Scope& scope, std::string_view module) {
    // What `http` says is judged where servers inherit it: alone it is read and never merged.
    if (scope.context() == Context::kHttp) return;
    const bool inherits = scope.context() == Context::kServer && scope.parent() != nullptr &&
                          has_own_buffers(*scope.parent(), module);
    if (!inherits && !has_own_buffers(scope, module)) return;
    const Setting head = size_of(scope, module, "buffer_size", kPage);
    const Directive buffers = scope.find(fmt::format("{}_buffers", module)).last();
    const std::int64_t count = buffers ? parse_number(buffers.arg(0)).value_or(8) : 8;
    const std::int64_t size = buffers ? parse_size(buffers.arg(1)).value_or(kPage) : kPage;
    if (count < 2) return refuse(buffers, fmt::format("`{}_buffers` needs at least 2", module));
    const std::int64_t largest = std::max(head.value, size);
    const Setting busy = size_of(scope, module, "busy_buffers_size", 2 * largest);
    const std::string larger =
        fmt::format("the larger of `{0}_buffer_size` and one of `{0}_buffers`", module);
    if (busy.value < largest) {
      return refuse(busy.at, fmt::format("`{}_busy_buffers_size` is less than {}", module, larger));
    }
    if (busy.value > (count - 1) * size) {
      return refuse(
          written({head.at, buffers, busy.at}),
          fmt::format("`{0}_busy_buffers_size` ({1} bytes{2}) must not be more than all "
                      "`{0}_buffers` but one ({3} bytes): nginx does not start",
                      module, busy.value, busy.at ? "" : ", by default twice the larger buffer",
                      (count - 1) * size));
    }
    const Setting write = size_of(scope, module, "temp_file_write_size", 2 * largest);
    if (write.value < largest) {
      refuse(write.at, fmt::format("`{}_temp_file_write_size` is less than {}", module, larger));
    }
    const Setting file = size_of(scope, module, "max_temp_file_size", 1 << 30);
    if (file.value != 0 && file.value < largest) {
      refuse(file.at,
             fmt::format("`{}_max_temp_file_size` is neither 0 nor as much as {}", module, larger));
    }
  }

  static bool has_own_buffers(const Scope& scope, std::string_view module) {
    for (const std::string_view name : {"buffer_size", "buffers", "busy_buffers_size",
                                        "temp_file_write_size", "max_temp_file_size"}) {
      if (!scope.own(fmt::format("{}_{}", module, name)).empty()) return true;
    }
    return false;
  }

  // --- zones

  static std::string_view zone_of(Directive at) {
    if (at.name() == "limit_conn") return at.arg(0);
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      if (at.arg(i).starts_with("zone=")) return at.arg(i).substr(5);
    }
    return {};
  }

  void check_repeated_zones(const Scope& scope, std::string_view name) {
    std::map<std::string_view, Directive> seen;
    for (const Directive at : scope.own(name)) {
      const auto [first, is_new] = seen.emplace(zone_of(at), at);
      if (!is_new) {
        refuse(at, fmt::format("`{}` is given twice for one zone", name), first->second);
      }
    }
  }

  const MergedInput& input_;
  std::vector<Diagnostic>& out_;
  std::unordered_set<DirectiveId> told_;
};

// --- TLS ----------------------------------------------------------------------------------------

bool rejects_handshakes(const Server& server) {
  return server.scope->flag_or("ssl_reject_handshake", false);
}

bool has_certificate(const Server& server) {
  return !server.scope->find("ssl_certificate").is_default();
}

/// nginx 1.22.1, ngx_http_ssl_init: the default server of the address decides.
void check_certificates(const MergedInput& input, std::vector<Diagnostic>& out) {
  struct Address {
    const Server* fallback = nullptr;
    bool is_named = false;
    Directive tls;
  };
  std::map<std::string, Address> addresses;
  for (const Server& server : input.config.servers()) {
    for (const Listen& listen : server.listens) {
      Address& address = addresses[fmt::format("{}:{}", listen.address, listen.port)];
      if (address.fallback == nullptr || (listen.default_server && !address.is_named)) {
        address.fallback = &server;
        address.is_named = listen.default_server;
      }
      if (listen.ssl && !address.tls) address.tls = listen.at;
    }
  }
  std::set<DirectiveId> told;
  for (const auto& [name, address] : addresses) {
    if (!address.tls || has_certificate(*address.fallback) ||
        rejects_handshakes(*address.fallback) || !told.insert(address.tls.id()).second) {
      continue;
    }
    add_error(out, kConflict, address.tls.head_span(),
              fmt::format("{} speaks TLS, but its default server has no `ssl_certificate`", name));
    out.back().notes.push_back({address.fallback->at.head_span(), "the default server"});
  }
}

/// A certificate needs its key. `prefix` is "" or the module's.
void check_key(const Scope& scope, std::string_view prefix, std::set<DirectiveId>& told,
               std::vector<Diagnostic>& out) {
  const auto& own = scope.own(fmt::format("{}ssl_certificate", prefix));
  if (own.empty() || own.front().arg(0).empty()) return;
  if (!scope.find(fmt::format("{}ssl_certificate_key", prefix)).is_default()) return;
  if (!told.insert(own.front().id()).second) return;
  add_error(
      out, kConflict, own.front().head_span(),
      fmt::format("there is no `{0}ssl_certificate_key` for this `{0}ssl_certificate`", prefix));
}

/// Only where the certificate is used does nginx miss the key.
void check_keys(const MergedInput& input, std::vector<Diagnostic>& out) {
  std::set<DirectiveId> told;
  for (const Server& server : input.config.servers()) {
    const Directive at = server.scope->find("ssl").last();
    if (!at || at.arg(0) != "on" || has_certificate(server)) continue;
    if (!told.insert(at.id()).second) continue;
    add_error(out, kConflict, at.head_span(), "`ssl on` needs `ssl_certificate`");
  }
  for (const Server& server : input.config.servers()) check_key(*server.scope, "", told, out);
  for (const Location& location : input.config.locations()) {
    if (!location.pass || !location.pass->tls) continue;
    if (location.pass->protocol == Protocol::kHttp) check_key(*location.scope, "proxy_", told, out);
    const Scope& scope = *location.scope;
    const Directive verify = scope.find("proxy_ssl_verify").last();
    const bool is_http = location.pass->protocol == Protocol::kHttp;
    if (!is_http || !verify || verify.arg(0) != "on") continue;
    if (!scope.find("proxy_ssl_trusted_certificate").is_default()) continue;
    if (!told.insert(verify.id()).second) continue;
    add_error(out, kConflict, verify.head_span(),
              "`proxy_ssl_verify on` needs `proxy_ssl_trusted_certificate`");
  }
}

// --- zones --------------------------------------------------------------------------------------

/// A zone of upstreams has one size.
void check_upstream_zones(const MergedInput& input, std::vector<Diagnostic>& out) {
  struct Zone {
    std::int64_t size = 0;
    Directive at;
  };
  std::map<std::string_view, Zone> zones;
  std::vector<Directive> unsized;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.scope == nullptr) continue;
    for (const Directive at : upstream.scope->own("zone")) {
      if (at.arg_count() < 2) {
        unsized.push_back(at);
        continue;
      }
      const std::int64_t size = parse_size(at.arg(1)).value_or(0);
      const auto [zone, is_new] = zones.emplace(at.arg(0), Zone{size, at});
      if (is_new || zone->second.size == size) continue;
      add_error(out, kConflict, at.head_span(),
                fmt::format("the zone `{}` has another size elsewhere", at.arg(0)));
      out.back().notes.push_back({zone->second.at.head_span(), "first given here"});
    }
  }
  if (!input.is_whole) return;
  for (const Directive at : unsized) {
    if (zones.contains(at.arg(0))) continue;
    add_error(out, kConflict, at.head_span(),
              fmt::format("the zone `{}` needs a size: no `zone` gives it one", at.arg(0)));
  }
}

}  // namespace

void check_scopes(const MergedInput& input, std::vector<Diagnostic>& out) {
  ScopeCheck(input, out).run();
  check_upstream_zones(input, out);
  if (!input.is_whole) return;
  check_certificates(input, out);
  check_keys(input, out);
}

}  // namespace poolproof
