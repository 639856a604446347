// Getting a request to a peer: picking, connecting or reusing, sending, and trying the next one.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "runtime/net/event_loop.h"
#include "runtime/net/socket.h"
#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/worker.h"

namespace poolproof::runtime {
namespace {

/// Methods that a second peer must not see unless proxy_next_upstream says so (nginx 1.9.13 on).
bool is_idempotent(Method method) {
  return method != Method::kPost && method != Method::kLock && method != Method::kPatch;
}

}  // namespace

Exchange::Step Exchange::start_proxy() {
  drop_upstream();
  proxy_ = request_.location->proxy.get();
  proxy_started_ms_ = worker_.loop().now_ms();
  first_attempt_ = request_.attempts.size();
  request_.upstream_headers = {};  // those of another location
  to_client_.clear();
  streams_body_ = false;
  send_continue();
  if (body_started_ || body_discarded_) return open_upstream();
  body_.start(request_.head.content_length, request_.head.chunked,
              request_.location->client_body_buffer_size);
  if (!has_body(request_.head)) return open_upstream();
  body_started_ = true;
  // A chunked body is collected for HTTP/1.0, which cannot carry it (nginx does so, too).
  const bool can_stream = !request_.head.chunked || proxy_->http_version != HttpVersion::k10;
  streams_body_ = !proxy_->request_buffering && can_stream && proxy_->pass_body &&
                  !proxy_->set_body && !whole_body_is_here();
  streamed_body_ = 0;
  if (streams_body_) return open_upstream();
  become(State::kReadBody);
  return Step::kContinue;
}

void Exchange::set_body_lengths() {
  request_.upstream_body_chunked = false;
  if (proxy_->set_body) {
    set_body_.assign(proxy_->set_body->evaluate(request_));
    request_.upstream_body_length = static_cast<std::int64_t>(set_body_.size());
  } else if (body_discarded_) {
    request_.upstream_body_length = 0;
  } else if (request_.head.chunked && streams_body_) {
    request_.upstream_body_length = -1;
    request_.upstream_body_chunked = true;
  } else if (request_.head.chunked) {
    request_.upstream_body_length = static_cast<std::int64_t>(body_.stored_size());
  } else {
    request_.upstream_body_length = request_.head.content_length;
  }
}

/// Begins with the first peer.
Exchange::Step Exchange::open_upstream() {
  target_ = resolve_target(request_, *proxy_);
  if (!target_.error.empty()) {
    log(LogLevel::kError, target_.error, false);
    return fail(target_.error_status != 0 ? target_.error_status : 502);
  }
  set_body_lengths();
  upstream_head_.clear();
  codec_->append_request_head(request_, *proxy_, target_, upstream_head_);
  selection_.tries = 1;
  if (target_.upstream != nullptr) {
    const Balancer& balancer = *worker_.group(target_.upstream->index).balancer;
    const bool by_address = target_.upstream->method == BalancingMethod::kIpHash;
    balancer.start(selection_, by_address ? request_.client->remote.ip_bytes()
                                          : target_.upstream->hash_key.evaluate(request_));
    const std::int64_t limit = proxy_->next_upstream_tries;
    if (limit != 0 && selection_.tries > limit) selection_.tries = static_cast<int>(limit);
  }
  return open_connection();
}

bool Exchange::pick_peer() {
  const bool after_redirect = first_attempt_ != 0 && request_.attempts.size() == first_attempt_;
  request_.attempts.emplace_back().new_group = after_redirect;
  attempt_started_ms_ = worker_.loop().now_ms();
  if (target_.upstream == nullptr) {
    attempt().address = request_.arena.copy(to_string(*target_.address));
    return true;
  }
  Worker::Group& group = worker_.group(target_.upstream->index);
  peer_ = group.balancer->pick(selection_, worker_.loop().now_ms() / 1000);
  if (peer_ == kNoPeer) {
    attempt().address = target_.upstream->name;
    return false;
  }
  attempt().address = group.balancer->peer(peer_).text;
  pool_key_ = {group.balancer->pool_peer(peer_), target_.upstream->pool_is_local
                                                     ? static_cast<const void*>(request_.location)
                                                     : nullptr};
  return true;
}

bool Exchange::take_idle_connection() {
  if (target_.upstream == nullptr || target_.upstream->pool.capacity == 0) return false;
  UpstreamPool& pool = *worker_.group(target_.upstream->index).pool;
  // A request that cannot be repeated is worth a look at the socket; for others the loop's word
  // will do.
  const bool look = !is_idempotent(request_.method) || streams_body_;
  while (auto idle = pool.acquire(pool_key_)) {
    UpstreamConnection& connection = **idle;
    connection.lend_to(*this);
    if (!connection.stream.readable() && (!look || connection.stream.is_silent())) {
      upstream_ = &connection;
      return true;
    }
    connection.close();
  }
  return false;
}

/// Takes a connection to the next peer, from the pool or new.
Exchange::Step Exchange::open_connection() {
  reused_ = request_begun_ = request_sent_ = unread_data_ = false;
  response_size_ = response_head_size_ = 0;
  request_.upstream_headers = {};
  if (!pick_peer()) {
    log(LogLevel::kError, "no live upstreams while connecting to upstream", true);
    attempt().status = 502;
    return fail(502);
  }
  codec_->start_response(request_);
  if (take_idle_connection()) {
    reused_ = true;
    return connected();
  }
  const Address& address =
      target_.upstream != nullptr
          ? worker_.group(target_.upstream->index).balancer->peer(peer_).address
          : *target_.address;
  UpstreamConnection* connection = worker_.take_upstream();
  if (connection == nullptr) {
    log(LogLevel::kAlert, "worker_connections are not enough while connecting to upstream", true);
    if (target_.upstream != nullptr) {
      worker_.group(target_.upstream->index)
          .balancer->release(selection_, PeerResult::kOk, worker_.loop().now_ms() / 1000);
      peer_ = kNoPeer;
    }
    return fail(500);
  }
  upstream_ = connection;
  upstream_->lend_to(*this);
  upstream_->requests = 0;
  upstream_->connected_ms = worker_.loop().now_ms();
  const Address* const from = proxy_->bind ? &*proxy_->bind : nullptr;
  ConnectResult result = connect_to(address, {from, proxy_->socket_keepalive});
  if (result.bind_failed) {
    // Not the peer's fault, and no other is asked (nginx 1.22.1, ngx_event_connect_peer).
    log(LogLevel::kCrit,
        fmt::format("bind({}) failed ({}: {}) while connecting to upstream",
                    from->port == 0 ? ip_text(*from) : to_string(*from), result.error,
                    error_text(result.error)),
        true);
    attempt().address = {};
    release_upstream(PeerResult::kOk, true);
    return fail(500);
  }
  const bool registered = result.socket && worker_.loop().add(result.socket.get(), *upstream_);
  const int error = result.socket ? errno : result.error;
  if (result.socket) upstream_->stream.open(std::move(result.socket));
  if (!registered) {
    return upstream_failed(NextUpstream::kError, 502,
                           fmt::format("connect() failed ({}: {}) while connecting to upstream",
                                       error, error_text(error)));
  }
  // A unix socket is connected at once; the loop says so, too.
  if (!result.in_progress) return connected();
  become(State::kConnect);
  return wait_for_upstream(proxy_->connect_timeout_ms);
}

Exchange::Step Exchange::finish_connect() {
  if (!upstream_->stream.writable()) return Step::kWait;
  if (upstream_->stream.hung_up()) {
    if (const int error = upstream_->stream.connect_error(); error != 0) {
      return upstream_failed(NextUpstream::kError, 502,
                             fmt::format("connect() failed ({}: {}) while connecting to upstream",
                                         error, error_text(error)));
    }
  }
  return connected();
}

Exchange::Step Exchange::connected() {
  attempt().connect_ms = worker_.loop().now_ms() - attempt_started_ms_;
  ++upstream_->requests;
  queue_request();
  become(State::kSendRequest);
  return Step::kContinue;
}

void Exchange::queue_request() {
  to_upstream_.clear();
  to_upstream_.push(upstream_head_);
  body_.rewind();
  if (proxy_->set_body) {
    to_upstream_.push(set_body_);
  } else if (proxy_->pass_body && !streams_body_) {
    to_upstream_.push(body_.take_piece());
  }
  upstream_sent_ = 0;
}

/// Reads more of a body that is passed on as it comes, or of the stored one, into the empty queue.
/// kEnd: there is nothing more; kWouldBlock: the client has not sent it yet.
IoResult Exchange::pump_request_body() {
  if (proxy_->set_body || !proxy_->pass_body) return {IoStatus::kEnd, 0, 0};
  if (!streams_body_) {
    if (body_.all_taken()) return {IoStatus::kEnd, 0, 0};
    const std::string_view piece = body_.take_piece();
    if (piece.empty()) return {IoStatus::kError, 0, EIO};
    to_upstream_.push(piece);
    return {};
  }
  if (body_.is_complete()) return {IoStatus::kEnd, 0, 0};
  std::span<char> bytes(input_.get() + input_taken_, input_size_ - input_taken_);
  // Not told by the address afterwards: the transit buffer may begin where the input ends.
  const bool from_input = !bytes.empty();
  if (!from_input) {
    if (!client_->stream.readable()) return {IoStatus::kWouldBlock, 0, 0};
    std::span<char> room = body_.transit_buffer();
    if (!request_.head.chunked) {
      room = room.first(
          static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), body_.wanted())));
    }
    const IoResult result = client_->stream.read(room);
    if (result.status != IoStatus::kOk) {
      return result.status == IoStatus::kWouldBlock ? result
                                                    : IoResult{IoStatus::kError, 0, ECONNRESET};
    }
    bytes = room.first(result.size);
  }
  const RequestBody::Fed fed = body_.feed(bytes);
  request_.body_bytes_received += fed.consumed;
  streamed_body_ += fed.body.size();
  if (fed.invalid) return {IoStatus::kError, 0, EPROTO};
  if (exceeds_body_limit(streamed_body_ + body_.announced())) return {IoStatus::kError, 0, EFBIG};
  if (from_input) {
    input_taken_ += fed.consumed;
  } else if (fed.consumed < bytes.size()) {
    // A pipelined request has come with the end of a chunked body: it belongs behind the head.
    const std::span<char> rest = bytes.subspan(fed.consumed);
    input_size_ = input_taken_ = head_parser_.consumed();
    grow_input(rest.size());
    std::copy_n(rest.data(), rest.size(), input_.get() + input_taken_);
    input_size_ += rest.size();
  }
  const bool chunked = request_.upstream_body_chunked;
  if (!fed.body.empty()) {
    if (chunked)
      to_upstream_.push(
          {request_chunk_line_, write_chunk_size(fed.body.size(), request_chunk_line_)});
    to_upstream_.push(fed.body);
    if (chunked) to_upstream_.push("\r\n");
  }
  if (chunked && body_.is_complete()) to_upstream_.push(kLastChunk);
  return {};
}

