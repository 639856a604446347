// One thread with one loop: its listeners' connections, its exchanges, its pools and its logs.
// Nothing in it is shared with other workers but the plan, which does not change, the stop request,
// and its counts of connections, which others may read.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/logging.h"
#include "runtime/net/event_loop.h"
#include "runtime/plan.h"
#include "runtime/proxy/upstream_connection.h"
#include "runtime/request.h"
#include "runtime/upstream/balancer.h"

namespace poolproof::runtime {

class Downstream;
class Exchange;

enum class StopKind : int { kNone, kGraceful, kFast };

class Worker {
 public:
  struct Setup {
    const Plan* plan = nullptr;
    std::vector<int> listeners;                          // parallel to Plan::listens
    const std::vector<Descriptor>* log_files = nullptr;  // parallel to Plan::log_files
    const ErrorLog* error_log = nullptr;
    std::string hostname;
    std::span<ConnectionCounts> counts;  // of all workers
    unsigned number = 0;                 // of this one, from 0
  };
  explicit Worker(const Setup& setup);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// False if the loop could not be made (errno).
  bool is_ready() const { return loop_.is_open(); }
  /// Until stop() and, if that was graceful, until the last request has ended.
  void run();
  /// From any thread.
  void stop(StopKind kind);

  EventLoop& loop() { return loop_; }
  const Plan& plan() const { return *plan_; }
  WorkerContext& context() { return context_; }
  ConnectionCounts& counts() { return counts_; }
  bool is_exiting() const { return stop_seen_ != StopKind::kNone; }
  std::string_view http_date() const { return http_date_; }

  struct Group {
    std::unique_ptr<Balancer> balancer;
    std::unique_ptr<UpstreamPool> pool;
  };
  Group& group(std::size_t index) { return groups_[index]; }

  Exchange* take_exchange();
  void give_back(Exchange& exchange);
  /// Calls exchange.on_turn() when everybody else has had a turn.
  void run_later(Exchange& exchange) { waiting_for_turn_.push_back(&exchange); }
  /// Null if worker_connections are all in use.
  UpstreamConnection* take_upstream();
  void recycle(UpstreamConnection& connection);
  void recycle(Downstream& connection);
  void link_idle(Downstream& connection);
  void unlink_idle(Downstream& connection);
  std::uint64_t next_connection_number();

  void log_access(Request& request);
  /// True for the first time that it is asked about this text, which must stay.
  bool is_news(std::string_view text);
  void log_error(const LocationPlan* location, LogLevel level, std::string_view text);

  std::array<std::uint64_t, kReleaseOutcomeCount> release_outcomes{};

 private:
  class Acceptor;
  class DiskProbe;
  class Alarm;
  void accept_from(Acceptor& acceptor);
  void stop_accepting();
  void accept_again();
  void free_resting_buffers();
  bool make_room();
  bool stop_is_wanted() const;
  void let_others_accept(Acceptor& acceptor);
  std::int64_t longest_wait() const;
  void start_turn();
  void give_turns();
  void update_texts();
  void begin_stop();
  void flush_logs();
  bool is_done() const;

  const Plan* plan_;
  const std::vector<Descriptor>* log_files_;
  const ErrorLog* error_log_;
  std::string hostname_;
  EventLoop loop_;
  WorkerContext context_;
  ConnectionCounts& counts_;
  std::unique_ptr<DiskProbe> files_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::unique_ptr<Alarm> accept_pause_;
  std::vector<Group> groups_;
  std::vector<std::string> log_buffers_;  // parallel to Plan::log_files
  std::int64_t text_second_ = -1;
  std::string time_local_, time_iso8601_, http_date_;

  std::vector<std::unique_ptr<Downstream>> all_downstream_;
  std::vector<std::unique_ptr<UpstreamConnection>> all_upstream_;
  std::vector<std::unique_ptr<Exchange>> all_exchanges_;
  std::vector<Downstream*> free_downstream_;
  std::vector<UpstreamConnection*> free_upstream_;
  std::vector<Exchange*> free_exchanges_;  // a stack: those at the bottom rest for longest
  std::size_t fewest_free_ = 0;            // since the last look at their buffers
  std::size_t without_buffers_ = 0;        // of the bottom
  std::unique_ptr<Alarm> buffer_rest_;
  Downstream* oldest_idle_ = nullptr;
  Downstream* newest_idle_ = nullptr;
  Exchange* active_ = nullptr;
  std::vector<Exchange*> waiting_for_turn_, having_turn_;
  std::size_t connections_ = 0;  // clients and upstreams

  std::vector<std::string_view> told_;  // what is_news() was asked about

  std::atomic<int> stop_request_{0};
  StopKind stop_seen_ = StopKind::kNone;
  std::int64_t stop_deadline_ms_ = 0;
};

}  // namespace poolproof::runtime
