// A worker's life: accepting, recycling, logging, stopping.
#include "runtime/worker.h"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>

#include "runtime/net/socket.h"
#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/static_files.h"
#include "runtime/variables.h"

namespace poolproof::runtime {
namespace {

/// So many exchanges that give their buffers back, some 150 KB each, are worth a look at the heap.
constexpr std::size_t kManyExchanges = 256;
constexpr std::int64_t kBufferRestMs = 1000;  // so long a buffer that nobody needs is kept
/// An access log buffer that is fuller than this is written within the turn.
constexpr std::size_t kLogFlushSize = 64 * 1024;
/// While stopping, how long a turn may wait before the deadline is looked at.
constexpr std::int64_t kLongestWaitMs = 500;
/// Out of descriptors: so long nobody asks for more (nginx 1.22.1: accept_mutex_delay).
constexpr std::int64_t kAcceptPauseMs = 500;
/// After so many connections another worker gets its turn (nginx 1.22.1,
/// ngx_reorder_accept_events).
constexpr unsigned kAcceptsInARow = 16;

bool out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE;
}

}  // namespace

class Worker::Acceptor final : public Watcher {
 public:
  Acceptor(Worker& owner, const ListenSocket& listen_plan, int listener)
      : worker(owner), plan(listen_plan), fd(listener) {}
  void on_ready(std::uint32_t) override { worker.accept_from(*this); }

  Worker& worker;
  const ListenSocket& plan;
  int fd;
  unsigned accepted = 0;
};

class Worker::Alarm final : public TimerHandler {
 public:
  Alarm(Worker& owner, void (Worker::*what)()) : timer(*this), worker(owner), then(what) {}
  void on_timeout() override { (worker.*then)(); }

  Timer timer;
  Worker& worker;
  void (Worker::*then)();
};

class Worker::DiskProbe final : public FileProbe {
 public:
  FileStat stat(std::string_view path) override {
    struct stat status {};
    path_.assign(path);
    FileStat result;
    if (::stat(path_.c_str(), &status) != 0) {
      result.denied = errno == EACCES || errno == ELOOP;
      return result;
    }
    result.kind = S_ISREG(status.st_mode)   ? FileStat::Kind::kFile
                  : S_ISDIR(status.st_mode) ? FileStat::Kind::kDirectory
                                            : FileStat::Kind::kOther;
    result.executable = (status.st_mode & S_IXUSR) != 0;
    return result;
  }

 private:
  std::string path_;
};

Worker::Worker(const Setup& setup)
    : plan_(setup.plan),
      log_files_(setup.log_files),
      error_log_(setup.error_log),
      hostname_(setup.hostname),
      counts_(setup.counts[setup.number]),
      files_(std::make_unique<DiskProbe>()),
      log_buffers_(setup.log_files->size()) {
  std::random_device seed;
  context_.plan = plan_;
  context_.files = files_.get();
  context_.pid = getpid();
  context_.hostname = hostname_;
  context_.counts = setup.counts;
  context_.random_state = (std::uint64_t{seed()} << 32 | seed()) | 1;
  for (const UpstreamPlan& upstream : plan_->upstreams) {
    Group group;
    group.balancer = make_balancer(
        upstream, [this] { return static_cast<std::uint32_t>(next_random(context_) >> 32); });
    group.pool = std::make_unique<UpstreamPool>(upstream.pool);
    if (groups_.size() <= upstream.index) groups_.resize(upstream.index + 1);
    groups_[upstream.index] = std::move(group);
  }
  buffer_rest_ = std::make_unique<Alarm>(*this, &Worker::free_resting_buffers);
  if (!loop_.is_open()) return;
  for (std::size_t i = 0; i < plan_->listens.size(); ++i) {
    const int fd = setup.listeners[i];
    acceptors_.push_back(std::make_unique<Acceptor>(*this, plan_->listens[i], fd));
    loop_.add_listener(fd, *acceptors_.back());
  }
  accept_pause_ = std::make_unique<Alarm>(*this, &Worker::accept_again);
  start_turn();
}

Worker::~Worker() = default;

void Worker::run() {
  while (true) {
    loop_.turn(longest_wait());
    start_turn();
    give_turns();
    flush_logs();
    const auto wanted = static_cast<StopKind>(stop_request_.load(std::memory_order_acquire));
    if (wanted == StopKind::kFast) break;
    if (wanted == StopKind::kGraceful && stop_seen_ == StopKind::kNone) begin_stop();
    if (is_done()) break;
  }
  stop_seen_ = StopKind::kFast;
  while (active_ != nullptr) active_->abort();
  flush_logs();
}

