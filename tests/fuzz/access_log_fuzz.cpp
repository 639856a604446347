// Any bytes as a log: a format is read off the lines, every line is counted, and what comes out is
// in range. A first line that begins with `$` is the format.
//
// links: poolproof_lint
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "lint/sizing/log_analysis.h"
#include "lint/sizing/log_guess.h"

namespace poolproof::lint {
namespace {

/// Larger inputs only cost time.
constexpr std::size_t kMaxInput = 4096;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

void analyse(const LogTemplate& format, const std::vector<std::string_view>& lines) {
  LogOptions options;
  options.sizes = {0, 1, 2, 16};
  LogAnalysis analysis(format, options);
  for (const std::string_view line : lines) analysis.add(line);
  const auto reports = analysis.finish();
  const LineCounts counts = analysis.lines();
  require(counts.total == lines.size(), "not every line was counted");
  require(counts.used + counts.unmatched + counts.not_upstream == counts.total,
          "the counts do not add up");
  for (const GroupReport& report : reports) {
    for (const SizePoint& point : report.curve) {
      require(point.opened_per_request >= 0 && point.opened_per_request <= 1,
              "more connections than requests");
    }
    require(report.concurrency.p50 <= report.concurrency.max, "the median is above the maximum");
  }
}

}  // namespace
}  // namespace poolproof::lint

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace poolproof::lint;
  if (size > kMaxInput) return 0;
  auto lines = lines_of({reinterpret_cast<const char*>(data), size});
  if (!lines.empty() && lines[0].starts_with('$')) {
    const auto format = LogTemplate::compile(lines[0]);
    lines.erase(lines.begin());
    if (format) analyse(format.value(), lines);
    return 0;
  }
  if (const auto guessed = guess_log_format(lines, {})) analyse(guessed->format, lines);
  return 0;
}
