// An access log, line by line, turned into what it says about pools: who was asked how often, how
// many requests were in flight, and what pools of each size would have done. Memory does not grow
// with the log. Reads no file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/sizing/concurrency.h"
#include "lint/sizing/log_record.h"
#include "lint/sizing/recommend.h"
#include "lint/sizing/sim_load.h"
#include "lint/sizing/timeline.h"

namespace poolproof::lint {

/// What is known of an upstream group beside the log.
struct KnownGroup {
  std::string name;
  std::vector<std::string> addresses;  // as $upstream_addr has them
  PoolRules rules;
};

struct LogOptions {
  std::vector<std::uint32_t> sizes;  // empty: usual_sizes()
  /// 0: as many as there are $pid in the log, or 1.
  std::uint32_t workers = 0;
  /// Where the log names no server: requests go round so many. 0: 1.
  std::uint32_t servers = 0;
  PoolRules rules;  // of groups that are not known
  std::vector<KnownGroup> groups;
};

struct LineCounts {
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  std::uint64_t unmatched = 0;
  std::uint64_t not_upstream = 0;
  /// Attempts that took longer than Timeline::kLag: they count as begun later.
  std::uint64_t late = 0;
  /// Attempts that ended long before the lines above theirs; they are not counted.
  std::uint64_t out_of_order = 0;
};

struct GroupReport {
  std::string name;
  std::uint32_t servers = 0;  // that were asked
  std::uint32_t workers = 0;
  std::uint64_t requests = 0;  // attempts: each needs a connection
  double span_seconds = 0;     // from the first begin to the last end
  double requests_per_second = 0;
  std::uint64_t busiest_second = 0;  // requests that began in it
  double latency_seconds = 0;        // mean
  /// Of the attempts whose $upstream_connect_time is known: those above 0 ms, and their mean.
  std::uint64_t connect_known = 0, connect_above_zero = 0;
  double connect_seconds = 0;
  ConcurrencyFacts concurrency;             // all workers together
  ConcurrencyFacts concurrency_per_worker;  // one of them
  std::vector<double> concurrency_shares;
  Curve curve;
  Recommendation recommended;
};

/// The smallest size of the curve, not below the servers and kSmallestKeepalive, that opens at most
/// one connection in a hundred requests more than the best of them does.
Recommendation recommended_from(const Curve& curve, std::uint32_t servers);

class LogAnalysis : private TimelineReceiver {
 public:
  LogAnalysis(LogTemplate format, LogOptions options);
  ~LogAnalysis() override;

  /// `line` is without its line break.
  LineOutcome add(std::string_view line);

  /// Groups by falling number of requests. Nothing may be added afterwards.
  std::vector<GroupReport> finish();
  LineCounts lines() const;

 private:
  struct Group;

  void begin(Stay& stay) override;
  void end(Stay& stay) override;

  void add_attempts(const LogRecord& record);
  Group& group_of(std::string_view address, std::string_view name);
  Group& group_named(std::string_view name, const PoolRules& rules);
  std::uint32_t worker_of();
  GroupReport report(Group& group) const;
  std::uint64_t dice();

  LogReader reader_;
  LogOptions options_;
  LineCounts lines_;
  LogRecord record_;
  Timeline timeline_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::unordered_map<std::string, std::uint32_t> group_by_name_;
  std::unordered_map<std::string, std::uint32_t> known_by_address_;  // -> options_.groups
  std::unordered_map<std::string, std::uint32_t> worker_by_pid_;
  std::string scratch_;  // looks up without an allocation
  std::uint64_t dice_ = 0x9e3779b97f4a7c15;
};

}  // namespace poolproof::lint