std::int64_t Worker::longest_wait() const {
  if (text_second_ < 0 || !waiting_for_turn_.empty()) return 0;
  return is_exiting() ? kLongestWaitMs : -1;
}

void Worker::give_turns() {
  if (waiting_for_turn_.empty()) return;
  having_turn_.swap(waiting_for_turn_);
  for (Exchange* exchange : having_turn_) exchange->on_turn();
  having_turn_.clear();
}

void Worker::stop(StopKind kind) {
  int seen = stop_request_.load(std::memory_order_relaxed);
  while (static_cast<int>(kind) > seen &&
         !stop_request_.compare_exchange_weak(seen, static_cast<int>(kind))) {
  }
  loop_.wake();
}

void Worker::begin_stop() {
  stop_seen_ = StopKind::kGraceful;
  if (plan_->shutdown_timeout_ms > 0)
    stop_deadline_ms_ = loop_.now_ms() + plan_->shutdown_timeout_ms;
  for (const auto& acceptor : acceptors_) loop_.remove(acceptor->fd);
  while (oldest_idle_ != nullptr) oldest_idle_->close();
  for (Group& group : groups_) {
    while (auto idle = group.pool->remove_oldest()) (*idle)->close();
  }
}

bool Worker::is_done() const {
  if (stop_seen_ == StopKind::kNone) return false;
  if (active_ == nullptr && counts_.active.value() == 0) return true;
  return stop_deadline_ms_ != 0 && loop_.now_ms() >= stop_deadline_ms_;
}

void Worker::start_turn() {
  context_.mono_ms = loop_.now_ms();
  context_.unix_ms = loop_.unix_ms();
  if (context_.unix_ms / 1000 != text_second_) update_texts();
}

void Worker::update_texts() {
  text_second_ = context_.unix_ms / 1000;
  http_date_ = http_date_text(text_second_);
  time_local_.clear();
  time_iso8601_.clear();
  format_time_local(text_second_, time_local_);
  format_time_iso8601(text_second_, time_iso8601_);
  context_.time_local = time_local_;
  context_.time_iso8601 = time_iso8601_;
}

