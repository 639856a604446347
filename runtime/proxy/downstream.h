// A client's connection. While it is idle this is all the memory that it has; an exchange with
// buffers is lent to it when a request begins to arrive. Recycled by its worker.
#pragma once

#include <cstdint>

#include "runtime/net/event_loop.h"
#include "runtime/net/stream.h"
#include "runtime/request.h"

namespace poolproof::runtime {

class Exchange;
class Worker;
struct ListenSocket;

class Downstream final : public Watcher, public TimerHandler {
 public:
  explicit Downstream(Worker& worker) : timer(*this), worker_(worker) {}

  void on_ready(std::uint32_t events) override;
  void on_timeout() override;
  void on_retired() override;

  /// A connection was accepted.
  void start(Descriptor socket, const Address& remote, const ListenSocket& listener);
  /// The exchange has ended and the connection waits for the next request.
  void become_idle(std::int64_t keepalive_timeout_ms);
  /// Says no more, but lets the client finish, so that it can read the answer (lingering_close).
  void linger(std::int64_t time_ms, std::int64_t timeout_ms);
  void close();
  /// What the connection is counted as, beside the waiting ones.
  enum class Activity : std::uint8_t { kNone, kReading, kWriting };
  void count_as(Activity activity);

  Stream stream;
  Timer timer;
  ClientConnection info;
  // the worker's list of idle connections, oldest first
  Downstream* previous_idle = nullptr;
  Downstream* next_idle = nullptr;

 private:
  enum class State : std::uint8_t { kClosed, kIdle, kBusy, kLingering };
  void leave_idle();
  void drain();

  Worker& worker_;
  State state_ = State::kClosed;
  Activity activity_ = Activity::kNone;
  Exchange* exchange_ = nullptr;
  std::int64_t linger_until_ms_ = 0, linger_timeout_ms_ = 0;
  char remote_text_[48];
  std::uint8_t remote_text_size_ = 0;
  std::string local_text_;
};

}  // namespace poolproof::runtime
