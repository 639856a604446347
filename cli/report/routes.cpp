// The table is narrow enough for a terminal because reasons stand below their row, not in it.
#include "cli/report/routes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/report/excerpt.h"
#include "cli/report/paint.h"
#include "cli/report/text.h"
#include "cli/report/wrap.h"

namespace poolproof::cli {
namespace {

using lint::Pooled;
using lint::ReuseReason;
using lint::ReuseVerdict;
using lint::Route;

/// Longer texts push the rest of their row to the right.
constexpr unsigned kWidestColumn = 32;
constexpr std::string_view kIndent = "         ";

using Row = std::array<std::string, 5>;

Colour colour_of(Pooled pooled) {
  switch (pooled) {
    case Pooled::kAlways:
      return Colour::kFix;
    case Pooled::kNever:
      return Colour::kError;
    case Pooled::kDepends:
      return Colour::kWarning;
  }
  return Colour::kNote;
}

std::string server_of(const Route& route) {
  const std::vector<std::string>& parts =
      route.server_names.empty() ? route.listen : route.server_names;
  if (parts.empty()) return "-";
  std::string text = parts.front();
  if (parts.size() > 1) text += fmt::format(" +{}", parts.size() - 1);
  return printable(text);
}

Row row_of(const Route& route, const SourceMap& sources) {
  return {server_of(route), route.location.empty() ? "(server)" : printable(route.location),
          std::string(to_string(route.protocol)),
          printable(route.upstream.empty() ? route.target : route.upstream),
          printable(sources.describe(route.span))};
}

void append_reasons(std::string& out, const ReuseVerdict& verdict, const SourceMap& sources,
                    std::string_view indent, const TextStyle& style) {
  for (const ReuseReason& reason : verdict.reasons) {
    const std::string place =
        reason.span.file == FileId::kNone ? "" : " (" + sources.describe(reason.span) + ")";
    out += wrapped(printable(fmt::format("{}{} [{}]", reason.message, place, reason.rule)),
                   style.width, indent);
  }
}

void append_route(std::string& out, const Route& route, const Row& row,
                  const std::array<unsigned, 5>& widths, const SourceMap& sources,
                  const TextStyle& style) {
  const std::string_view pooled = to_string(route.verdict.pooled);
  out += paint(pooled, colour_of(route.verdict.pooled), style);
  out.append(kIndent.size() - pooled.size(), ' ');
  for (std::size_t i = 0; i < row.size(); ++i) {
    out += row[i];
    if (i + 1 == row.size()) break;
    const unsigned width = display_width(row[i]);
    out.append(width < widths[i] ? widths[i] - width + 2 : 2, ' ');
  }
  out += '\n';
  append_reasons(out, route.verdict, sources, kIndent, style);
  for (const lint::RouteDifference& difference : route.differences) {
    out += fmt::format("{}{} {}\n", kIndent,
                       paint(fmt::format("nginx {}:", difference.versions), Colour::kNote, style),
                       to_string(difference.verdict.pooled));
    append_reasons(out, difference.verdict, sources, std::string(kIndent) + "  ", style);
  }
}

std::string summary(const std::vector<Route>& routes, std::string_view version) {
  const auto count = [&routes](Pooled pooled) {
    return std::count_if(routes.begin(), routes.end(),
                         [pooled](const Route& route) { return route.verdict.pooled == pooled; });
  };
  std::string out = fmt::format("{} of {} {} upstream connections", count(Pooled::kAlways),
                                counted(routes.size(), "place"),
                                routes.size() == 1 ? "reuses its" : "reuse their");
  if (const auto depends = count(Pooled::kDepends)) {
    out += fmt::format(", {} depending on the request", depends);
  }
  out += fmt::format(" (nginx {})", version);
  const auto differ = std::count_if(routes.begin(), routes.end(),
                                    [](const Route& route) { return !route.differences.empty(); });
  if (differ != 0) out += fmt::format("; {} otherwise with older versions", differ);
  return out + "\n";
}

nlohmann::json reasons_json(const ReuseVerdict& verdict, const SourceMap& sources) {
  nlohmann::json reasons = nlohmann::json::array();
  for (const ReuseReason& reason : verdict.reasons) {
    nlohmann::json entry{{"rule", reason.rule}, {"message", reason.message}};
    const bool has_place = reason.span.file != FileId::kNone;
    entry["file"] = has_place ? nlohmann::json(sources[reason.span.file].path()) : nlohmann::json();
    entry["line"] =
        has_place ? nlohmann::json(sources.position(reason.span).line) : nlohmann::json();
    reasons.push_back(std::move(entry));
  }
  return reasons;
}

}  // namespace

std::string routes_text(const std::vector<Route>& routes, const SourceMap& sources,
                        std::string_view version, const TextStyle& style) {
  if (routes.empty()) return "nothing here passes requests on\n";
  std::vector<Row> rows;
  std::array<unsigned, 5> widths{};
  for (const Route& route : routes) {
    rows.push_back(row_of(route, sources));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(display_width(rows.back()[i]), kWidestColumn));
    }
  }
  std::string out;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    append_route(out, routes[i], rows[i], widths, sources, style);
  }
  return out + "\n" + summary(routes, version);
}

nlohmann::json routes_json(const std::vector<Route>& routes, const SourceMap& sources) {
  nlohmann::json out = nlohmann::json::array();
  for (const Route& route : routes) {
    nlohmann::json others = nlohmann::json::array();
    for (const lint::RouteDifference& difference : route.differences) {
      others.push_back({{"versions", difference.versions},
                        {"pooled", to_string(difference.verdict.pooled)},
                        {"reasons", reasons_json(difference.verdict, sources)}});
    }
    out.push_back(
        {{"server_names", route.server_names},
         {"listen", route.listen},
         {"location", route.location},
         {"file", sources[route.span.file].path()},
         {"line", sources.position(route.span).line},
         {"protocol", to_string(route.protocol)},
         {"target", route.target},
         {"upstream", route.upstream.empty() ? nlohmann::json() : nlohmann::json(route.upstream)},
         {"pooled", to_string(route.verdict.pooled)},
         {"reasons", reasons_json(route.verdict, sources)},
         {"other_versions", std::move(others)}});
  }
  return out;
}

}  // namespace poolproof::cli