std::uint64_t Worker::next_connection_number() {
  // Unique over all workers, as nginx's.
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

bool Worker::stop_is_wanted() const {
  return stop_request_.load(std::memory_order_acquire) != 0;
}

/// epoll wakes the worker that has waited for longest with the same descriptor first, again and
/// again: who adds it anew goes to the end of that list.
void Worker::let_others_accept(Acceptor& acceptor) {
  if (plan_->worker_processes < 2 || acceptor.plan.reuseport) return;
  if (++acceptor.accepted % kAcceptsInARow != 0) return;
  loop_.remove(acceptor.fd);
  loop_.add_listener(acceptor.fd, acceptor);
}

void Worker::accept_from(Acceptor& acceptor) {
  if (stop_is_wanted()) return;  // the listeners are closed already
  do {
    Address remote;
    SocketResult accepted = accept_connection(acceptor.fd, remote);
    if (!accepted.socket) {
      if (accepted.error != EAGAIN && accepted.error != ECONNABORTED && accepted.error != EINTR) {
        log_error(
            nullptr, LogLevel::kCrit,
            fmt::format("accept4() failed ({}: {})", accepted.error, error_text(accepted.error)));
      }
      if (out_of_descriptors(accepted.error)) stop_accepting();
      return;
    }
    ++counts_.accepted;
    if (connections_ >= plan_->worker_connections && !make_room()) {
      log_error(nullptr, LogLevel::kAlert,
                fmt::format("{} worker_connections are not enough", plan_->worker_connections));
      return;
    }
    ++counts_.handled;
    ++counts_.active;
    ++connections_;
    if (free_downstream_.empty()) {
      all_downstream_.push_back(std::make_unique<Downstream>(*this));
      free_downstream_.push_back(all_downstream_.back().get());
    }
    Downstream& client = *free_downstream_.back();
    free_downstream_.pop_back();
    const int fd = accepted.socket.get();
    client.start(std::move(accepted.socket), remote, acceptor.plan);
    if (!loop_.add(fd, client)) client.close();
    let_others_accept(acceptor);
  } while (plan_->multi_accept);
}

/// A listener that stays ready would wake the loop again and again for nothing.
void Worker::stop_accepting() {
  for (const auto& acceptor : acceptors_) loop_.remove(acceptor->fd);
  loop_.set_timer(accept_pause_->timer, kAcceptPauseMs);
  make_room();
}

void Worker::accept_again() {
  if (is_exiting()) return;
  for (const auto& acceptor : acceptors_) loop_.add_listener(acceptor->fd, *acceptor);
}

/// As nginx: the client that has been idle for longest makes room.
bool Worker::make_room() {
  if (oldest_idle_ == nullptr) return false;
  oldest_idle_->close();
  return true;
}

void Worker::recycle(Downstream& connection) {
  --connections_;
  --counts_.active;
  free_downstream_.push_back(&connection);
}

UpstreamConnection* Worker::take_upstream() {
  if (connections_ >= plan_->worker_connections && !make_room()) return nullptr;
  ++connections_;
  if (free_upstream_.empty()) {
    all_upstream_.push_back(std::make_unique<UpstreamConnection>(*this));
    free_upstream_.push_back(all_upstream_.back().get());
  }
  UpstreamConnection* connection = free_upstream_.back();
  free_upstream_.pop_back();
  return connection;
}

void Worker::recycle(UpstreamConnection& connection) {
  --connections_;
  free_upstream_.push_back(&connection);
}

Exchange* Worker::take_exchange() {
  if (free_exchanges_.empty()) {
    all_exchanges_.push_back(std::make_unique<Exchange>(*this));
    free_exchanges_.push_back(all_exchanges_.back().get());
  }
  Exchange* exchange = free_exchanges_.back();
  free_exchanges_.pop_back();
  fewest_free_ = std::min(fewest_free_, free_exchanges_.size());
  without_buffers_ = std::min(without_buffers_, free_exchanges_.size());
  exchange->previous_active = nullptr;
  exchange->next_active = active_;
  if (active_ != nullptr) active_->previous_active = exchange;
  active_ = exchange;
  return exchange;
}

void Worker::give_back(Exchange& exchange) {
  if (exchange.next_active != nullptr)
    exchange.next_active->previous_active = exchange.previous_active;
  (exchange.previous_active != nullptr ? exchange.previous_active->next_active : active_) =
      exchange.next_active;
  free_exchanges_.push_back(&exchange);
  if (!buffer_rest_->timer.is_set()) {
    fewest_free_ = free_exchanges_.size();
    loop_.set_timer(buffer_rest_->timer, kBufferRestMs);
  }
}

/// The exchanges at the bottom of the free ones were not needed lately: their buffers go.
void Worker::free_resting_buffers() {
  std::size_t freed = 0;
  for (; without_buffers_ < fewest_free_; ++without_buffers_, ++freed)
    free_exchanges_[without_buffers_]->free_buffers();
  if (freed >= kManyExchanges) malloc_trim(0);
  fewest_free_ = free_exchanges_.size();
  if (without_buffers_ < free_exchanges_.size())
    loop_.set_timer(buffer_rest_->timer, kBufferRestMs);
}

void Worker::link_idle(Downstream& connection) {
  ++counts_.waiting;
  connection.previous_idle = newest_idle_;
  connection.next_idle = nullptr;
  (newest_idle_ != nullptr ? newest_idle_->next_idle : oldest_idle_) = &connection;
  newest_idle_ = &connection;
}

void Worker::unlink_idle(Downstream& connection) {
  --counts_.waiting;
  (connection.previous_idle != nullptr ? connection.previous_idle->next_idle : oldest_idle_) =
      connection.next_idle;
  (connection.next_idle != nullptr ? connection.next_idle->previous_idle : newest_idle_) =
      connection.previous_idle;
}

void Worker::log_access(Request& request) {
  for (const AccessLogPlan& log : request.location->access_logs) {
    if (log.condition) {
      const std::string_view value = log.condition->evaluate(request);
      if (value.empty() || value == "0") continue;
    }
    std::string& buffer = log_buffers_[log.file];
    log.format->append_to(request, buffer);
    if (buffer.size() >= kLogFlushSize) flush_logs();
  }
}

void Worker::flush_logs() {
  for (std::size_t i = 0; i < log_buffers_.size(); ++i) {
    std::string_view left = log_buffers_[i];
    while (!left.empty()) {
      const ssize_t written = write((*log_files_)[i].get(), left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;  // a full disk: the lines are lost, as nginx's are
      left.remove_prefix(static_cast<std::size_t>(written));
    }
    log_buffers_[i].clear();
  }
}

bool Worker::is_news(std::string_view text) {
  if (std::find(told_.begin(), told_.end(), text) != told_.end()) return false;
  told_.push_back(text);
  return true;
}

void Worker::log_error(const LocationPlan* location, LogLevel level, std::string_view text) {
  error_log_->write(location != nullptr ? location->error_logs : plan_->error_logs, level, text);
}

}  // namespace poolproof::runtime
