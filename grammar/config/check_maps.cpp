// Blocks whose entries are data: map, geo, split_clients, types (nginx 1.22.1: ngx_http_map,
// ngx_http_geo, ngx_conf_split_clients, ngx_http_core_type).
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "grammar/config/address.h"
#include "grammar/config/check_merged.h"
#include "grammar/config/host_keys.h"
#include "grammar/config/lower_case.h"
#include "grammar/config/range_table.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::string_view kInvalid = "invalid-value";

void refuse(Directive at, std::string message, std::vector<Diagnostic>& out) {
  add_error(out, kInvalid, at.head_span(), std::move(message));
}

bool is_entry(Directive at) {
  return at.name() != "include";
}

/// False, and told, if it opens a block: nothing in these blocks does.
bool is_plain(Directive entry, std::string_view block, std::vector<Diagnostic>& out) {
  if (!entry.is_block()) return true;
  refuse(entry, fmt::format("an entry of `{}` ends with `;` and opens no block", block), out);
  return false;
}

// --- map ----------------------------------------------------------------------------------------

struct MapKeys {
  std::unordered_map<std::string, Directive> seen;
  HostKeys hosts;
  bool has_hosts = false;  // `hostnames` stands above
};

void tell_repeat(Directive entry, Directive first, std::vector<Diagnostic>& out) {
  add_error(out, "duplicate-map-entry", entry.head_span(),
            fmt::format("this map has an entry for `{}` already (keys compare without case)",
                        entry.name()));
  out.back().notes.push_back({first.head_span(), "first given here"});
}

void check_key(Directive entry, std::string_view key, MapKeys& keys, std::vector<Diagnostic>& out) {
  const auto [first, is_new] = keys.seen.emplace(lower_case(key), entry);
  const HostKeys::Verdict verdict = keys.has_hosts ? keys.hosts.add(key)
                                    : is_new       ? HostKeys::Verdict::kTaken
                                                   : HostKeys::Verdict::kRepeated;
  if (!is_new && verdict == HostKeys::Verdict::kRepeated) {
    return tell_repeat(entry, first->second, out);
  }
  if (verdict == HostKeys::Verdict::kBad) {
    refuse(entry,
           fmt::format("`{}` is no name of a host: a wildcard stands at the beginning or at the "
                       "end, and dots stand alone",
                       key),
           out);
  } else if (verdict == HostKeys::Verdict::kRepeated) {
    add_error(out, "duplicate-map-entry", entry.head_span(),
              fmt::format("another entry of this map covers `{}` already: `.example.com` is "
                          "`example.com` and `*.example.com`",
                          key));
  }
}

void check_map_entry(Directive entry, MapKeys& keys, std::vector<Diagnostic>& out) {
  const std::string_view key = entry.name();
  if (!is_plain(entry, "map", out)) return;
  if (entry.arg_count() == 0 && (key == "hostnames" || key == "volatile")) {
    if (key == "hostnames" && !keys.has_hosts) {
      keys.has_hosts = true;
      for (const auto& [text, earlier] : keys.seen) keys.hosts.add_plain(text);
    }
    return;
  }
  if (entry.arg_count() != 1) {
    return refuse(entry, "an entry of a map is one text and its value", out);
  }
  if (key == "include" || key == "default" || key.starts_with('~')) return;
  check_key(entry, key.starts_with('\\') ? key.substr(1) : key, keys, out);
}

void check_map(Directive at, std::vector<Diagnostic>& out) {
  MapKeys keys;
  Directive first_default;
  for (const Directive entry : children(at)) {
    check_map_entry(entry, keys, out);
    if (entry.name() != "default" || entry.arg_count() != 1) continue;
    if (first_default) tell_repeat(entry, first_default, out);
    first_default = entry;
  }
}

// --- geo ----------------------------------------------------------------------------------------

struct Range {
  std::uint32_t from = 0, to = 0;
};

std::optional<Range> parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = parse_ipv4(text.substr(0, dash));
  const auto to = parse_ipv4(text.substr(dash + 1));
  if (!from || !to || *from > *to) return std::nullopt;
  return Range{*from, *to};
}

bool is_range(std::string_view text) {
  return parse_range(text).has_value();
}

/// `geo` knows the one address that nginx elsewhere takes for none.
bool is_geo_network(std::string_view text) {
  return text == "255.255.255.255" || is_network(text);
}

bool takes_volatile(const LoadOptions& options) {
  return !options.versions_named || options.versions.first >= Version{1, 29, 3};
}

