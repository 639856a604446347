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
#include "cli/commands/size_groups.h"
#include "cli/commands/size_units.h"
#include "cli/loading.h"
#include "cli/report/json.h"
#include "cli/report/size.h"
#include "cli/session.h"

namespace poolproof::cli {
namespace {

constexpr std::uint32_t kMostWorkers = 1024;
constexpr std::uint32_t kMostServers = 65'536;
constexpr std::uint32_t kMostKeepalive = 1'000'000;

// --- configuration ------------------------------------------------------------------------------

std::optional<ConfiguredSizing> read_config(Session& session, const SizeArguments& arguments) {
  const auto bound = load_one(session, arguments.path, arguments.config.load());
  if (!bound) return std::nullopt;
  const auto config = merge(*bound, arguments.config.versions().last);
  tell_errors(session, *config);
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
  const auto& logs = arguments.access_logs;
  if (arguments.path == "-" && std::find(logs.begin(), logs.end(), "-") != logs.end()) {
    return "standard input is the configuration or a log, not both";
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
  publish(session, report, arguments);
}

CLI::Validator latency_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_latency(text)
                   ? std::string()
                   : fmt::format("`{}` is no time above 0 and up to a day (100ms, 0.1s, 250us)",
                                 text);
      },
      "TIME");
}

CLI::Validator rate_check() {
  return CLI::Validator(
      [](const std::string& text) {
        return parse_rate(text)
                   ? std::string()
                   : fmt::format("`{}` is no rate above 0 and up to 1000M (10000, 10k, 0.5)", text);
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
  command->add_option(
      "CONF", arguments->path,
      "a configuration, or - for standard input: its upstreams, workers, sizes and log "
      "formats");
  command->add_option("--upstream", arguments->upstream, "only this one")->type_name("NAME");
  add_load_by_hand(*command, *arguments);
  command
      ->add_option("--access-log", arguments->access_logs,
                   "an access log, plain or gzip, - for standard input; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--log-format", arguments->log_format,
                      "text of its log_format, or a name: one of CONF's, combined, ingress-nginx "
                      "(default: recognised)");
  command->add_option("--html", arguments->html, "also write a report of one HTML file")
      ->type_name("FILE");
  add_load_options(*command, arguments->config);
  add_config_file_options(*command, arguments->config);
  add_format_option(*command, arguments->format);
  command->callback([&session, arguments] {
    const bool has_config = !arguments->path.empty();
    if (has_config && !read_config_file(session, arguments->config, arguments->path)) return;
    run(session, *arguments);
  });
}

}  // namespace poolproof::cli
