// Each attempt becomes a stay on the timeline; what the timeline delivers in order feeds the gauges
// and the pools of its group.
#include "lint/sizing/log_analysis.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace poolproof::lint {
namespace {

constexpr Micros kMicrosPerMs = 1000;
constexpr Micros kMicrosPerSecond = 1'000'000;
/// Beyond these a log cannot make memory grow: further ones share the places of earlier ones.
constexpr std::uint32_t kMostGroups = 1000;
constexpr std::uint32_t kMostServers = 65'536;
constexpr std::uint32_t kMostWorkers = 1024;
/// Pools are empty when a log begins, nginx's were not: what was counted until then is left out. As
/// nobody knows how long a log will be, it is noted at each power of two from the first to the
/// last, and the latest is taken that lies within the first quarter.
constexpr std::uint64_t kFirstMark = 128;
constexpr std::uint64_t kLastMark = 8192;
constexpr std::uint64_t kMarkShare = 4;
constexpr double kCloseToBest = 0.01;

std::string percent(double share) {
  return fmt::format("{} %", readable(share * 100));
}

}  // namespace

struct LogAnalysis::Group {
  Group(std::uint32_t number_, std::string name_, const std::vector<std::uint32_t>& sizes,
        const PoolRules& rules)
      : number(number_), name(std::move(name_)), bank(sizes, rules) {}

  std::uint32_t number;
  std::string name;
  PoolBank bank;
  std::unordered_map<std::string, std::uint32_t> servers;
  std::uint32_t next_server = 0;  // where the log names none
  std::uint64_t requests = 0;
  double busy_seconds = 0;
  std::uint64_t connect_known = 0, connect_above_zero = 0;
  std::int64_t connect_ms = 0;
  Micros first = -1, last = -1;
  Micros second = -1;
  std::uint64_t in_second = 0, busiest_second = 0;
  ConcurrencyGauge gauge;
  ConcurrencyTimes times, times_per_worker;
  std::vector<ConcurrencyGauge> worker_gauges;
  struct Mark {
    std::uint64_t requests;
    std::vector<PoolCounts> counts;
  };
  std::vector<Mark> marks;
};

LogAnalysis::LogAnalysis(LogTemplate format, LogOptions options)
    : reader_(std::move(format)), options_(std::move(options)), timeline_(*this) {
  if (options_.sizes.empty()) options_.sizes = usual_sizes();
  for (std::uint32_t i = 0; i < options_.groups.size(); ++i) {
    for (const std::string& address : options_.groups[i].addresses) {
      known_by_address_.emplace(address, i);
    }
  }
}

LogAnalysis::~LogAnalysis() = default;

LineOutcome LogAnalysis::add(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++lines_.total;
  const LineOutcome outcome = reader_.read(line, record_);
  switch (outcome) {
    case LineOutcome::kUnmatched:
      ++lines_.unmatched;
      break;
    case LineOutcome::kNotUpstream:
      ++lines_.not_upstream;
      break;
    case LineOutcome::kUsed:
      ++lines_.used;
      add_attempts(record_);
      break;
  }
  return outcome;
}

std::uint64_t LogAnalysis::dice() {  // xorshift64: what it feeds is not sensitive
  dice_ ^= dice_ << 13;
  dice_ ^= dice_ >> 7;
  dice_ ^= dice_ << 17;
  return dice_;
}

