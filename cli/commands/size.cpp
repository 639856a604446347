// poolproof size: how big should `keepalive` be, and what does a wrong value cost? From a rate and
// a latency, from a configuration, from an access log, or from any two of them.
#include <algorithm>
#include <fstream>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/commands/size_config.h"
#include "cli/commands/size_log.h"
#include "cli/commands/size_units.h"
#include "cli/report/json.h"
#include "cli/report/size.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "lint/linter.h"

namespace poolproof::cli {
namespace {

constexpr std::uint32_t kMostWorkers = 1024;
constexpr std::uint32_t kMostServers = 65'536;
constexpr std::uint32_t kMostKeepalive = 1'000'000;

struct SizeArguments {
  std::string path;  // of the configuration
  ConfigOptions config;
  std::string upstream;
  std::string qps, latency, batch;
  std::uint32_t servers = 0, workers = 0;  // 0: not given
  std::optional<std::uint32_t> keepalive;
  std::vector<std::uint32_t> sizes;
  std::vector<std::string> access_logs;
  std::string log_format;
  std::string steps;
  std::string format = "text";
  std::string html;

  std::optional<lint::Load> load() const {
    if (qps.empty()) return std::nullopt;
    return lint::Load{*parse_rate(qps), *parse_latency(latency)};
  }
};

// --- configuration ------------------------------------------------------------------------------

/// A configuration that nginx would not start with still has sizes, but it is said.
void tell_errors(Session& session, const BoundConfig& bound, const EffectiveConfig& config) {
  for (const std::vector<Diagnostic>* findings : {&bound.diagnostics(), &config.diagnostics()}) {
    for (const Diagnostic& finding : *findings) {
      if (finding.severity != Severity::kError) continue;
      print(stderr, text_of(finding, bound.sources(), session.err_style));
      session.exit_code = worse(session.exit_code, ExitCode::kFindings);
    }
  }
}

std::optional<ConfiguredSizing> read_config(Session& session, const SizeArguments& arguments) {
  auto bound = load_config(session.reader, arguments.path, arguments.config.load());
  if (!bound) {
    complain(session,
             fmt::format("{}: cannot read this: {}", arguments.path, bound.error().message));
    session.exit_code = ExitCode::kUnusable;
    return std::nullopt;
  }
  const auto config = merge(*bound.value(), arguments.config.versions().last);
  tell_errors(session, *bound.value(), *config);
  auto sizing = configured_sizing(*config, std::thread::hardware_concurrency());
  if (arguments.upstream.empty()) return sizing;
  std::erase_if(sizing.groups, [&](const ConfiguredGroup& group) {
    return group.known.name != arguments.upstream;
  });
  if (!sizing.groups.empty()) return sizing;
  complain(session,
           fmt::format("{}: there is no upstream `{}`", arguments.path, arguments.upstream));
  session.exit_code = ExitCode::kUnusable;
  return std::nullopt;
}

// --- one group ----------------------------------------------------------------------------------

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
  const auto pools = static_cast<std::uint32_t>(std::max<std::size_t>(sizing.groups.size(), 1));
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
  if (sizing != nullptr) {
    for (const ConfiguredGroup& configured : sizing->groups) {
      if (configured.known.name != group.name) continue;
      group.present = configured.keepalive;
      group.present_origin = configured.keepalive_origin;
    }
    limit(group, *sizing);
  }
  group.measured = std::move(measured);
  judge_given(group, arguments);
  keep_sizes(group, arguments);
  return group;
}

// --- reports ------------------------------------------------------------------------------------

void add_notes(SizeReport& report, const ConfiguredSizing* sizing, const SizeArguments& arguments) {
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
  const bool has_curve = std::any_of(report.groups.begin(), report.groups.end(),
                                     [](const SizedGroup& group) { return !group.curve.empty(); });
  if (!has_curve && !report.log) {
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
    return report;
  }
  for (const ConfiguredGroup& configured : sizing->groups) {
    SizedGroup group = group_of(configured, *sizing, arguments);
    size_by_load(group, arguments, configured.known.rules);
    limit(group, *sizing);
    report.groups.push_back(std::move(group));
  }
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

void publish(Session& session, const SizeReport& report, const SizeArguments& arguments) {
  print(stdout, arguments.format == "json" ? json_text(size_json(report))
                                           : size_text(report, session.out_style));
  if (arguments.html.empty()) return;
  std::ofstream file(arguments.html, std::ios::binary | std::ios::trunc);
  file << size_html(report);
  file.close();
  if (file) return;
  complain(session, fmt::format("{}: cannot write this", arguments.html));
  session.exit_code = ExitCode::kUnusable;
}

// --- steps --------------------------------------------------------------------------------------

/// "50:100,150:100": arrivals and completions of each step.
std::optional<std::vector<lint::Step>> parse_steps(const std::string& text) {
  std::vector<lint::Step> steps;
  for (const std::string& part : CLI::detail::split(text, ',')) {
    lint::Step step;
    const std::size_t colon = part.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const bool is_ok = CLI::detail::lexical_cast(part.substr(0, colon), step.arrivals) &&
                       CLI::detail::lexical_cast(part.substr(colon + 1), step.completions);
    if (!is_ok) return std::nullopt;
    steps.push_back(step);
  }
  return steps;
}

void walk(const SizeArguments& arguments) {
  const auto steps = *parse_steps(arguments.steps);
  const auto costs = lint::walk_steps(arguments.keepalive.value_or(0), steps);
  nlohmann::json rows = nlohmann::json::array();
  std::string text = fmt::format("keepalive {}\n", arguments.keepalive.value_or(0));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    rows.push_back({{"arrivals", steps[i].arrivals},
                    {"completions", steps[i].completions},
                    {"opened", costs[i].opened},
                    {"closed", costs[i].closed},
                    {"idle", costs[i].idle}});
    text += fmt::format("  step {}: {} begin, {} end: {} opened, {} closed, {} idle\n", i + 1,
                        steps[i].arrivals, steps[i].completions, costs[i].opened, costs[i].closed,
                        costs[i].idle);
  }
  print(stdout, arguments.format == "json" ? json_text({{"steps", std::move(rows)}}) : text);
}

// --- command ------------------------------------------------------------------------------------

/// What the parser cannot say: which options need each other.
std::string usage_error(const SizeArguments& arguments) {
  if (arguments.qps.empty() != arguments.latency.empty()) {
    return "--qps and --latency need each other";
  }
  if (!arguments.qps.empty() && !arguments.access_logs.empty()) {
    return "--qps is the load, and --access-log is: give one of them";
  }
  if (!arguments.upstream.empty() && arguments.path.empty() && arguments.access_logs.empty()) {
    return "--upstream names one of a configuration's or of a log's";
  }
  const bool has_input = !arguments.path.empty() || !arguments.access_logs.empty() ||
                         !arguments.qps.empty() || arguments.servers > 0 || arguments.keepalive;
  if (!has_input && arguments.steps.empty()) {
    return "say what to size by: --qps with --latency, --access-log, or a configuration";
  }
  return "";
}

void run(Session& session, const SizeArguments& arguments) {
  if (const std::string error = usage_error(arguments); !error.empty()) {
    complain(session, error);
    session.exit_code = ExitCode::kUnusable;
    return;
  }
  if (!arguments.steps.empty()) return walk(arguments);
  std::optional<ConfiguredSizing> configured;
  if (!arguments.path.empty()) {
    configured = read_config(session, arguments);
    if (!configured) return;
  }
  const ConfiguredSizing* sizing = configured ? &*configured : nullptr;
  SizeReport report;
  if (arguments.access_logs.empty()) {
    report = report_by_load(sizing, arguments);
  } else {
    auto result = read_logs(session, log_request(sizing, arguments));
    if (!result) return;
    report = report_by_log(std::move(*result), sizing, arguments);
    if (report.log->lines.used == 0) {
      complain(session, "no line of the logs tells of a request that went upstream");
      session.exit_code = ExitCode::kUnusable;
    }
  }
  if (sizing != nullptr && sizing->groups.empty()) {
    report.notes.push_back("the configuration has no upstream block, so there is no pool to size");
  }
  add_notes(report, sizing, arguments);
  publish(session, report, arguments);
}

CLI::Validator latency_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_latency(text)
                   ? std::string()
                   : fmt::format("`{}` is no time above 0 (100ms, 0.1s, 250us)", text);
      },
      "TIME");
}

