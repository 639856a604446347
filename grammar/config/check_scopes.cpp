// Settings of one block that contradict each other, alone or with what the block inherits: files,
// buffers, redirects (nginx 1.22.1: the merge functions of the modules).
#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::string_view kConflict = "conflicting-settings";

class ScopeCheck {
 public:
  ScopeCheck(const MergedInput& input, std::vector<Diagnostic>& out) : input_(input), out_(out) {
    const Statements& statements = input.statements;
    for (const std::string_view module : {"proxy", "fastcgi", "scgi", "uwsgi"}) {
      const auto is_used = [&](std::string_view name) {
        return !statements.of(fmt::format("{}_{}", module, name)).empty();
      };
      if (std::any_of(kBuffers.begin(), kBuffers.end(), is_used)) with_buffers_.push_back(module);
      if (is_used("store")) with_stores_.push_back(module);
    }
    // Pushes went with 1.25.1.
    has_pushes_ = !statements.of("http2_push").empty() && !input.is_since({1, 25, 1});
  }

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
    for (const std::string_view module : with_buffers_) check_buffers(scope, module);
    for (const std::string_view module : with_stores_) check_cache_and_store(scope, module);
    if (has_pushes_) check_off(scope, "http2_push");
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

  static bool is_on(Directive at) { return at && at.arg(0) != "off"; }

  void check_cache_and_store(const Scope& scope, std::string_view module) {
    const auto& caches = scope.own(fmt::format("{}_cache", module));
    const auto& stores = scope.own(fmt::format("{}_store", module));
    if (caches.empty() || stores.empty() || !is_on(caches.front()) || !is_on(stores.front())) {
      return;
    }
    refuse(std::max(caches.front(), stores.front(),
                    [](Directive a, Directive b) { return a.id() < b.id(); }),
           fmt::format("`{0}_cache` and `{0}_store` cannot both stand in one block", module),
           caches.front());
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
    for (const std::string_view name : kBuffers) {
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

  static constexpr std::array<std::string_view, 5> kBuffers = {
      "buffer_size", "buffers", "busy_buffers_size", "temp_file_write_size", "max_temp_file_size"};

  const MergedInput& input_;
  std::vector<Diagnostic>& out_;
  std::unordered_set<DirectiveId> told_;
  /// Modules that have such statements at all: most have none, and there are many scopes.
  std::vector<std::string_view> with_buffers_, with_stores_;
  bool has_pushes_ = false;
};

}  // namespace

void check_scopes(const MergedInput& input, std::vector<Diagnostic>& out) {
  ScopeCheck(input, out).run();
}

}  // namespace poolproof
