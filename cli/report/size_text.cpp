// One table per upstream, the recommendation under it, and what the present value costs.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/report/paint.h"
#include "cli/report/size.h"
#include "cli/report/wrap.h"

namespace poolproof::cli {
namespace {

using lint::counted;
using lint::readable;

constexpr double kTimeWaitSeconds = 60;  // Linux, TCP_TIMEWAIT_LEN
constexpr double kLocalPorts = 28'232;   // Linux, net.ipv4.ip_local_port_range
constexpr unsigned kBarWidth = 30;
constexpr std::size_t kShownUnmatched = 100;  // characters

void append_log(std::string& out, const LogFacts& log, const TextStyle& style) {
  const lint::LineCounts& lines = log.lines;
  out += fmt::format("{} of {}: {} went upstream, {} did not, {} not understood\n",
                     counted(lines.total, "line"), counted(log.files.size(), "log"),
                     readable(static_cast<double>(lines.used)),
                     readable(static_cast<double>(lines.not_upstream)),
                     readable(static_cast<double>(lines.unmatched)));
  out += wrapped(printable(fmt::format("format ({}): {}", log.format_name, shown_format(log))),
                 style.width, "  ");
  for (const UnmatchedLine& line : log.unmatched) {
    out += fmt::format(
        "  {} {}\n",
        paint(printable(fmt::format("{}:{}:", line.file, line.line)), Colour::kWarning, style),
        printable(std::string_view(line.text).substr(0, kShownUnmatched)));
  }
  if (lines.unmatched > log.unmatched.size() && !log.unmatched.empty()) {
    out += fmt::format("  ... and {} more\n",
                       readable(static_cast<double>(lines.unmatched - log.unmatched.size())));
  }
  out += '\n';
}

void append_load(std::string& out, const SizedGroup& group, const TextStyle& style) {
  std::string title = group.name.empty() ? "" : printable("upstream " + group.name) + ": ";
  title +=
      fmt::format("{}, {}", counted(group.servers, "server"), counted(group.workers, "worker"));
  out += paint(title, Colour::kBold, style) + "\n";
  if (!group.load) return;
  out += fmt::format("  {} requests per second of {} ms: {} in flight (Little's law)",
                     readable(group.load->requests_per_second),
                     readable(group.load->latency_seconds * 1000),
                     readable(lint::in_flight(*group.load)));
  if (group.workers > 1) {
    out += fmt::format(", {} per worker",
                       readable(lint::in_flight(per_worker(*group.load, group.workers))));
  }
  out += '\n';
  if (!group.concurrency) return;
  const lint::ConcurrencyFacts& facts = *group.concurrency;
  out += fmt::format("  in flight: {} half of the time or less, {} for 90 %, {} for 99 %{}\n",
                     readable(facts.p50), readable(facts.p90), readable(facts.p99),
                     facts.max > 0 ? fmt::format(", {} at most", readable(facts.max)) : "");
}

void append_measured(std::string& out, const lint::GroupReport& measured) {
  out += fmt::format("  {} in {} s, {} in the busiest second\n",
                     counted(measured.requests, "request"), readable(measured.span_seconds),
                     readable(static_cast<double>(measured.busiest_second)));
  if (measured.connect_above_zero == 0) return;
  out += fmt::format(
      "  {} of them waited a measurable time for a connection, {} ms on average: nginx opened at "
      "least those\n",
      percent_text(static_cast<double>(measured.connect_above_zero) /
                   static_cast<double>(measured.connect_known)),
      readable(measured.connect_seconds * 1000));
}

void append_curve(std::string& out, const SizedGroup& group, const TextStyle& style) {
  if (group.curve.empty()) return;
  out += fmt::format("\n  {:>9}  {:>14}  {:>12}  {:>8}\n", "keepalive", "opened per s",
                     "of requests", "reused");
  for (const lint::SizePoint& point : group.curve) {
    if (point.keepalive > last_shown(group)) break;
    const auto bar = static_cast<std::size_t>(point.opened_per_request * kBarWidth + 0.5);
    std::string row = fmt::format(
        "  {:>9}  {:>14}  {:>12}  {:>8}  {:{}}", point.keepalive, readable(point.opened_per_second),
        percent_text(point.opened_per_request), percent_text(point.reuse_ratio()),
        std::string(std::min<std::size_t>(bar, kBarWidth), '#'), kBarWidth);
    const bool is_recommended = point.keepalive == group.recommended.keepalive;
    const bool is_present = group.present && point.keepalive == *group.present;
    if (is_recommended) row += " <- recommended";
    if (is_present) row += " <- present";
    row.erase(row.find_last_not_of(' ') + 1);
    if (is_recommended) row = paint(row, Colour::kFix, style);
    if (is_present && !is_recommended) row = paint(row, Colour::kWarning, style);
    out += row + "\n";
  }
}

/// Where no load is known.
std::string enough_text(const SizedGroup& group) {
  if (!group.no_pool.empty()) return "of no use, every request opens a connection";
  const std::uint32_t kept = *group.present;
  if (kept == 0) return "no idle connection is kept, every request opens one";
  if (kept < group.servers) return "fewer than the servers, some of them never keep a connection";
  const double enough = lint::enough_for(kept, group.servers);
  if (enough < 1) return "not even enough for one request in flight per worker";
  return fmt::format("enough for {} in flight per worker",
                     counted(static_cast<std::uint64_t>(enough), "request"));
}

std::string cost_text(const SizeCost& cost) {
  return fmt::format(
      "{} of the requests open a connection, {} per second, {} sockets in TIME_WAIT{}",
      percent_text(cost.point->opened_per_request), readable(cost.point->opened_per_second),
      readable(cost.time_wait),
      cost.exceeds_port_range
          ? "; that is more per server than the local ports allow (470 per second)"
          : "");
}

void append_present(std::string& out, const SizedGroup& group, const TextStyle& style) {
  if (!group.present) return;
  const auto cost = cost_of(group, *group.present);
  out +=
      wrapped(printable(fmt::format("keepalive {} ({}): {}", *group.present, group.present_origin,
                                    cost ? cost_text(*cost) : enough_text(group))),
              style.width, "  ");
}

}  // namespace

std::uint32_t last_shown(const SizedGroup& group) {
  return std::max(4 * group.recommended.keepalive, group.present.value_or(0));
}

std::optional<SizeCost> cost_of(const SizedGroup& group, std::uint32_t keepalive) {
  const auto found =
      std::find_if(group.curve.begin(), group.curve.end(),
                   [&](const lint::SizePoint& point) { return point.keepalive == keepalive; });
  if (found == group.curve.end()) return std::nullopt;
  const double per_server = found->opened_per_second / std::max(group.servers, 1U);
  return SizeCost{&*found, found->opened_per_second * kTimeWaitSeconds,
                  per_server > kLocalPorts / kTimeWaitSeconds};
}

std::string recommended_text(const SizedGroup& group) {
  if (!group.no_pool.empty()) return "none, for no pool applies";
  return fmt::format("keepalive {}{}", group.recommended.keepalive, group.load ? ";" : " or more");
}

std::string percent_text(double share) {
  const double rest = (1 - share) * 100;
  if (rest <= 0 || rest >= 1) return readable(share * 100) + " %";
  // 99.957 %: as many places as the rest needs for two digits of its own.
  const int places = std::min(1 - static_cast<int>(std::floor(std::log10(rest))), 4);
  return fmt::format("{:.{}f} %", share * 100, places);
}

std::string shown_format(const LogFacts& log) {
  constexpr std::string_view kSkipped = "${skipped}";
  std::string text = log.format;
  for (std::size_t at; (at = text.find(kSkipped)) != std::string::npos;) {
    text.replace(at, kSkipped.size(), "*");
  }
  return text;
}

std::string size_text(const SizeReport& report, const TextStyle& style) {
  std::string out;
  if (report.log) append_log(out, *report.log, style);
  for (const SizedGroup& group : report.groups) {
    append_load(out, group, style);
    if (group.measured) append_measured(out, *group.measured);
    append_curve(out, group, style);
    if (!group.curve.empty()) out += '\n';
    append_present(out, group, style);
    out += "  " + paint("recommended: " + recommended_text(group), Colour::kFix, style) + "\n";
    out += wrapped(printable(group.recommended.reason), style.width, "    ");
    out += '\n';
  }
  for (const std::string& note : report.notes)
    out += wrapped(printable("note: " + note), style.width, "");
  return out;
}

}  // namespace poolproof::cli
