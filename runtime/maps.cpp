// Evaluating map, geo and split_clients (nginx 1.22.1, ngx_http_{map,geo,split_clients}_module.c).
#include "runtime/maps.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace poolproof::runtime {
namespace {

std::string_view lower_copy(std::string_view text, Arena& arena) {
  char* const to = arena.allocate(text.size());
  std::transform(text.begin(), text.end(), to,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return {to, text.size()};
}

std::optional<GeoRange> parse_range(std::string_view first, std::string_view last) {
  const auto from = parse_ip(first);
  const auto to = parse_ip(last);
  if (!from || !to || from->family != to->family || to->ip < from->ip) return std::nullopt;
  return GeoRange{from->family, from->ip, to->ip, 0};
}

/// So many variables nginx evaluates inside each other (1.22.1, ngx_http_variable_depth).
constexpr std::uint8_t kMaxDepth = 100;

/// The value that the request has for the variable already, or that `look_up` finds. One that needs
/// itself is empty where nginx gives up; a volatile one at once, as each turn may look twice.
template <class LookUp>
std::string_view value_of(const DerivedVariable& variable, Request& request, LookUp look_up) {
  if (!variable.is_volatile && request.slots[variable.slot].known)
    return request.slots[variable.slot].value;
  if (request.variable_depth == kMaxDepth ||
      (variable.is_volatile && request.slots[variable.slot].in_evaluation)) {
    request.cyclic_variable = variable.name;
    return "";
  }
  ++request.variable_depth;
  request.slots[variable.slot].in_evaluation = true;
  const std::string_view value = look_up();
  request.slots[variable.slot] = {value, !variable.is_volatile, false};
  --request.variable_depth;
  return value;
}

}  // namespace

std::string_view MapPlan::evaluate(Request& request) const {
  return value_of(variable, request, [&] { return look_up(request); });
}

std::string_view MapPlan::look_up(Request& request) const {
  std::string_view key = source.evaluate(request);
  if (hostnames && !key.empty() && key.back() == '.') key.remove_suffix(1);
  std::optional<std::size_t> found = names.find(lower_copy(key, request.arena));
  for (std::size_t i = 0; !found && i < patterns.size(); ++i) {
    const Pattern& pattern = patterns[i];
    if (!pattern.regex.match(key, request.captures)) continue;
    store_named_groups(pattern.named, request);
    found = pattern.value;
  }
  if (!found) found = fallback;
  return found ? values[*found].evaluate(request) : std::string_view("");
}

std::optional<GeoRange> parse_network(std::string_view text) {
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    return parse_range(text.substr(0, dash), text.substr(dash + 1));
  }
  const std::size_t slash = text.find('/');
  const auto base = parse_ip(text.substr(0, slash));
  if (!base) return std::nullopt;
  const int width = base->family == AddressFamily::kIpv4 ? 32 : 128;
  int bits = width;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (end.ec != std::errc{} || end.ptr != digits.data() + digits.size() || bits < 0 ||
        bits > width) {
      return std::nullopt;
    }
  }
  GeoRange range{base->family, base->ip, base->ip, 0};
  for (int bit = bits; bit < width; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    range.first[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~mask);
    range.last[static_cast<std::size_t>(bit / 8)] |= mask;
  }
  return range;
}

bool GeoRange::contains(const Address& address) const {
  return address.family == family && first <= address.ip && address.ip <= last;
}

bool GeoRange::is_smaller_than(const GeoRange& other) const {
  if (family != other.family) return family < other.family;
  // Big-endian subtraction, compared from the most significant byte on.
  const auto extent = [](const GeoRange& range) {
    std::array<std::uint8_t, 16> result{};
    int borrow = 0;
    for (std::size_t i = result.size(); i-- > 0;) {
      const int difference = range.last[i] - range.first[i] - borrow;
      borrow = difference < 0 ? 1 : 0;
      result[i] = static_cast<std::uint8_t>(difference & 0xff);
    }
    return result;
  };
  return extent(*this) < extent(other);
}

std::string_view GeoPlan::evaluate(Request& request) const {
  return value_of(variable, request, [&] { return look_up(request); });
}

std::string_view GeoPlan::look_up(Request& request) const {
  const std::optional<Address> parsed =
      source_is_client ? std::nullopt : parse_ip(source.evaluate(request));
  const Address* address = source_is_client ? &request.client->remote : parsed ? &*parsed : nullptr;
  if (address != nullptr) {
    for (const GeoRange& range : ranges) {
      if (range.contains(*address)) return values[range.value];
    }
  }
  return fallback ? std::string_view(values[*fallback]) : std::string_view("");
}

std::string_view SplitClientsPlan::evaluate(Request& request) const {
  return value_of(variable, request, [&] { return look_up(request); });
}

std::string_view SplitClientsPlan::look_up(Request& request) const {
  const std::uint32_t hash = murmur_hash2(source.evaluate(request));
  for (const Part& part : parts) {
    if (hash < part.below || part.below == 0) return part.value;
  }
  return "";
}

std::uint32_t murmur_hash2(std::string_view bytes) {
  constexpr std::uint32_t kFactor = 0x5bd1e995;
  auto hash = static_cast<std::uint32_t>(bytes.size());
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at]));
  };
  std::size_t at = 0;
  for (; bytes.size() - at >= 4; at += 4) {
    std::uint32_t k = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    k *= kFactor;
    k ^= k >> 24;
    hash = hash * kFactor ^ k * kFactor;
  }
  const std::size_t left = bytes.size() - at;
  if (left >= 3) hash ^= byte(at + 2) << 16;
  if (left >= 2) hash ^= byte(at + 1) << 8;
  if (left >= 1) hash = (hash ^ byte(at)) * kFactor;
  hash ^= hash >> 13;
  hash *= kFactor;
  return hash ^ hash >> 15;
}

std::string_view map_getter(Request& request, std::uintptr_t data) {
  return reinterpret_cast<const MapPlan*>(data)->evaluate(request);
}
std::string_view geo_getter(Request& request, std::uintptr_t data) {
  return reinterpret_cast<const GeoPlan*>(data)->evaluate(request);
}
std::string_view split_clients_getter(Request& request, std::uintptr_t data) {
  return reinterpret_cast<const SplitClientsPlan*>(data)->evaluate(request);
}

}  // namespace poolproof::runtime
