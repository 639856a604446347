// std::from_chars reads the number; what is left is the unit.
#include "cli/commands/size_units.h"

#include <charconv>
#include <cmath>

namespace poolproof::cli {
namespace {

constexpr double kMostLatency = 86'400;
constexpr double kMostRate = 1e9;

struct Unit {
  std::string_view name;
  double factor;
};

template <std::size_t N>
std::optional<double> parse(std::string_view text, const Unit (&units)[N], double most) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || !std::isfinite(number) || number <= 0) return std::nullopt;
  const std::string_view rest(after, static_cast<std::size_t>(end - after));
  for (const Unit& unit : units) {
    if (unit.name != rest) continue;
    const double value = number * unit.factor;
    return value <= most ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_latency(std::string_view text) {
  static constexpr Unit kUnits[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}};
  static constexpr Unit kSeconds[] = {{"", 1}};
  const bool is_fraction = text.find('.') != std::string_view::npos;
  const auto bare = is_fraction ? parse(text, kSeconds, kMostLatency) : std::nullopt;
  return bare ? bare : parse(text, kUnits, kMostLatency);
}

std::optional<double> parse_rate(std::string_view text) {
  static constexpr Unit kUnits[] = {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"/s", 1}};
  return parse(text, kUnits, kMostRate);
}

}  // namespace poolproof::cli
