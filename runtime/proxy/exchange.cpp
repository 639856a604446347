// The state machine itself, the beginning and the end of an exchange.
#include "runtime/proxy/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <iterator>

#include "runtime/proxy/downstream.h"
#include "runtime/worker.h"

namespace poolproof::runtime {

Exchange::Exchange(Worker& worker) : worker_(worker) {}
Exchange::~Exchange() = default;

/// What may follow a state. From each step of passing a request on it may be answered by ourselves,
/// or begin again elsewhere (another peer, `error_page`, X-Accel-Redirect).
bool Exchange::may_become(State next) const {
  using enum State;
  const auto any_of = [next](std::initializer_list<State> allowed) {
    return std::find(allowed.begin(), allowed.end(), next) != allowed.end();
  };
  switch (state_) {
    case kIdle:
      return next == kReadHead;
    case kReadHead:
    case kReadBody:
      return any_of({kReadBody, kConnect, kSendRequest, kSendReply, kIdle});
    case kConnect:
      return any_of({kConnect, kSendRequest, kReadBody, kSendReply, kIdle});
    case kSendRequest:
      return any_of({kReadResponse, kConnect, kSendRequest, kReadBody, kSendReply, kIdle});
    case kReadResponse:
      return next != kReadResponse;
    case kForward:
    case kSendReply:
      return any_of({kReadHead, kDiscardBody, kIdle});
    case kTunnel:
      return next == kIdle;
    case kDiscardBody:
      return any_of({kReadHead, kIdle});
  }
  return false;
}

void Exchange::become(State next) {
  assert(may_become(next));
  // A timer belongs to the state that waits.
  client_->timer.cancel();
  if (upstream_ != nullptr) upstream_->timer.cancel();
  state_ = next;
}

template <class Work>
void Exchange::guarded(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    survive(error.what());
  }
}

void Exchange::survive(std::string_view what) noexcept {
  if (client_ == nullptr) return;
  try {
    log(LogLevel::kCrit, fmt::format("internal error: {}; the connection is closed", what),
        uses_upstream());
  } catch (const std::exception&) {
    // There is no memory for the line either.
  }
  abort();
}

void Exchange::run() {
  while (step() == Step::kContinue) {
  }
}

Exchange::Step Exchange::step() {
  switch (state_) {
    case State::kIdle:
      return Step::kWait;
    case State::kReadHead:
      return read_head();
    case State::kReadBody:
      return read_body();
    case State::kConnect:
      return finish_connect();
    case State::kSendRequest:
      return send_request();
    case State::kReadResponse:
      return read_response();
    case State::kForward:
      return forward();
    case State::kTunnel:
      return tunnel();
    case State::kSendReply:
      return send_reply();
    case State::kDiscardBody:
      return discard_body();
  }
  return Step::kWait;
}

/// A timeout runs between two moves of bytes on that side: what the other side does in the meantime
/// does not lengthen it. (In the body of a response nginx 1.22.1 lets a client that sends lengthen
/// proxy_read_timeout, as the loop tells it of both directions.)
Exchange::Step Exchange::wait_for(Stream& stream, Timer& timer, std::int64_t timeout_ms) {
  if (stream.take_progress() || !timer.is_set()) worker_.loop().set_timer(timer, timeout_ms);
  return Step::kWait;
}

Exchange::Step Exchange::wait_for_client(std::int64_t timeout_ms) {
  if (upstream_ != nullptr) upstream_->timer.cancel();
  return wait_for(client_->stream, client_->timer, timeout_ms);
}

Exchange::Step Exchange::wait_for_upstream(std::int64_t timeout_ms) {
  client_->timer.cancel();
  return wait_for(upstream_->stream, upstream_->timer, timeout_ms);
}

void Exchange::begin(Downstream& client) {
  client_ = &client;
  input_size_ = input_taken_ = 0;
  guarded([this] {
    start_message();
    take_turn();
  });
}

void Exchange::on_upstream_ready() {
  guarded([this] { run(); });
}

void Exchange::on_client_ready() {
  guarded([this] {
    if (!ends_with_client()) take_turn();
  });
}

void Exchange::on_client_timeout() {
  guarded([this] { client_timeout(); });
}

void Exchange::on_upstream_timeout() {
  guarded([this] { upstream_timeout(); });
}

void Exchange::take_turn() {
  run();
  // A client that had ended its side before the upstream was asked causes no event of its own.
  if (client_ != nullptr) ends_with_client();
}

/// Whether the client has gone and the request ends with it.
bool Exchange::ends_with_client() {
  if (!client_->stream.hung_up() || !uses_upstream() || state_ == State::kTunnel) return false;
  if (proxy_ != nullptr && proxy_->ignore_client_abort) return false;
  // Bytes that came before the end may be the rest of a body that is being read.
  if (streams_body_ && !body_.is_complete()) return false;
  log(LogLevel::kInfo, "client prematurely closed connection, so upstream connection is closed too",
      true);
  client_aborted(sent_ != 0 ? request_.status : 499);
  return true;
}

void Exchange::client_timeout() {
  switch (state_) {
    case State::kReadHead:
      if (!read_anything_)
        close_client();
      else
        abandon_head(408, Gone::kTimedOut, "client timed out");
      return;
    case State::kReadBody:
      log(LogLevel::kInfo, "client timed out", false);
      client_aborted(408, Gone::kTimedOut);
      return;
    default:
      log(LogLevel::kInfo, "client timed out", uses_upstream());
      client_aborted(request_.status != 0 ? request_.status : 408, Gone::kTimedOut);
  }
}

