// Names that the whole process shares: zones of shared memory, folders of caches and temporary
// files, pools of threads (nginx 1.22.1: ngx_shared_memory_add, ngx_add_path, ngx_thread_pool_add).
#include <array>
#include <map>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/check_words.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::string_view kConflict = "conflicting-settings";

/// A zone as some statement declares it.
struct Zone {
  std::string_view name;
  std::optional<std::int64_t> size;
  std::string_view use;  // who may share it
  Directive at;
};

class ZoneCheck {
 public:
  explicit ZoneCheck(std::vector<Diagnostic>& out) : out_(out) {}

  /// `once`: the statement defines what others only name.
  enum class Sharing { kOnce, kShared };

  void declare(const Zone& zone, Sharing sharing) {
    if (zone.name.empty() || !zone.size) return;
    const auto [first, is_new] = zones_.emplace(zone.name, zone);
    if (is_new) return;
    const Zone& earlier = first->second;
    if (earlier.use != zone.use) {
      tell(zone, fmt::format("the zone `{}` is used by `{}` already: zones of all kinds have one "
                             "set of names",
                             zone.name, earlier.at.name()));
    } else if (sharing == Sharing::kOnce) {
      tell(zone, fmt::format("the zone `{}` is defined already", zone.name));
    } else if (earlier.size != zone.size) {
      tell(zone, fmt::format("the zone `{}` has another size elsewhere", zone.name));
    }
  }

 private:
  void tell(const Zone& zone, std::string message) {
    add_error(out_, kConflict, zone.at.head_span(), std::move(message));
    out_.back().notes.push_back({zones_.at(zone.name).at.head_span(), "first given here"});
  }

  std::vector<Diagnostic>& out_;
  std::unordered_map<std::string_view, Zone> zones_;
};

/// "name:10m".
Zone zone_of(std::string_view text, std::string_view use, Directive at) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view size = text.substr(std::min(colon + 1, text.size()));
  return {text.substr(0, colon), parse_size(size), use, at};
}

/// The argument that begins with `key`; the last one counts, as in nginx.
std::string_view value_of(Directive at, std::string_view key) {
  std::string_view value, found;
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    if (takes_key(at.arg(i), key, value)) found = value;
  }
  return found;
}

struct Definition {
  std::string_view directive;
  std::string_view key;
  ZoneCheck::Sharing sharing;
};
constexpr std::array kDefinitions = {
    Definition{"limit_req_zone", "zone=", ZoneCheck::Sharing::kOnce},
    Definition{"limit_conn_zone", "zone=", ZoneCheck::Sharing::kOnce},
    Definition{"proxy_cache_path", "keys_zone=", ZoneCheck::Sharing::kOnce},
    Definition{"fastcgi_cache_path", "keys_zone=", ZoneCheck::Sharing::kOnce},
    Definition{"scgi_cache_path", "keys_zone=", ZoneCheck::Sharing::kOnce},
    Definition{"uwsgi_cache_path", "keys_zone=", ZoneCheck::Sharing::kOnce},
    Definition{"ssl_session_cache", "shared:", ZoneCheck::Sharing::kShared},
    Definition{"ssl_ocsp_cache", "shared:", ZoneCheck::Sharing::kShared},
};

void check_zone_names(const MergedInput& input, std::vector<Diagnostic>& out) {
  ZoneCheck zones(out);
  for (const Definition& definition : kDefinitions) {
    for (const Directive at : input.statements.of(definition.directive)) {
      zones.declare(zone_of(value_of(at, definition.key), definition.directive, at),
                    definition.sharing);
    }
  }
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.scope == nullptr) continue;
    for (const Directive at : upstream.scope->own("zone")) {
      if (at.arg_count() < 2) continue;
      zones.declare({at.arg(0), parse_size(at.arg(1)), "zone", at}, ZoneCheck::Sharing::kShared);
    }
  }
}