/// Sends what there is. kEnd: everything was sent; kWouldBlock: a side is not ready; kError: with
/// EPROTO and EFBIG the client's body is refused.
IoResult Exchange::flush_request() {
  while (true) {
    const IoResult sent = to_upstream_.flush(upstream_->stream, upstream_sent_);
    if (upstream_sent_ != 0) request_begun_ = true;
    if (sent.status != IoStatus::kOk) return sent;
    const IoResult more = pump_request_body();
    if (more.status == IoStatus::kOk) continue;
    if (more.status == IoStatus::kEnd) request_sent_ = true;
    return more;
  }
}

Exchange::Step Exchange::send_request() {
  const IoResult result = flush_request();
  attempt().bytes_sent = static_cast<std::int64_t>(upstream_sent_);
  if (result.status == IoStatus::kEnd) {
    become(State::kReadResponse);
    return Step::kContinue;
  }
  if (result.status == IoStatus::kWouldBlock) {
    // An upstream may answer before it has read everything.
    if (upstream_->stream.readable()) {
      become(State::kReadResponse);
      return Step::kContinue;
    }
    if (streams_body_ && to_upstream_.is_empty())
      return wait_for_client(request_.location->client_body_timeout_ms);
    return wait_for_upstream(proxy_->send_timeout_ms);
  }
  return sending_failed(result);
}

