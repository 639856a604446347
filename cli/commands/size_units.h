// Numbers as people type them on a command line.
#pragma once

#include <optional>
#include <string_view>

namespace poolproof::cli {

/// "100ms", "0.1s", "250us", "2m", "0.1" (seconds; a whole number needs its unit, since "100" would
/// be taken for milliseconds by half of its readers): seconds, above 0 and up to a day.
std::optional<double> parse_latency(std::string_view text);

/// "10000", "10k", "1.5M", "0.2": per second, above 0 and up to 1000M, which is more than
/// the wires of one machine carry.
std::optional<double> parse_rate(std::string_view text);

}  // namespace poolproof::cli