CLI::Validator rate_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_rate(text) ? std::string()
                                : fmt::format("`{}` is no rate above 0 (10000, 10k, 0.5)", text);
      },
      "RATE");
}

CLI::Validator steps_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_steps(text) ? std::string()
                                 : fmt::format("`{}` is not ARRIVALS:COMPLETIONS,...", text);
      },
      "STEPS");
}

void add_load_by_hand(CLI::App& command, SizeArguments& arguments) {
  command.add_option("--qps", arguments.qps, "requests per second, of all workers: 10000, 10k")
      ->check(rate_check());
  command
      .add_option("--latency", arguments.latency,
                  "time that a request occupies its upstream connection: 100ms, 0.1s")
      ->check(latency_check());
  command
      .add_option("--servers", arguments.servers,
                  "servers of the upstream (default: the configuration's or the log's, or 1)")
      ->check(CLI::Range(1U, kMostServers));
  command
      .add_option("--workers", arguments.workers,
                  "worker processes (default: the configuration's, the log's $pid, or 1)")
      ->check(CLI::Range(1U, kMostWorkers));
  command.add_option("--keepalive", arguments.keepalive, "a value to judge")
      ->check(CLI::Range(0U, kMostKeepalive));
  command.add_option("--sizes", arguments.sizes, "more sizes for the curve, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(0U, kMostKeepalive))
      ->allow_extra_args(false);
  command
      .add_option("--batch", arguments.batch,
                  "with --qps: what falls within this time a worker handles at once (2ms on a busy "
                  "machine; default: each event by itself)")
      ->check(latency_check());
  command
      .add_option("--steps", arguments.steps,
                  "ARRIVALS:COMPLETIONS,... of equal steps of time: what --keepalive opens and "
                  "closes in each")
      ->check(steps_check());
}

}  // namespace

void add_size_command(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<SizeArguments>();  // lives as long as the callback that has it
  CLI::App* command =
      app.add_subcommand("size", "say how big `keepalive` should be, and what a wrong value costs");
  command->add_option("CONF", arguments->path,
                      "a configuration: its upstreams, workers, sizes and log formats");
  command->add_option("--upstream", arguments->upstream, "only this one");
  add_load_by_hand(*command, *arguments);
  command
      ->add_option("--access-log", arguments->access_logs,
                   "an access log, plain or gzip, - for standard input; may be given several times")
      ->allow_extra_args(false);
  command->add_option("--log-format", arguments->log_format,
                      "text of its log_format, or a name: one of CONF's, combined, ingress-nginx "
                      "(default: recognised)");
  command->add_option("--html", arguments->html, "also write a report of one HTML file");
  add_load_options(*command, arguments->config);
  add_format_option(*command, arguments->format);
  command->callback([&session, arguments] { run(session, *arguments); });
}

}  // namespace poolproof::cli