void Exchange::upstream_timeout() {
  if (state_ == State::kTunnel) {
    finish();
    return;
  }
  const bool forwarding = state_ == State::kForward;
  const Step next =
      forwarding
          ? broken_response("upstream timed out (110: Connection timed out) while reading upstream")
          : upstream_failed(NextUpstream::kTimeout, 504,
                            "upstream timed out (110: Connection timed out)");
  if (next == Step::kContinue) run();
}

void Exchange::abort() {
  drop_upstream();
  close_client();
}

/// Closes the upstream's connection; the peer is not to blame.
void Exchange::drop_upstream() {
  if (upstream_ == nullptr) return;
  release_upstream(PeerResult::kOk, true);
}

Exchange::Step Exchange::finish() {
  drop_upstream();
  request_.completed = true;
  if (body_discarded_ && !body_.is_complete()) {
    become(State::kDiscardBody);
    return Step::kContinue;
  }
  // A body that is still being read ends the connection (nginx 1.22.1,
  // ngx_http_finalize_connection).
  const bool reading_body = body_started_ && !body_.is_complete();
  if (reading_body) request_.keepalive = false;
  log_request();
  const LocationPlan& location = *request_.location;
  if (!request_.keepalive || location.keepalive_timeout_ms == 0 || worker_.is_exiting()) {
    const bool unread = reading_body || input_taken_ < input_size_ || client_->stream.readable();
    const bool linger = location.lingering_close == LingeringClose::kAlways ||
                        (location.lingering_close == LingeringClose::kOn && unread);
    if (!linger) return close_client();
    Downstream& client = *client_;
    give_back();
    client.linger(location.lingering_time_ms, location.lingering_timeout_ms);
    return Step::kEnded;
  }
  // What has come of the next request moves to the front.
  const std::size_t left = input_size_ - input_taken_;
  if (left != 0) std::memmove(input_.get(), input_.get() + input_taken_, left);
  input_size_ = left;
  input_taken_ = 0;
  if (left == 0 && !client_->stream.readable()) {
    Downstream& client = *client_;
    const std::int64_t timeout = location.keepalive_timeout_ms;
    give_back();
    client.become_idle(timeout);
    return Step::kEnded;
  }
  client_->count_as(Downstream::Activity::kNone);
  start_message();
  // Others come first: a client that sends requests without end does not have the worker for itself
  // (nginx 1.22.1 posts an event, ngx_http_set_keepalive).
  worker_.run_later(*this);
  return Step::kWait;
}

void Exchange::on_turn() {
  guarded([this] { take_turn(); });
}

Exchange::Step Exchange::close_client() {
  Downstream& client = *client_;
  give_back();
  client.close();
  return Step::kEnded;
}

Exchange::Step Exchange::client_aborted(int status, Gone why) {
  drop_upstream();
  request_.status = status;
  if (why == Gone::kTimedOut && request_.location != nullptr &&
      request_.location->reset_timedout_connection) {
    // The connection ends with a reset, so that no memory stays with a client that is not there.
    client_->stream.reset_on_close();
  }
  log_request();
  return close_client();
}

void Exchange::free_buffers() {
  input_.reset();
  input_capacity_ = 0;
  response_.reset();
  body_ = {};
  request_.arena = {};
  for (std::string* text : {&head_text_, &reply_body_, &upstream_head_}) *text = {};
}

Exchange::Step Exchange::give_back() {
  file_.reset();
  outgrown_inputs_.clear();
  request_.arena.reset();
  if (input_capacity_ > kFirstInputCapacity) {
    input_.reset();
    input_capacity_ = 0;
  }
  to_client_.clear();
  to_upstream_.clear();
  if (head_room_ > kBodyBuffer) {
    response_.reset();
    head_room_ = 0;
  }
  become(State::kIdle);
  client_ = nullptr;
  proxy_ = nullptr;
  worker_.give_back(*this);
  return Step::kEnded;
}

void Exchange::log_request() {
  if (!request_.cyclic_variable.empty()) {
    log(LogLevel::kError,
        fmt::format("cycle while evaluating variable \"{}\"", request_.cyclic_variable), false);
  }
  if (request_.location == nullptr || request_.location->access_logs.empty()) return;
  request_.header_bytes_sent = std::min<std::uint64_t>(sent_, head_size_);
  request_.body_bytes_sent = sent_ - request_.header_bytes_sent;
  split_head(head_text_, sent_headers_);
  request_.sent_headers = sent_headers_;
  worker_.log_access(request_);
}

void Exchange::log(LogLevel level, std::string_view text, bool with_upstream) {
  const LocationPlan* location = request_.location;
  if (location == nullptr) location = client_->info.servers->default_server->root;
  const auto takes = [level](const ErrorLogPlan& entry) { return level <= entry.level; };
  if (std::none_of(location->error_logs.begin(), location->error_logs.end(), takes)) return;
  std::string line = fmt::format("*{} {}, client: {}, server: {}", client_->info.number, text,
                                 client_->info.remote_text,
                                 location->server != nullptr ? location->server->name : "");
  if (!request_.head.line.empty()) {
    fmt::format_to(std::back_inserter(line), ", request: \"{}\"", request_.head.line);
  }
  if (with_upstream && !request_.attempts.empty()) {
    fmt::format_to(std::back_inserter(line), ", upstream: \"{}{}{}\"",
                   target_.tls ? "https://" : "http://", attempt().address, target_.uri);
  }
  const std::string_view host = find_header(request_.head.headers, "host");
  if (!host.empty()) fmt::format_to(std::back_inserter(line), ", host: \"{}\"", host);
  worker_.log_error(location, level, line);
}

}  // namespace poolproof::runtime