/// The client's side of it ends the request; the upstream's may have answered before it went, and
/// what the read says decides then.
Exchange::Step Exchange::sending_failed(const IoResult& result) {
  if (result.error == EPROTO) return refuse_body(400);
  if (result.error == EFBIG) return refuse_body(413);
  if (streams_body_ && to_upstream_.is_empty()) return client_aborted(400);
  upstream_->stream.note(ready::kReadable);
  if (state_ == State::kSendRequest) become(State::kReadResponse);
  return Step::kContinue;
}

bool Exchange::may_try_next(NextUpstream kind) const {
  if (response_started_ || selection_.tries <= 0) return false;
  if (!proxy_->tries_next_on(kind) || proxy_->tries_next_on(NextUpstream::kOff)) return false;
  const bool repeatable =
      is_idempotent(request_.method) || proxy_->tries_next_on(NextUpstream::kNonIdempotent);
  if (request_begun_ && (!repeatable || streams_body_)) return false;
  const std::int64_t limit = proxy_->next_upstream_timeout_ms;
  return limit == 0 || worker_.loop().now_ms() - proxy_started_ms_ < limit;
}

/// ngx_http_upstream_next: blames the peer, then asks another one or gives up with `status`.
Exchange::Step Exchange::upstream_failed(NextUpstream kind, int status, std::string_view why) {
  if (!why.empty()) log(LogLevel::kError, why, true);
  attempt().status = status;
  const bool was_reused = reused_;
  const bool soft = kind == NextUpstream::kHttp403 || kind == NextUpstream::kHttp404;
  if (soft)
    release_without_body(PeerResult::kNext);
  else
    release_upstream(PeerResult::kFailed, true);
  // A connection that has died in the pool says nothing about the peer: that try is not counted.
  if (was_reused && kind == NextUpstream::kError) ++selection_.tries;
  if (may_try_next(kind)) return open_connection();
  return fail(status);
}