/// A zone of upstreams has its size somewhere.
void check_unsized_zones(const MergedInput& input, std::vector<Diagnostic>& out) {
  std::unordered_map<std::string_view, Directive> sized;
  std::vector<Directive> unsized;
  for (const Upstream& upstream : input.config.upstreams()) {
    if (upstream.scope == nullptr) continue;
    for (const Directive at : upstream.scope->own("zone")) {
      if (at.arg_count() >= 2) sized.emplace(at.arg(0), at);
      if (at.arg_count() == 1) unsized.push_back(at);
    }
  }
  for (const Directive at : unsized) {
    if (sized.contains(at.arg(0))) continue;
    add_error(out, kConflict, at.head_span(),
              fmt::format("the zone `{}` needs a size: no `zone` gives it one", at.arg(0)));
  }
}

// --- folders ------------------------------------------------------------------------------------

std::string levels_of(Directive at) {
  std::string levels;
  for (std::size_t i = 1; i < at.arg_count(); ++i) levels += fmt::format(" {}", at.arg(i));
  return levels;
}

void check_folders(const MergedInput& input, std::vector<Diagnostic>& out) {
  struct Folder {
    Directive at;
    bool is_cache;
  };
  std::map<std::string, Folder> folders;
  const auto add = [&](Directive at, bool is_cache) {
    const std::string& prefix = input.config.bound().options().prefix;
    std::string path(at.arg(0));
    if (!path.starts_with('/') && !prefix.empty()) path = fmt::format("{}/{}", prefix, path);
    const auto [first, is_new] = folders.emplace(std::move(path), Folder{at, is_cache});
    if (is_new) return;
    const Folder& earlier = first->second;
    if (!is_cache && !earlier.is_cache && levels_of(at) == levels_of(earlier.at)) return;
    const std::string message =
        is_cache || earlier.is_cache
            ? fmt::format("the folder `{}` is in use by `{}` already: a cache needs its own",
                          at.arg(0), earlier.at.name())
            : fmt::format("the folder `{}` has other levels in `{}`", at.arg(0), earlier.at.name());
    add_error(out, kConflict, at.head_span(), message);
    out.back().notes.push_back({earlier.at.head_span(), "first given here"});
  };
  for (const std::string_view module : {"proxy", "fastcgi", "scgi", "uwsgi"}) {
    for (const Directive at : input.statements.of(fmt::format("{}_cache_path", module))) {
      add(at, true);
    }
  }
  for (const std::string_view module : {"client_body", "proxy", "fastcgi", "scgi", "uwsgi"}) {
    for (const Directive at : input.statements.of(fmt::format("{}_temp_path", module))) {
      add(at, false);
    }
  }
}

// --- threads ------------------------------------------------------------------------------------

void check_thread_pools(const MergedInput& input, std::vector<Diagnostic>& out) {
  std::unordered_map<std::string_view, Directive> pools;
  for (const Directive at : input.config.main().own("thread_pool")) {
    const auto [first, is_new] = pools.emplace(at.arg(0), at);
    if (is_new) continue;
    add_error(out, kConflict, at.head_span(),
              fmt::format("there is a pool of threads `{}` already", at.arg(0)));
    out.back().notes.push_back({first->second.head_span(), "first given here"});
  }
  for (const Directive at : input.statements.of("aio")) {
    std::string_view name;
    if (!takes_key(at.arg(0), "threads=", name) || has_variables(name)) continue;
    if (name == "default" || pools.contains(name)) continue;
    add_error(out, kConflict, at.arg_span(0),
              fmt::format("no `thread_pool` defines the pool `{}`", name));
  }
}

}  // namespace

void check_zones(const MergedInput& input, std::vector<Diagnostic>& out) {
  check_zone_names(input, out);
  check_folders(input, out);
  if (!input.is_whole) return;
  check_unsized_zones(input, out);
  check_thread_pools(input, out);
}

}  // namespace poolproof
