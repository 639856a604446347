// Numbers come from lint/sizing; this chooses which of them belong to which upstream.
#include "cli/commands/size_groups.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/size_units.h"

namespace poolproof::cli {
namespace {

lint::ConcurrencyFacts poisson_facts(double mean) {
  lint::ConcurrencyFacts facts;
  facts.mean = mean;
  facts.p50 = lint::concurrency_quantile(mean, 0.5);
  facts.p90 = lint::concurrency_quantile(mean, 0.9);
  facts.p99 = lint::concurrency_quantile(mean, 0.99);
  return facts;
}

/// Everything but servers, workers and what is present is worked out from the load.
void size_by_load(SizedGroup& group, const SizeArguments& arguments, const lint::PoolRules& rules) {
  group.load = arguments.load();
  group.recommended = lint::recommended_keepalive(group.servers, group.workers, group.load);
  if (!group.load) return;
  const double each = lint::in_flight(per_worker(*group.load, group.workers));
  group.concurrency = poisson_facts(lint::in_flight(*group.load));
  group.concurrency_per_worker = poisson_facts(each);
  if (each > lint::kMostInFlight) return;
  std::vector<std::uint32_t> sizes = arguments.sizes;
  sizes.push_back(group.recommended.keepalive);
  if (group.present) sizes.push_back(*group.present);
  lint::LoadModel model;
  model.load = *group.load;
  model.servers = group.servers;
  model.workers = group.workers;
  model.rules = rules;
  if (!arguments.batch.empty()) {
    model.batch = static_cast<lint::Micros>(*parse_latency(arguments.batch) * 1e6);
  }
  group.curve = simulate(model, lint::sizes_with(sizes));
}

/// No size is right where nothing is kept.
void do_without(SizedGroup& group, const std::string& why) {
  if (why.empty()) return;
  group.no_pool = why;
  group.curve.clear();
  group.recommended = {0, why};
}

void judge_given(SizedGroup& group, const SizeArguments& arguments) {
  if (!arguments.keepalive) return;
  group.present = arguments.keepalive;
  group.present_origin = "--keepalive";
}

SizedGroup group_of(const ConfiguredGroup& configured, const ConfiguredSizing& sizing,
                    const SizeArguments& arguments) {
  SizedGroup group;
  group.name = configured.known.name;
  group.servers = arguments.servers > 0 ? arguments.servers : configured.servers;
  group.workers = arguments.workers > 0 ? arguments.workers : sizing.workers;
  group.present = configured.keepalive;
  group.present_origin = configured.keepalive_origin;
  judge_given(group, arguments);
  return group;
}

/// Pools share the worker's connections with its clients.
void limit(SizedGroup& group, const ConfiguredSizing& sizing) {
  const auto used = std::count_if(sizing.groups.begin(), sizing.groups.end(),
                                  [](const ConfiguredGroup& one) { return one.no_pool.empty(); });
  const auto pools = static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(used, 1));
  const std::uint32_t ceiling = lint::keepalive_within(sizing.worker_connections, pools);
  group.recommended = limited_to(std::move(group.recommended), ceiling, sizing.worker_connections);
}

/// The curve of a group that was measured holds the sizes of all; those of others are left out.
void keep_sizes(SizedGroup& group, const SizeArguments& arguments) {
  std::vector<std::uint32_t> wanted = arguments.sizes;
  wanted.push_back(group.recommended.keepalive);
  if (group.present) wanted.push_back(*group.present);
  const auto sizes = lint::sizes_with(wanted);
  std::erase_if(group.curve, [&](const lint::SizePoint& point) {
    return !std::binary_search(sizes.begin(), sizes.end(), point.keepalive);
  });
}

SizedGroup group_of(lint::GroupReport measured, const ConfiguredSizing* sizing,
                    const SizeArguments& arguments) {
  SizedGroup group;
  group.name = measured.name;
  group.servers = measured.servers;
  group.workers = measured.workers;
  group.load = lint::Load{measured.requests_per_second, measured.latency_seconds};
  group.concurrency = measured.concurrency;
  group.concurrency_per_worker = measured.concurrency_per_worker;
  group.curve = measured.curve;
  group.recommended = measured.recommended;
  std::string no_pool;
  if (sizing != nullptr) {
    for (const ConfiguredGroup& configured : sizing->groups) {
      if (configured.known.name != group.name) continue;
      group.present = configured.keepalive;
      group.present_origin = configured.keepalive_origin;
      no_pool = configured.no_pool;
    }
    limit(group, *sizing);
  }
  group.measured = std::move(measured);
  judge_given(group, arguments);
  keep_sizes(group, arguments);
  do_without(group, no_pool);
  return group;
}

void add_notes(SizeReport& report, const ConfiguredSizing* sizing, const SizeArguments& arguments) {
  if (sizing != nullptr && sizing->groups.empty()) {
    report.notes.push_back("the configuration has no upstream block, so there is no pool to size");
  }
  if (sizing != nullptr && sizing->workers_are_auto && arguments.workers == 0) {
    report.notes.push_back(
        fmt::format("worker_processes is auto: {} processors of this machine; another machine has "
                    "another number, give it with --workers",
                    sizing->workers));
  }
  for (std::size_t i = 0; sizing != nullptr && i < sizing->groups.size(); ++i) {
    const ConfiguredGroup& group = sizing->groups[i];
    if (group.parts < 2) continue;
    report.notes.push_back(
        fmt::format("upstream {}: `local` keeps the connections of its {} locations apart, in one "
                    "pool; the numbers are for a pool that they share",
                    group.known.name, group.parts));
  }
  const bool any_pool = std::any_of(report.groups.begin(), report.groups.end(),
                                    [](const SizedGroup& group) { return group.no_pool.empty(); });
  if (!any_pool && !report.log) return;
  const bool has_curve = std::any_of(report.groups.begin(), report.groups.end(),
                                     [](const SizedGroup& group) { return !group.curve.empty(); });
  if (!has_curve && any_pool && arguments.load() && !report.groups.empty()) {
    report.notes.push_back(
        fmt::format("no curve: more than {} requests in flight in one worker are not simulated; "
                    "give the real number of --workers",
                    lint::readable(lint::kMostInFlight)));
  } else if (!has_curve && !report.log) {
    report.notes.push_back(
        "without a load this goes by the number of servers; --qps and --latency, or --access-log, "
        "say more");
  }
  if (!report.log) return;
  const lint::LineCounts& lines = report.log->lines;
  if (lines.late > 0) {
    report.notes.push_back(fmt::format("{} took longer than a minute; they count as begun later",
                                       lint::counted(lines.late, "request")));
  }
  if (lines.out_of_order > 0) {
    report.notes.push_back(fmt::format(
        "{} ended more than a minute before the lines above theirs and are not counted: "
        "logs of several machines must be looked at one by one, each has pools of its own",
        lint::counted(lines.out_of_order, "request")));
  }
}

}  // namespace

