// The states between requests.
#include "runtime/proxy/downstream.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/net/socket.h"
#include "runtime/plan.h"
#include "runtime/proxy/exchange.h"
#include "runtime/worker.h"

namespace poolproof::runtime {

void Downstream::start(Descriptor socket, const Address& remote, const ListenSocket& listener) {
  info = ClientConnection{};
  info.remote = remote;
  info.local = listener.address;
  if (listener.address.is_wildcard()) info.local = local_address(socket.get());
  const std::string text = ip_text(remote);
  remote_text_size_ = static_cast<std::uint8_t>(std::min(text.size(), sizeof remote_text_));
  std::memcpy(remote_text_, text.data(), remote_text_size_);
  info.remote_text = {remote_text_, remote_text_size_};
  local_text_ = ip_text(info.local);
  info.local_text = local_text_;
  info.servers = &listener.servers_of(info.local);
  info.number = worker_.next_connection_number();
  info.accepted_ms = worker_.loop().now_ms();
  stream.open(std::move(socket));
  state_ = State::kIdle;
  worker_.link_idle(*this);
  worker_.loop().set_timer(timer, info.servers->default_server->client_header_timeout_ms);
}

void Downstream::count_as(Activity activity) {
  ConnectionCounts& counts = worker_.counts();
  if (activity_ == Activity::kReading) --counts.reading;
  if (activity_ == Activity::kWriting) --counts.writing;
  activity_ = activity;
  if (activity_ == Activity::kReading) ++counts.reading;
  if (activity_ == Activity::kWriting) ++counts.writing;
}

void Downstream::leave_idle() {
  if (state_ == State::kIdle) worker_.unlink_idle(*this);
  if (state_ == State::kLingering) --worker_.counts().waiting;
}

void Downstream::on_ready(std::uint32_t events) {
  if (state_ == State::kClosed) return;  // closed earlier in this batch
  stream.note(events);
  if (state_ == State::kBusy) return exchange_->on_client_ready();
  if (state_ == State::kLingering) return drain();
  if (!stream.readable()) return;
  leave_idle();
  state_ = State::kBusy;
  exchange_ = worker_.take_exchange();
  exchange_->begin(*this);
}

void Downstream::on_timeout() {
  if (state_ == State::kBusy) return exchange_->on_client_timeout();
  if (state_ != State::kClosed) close();
}

void Downstream::become_idle(std::int64_t keepalive_timeout_ms) {
  exchange_ = nullptr;
  count_as(Activity::kNone);
  state_ = State::kIdle;
  worker_.link_idle(*this);
  worker_.loop().set_timer(timer, keepalive_timeout_ms);
}

void Downstream::linger(std::int64_t time_ms, std::int64_t timeout_ms) {
  exchange_ = nullptr;
  state_ = State::kLingering;
  ++worker_.counts().waiting;  // beside what its request is counted as (nginx 1.22.1)
  linger_until_ms_ = worker_.loop().now_ms() + time_ms;
  linger_timeout_ms_ = timeout_ms;
  stream.shut_down_writing();
  drain();
}

void Downstream::drain() {
  std::array<char, 4096> ignored;
  while (stream.readable()) {
    const IoResult result = stream.read(ignored);
    if (result.status == IoStatus::kWouldBlock) break;
    if (result.status != IoStatus::kOk) return close();
  }
  const std::int64_t left = linger_until_ms_ - worker_.loop().now_ms();
  if (left <= 0) return close();
  worker_.loop().set_timer(timer, std::min(left, linger_timeout_ms_));
}

void Downstream::close() {
  if (state_ == State::kClosed) return;
  leave_idle();
  count_as(Activity::kNone);
  state_ = State::kClosed;
  exchange_ = nullptr;
  timer.cancel();
  stream.close();
  worker_.loop().retire(*this);
}

void Downstream::on_retired() {
  worker_.recycle(*this);
}

}  // namespace poolproof::runtime