/// Of the response only the head was used: the connection is kept if nothing else was to come.
void Exchange::release_without_body(PeerResult result) {
  unread_data_ = response_size_ > response_head_size_;
  release_upstream(result, !codec_->is_complete());
}

void Exchange::release_upstream(PeerResult result, bool failed) {
  if (upstream_ == nullptr) return;
  attempt().response_ms = worker_.loop().now_ms() - attempt_started_ms_;
  attempt().bytes_received = static_cast<std::int64_t>(response_size_);
  ReleaseFacts facts;
  facts.failed = failed;
  facts.connection_broken = upstream_->stream.hung_up();
  facts.response_reusable = codec_->is_reusable();
  facts.request_fully_sent = request_sent_;
  facts.worker_exiting = worker_.is_exiting();
  facts.unread_data = unread_data_ || upstream_->stream.has_input();
  facts.requests_served = upstream_->requests;
  facts.age_ms = worker_.loop().now_ms() - upstream_->connected_ms;
  UpstreamPool* pool = nullptr;
  if (target_.upstream != nullptr) {
    Worker::Group& group = worker_.group(target_.upstream->index);
    if (group.balancer->release(selection_, result, worker_.loop().now_ms() / 1000)) {
      log(LogLevel::kWarn, "upstream server temporarily disabled", true);
    }
    pool = group.pool.get();
  } else {
    --selection_.tries;
  }
  UpstreamConnection& connection = *upstream_;
  upstream_ = nullptr;
  to_upstream_.clear();
  const ReleaseOutcome outcome = connection.give_back(pool, pool_key_, facts);
  ++worker_.release_outcomes[static_cast<std::size_t>(outcome)];
}

}  // namespace poolproof::runtime
