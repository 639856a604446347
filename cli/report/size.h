// What `poolproof size` found, and its three forms: text for a terminal, JSON for programs, a page
// of its own for people who decide.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/session.h"
#include "lint/sizing/log_analysis.h"
#include "lint/sizing/recommend.h"
#include "lint/sizing/sim_load.h"

namespace poolproof::cli {

/// One upstream group.
struct SizedGroup {
  std::string name;  // empty where there is only one and nothing names it
  std::uint32_t servers = 1;
  std::uint32_t workers = 1;
  std::optional<lint::Load> load;  // given, or measured from the log
  /// Of all workers together; `max` is 0 where it is computed from a load, which has none.
  std::optional<lint::ConcurrencyFacts> concurrency;
  std::optional<lint::ConcurrencyFacts> concurrency_per_worker;
  std::optional<lint::GroupReport> measured;  // where there was a log
  lint::Curve curve;                          // empty where no load is known
  lint::Recommendation recommended;
  std::optional<std::uint32_t> present;  // `keepalive` to judge
  std::string present_origin;            // "--keepalive", or "FILE:LINE"
  /// Why none is recommended: no connection would be kept. Empty where one could be.
  std::string no_pool;
};

struct UnmatchedLine {
  std::string file;
  std::uint64_t line = 0;
  std::string text;  // cut
};

struct LogFacts {
  std::vector<std::string> files;
  std::string format_name, format;
  lint::LineCounts lines;
  std::vector<UnmatchedLine> unmatched;  // the first ones
};

struct SizeReport {
  std::optional<LogFacts> log;
  std::vector<SizedGroup> groups;
  std::vector<std::string> notes;
};

/// What a size costs beside the reused rest: opened per second, and what follows from that.
struct SizeCost {
  const lint::SizePoint* point;
  double time_wait;         // sockets that a minute of TIME_WAIT holds (Linux: 60 s)
  bool exceeds_port_range;  // more per server than 28,232 local ports in 60 s allow
};
/// Larger sizes change nothing any more: people are not shown them.
std::uint32_t last_shown(const SizedGroup& group);

/// Nothing where the curve has no such point.
std::optional<SizeCost> cost_of(const SizedGroup& group, std::uint32_t keepalive);

/// "keepalive 16;", or "keepalive 16 or more" where no load is known; "none" where no pool applies.
std::string recommended_text(const SizedGroup& group);

/// "8.3 %", "0.09 %", "0 %", "99.957 %".
std::string percent_text(double share);

std::string size_text(const SizeReport& report, const TextStyle& style);
nlohmann::json size_json(const SizeReport& report);
/// Needs nothing but itself: no script, no font, no picture from elsewhere.
std::string size_html(const SizeReport& report);

/// The curve as a picture; `id` makes its labels unique within the page.
std::string curve_svg(const SizedGroup& group, const std::string& id);
/// How much of the time how many requests were in flight; empty without a log.
std::string concurrency_svg(const SizedGroup& group, const std::string& id);
std::string html_escaped(std::string_view text);
/// The format for people: what was only skipped over is a star.
std::string shown_format(const LogFacts& log);

}  // namespace poolproof::cli
