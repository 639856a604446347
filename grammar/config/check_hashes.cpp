// Hash tables whose buckets are too small for a key: "could not build map_hash, you should increase
// map_hash_bucket_size" (nginx 1.22.1, ngx_hash_init). An element takes two pointers and its key,
// and a bucket is as long as a cache line of the CPU unless it is configured: 64 bytes.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/host_keys.h"
#include "grammar/config/regex_match.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::int64_t kCacheLine = 64;

std::int64_t align(std::int64_t size, std::int64_t to) {
  return (size + to - 1) / to * to;
}

bool fits(std::size_t key, std::int64_t bucket) {
  constexpr std::int64_t kPointers = 16;
  return align(static_cast<std::int64_t>(key) + 2, 8) + kPointers <= bucket;
}

/// The longest label of a name: wildcards are looked up label by label, all others as they are.
std::size_t key_length(std::string_view name) {
  if (!name.starts_with("*.") && !name.starts_with('.') && !name.ends_with(".*")) {
    return name.size();
  }
  std::size_t longest = 0;
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    longest = std::max(longest, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return longest;
}

class HashCheck {
 public:
  HashCheck(const MergedInput& input, std::vector<Diagnostic>& out) : input_(input), out_(out) {}

  void run() {
    if (input_.config.http() == nullptr) return;
    check_sizes();
    check_maps();
    check_variables();
    check_server_names();
    for (const std::string_view name :
         {"gzip_types", "sub_filter_types", "ssi_types", "charset_types", "addition_types"}) {
      check_media_types(name);
    }
    check_extensions();
    for (const Named& each : kNamed) check_names(each);
    for (const Directive at : input_.statements.of("valid_referers")) check_referers(at);
  }

 private:
  static std::int64_t bucket(const Scope& scope, std::string_view hash) {
    const std::string_view size = scope.value_or(fmt::format("{}_bucket_size", hash), "64");
    return align(parse_number(size).value_or(kCacheLine), kCacheLine);
  }

  std::int64_t http_bucket(std::string_view hash) const {
    return bucket(*input_.config.http(), hash);
  }

  void tell(SourceSpan span, std::string_view key, std::string_view hash, std::int64_t bucket) {
    add_error(out_, "conflicting-settings", span,
              fmt::format("`{}` is too long for a bucket of {}, which has {} bytes: nginx does not "
                          "start; raise `{}_bucket_size`",
                          key, hash, bucket, hash));
  }

  void tell_fixed(SourceSpan span, std::string_view key) {
    add_error(out_, "invalid-value", span,
              fmt::format("`{}` is longer than the 46 bytes that nginx has room for here", key));
  }

  using Ids = std::unordered_set<DirectiveId>;

  /// What is in force in a server or location. What `http` says and every server replaces is never
  /// made a table of.
  Ids in_force(std::string_view name) const {
    Ids ids;
    for (const Location& location : input_.config.locations()) {
      for (const Directive at : location.scope->find(name).directives) ids.insert(at.id());
    }
    return ids;
  }

  /// The servers and locations of a block; all are gathered when the first is asked for.
  const std::vector<const Location*>& locations_of(Directive block) {
    if (by_block_.empty()) {
      for (const Location& location : input_.config.locations()) {
        by_block_[location.scope->block().id()].push_back(&location);
      }
    }
    static const std::vector<const Location*> kNone;
    const auto found = by_block_.find(block.id());
    return found == by_block_.end() ? kNone : found->second;
  }

  // --- sizes that hold nothing -----------------------------------------------------------------

  void check_sizes() {
    constexpr std::int64_t kLargest = 65536 - kCacheLine;
    for (const std::string_view hash : {"types_hash", "proxy_headers_hash", "variables_hash"}) {
      check_size(fmt::format("{}_max_size", hash), hash, "above 0",
                 [](std::int64_t size) { return size == 0; });
      check_size(fmt::format("{}_bucket_size", hash), hash, "from 1 to 65472",
                 [](std::int64_t size) { return size == 0 || size > kLargest; });
    }
  }

  /// Most sizes are good: where they are used is asked for the others only.
  template <class IsBad>
  void check_size(const std::string& name, std::string_view hash, std::string_view wanted,
                  const IsBad& is_bad) {
    std::optional<Ids> used;
    for (const Directive at : input_.statements.of(name)) {
      const auto size = parse_number(at.arg(0));
      if (!size || !is_bad(*size)) continue;
      if (hash == "variables_hash") {  // judged with the other numbers, where it is 0
        if (*size != 0) refuse_size(at, wanted);
        continue;
      }
      if (!used) used = used_sizes(name, hash);
      if (used->contains(at.id())) refuse_size(at, wanted);
    }
  }

  /// A location makes tables of its own only for what it says itself; a server always has them.
  static bool builds(const Location& location, std::string_view hash) {
    if (location.kind == LocationKind::kServerLevel) return true;
    const Scope& scope = *location.scope;
    if (hash == "types_hash") return !scope.own("types").empty();
    return !scope.own("proxy_set_header").empty() || !scope.own("proxy_hide_header").empty() ||
           !scope.own("proxy_pass_header").empty();
  }

  Ids used_sizes(std::string_view name, std::string_view hash) const {
    Ids ids;
    for (const Location& location : input_.config.locations()) {
      if (!builds(location, hash)) continue;
      if (const Directive at = location.scope->find(name).last()) ids.insert(at.id());
    }
    return ids;
  }

  void refuse_size(Directive at, std::string_view wanted) {
    add_error(out_, "invalid-value", at.arg_span(0),
              fmt::format("`{}` must be {}: nginx cannot build the table", at.name(), wanted));
  }

  // --- keys ------------------------------------------------------------------------------------

  void check_maps() {
    const std::int64_t size = http_bucket("map_hash");
    for (const MapVariable& map : input_.config.maps()) {
      if (map.kind != MapKind::kMap) continue;
      for (const MapEntry& entry : map.entries) {
        if (entry.regex) continue;
        const std::string_view key = entry.key;
        if (fits(entry.is_host ? key_length(key) : key.size(), size)) continue;
        tell(entry.at.name_span(), key, "map_hash", size);
      }
    }
  }

  void check_variables() {
    const std::int64_t size = http_bucket("variables_hash");
    const auto check = [&](Directive at, std::size_t index) {
      const std::string_view name = at.arg(index);
      if (!name.starts_with('$') || fits(name.size() - 1, size)) return;
      tell(at.arg_span(index), name, "variables_hash", size);
    };
    for (const Directive at : input_.statements.of("set")) check(at, 0);
    for (const std::string_view name : {"map", "geo", "split_clients"}) {
      for (const Directive at : input_.statements.of(name)) {
        if (at.arg_count() > 0) check(at, at.arg_count() - 1);
      }
    }
  }

  /// Only an address that several servers share, or whose names have captures, has a table.
  void check_server_names() {
    std::map<std::pair<std::string_view, std::uint16_t>, std::vector<const Server*>> addresses;
    for (const Server& server : input_.config.servers()) {
      for (const Listen& listen : server.listens) {
        auto& servers = addresses[{listen.address, listen.port}];
        if (servers.empty() || servers.back() != &server) servers.push_back(&server);
      }
    }
    std::vector<const Server*> named;
    for (const auto& [address, servers] : addresses) {
      if (servers.size() < 2 && !has_captures(*servers.front())) continue;
      named.insert(named.end(), servers.begin(), servers.end());
    }
    std::sort(named.begin(), named.end(),
              [](const Server* a, const Server* b) { return a->index < b->index; });
    named.erase(std::unique(named.begin(), named.end()), named.end());
    const std::int64_t size = http_bucket("server_names_hash");
    for (const Server* server : named) check_names_of(*server, size);
    if (std::any_of(named.begin(), named.end(), has_plain_name)) check_names_sizes();
  }

  static bool has_captures(const Server& server) {
    return std::any_of(server.names.begin(), server.names.end(), [](const ServerName& name) {
      return name.kind == ServerNameKind::kRegex && regex_captures(name.text.substr(1)) > 0;
    });
  }

  static bool has_plain_name(const Server* server) {
    return std::any_of(server->names.begin(), server->names.end(),
                       [](const ServerName& name) { return name.kind != ServerNameKind::kRegex; });
  }

  void check_names_of(const Server& server, std::int64_t size) {
    for (const ServerName& name : server.names) {
      if (name.kind == ServerNameKind::kRegex || !name.at) continue;
      if (HostKeys::is_bad(name.text)) {
        add_error(out_, "invalid-value", name.at.head_span(),
                  fmt::format("`{}` is no name of a server: a wildcard stands at the beginning or "
                              "at the end, and dots stand alone",
                              name.text));
      } else if (!fits(key_length(name.text), size)) {
        tell(name.at.head_span(), name.text, "server_names_hash", size);
      }
    }
  }

  void check_names_sizes() {
    const Directive size = input_.config.http()->find("server_names_hash_max_size").last();
    if (size && parse_number(size.arg(0)) == 0) refuse_size(size, "above 0");
    const Directive bucket = input_.config.http()->find("server_names_hash_bucket_size").last();
    const std::int64_t bytes = bucket ? parse_number(bucket.arg(0)).value_or(64) : 64;
    if (bytes == 0 || bytes > 65536 - kCacheLine) refuse_size(bucket, "from 1 to 65472");
  }

  void check_media_types(std::string_view directive) {
    std::optional<Ids> used;
    for (const Directive at : input_.statements.of(directive)) {
      for (std::size_t i = 0; i < at.arg_count(); ++i) {
        if (fits(at.arg(i).size(), kCacheLine)) continue;
        if (!used) used = in_force(directive);
        if (used->contains(at.id())) tell_fixed(at.arg_span(i), at.arg(i));
      }
    }
  }

  /// Of `types`: what files end with.
  void check_extensions() {
    if (input_.config.servers().empty()) return;
    for (const Directive types : input_.statements.of("types")) {
      for (const Directive entry : children(types)) {
        if (entry.name() == "include") continue;
        for (std::size_t i = 0; i < entry.arg_count(); ++i) check_extension(types, entry, i);
      }
    }
  }

  void check_extension(Directive types, Directive entry, std::size_t index) {
    const std::string_view key = entry.arg(index);
    if (fits(key.size(), kCacheLine)) return;
    std::int64_t size = http_bucket("types_hash");
    for (const Location* location : locations_of(types.parent())) {
      size = bucket(*location->scope, "types_hash");
    }
    if (!fits(key.size(), size)) tell(entry.arg_span(index), key, "types_hash", size);
  }

  // --- names of headers

  struct Named {
    std::string_view directive;
    std::string_view hash;    // empty: its bucket cannot be changed
    std::string_view prefix;  // only names with this are keys, and without it
  };
  static constexpr std::array kNamed = {
      Named{"proxy_set_header", "proxy_headers_hash", ""},
      Named{"proxy_hide_header", "proxy_headers_hash", ""},
      Named{"grpc_set_header", "", ""},
      Named{"grpc_hide_header", "", ""},
      Named{"fastcgi_hide_header", "", ""},
      Named{"scgi_hide_header", "", ""},
      Named{"uwsgi_hide_header", "", ""},
      Named{"fastcgi_param", "", "HTTP_"},
      Named{"scgi_param", "", "HTTP_"},
      Named{"uwsgi_param", "", "HTTP_"},
  };

  /// The part of the name that is a key; empty if it is none.
  static std::string_view key_of(const Named& named, Directive at) {
    const std::string_view name = at.arg(0);
    return name.starts_with(named.prefix) ? name.substr(named.prefix.size()) : std::string_view();
  }

  void check_names(const Named& named) {
    std::vector<Directive> all;
    for (const Directive at : input_.statements.of(named.directive)) {
      if (!fits(key_of(named, at).size(), kCacheLine)) all.push_back(at);
    }
    if (all.empty()) return;
    const auto too_small = small_buckets(named);
    for (const Directive at : all) {
      const auto found = too_small.find(at.id());
      if (found == too_small.end()) continue;
      if (named.hash.empty()) {
        tell_fixed(at.arg_span(0), at.arg(0));
      } else {
        tell(at.arg_span(0), at.arg(0), named.hash, found->second);
      }
    }
  }

  /// The names in force that do not fit, and the size of the first bucket that is too small.
  std::unordered_map<DirectiveId, std::int64_t> small_buckets(const Named& named) const {
    std::unordered_map<DirectiveId, std::int64_t> out;
    for (const Location& location : input_.config.locations()) {
      const std::int64_t size =
          named.hash.empty() ? kCacheLine : bucket(*location.scope, named.hash);
      for (const Directive at : location.scope->find(named.directive).directives) {
        if (!fits(key_of(named, at).size(), size)) out.emplace(at.id(), size);
      }
    }
    return out;
  }

  // --- referers

  void check_referers(Directive at) {
    std::int64_t size = kCacheLine;
    for (const Location* location : locations_of(at.parent())) {
      size = bucket(*location->scope, "referer_hash");
      const Directive most = location->scope->find("referer_hash_max_size").last();
      if (most && parse_number(most.arg(0)) == 0) refuse_size(most, "above 0");
    }
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      const std::string_view name = at.arg(i).substr(0, at.arg(i).find('/'));
      if (name.starts_with('~') || fits(key_length(name), size)) continue;
      tell(at.arg_span(i), name, "referer_hash", size);
    }
  }

  const MergedInput& input_;
  std::vector<Diagnostic>& out_;
  std::unordered_map<DirectiveId, std::vector<const Location*>> by_block_;
};

}  // namespace

void check_hashes(const MergedInput& input, std::vector<Diagnostic>& out) {
  if (input.is_whole) HashCheck(input, out).run();
}

}  // namespace poolproof