void check_geo_entry(Directive entry, bool by_ranges, std::vector<Diagnostic>& out) {
  const std::string_view key = entry.name();
  if (!is_plain(entry, "geo", out)) return;
  if (entry.arg_count() == 0 && (key == "ranges" || key == "proxy_recursive" ||
                                 (key == "volatile" && takes_volatile(entry.config().options())))) {
    return;
  }
  if (entry.arg_count() != 1) {
    return refuse(entry, "an entry of `geo` is a network and its value", out);
  }
  if (key == "default" || key == "delete" || key == "proxy") {
    const bool names_network = key != "default";
    const std::string_view network = names_network ? entry.arg(0) : std::string_view();
    if (names_network && !is_geo_network(network) && !(by_ranges && is_range(network))) {
      refuse(entry, fmt::format("`{}` is no network", network), out);
    }
    return;
  }
  if (key == "include" || (by_ranges ? is_range(key) : is_geo_network(key))) return;
  refuse(entry,
         by_ranges
             ? fmt::format("`{}` is no range: write `10.0.0.1-10.0.0.9`, the lower one first", key)
             : fmt::format("`{}` is no network: write `10.0.0.0/8` or one address", key),
         out);
}

void check_geo(Directive at, std::vector<Diagnostic>& out) {
  bool by_ranges = false;
  bool any_before = false;
  RangeTable ranges;
  for (const Directive entry : children(at)) {
    if (entry.name() == "ranges" && entry.arg_count() == 0) {
      if (any_before) refuse(entry, "`ranges` must be the first in `geo`", out);
      by_ranges = true;
      continue;
    }
    const std::string_view name = entry.name();
    const bool is_setting = name == "proxy" || name == "proxy_recursive" || name == "volatile";
    any_before = any_before || !is_setting;
    check_geo_entry(entry, by_ranges, out);
    const auto range = by_ranges && entry.arg_count() == 1 ? parse_range(name) : std::nullopt;
    if (!range || ranges.add(range->from, range->to)) continue;
    refuse(entry, fmt::format("the range `{}` overlaps one above", name), out);
  }
}

// --- split_clients ------------------------------------------------------------------------------

/// Hundredths of a percent: "0.5%" is 50. At most two digits behind the point.
std::optional<std::int64_t> hundredths(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const std::size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  const std::string_view behind =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (behind.size() > 2) return std::nullopt;
  digits += behind;
  digits.append(2 - behind.size(), '0');
  const auto number = parse_number(digits);
  if (!number || *number == 0) return std::nullopt;
  return number;
}

void check_split(Directive at, std::vector<Diagnostic>& out) {
  constexpr std::int64_t kAll = 10'000;
  std::int64_t sum = 0;
  for (const Directive entry : children(at)) {
    if (!is_plain(entry, "split_clients", out)) continue;
    const auto share = hundredths(entry.name());
    if (entry.name() != "*" && !share) {
      refuse(entry, fmt::format("`{}` is no share: write `12.5%`, above 0, or `*`", entry.name()),
             out);
      continue;
    }
    sum = share ? sum + *share : kAll;
    if (sum <= kAll) continue;
    refuse(entry, "the shares come to more than 100 %", out);
    return;
  }
}

/// Sizes of the table are set when the first map is read (1.22.1, ngx_http_map_block).
void check_late_sizes(const Statements& statements, std::vector<Diagnostic>& out) {
  if (statements.of("map").empty()) return;
  const Directive first = statements.of("map").front();
  for (const std::string_view name : {"map_hash_max_size", "map_hash_bucket_size"}) {
    for (const Directive at : statements.of(name)) {
      if (at.id() < first.id()) continue;
      add_error(
          out, "duplicate-directive", at.head_span(),
          fmt::format("`{}` stands behind a `map`, which has set it already: move it up", name));
      out.back().notes.push_back({first.head_span(), "the first map"});
    }
  }
}

void check_types(Directive at, std::vector<Diagnostic>& out) {
  for (const Directive entry : children(at)) {
    if (is_entry(entry)) is_plain(entry, "types", out);
  }
}

}  // namespace

void check_maps(const MergedInput& input, std::vector<Diagnostic>& out) {
  check_late_sizes(input.statements, out);
  for (const Directive at : input.statements.of("map")) check_map(at, out);
  for (const Directive at : input.statements.of("geo")) check_geo(at, out);
  for (const Directive at : input.statements.of("split_clients")) check_split(at, out);
  for (const Directive at : input.statements.of("types")) check_types(at, out);
}

}  // namespace poolproof
