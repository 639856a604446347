// Field names are a promise: they are added to, never changed.
#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/report/size.h"

namespace poolproof::cli {
namespace {

using nlohmann::json;

/// Six significant places are more than a simulation knows.
double rounded(double number) {
  if (number == 0) return 0;
  const double unit = std::pow(10, 5 - std::floor(std::log10(std::abs(number))));
  return std::round(number * unit) / unit;
}

json concurrency_json(const lint::ConcurrencyFacts& facts) {
  return {{"mean", rounded(facts.mean)},
          {"p50", facts.p50},
          {"p90", facts.p90},
          {"p99", facts.p99},
          {"max", facts.max > 0 ? json(facts.max) : json()}};
}

json curve_json(const SizedGroup& group) {
  json points = json::array();
  for (const lint::SizePoint& point : group.curve) {
    const auto cost = cost_of(group, point.keepalive);
    points.push_back({{"keepalive", point.keepalive},
                      {"opened_per_second", rounded(point.opened_per_second)},
                      {"opened_per_request", rounded(point.opened_per_request)},
                      {"reuse_ratio", rounded(point.reuse_ratio())},
                      {"evicted_per_request", rounded(point.evicted_per_request)},
                      {"expired_per_request", rounded(point.expired_per_request)},
                      {"worn_out_per_request", rounded(point.worn_out_per_request)},
                      {"opened_in_simulation", point.opened},
                      {"time_wait_sockets", rounded(cost->time_wait)},
                      {"exceeds_port_range", cost->exceeds_port_range}});
  }
  return points;
}

json group_json(const SizedGroup& group) {
  json out = {{"name", group.name.empty() ? json() : json(group.name)},
              {"servers", group.servers},
              {"workers", group.workers},
              {"requests_per_second", nullptr},
              {"latency_seconds", nullptr},
              {"in_flight", nullptr},
              {"concurrency", nullptr},
              {"concurrency_per_worker", nullptr},
              {"present", nullptr},
              {"no_pool", group.no_pool.empty() ? json() : json(group.no_pool)},
              {"recommended",
               {{"keepalive", group.recommended.keepalive}, {"reason", group.recommended.reason}}},
              {"curve", curve_json(group)}};
  if (group.load) {
    out["requests_per_second"] = rounded(group.load->requests_per_second);
    out["latency_seconds"] = rounded(group.load->latency_seconds);
    out["in_flight"] = rounded(lint::in_flight(*group.load));
  }
  if (group.concurrency) out["concurrency"] = concurrency_json(*group.concurrency);
  if (group.concurrency_per_worker) {
    out["concurrency_per_worker"] = concurrency_json(*group.concurrency_per_worker);
  }
  if (group.present) {
    out["present"] = {{"keepalive", *group.present},
                      {"origin", group.present_origin},
                      {"enough_for_in_flight_per_worker",
                       rounded(lint::enough_for(*group.present, group.servers))}};
  }
  if (group.measured) {
    const lint::GroupReport& measured = *group.measured;
    out["measured"] = {{"requests", measured.requests},
                       {"span_seconds", rounded(measured.span_seconds)},
                       {"busiest_second", measured.busiest_second},
                       {"connect_known", measured.connect_known},
                       {"connect_above_zero", measured.connect_above_zero},
                       {"connect_seconds", rounded(measured.connect_seconds)}};
  }
  return out;
}

json log_json(const LogFacts& log) {
  json unmatched = json::array();
  for (const UnmatchedLine& line : log.unmatched) {
    unmatched.push_back({{"file", line.file}, {"line", line.line}, {"text", line.text}});
  }
  return {{"files", log.files},
          {"format_name", log.format_name},
          {"format", log.format},
          {"lines",
           {{"total", log.lines.total},
            {"used", log.lines.used},
            {"not_upstream", log.lines.not_upstream},
            {"unmatched", log.lines.unmatched},
            {"late", log.lines.late},
            {"out_of_order", log.lines.out_of_order}}},
          {"unmatched", std::move(unmatched)}};
}

}  // namespace

json size_json(const SizeReport& report) {
  json upstreams = json::array();
  for (const SizedGroup& group : report.groups) upstreams.push_back(group_json(group));
  return {{"log", report.log ? log_json(*report.log) : json()},
          {"upstreams", std::move(upstreams)},
          {"notes", report.notes}};
}

}  // namespace poolproof::cli
