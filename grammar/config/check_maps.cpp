// Blocks whose entries are data: map, geo, split_clients, types (nginx 1.22.1: ngx_http_map,
// ngx_http_geo, ngx_conf_split_clients, ngx_http_core_type).
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "grammar/config/check_merged.h"
#include "grammar/config/check_words.h"
#include "grammar/config/lower_case.h"
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

using Seen = std::unordered_map<std::string, Directive>;

void tell_repeat(Directive entry, Directive first, std::vector<Diagnostic>& out) {
  add_error(out, "duplicate-map-entry", entry.head_span(),
            fmt::format("this map has an entry for `{}` already (keys compare without case)",
                        entry.name()));
  out.back().notes.push_back({first.head_span(), "first given here"});
}

void check_map_entry(Directive entry, Seen& seen, std::vector<Diagnostic>& out) {
  const std::string_view key = entry.name();
  if (!is_plain(entry, "map", out)) return;
  if (entry.arg_count() == 0 && (key == "hostnames" || key == "volatile")) return;
  if (entry.arg_count() != 1) {
    return refuse(entry, "an entry of a map is one text and its value", out);
  }
  if (key == "default" || key.starts_with('~')) return;
  const auto [first, is_new] =
      seen.emplace(lower_case(key.starts_with('\\') ? key.substr(1) : key), entry);
  if (!is_new) tell_repeat(entry, first->second, out);
}

void check_map(Directive at, std::vector<Diagnostic>& out) {
  Seen seen;
  Directive first_default;
  for (const Directive entry : children(at)) {
    if (!is_entry(entry)) continue;
    check_map_entry(entry, seen, out);
    if (entry.name() != "default" || entry.arg_count() != 1) continue;
    if (first_default) tell_repeat(entry, first_default, out);
    first_default = entry;
  }
}

// --- geo ----------------------------------------------------------------------------------------

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  for (int left = 4; left > 0; --left) {
    const std::size_t dot = left > 1 ? text.find('.') : text.size();
    const auto part = parse_number(text.substr(0, dot));
    if (dot == std::string_view::npos || !part || *part > 255) return std::nullopt;
    number = number << 8 | static_cast<std::uint32_t>(*part);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return number;
}

bool is_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const auto from = number_of(text.substr(0, dash));
  const auto to = number_of(text.substr(dash + 1));
  return from && to && *from <= *to;
}

void check_geo_entry(Directive entry, bool by_ranges, std::vector<Diagnostic>& out) {
  const std::string_view key = entry.name();
  if (!is_plain(entry, "geo", out)) return;
  if (entry.arg_count() == 0 && (key == "ranges" || key == "proxy_recursive" || key == "volatile"))
    return;
  if (entry.arg_count() != 1) {
    return refuse(entry, "an entry of `geo` is a network and its value", out);
  }
  if (key == "default" || key == "delete" || key == "proxy") {
    const bool names_network = key != "default";
    const std::string_view network = names_network ? entry.arg(0) : std::string_view();
    if (names_network && !is_network(network) && !(by_ranges && is_range(network))) {
      refuse(entry, fmt::format("`{}` is no network", network), out);
    }
    return;
  }
  if (by_ranges ? is_range(key) : is_network(key)) return;
  refuse(entry,
         by_ranges
             ? fmt::format("`{}` is no range: write `10.0.0.1-10.0.0.9`, the lower one first", key)
             : fmt::format("`{}` is no network: write `10.0.0.0/8` or one address", key),
         out);
}

void check_geo(Directive at, std::vector<Diagnostic>& out) {
  bool by_ranges = false;
  bool any_before = false;
  for (const Directive entry : children(at)) {
    if (!is_entry(entry)) continue;
    if (entry.name() == "ranges" && entry.arg_count() == 0) {
      if (any_before) refuse(entry, "`ranges` must be the first in `geo`", out);
      by_ranges = true;
      continue;
    }
    const std::string_view name = entry.name();
    const bool is_setting = name == "proxy" || name == "proxy_recursive" || name == "volatile";
    any_before = any_before || !is_setting;
    check_geo_entry(entry, by_ranges, out);
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
    if (!is_entry(entry) || !is_plain(entry, "split_clients", out)) continue;
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

void check_types(Directive at, std::vector<Diagnostic>& out) {
  for (const Directive entry : children(at)) {
    if (is_entry(entry)) is_plain(entry, "types", out);
  }
}

}  // namespace

void check_maps(const MergedInput& input, std::vector<Diagnostic>& out) {
  for (const Directive at : input.statements.of("map")) check_map(at, out);
  for (const Directive at : input.statements.of("geo")) check_geo(at, out);
  for (const Directive at : input.statements.of("split_clients")) check_split(at, out);
  for (const Directive at : input.statements.of("types")) check_types(at, out);
}

}  // namespace poolproof
