// Pictures drawn by hand: two axes, a line, marks. Colours are the page's variables, so that they
// follow its dark or light scheme; each picture has a title and a description for readers who do
// not see it.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/report/size.h"

namespace poolproof::cli {
namespace {

using lint::readable;
using lint::SizePoint;

constexpr double kWidth = 720, kHeight = 300;
constexpr double kLeft = 56, kRight = 16, kTop = 28, kBottom = 44;
constexpr double kPlotWidth = kWidth - kLeft - kRight, kPlotHeight = kHeight - kTop - kBottom;
constexpr int kLinesAcross = 4;
constexpr std::size_t kMostBars = 120;

/// A number at or above whose quarters are round.
double round_up(double number) {
  const double power = std::pow(10, std::floor(std::log10(std::max(number, 1e-6))));
  for (const double step : {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0}) {
    if (number <= step * power * 1.0001) return step * power;
  }
  return 10 * power;
}

double y_of(double share, double top) {
  return kTop + kPlotHeight * (1 - share / top);
}

std::string begin_svg(const std::string& id, std::string_view title, std::string_view description) {
  return fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" role=\"img\" aria-labelledby=\"{2}-title {2}-desc\">\n"
      "<title id=\"{2}-title\">{3}</title>\n<desc id=\"{2}-desc\">{4}</desc>\n",
      kWidth, kHeight, id, html_escaped(title), html_escaped(description));
}

std::string grid(double top) {
  std::string out;
  for (int i = 0; i <= kLinesAcross; ++i) {
    const double share = top * i / kLinesAcross;
    const double y = y_of(share, top);
    out += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, kWidth - kRight, y, kLeft - 8, y + 4, percent_text(share));
  }
  return out;
}

std::string axis_names(std::string_view across, std::string_view up) {
  return fmt::format(
      "<text class=\"name\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>"
      "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>\n",
      kLeft + kPlotWidth / 2, kHeight - 6, across, 4, 14, up);
}

/// Sizes from 1 up, evenly by their logarithm.
class SizeAxis {
 public:
  explicit SizeAxis(std::uint32_t largest) : span_(std::log2(std::max(largest, 2U))) {}
  double x_of(std::uint32_t size) const {
    return kLeft + kPlotWidth * std::log2(std::max(size, 1U)) / span_;
  }

 private:
  double span_;
};

std::string mark(const SizeAxis& axis, std::uint32_t size, std::string_view name,
                 std::string_view kind, double y) {
  const double x = axis.x_of(size);
  const bool is_right = x > kLeft + kPlotWidth * 0.7;
  return fmt::format(
      "<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2}\" y2=\"{3}\"/>"
      "<text class=\"{0}\" x=\"{4:.1f}\" y=\"{5:.1f}\" text-anchor=\"{6}\">{7} {8}</text>\n",
      kind, x, kTop, kTop + kPlotHeight, is_right ? x - 6 : x + 6, y, is_right ? "end" : "start",
      name, size);
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string curve_svg(const SizedGroup& group, const std::string& id) {
  std::vector<SizePoint> points;
  for (const SizePoint& point : group.curve) {
    if (point.keepalive > 0 && point.keepalive <= last_shown(group)) points.push_back(point);
  }
  if (points.empty()) return "";
  const SizeAxis axis(points.back().keepalive);
  double most = 0;
  for (const SizePoint& point : points) most = std::max(most, point.opened_per_request);
  const double top = round_up(std::max(most, 0.01));
  std::string out = begin_svg(
      id, "Connections opened, by keepalive",
      fmt::format("The share of requests that open a connection falls from {} with keepalive {} "
                  "to {} with keepalive {}. Recommended is {}.",
                  percent_text(points.front().opened_per_request), points.front().keepalive,
                  percent_text(points.back().opened_per_request), points.back().keepalive,
                  group.recommended.keepalive));
  out += grid(top);
  std::string line;
  std::string dots;
  double last_label = -100;
  for (const SizePoint& point : points) {
    const double x = axis.x_of(point.keepalive);
    const double y = y_of(point.opened_per_request, top);
    line += fmt::format("{:.1f},{:.1f} ", x, y);
    dots += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>keepalive {}: {} of the "
        "requests, {} per second</title></circle>\n",
        x, y, point.keepalive, percent_text(point.opened_per_request),
        readable(point.opened_per_second));
    if (x - last_label < 34) continue;
    last_label = x;
    out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x,
                       kTop + kPlotHeight + 18, point.keepalive);
  }
  const double floor_y = kTop + kPlotHeight;
  out += fmt::format("<polygon class=\"area\" points=\"{:.1f},{} {}{:.1f},{}\"/>\n",
                     axis.x_of(points.front().keepalive), floor_y, line,
                     axis.x_of(points.back().keepalive), floor_y);
  out += fmt::format("<polyline class=\"curve\" points=\"{}\"/>\n{}", line, dots);
  if (group.present && *group.present > 0 && *group.present != group.recommended.keepalive) {
    out += mark(axis, *group.present, "present", "present", kTop + 30);
  }
  out += mark(axis, group.recommended.keepalive, "recommended", "recommended", kTop + 12);
  out += axis_names("keepalive (idle connections per worker)", "requests that open a connection");
  return out + "</svg>\n";
}

std::string concurrency_svg(const SizedGroup& group, const std::string& id) {
  if (!group.measured || !group.concurrency || group.measured->concurrency_shares.empty())
    return "";
  const std::vector<double>& shares = group.measured->concurrency_shares;
  const std::size_t per_bar = (shares.size() + kMostBars - 1) / kMostBars;
  std::vector<double> bars;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (i % per_bar == 0) bars.push_back(0);
    bars.back() += shares[i];
  }
  const double top = round_up(*std::max_element(bars.begin(), bars.end()));
  const lint::ConcurrencyFacts& facts = *group.concurrency;
  std::string out = begin_svg(
      id, "Requests in flight, by share of the time",
      fmt::format("Half of the time at most {} requests were in flight, 90 percent of the time at "
                  "most {}, 99 percent at most {}, never more than {}.",
                  facts.p50, facts.p90, facts.p99, facts.max));
  out += grid(top);
  const double width = kPlotWidth / static_cast<double>(bars.size());
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double y = y_of(bars[i], top);
    out += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" "
        "height=\"{:.1f}\"><title>{} in flight: {} of the time</title></rect>\n",
        kLeft + width * static_cast<double>(i), y, std::max(width - 1, 0.5), kTop + kPlotHeight - y,
        per_bar == 1 ? fmt::format("{}", i)
                     : fmt::format("{} to {}", i * per_bar, (i + 1) * per_bar - 1),
        percent_text(bars[i]));
  }
  const std::size_t step = std::max<std::size_t>(bars.size() / 8, 1);
  for (std::size_t i = 0; i < bars.size(); i += step) {
    out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                       kLeft + width * (static_cast<double>(i) + 0.5), kTop + kPlotHeight + 18,
                       i * per_bar);
  }
  out += axis_names("requests in flight, all workers", "share of the time");
  return out + "</svg>\n";
}

}  // namespace poolproof::cli