/// The attempts follow each other from the request's beginning on. What the log leaves open, the
/// part of a millisecond or of a second, is thrown.
void LogAnalysis::add_attempts(const LogRecord& record) {
  const Micros unit = record.whole_second ? kMicrosPerSecond : kMicrosPerMs;
  const Micros end =
      record.end_ms * kMicrosPerMs + static_cast<Micros>(dice() % static_cast<std::uint64_t>(unit));
  Micros at = end - record.duration_ms * kMicrosPerMs + static_cast<Micros>(dice() % kMicrosPerMs) -
              kMicrosPerMs / 2;
  const std::uint32_t worker = worker_of();
  const auto name = reader_.values()[static_cast<std::size_t>(LogField::kUpstreamName)];
  for (std::size_t i = 0; i < record.attempt_count; ++i) {
    const Attempt& attempt = record.attempts[i];
    Group& group = group_of(attempt.address, name);
    Stay stay;
    stay.begin = std::max<Micros>(at, 0);
    // No attempt outlives its request, but for what rounding does.
    stay.end = std::min(stay.begin + attempt.duration_ms * kMicrosPerMs, end + kMicrosPerSecond);
    stay.end = std::max(stay.end, stay.begin + 1);
    stay.group = group.number;
    stay.worker = worker;
    if (attempt.address.empty()) {
      stay.server = group.next_server;
      group.next_server = (group.next_server + 1) % std::max(options_.servers, 1U);
    } else {
      scratch_.assign(attempt.address);
      const auto count = static_cast<std::uint32_t>(group.servers.size());
      const auto known = group.servers.find(scratch_);
      stay.server = known != group.servers.end() ? known->second : count % kMostServers;
      if (known == group.servers.end() && count < kMostServers) {
        group.servers.emplace(scratch_, count);
      }
    }
    group.busy_seconds += static_cast<double>(attempt.duration_ms) / 1000;
    if (attempt.connect_ms >= 0) {
      ++group.connect_known;
      group.connect_above_zero += attempt.connect_ms > 0 ? 1 : 0;
      group.connect_ms += attempt.connect_ms;
    }
    at = stay.end;
    if (!timeline_.add(stay)) ++lines_.out_of_order;
  }
}

LogAnalysis::Group& LogAnalysis::group_of(std::string_view address, std::string_view name) {
  if (!known_by_address_.empty()) {
    scratch_.assign(address);
    const auto known = known_by_address_.find(scratch_);
    if (known != known_by_address_.end()) {
      const KnownGroup& group = options_.groups[known->second];
      return group_named(group.name, group.rules);
    }
  }
  const bool is_named = !name.empty() && name != "-";
  return group_named(is_named ? name : std::string_view("(all servers)"), options_.rules);
}

LogAnalysis::Group& LogAnalysis::group_named(std::string_view name, const PoolRules& rules) {
  scratch_.assign(name);
  const auto found = group_by_name_.find(scratch_);
  if (found != group_by_name_.end()) return *groups_[found->second];
  const auto number = static_cast<std::uint32_t>(groups_.size());
  if (number >= kMostGroups) return *groups_.back();
  groups_.push_back(std::make_unique<Group>(number, scratch_, options_.sizes, rules));
  group_by_name_.emplace(scratch_, number);
  return *groups_.back();
}

/// The process that wrote the line, if it is logged; else the client's connection decides, which
/// stays with its worker; else chance.
std::uint32_t LogAnalysis::worker_of() {
  const auto pid = reader_.values()[static_cast<std::size_t>(LogField::kPid)];
  if (!pid.empty() && options_.workers == 0) {
    scratch_.assign(pid);
    const auto count = static_cast<std::uint32_t>(worker_by_pid_.size());
    const auto known = worker_by_pid_.find(scratch_);
    if (known != worker_by_pid_.end()) return known->second;
    if (count >= kMostWorkers) return count % kMostWorkers;
    worker_by_pid_.emplace(scratch_, count);
    return count;
  }
  const std::uint32_t workers = std::clamp(options_.workers, 1U, kMostWorkers);
  if (workers == 1) return 0;
  const auto connection = reader_.values()[static_cast<std::size_t>(LogField::kConnection)];
  const std::uint64_t key = connection.empty() ? dice() : std::hash<std::string_view>{}(connection);
  return static_cast<std::uint32_t>(key % workers);
}

void LogAnalysis::begin(Stay& stay) {
  Group& group = *groups_[stay.group];
  ++group.requests;
  if (group.first < 0) group.first = stay.begin;
  group.last = std::max(group.last, stay.begin);
  if (stay.begin / kMicrosPerSecond != group.second) {
    group.second = stay.begin / kMicrosPerSecond;
    group.in_second = 0;
  }
  group.busiest_second = std::max(group.busiest_second, ++group.in_second);
  group.gauge.change(1, stay.begin, group.times);
  if (stay.worker >= group.worker_gauges.size()) group.worker_gauges.resize(stay.worker + 1);
  group.worker_gauges[stay.worker].change(1, stay.begin, group.times_per_worker);
  stay.ticket = group.bank.begin(stay.worker, stay.server, stay.begin);
  const bool is_mark = std::has_single_bit(group.requests) && group.requests >= kFirstMark &&
                       group.requests <= kLastMark;
  if (is_mark) group.marks.push_back({group.requests, group.bank.counts()});
}