std::optional<lint::Load> SizeArguments::load() const {
  if (qps.empty()) return std::nullopt;
  return lint::Load{*parse_rate(qps), *parse_latency(latency)};
}

SizeReport report_by_log(LogResult result, const ConfiguredSizing* sizing,
                         const SizeArguments& arguments) {
  SizeReport report;
  report.log = std::move(result.facts);
  for (lint::GroupReport& measured : result.groups) {
    if (!arguments.upstream.empty() && measured.name != arguments.upstream) continue;
    report.groups.push_back(group_of(std::move(measured), sizing, arguments));
  }
  const bool is_alone = report.groups.size() == 1 && report.groups[0].name == "(all servers)";
  if (is_alone) report.groups[0].name.clear();
  add_notes(report, sizing, arguments);
  return report;
}

SizeReport report_by_load(const ConfiguredSizing* sizing, const SizeArguments& arguments) {
  SizeReport report;
  if (sizing == nullptr) {
    SizedGroup group;
    group.servers = std::max(arguments.servers, 1U);
    group.workers = std::max(arguments.workers, 1U);
    judge_given(group, arguments);
    size_by_load(group, arguments, {});
    report.groups.push_back(std::move(group));
    add_notes(report, sizing, arguments);
    return report;
  }
  for (const ConfiguredGroup& configured : sizing->groups) {
    SizedGroup group = group_of(configured, *sizing, arguments);
    size_by_load(group, arguments, configured.known.rules);
    limit(group, *sizing);
    do_without(group, configured.no_pool);
    report.groups.push_back(std::move(group));
  }
  add_notes(report, sizing, arguments);
  return report;
}

LogRequest log_request(const ConfiguredSizing* sizing, const SizeArguments& arguments) {
  LogRequest request;
  request.files = arguments.access_logs;
  request.format = arguments.log_format;
  request.options.servers = arguments.servers;
  request.options.workers = arguments.workers;
  std::vector<std::uint32_t> sizes = arguments.sizes;
  if (arguments.keepalive) sizes.push_back(*arguments.keepalive);
  if (sizing != nullptr) {
    request.known_formats = sizing->log_formats;
    request.configured_workers = sizing->workers;
    for (const ConfiguredGroup& group : sizing->groups) {
      request.options.groups.push_back(group.known);
      sizes.push_back(group.keepalive);
    }
  }
  request.options.sizes = lint::sizes_with(sizes);
  return request;
}

}  // namespace poolproof::cli
