// How many bytes of an access log per second become a curve, on one core: the goal is 1 GB in 10 s.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "lint/sizing/log_analysis.h"
#include "lint/sizing/log_guess.h"

namespace poolproof::lint {
namespace {

constexpr int kLines = 100'000;
constexpr double kRate = 1000, kLatency = 0.1;

/// As nginx writes them under a Poisson load, but for the order of their ends.
std::vector<std::string> lines_of(int servers) {
  std::mt19937_64 dice(1);
  std::exponential_distribution<double> gap(kRate), service(1 / kLatency);
  double now = 1'700'000'000;
  std::vector<std::string> lines;
  for (int i = 0; i < kLines; ++i) {
    now += gap(dice);
    const double took = service(dice);
    lines.push_back(fmt::format(
        "10.1.2.3 - - [14/Nov/2023:22:13:20 +0000] \"GET /api/v1/items?page={} HTTP/1.1\" 200 {} "
        "\"https://example.com/start\" \"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
        "Firefox/128.0\" {:.3f} rt={:.3f} ua=\"10.0.0.{}:8080\" urt=\"{:.3f}\" uct=\"0.000\"",
        i % 97, i % 5000, now, took, i % servers + 1, took));
  }
  return lines;
}

void analyse_log(benchmark::State& state) {
  const auto lines = lines_of(static_cast<int>(state.range(0)));
  const auto format = guess_log_format({lines[0]}, {});
  std::size_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size() + 1;
  for (auto _ : state) {
    LogAnalysis analysis(format->format, {});
    for (const std::string& line : lines) analysis.add(line);
    benchmark::DoNotOptimize(analysis.finish());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(analyse_log)->Arg(1)->Arg(20)->Unit(benchmark::kMillisecond);

void simulate_load(benchmark::State& state) {
  LoadModel model;
  model.load = {kRate, kLatency};
  for (auto _ : state) benchmark::DoNotOptimize(simulate(model, usual_sizes()));
}
BENCHMARK(simulate_load)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace poolproof::lint