void LogAnalysis::end(Stay& stay) {
  Group& group = *groups_[stay.group];
  group.last = std::max(group.last, stay.end);
  group.gauge.change(-1, stay.end, group.times);
  group.worker_gauges[stay.worker].change(-1, stay.end, group.times_per_worker);
  group.bank.end(stay.ticket, stay.worker, stay.server, stay.end);
}

LineCounts LogAnalysis::lines() const {
  LineCounts lines = lines_;
  lines.late = timeline_.late();
  return lines;
}

std::vector<GroupReport> LogAnalysis::finish() {
  timeline_.finish();
  std::vector<GroupReport> reports;
  for (const auto& group : groups_) reports.push_back(report(*group));
  std::stable_sort(reports.begin(), reports.end(), [](const GroupReport& a, const GroupReport& b) {
    return a.requests > b.requests;
  });
  return reports;
}

GroupReport LogAnalysis::report(Group& group) const {
  GroupReport out;
  out.name = group.name;
  const auto seen = static_cast<std::uint32_t>(group.servers.size());
  out.servers = seen > 0 ? seen : std::max(options_.servers, 1U);
  out.workers = options_.workers > 0
                    ? options_.workers
                    : std::max(static_cast<std::uint32_t>(worker_by_pid_.size()), 1U);
  out.requests = group.requests;
  out.span_seconds =
      static_cast<double>(std::max<Micros>(group.last - group.first, 1)) / kMicrosPerSecond;
  out.requests_per_second = static_cast<double>(group.requests) / std::max(out.span_seconds, 1e-3);
  out.busiest_second = group.busiest_second;
  out.latency_seconds =
      group.busy_seconds / static_cast<double>(std::max<std::uint64_t>(group.requests, 1));
  out.connect_known = group.connect_known;
  out.connect_above_zero = group.connect_above_zero;
  out.connect_seconds = group.connect_above_zero == 0
                            ? 0
                            : static_cast<double>(group.connect_ms) / 1000 /
                                  static_cast<double>(group.connect_above_zero);
  out.concurrency = group.times.facts();
  out.concurrency_per_worker = group.times_per_worker.facts();
  out.concurrency_shares = group.times.shares();
  Group::Mark mark{0, {}};
  for (const Group::Mark& later : group.marks) {
    if (later.requests * kMarkShare <= group.requests) mark = later;
  }
  out.curve = curve_of(group.bank, out.requests_per_second, mark.counts, mark.requests);
  out.recommended = recommended_from(out.curve, out.servers);
  return out;
}

Recommendation recommended_from(const Curve& curve, std::uint32_t servers) {
  const std::uint32_t least = std::max(servers, kSmallestKeepalive);
  double best = 1;
  for (const SizePoint& point : curve) best = std::min(best, point.opened_per_request);
  const auto found = std::find_if(curve.begin(), curve.end(), [&](const SizePoint& point) {
    return point.keepalive >= least && point.opened_per_request <= best + kCloseToBest;
  });
  if (found == curve.end()) {
    return {least, fmt::format("one for each of {}; no size that was tried holds one for each",
                               counted(servers, "server"))};
  }
  if (found == curve.begin() || (found - 1)->keepalive < least) {
    return {found->keepalive,
            fmt::format("{} of the requests open a connection with it, and less than {} makes no "
                        "sense for {}",
                        percent(found->opened_per_request), least, counted(servers, "server"))};
  }
  return {found->keepalive,
          fmt::format("{} of the requests open a connection with it; {} would open {}, and the "
                      "largest pool that was tried still {}",
                      percent(found->opened_per_request), (found - 1)->keepalive,
                      percent((found - 1)->opened_per_request), percent(best))};
}

}  // namespace poolproof::lint
