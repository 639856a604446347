// Getting the upstream's response to the client: its head rewritten, its body passed on with one
// bounded buffer that is filled again when the client has taken what was in it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/worker.h"

namespace poolproof::runtime {
namespace {

/// A body up to this size is copied behind its head, which costs less than a second piece.
constexpr std::size_t kCopiedBody = 4096;

/// A head of this size does not wait for what follows it (nginx 1.22.1: postpone_output).
constexpr std::size_t kSentAtOnce = 1460;

struct StatusKind {
  int status;
  NextUpstream kind;
};
constexpr std::array kStatusKinds{
    StatusKind{500, NextUpstream::kHttp500}, StatusKind{502, NextUpstream::kHttp502},
    StatusKind{503, NextUpstream::kHttp503}, StatusKind{504, NextUpstream::kHttp504},
    StatusKind{403, NextUpstream::kHttp403}, StatusKind{404, NextUpstream::kHttp404},
    StatusKind{429, NextUpstream::kHttp429}};

}  // namespace

/// A location with a larger proxy_buffer_size has a larger buffer, as long as its request lasts.
void Exchange::ensure_response_buffer() {
  const std::size_t room = std::max(proxy_->buffer_size, kBodyBuffer);
  if (response_ != nullptr && head_room_ == room) return;
  response_ = std::make_unique_for_overwrite<char[]>(room + kBodyBuffer);
  head_room_ = room;
}

std::span<char> Exchange::body_buffer() const {
  return {response_.get() + head_room_, kBodyBuffer};
}

Exchange::Step Exchange::read_response() {
  if (!request_sent_) {
    const IoResult result = flush_request();
    if (result.status == IoStatus::kError) {
      const Step step = sending_failed(result);
      if (state_ != State::kReadResponse || step != Step::kContinue) return step;
    }
  }
  ensure_response_buffer();
  const std::size_t limit = std::max<std::size_t>(proxy_->buffer_size, 1024);
  while (true) {
    if (!upstream_->stream.readable()) {
      // It is for the whole head (nginx 1.22.1, ngx_http_upstream_process_header).
      if (upstream_->timer.is_set()) return Step::kWait;
      return wait_for_upstream(proxy_->read_timeout_ms);
    }
    const IoResult result =
        upstream_->stream.read({response_.get() + response_size_, head_room_ - response_size_});
    if (result.status == IoStatus::kWouldBlock) continue;
    if (result.status == IoStatus::kEnd) {
      return upstream_failed(
          NextUpstream::kError, 502,
          "upstream prematurely closed connection while reading response header from upstream");
    }
    if (result.status == IoStatus::kError) {
      return upstream_failed(NextUpstream::kError, 502,
                             "recv() failed while reading response header from upstream");
    }
    response_size_ += result.size;
    ResponseHeadStatus status = codec_->parse_head(response_.get(), response_size_);
    // An interim response is not the answer: the next head follows (RFC 9110, 15.2). On purpose not
    // as nginx does, which passes a 103 on as the response and takes the response for its body
    // (1.22.1). The client does not see it, as it need not (15.2).
    while (status == ResponseHeadStatus::kComplete && is_interim(codec_->head().status)) {
      response_size_ -= codec_->head_size();
      std::memmove(response_.get(), response_.get() + codec_->head_size(), response_size_);
      codec_->start_response(request_);
      status = codec_->parse_head(response_.get(), response_size_);
    }
    const bool complete = status == ResponseHeadStatus::kComplete;
    if ((complete ? codec_->head_size() : response_size_) > limit ||
        (!complete && response_size_ == limit)) {
      return upstream_failed(
          NextUpstream::kInvalidHeader, 502,
          "upstream sent too big header while reading response header from upstream");
    }
    if (complete) return take_response_head();
    if (status == ResponseHeadStatus::kInvalid) {
      return upstream_failed(NextUpstream::kInvalidHeader, 502, codec_->error());
    }
  }
}

bool Exchange::status_wants_next(NextUpstream& kind) const {
  for (const StatusKind& entry : kStatusKinds) {
    if (entry.status != codec_->head().status) continue;
    kind = entry.kind;
    // nginx asks for more than one try left: this one is not released yet.
    return proxy_->tries_next_on(kind) && selection_.tries > 1;
  }
  return false;
}

Exchange::Step Exchange::take_response_head() {
  const ResponseHead& head = codec_->head();
  response_head_size_ = codec_->head_size();
  attempt().status = head.status;
  attempt().header_ms = worker_.loop().now_ms() - attempt_started_ms_;
  NextUpstream kind{};
  if (status_wants_next(kind)) {
    const int status = head.status;
    --selection_.tries;
    const bool may = may_try_next(kind);
    ++selection_.tries;
    if (may) return upstream_failed(kind, status, {});
  }
  request_.upstream_headers = head.headers;
  if (head.status >= 300 && proxy_->intercept_errors && has_error_page(request_, head.status)) {
    const int status = head.status;
    if (status == 401) keep_challenge();
    release_without_body(PeerResult::kOk);
    return fail(status);
  }
  const bool may_upgrade = !body_started_ || body_.is_complete();
  if (head.status == 101 && may_upgrade && !find_header(request_.head.headers, "upgrade").empty()) {
    return start_tunnel();
  }
  return start_response();
}

BodyEnd Exchange::choose_body_end() const {
  const int status = codec_->head().status;
  if (request_.head.method == Method::kHead || status == 204 || status == 304)
    return BodyEnd::kNoBody;
  if (status == 101) return BodyEnd::kClose;  // which nobody asked for
  if (codec_->body_length() >= 0) return BodyEnd::kLength;
  const bool can_chunk = request_.head.version > 10 && request_.location->chunked_transfer_encoding;
  return can_chunk ? BodyEnd::kChunked : BodyEnd::kClose;
}

Exchange::Step Exchange::start_response() {
  const ResponseHead& head = codec_->head();
  ResponseFields fields;
  fields.status = head.status;
  fields.status_text = head.status_text;
  if (request_.error_status != 0) {
    fields.status = request_.error_status;
    fields.status_text = {};
  }
  fields.date = worker_.http_date();
  const UpstreamHeaders::Special special = upstream_headers_.sort(request_, *proxy_, head, fields);
  for (const std::string_view name : {special.limit_rate, special.charset}) {
    if (name.empty() || !worker_.is_news(name)) continue;
    log(LogLevel::kWarn, fmt::format("upstream sent {}, which is not executed", name), true);
  }
  if (special.redirect.data() != nullptr) return follow_accel_redirect(special.redirect);
  if (head.version == 9) return start_headless_response();
  body_end_ = choose_body_end();
  if (body_end_ == BodyEnd::kClose) request_.keepalive = false;
  fields.end = body_end_;
  fields.upgrade = head.status == 101;
  fields.content_length = codec_->body_length();
  request_.status = fields.status;
  begin_head(fields);
  upstream_headers_.append_rest(request_, *proxy_, head_text_);
  end_head(fields.status);
  to_client_.clear();
  response_started_ = true;
  response_complete_ = false;
  become(State::kForward);
  // A body that proxy_method asked for and a client's HEAD does not want: nginx 1.22.1 leaves it.
  if (body_end_ == BodyEnd::kNoBody && !codec_->is_complete()) {
    to_client_.push(head_text_);
    response_complete_ = unread_data_ = true;
    release_upstream(PeerResult::kOk, false);
    return Step::kContinue;
  }
  return forward_bytes(response_head_size_, response_size_ - response_head_size_);
}

/// HTTP/0.9: what comes is the body, and the client gets nothing else.
Exchange::Step Exchange::start_headless_response() {
  body_end_ = request_.head.method == Method::kHead ? BodyEnd::kNoBody : BodyEnd::kClose;
  // nginx 1.22.1 keeps the client's connection, though nothing tells the client where this ends.
  request_.keepalive = false;
  request_.status = 200;
  head_text_.clear();
  head_size_ = 0;
  to_client_.clear();
  response_started_ = true;
  response_complete_ = false;
  become(State::kForward);
  return forward_bytes(0, response_size_);
}

/// The page for an intercepted 401 says what the upstream wants: its first word before
/// nginx 1.23.0, all of it since.
void Exchange::keep_challenge() {
  for (const HeaderLine& line : codec_->head().headers) {
    if (!equals_ignoring_case(line.name, "www-authenticate")) continue;
    kept_headers_.push_back({request_.arena.copy(line.name), request_.arena.copy(line.value)});
    if (worker_.plan().version < Version{1, 23, 0}) return;
  }
}

/// ngx_http_upstream_process_headers (nginx 1.22.1): the response's body is not wanted, some of its
/// headers are.
Exchange::Step Exchange::follow_accel_redirect(std::string_view to) {
  to = request_.arena.copy(to);
  for (const HeaderLine& line : codec_->head().headers) {
    if (equals_ignoring_case(line.name, "content-type"))
      kept_type_ = request_.arena.copy(line.value);
    else if (survives_redirect(line.name))
      kept_headers_.push_back({request_.arena.copy(line.name), request_.arena.copy(line.value)});
  }
  release_without_body(PeerResult::kOk);
  if (to.starts_with('@')) return perform(redirect_to_named(request_, to));
  const UnsafeUri uri = take_unsafe_uri(to, request_.arena);
  if (!uri.valid) return fail(404);
  if (request_.method != Method::kHead) request_.method = Method::kGet;
  return perform(redirect_internally(request_, uri.path, uri.args));
}

/// $upstream_response_length counts what has come, framing and all.
void Exchange::count_response(std::size_t size) {
  if (request_.head.method == Method::kHead) return;
  attempt().response_length += static_cast<std::int64_t>(size);
}

/// Bytes that nginx would have read behind the head: what nobody wants of them is counted, too.
std::size_t Exchange::first_bytes() const {
  return proxy_->buffer_size - std::min(proxy_->buffer_size, response_head_size_);
}

/// Takes what was read at `begin` of the buffer out of its framing and queues it.
Exchange::Step Exchange::forward_bytes(std::size_t begin, std::size_t size) {
  const bool first = sent_ == 0 && to_client_.is_empty();
  UpstreamCodec::Body body;
  if (size != 0 || codec_->is_complete()) body = codec_->decode({response_.get() + begin, size});
  count_response(first ? std::max(body.consumed, std::min(size, first_bytes())) : size);
  if (body.status == UpstreamCodec::BodyStatus::kInvalid) {
    if (first && head_text_.size() >= kSentAtOnce) to_client_.push(head_text_);
    return broken_response("upstream sent invalid chunked response");
  }
  if (body.consumed < size) unread_data_ = true;
  const bool complete = codec_->is_complete();
  const std::string_view bytes = body_end_ == BodyEnd::kNoBody ? std::string_view() : body.bytes;
  if (first && bytes.size() <= kCopiedBody) {
    // One piece for all.
    if (body_end_ == BodyEnd::kChunked && !bytes.empty()) {
      head_text_.append(chunk_line_, write_chunk_size(bytes.size(), chunk_line_));
    }
    head_text_ += bytes;
    if (body_end_ == BodyEnd::kChunked && !bytes.empty()) head_text_ += "\r\n";
    if (body_end_ == BodyEnd::kChunked && complete) head_text_ += kLastChunk;
    to_client_.push(head_text_);
  } else {
    if (first) to_client_.push(head_text_);
    queue_body(bytes, complete);
  }
  if (complete) {
    response_complete_ = true;
    release_upstream(PeerResult::kOk, false);
  }
  return Step::kContinue;
}

void Exchange::queue_body(std::string_view bytes, bool last) {
  const bool chunked = body_end_ == BodyEnd::kChunked;
  if (!bytes.empty()) {
    if (chunked) to_client_.push({chunk_line_, write_chunk_size(bytes.size(), chunk_line_)});
    to_client_.push(bytes);
    if (chunked) to_client_.push("\r\n");
  }
  if (chunked && last) to_client_.push(kLastChunk);
}

Exchange::Step Exchange::forward() {
  while (true) {
    const IoResult sent = to_client_.flush(client_->stream, sent_);
    // The upstream waits as long as the client does.
    if (sent.status == IoStatus::kWouldBlock)
      return wait_for_client(request_.location->send_timeout_ms);
    if (sent.status != IoStatus::kOk) {
      log(LogLevel::kInfo, "send() to the client failed", upstream_ != nullptr);
      return client_aborted(request_.status);
    }
    if (response_complete_) return finish();
    if (!request_sent_) {
      const IoResult result = flush_request();
      if (result.error == EPROTO) return refuse_body(400);
      if (result.error == EFBIG) return refuse_body(413);
    }
    if (!upstream_->stream.readable()) return wait_for_upstream(proxy_->read_timeout_ms);
    const IoResult result = upstream_->stream.read(body_buffer());
    if (result.status == IoStatus::kWouldBlock) continue;
    if (result.status == IoStatus::kError)
      return broken_response("recv() failed while reading upstream");
    if (result.status == IoStatus::kEnd) {
      const Step step = end_of_upstream();
      if (step != Step::kContinue) return step;
      continue;
    }
    const Step step = forward_bytes(head_room_, result.size);
    if (step != Step::kContinue) return step;
  }
}

Exchange::Step Exchange::end_of_upstream() {
  if (!codec_->end_of_stream())
    return broken_response("upstream prematurely closed connection while reading upstream");
  response_complete_ = true;
  if (body_end_ == BodyEnd::kChunked) to_client_.push(kLastChunk);
  release_upstream(PeerResult::kOk, false);
  return Step::kContinue;
}

/// The client must see that the response is not whole: its connection is closed. The peer is not
/// blamed: it has answered (nginx 1.22.1, ngx_http_upstream_finalize_request).
Exchange::Step Exchange::broken_response(std::string_view why) {
  log(LogLevel::kError, why, true);
  request_.keepalive = false;
  request_.completed = sent_ != 0;  // what $request_completion says
  release_upstream(PeerResult::kOk, true);
  std::uint64_t ignored = 0;
  to_client_.flush(client_->stream, ignored);
  sent_ += ignored;
  log_request();
  return close_client();
}

Exchange::Step Exchange::start_tunnel() {
  const ResponseHead& head = codec_->head();
  ResponseFields fields;
  fields.status = 101;
  fields.status_text = head.status_text;
  fields.date = worker_.http_date();
  upstream_headers_.sort(request_, *proxy_, head, fields);
  fields.upgrade = true;
  fields.content_length = head.content_length;
  request_.status = 101;
  request_.keepalive = false;
  begin_head(fields);
  upstream_headers_.append_rest(request_, *proxy_, head_text_);
  end_head(101);
  to_client_.clear();
  to_client_.push(head_text_);
  to_client_.push({response_.get() + response_head_size_, response_size_ - response_head_size_});
  to_upstream_.clear();
  to_upstream_.push({input_.get() + input_taken_, input_size_ - input_taken_});
  input_taken_ = input_size_;
  response_started_ = true;
  become(State::kTunnel);
  return Step::kContinue;
}

/// Bytes both ways until one side ends; what it has sent before reaches the other.
Exchange::Step Exchange::tunnel() {
  const std::span<char> down = body_buffer();
  const std::span<char> up = body_.transit_buffer();
  bool progress = true;
  while (progress) {
    progress = false;
    const IoResult to_client = to_client_.flush(client_->stream, sent_);
    const IoResult to_upstream = to_upstream_.flush(upstream_->stream, upstream_sent_);
    if (to_client.status == IoStatus::kError || to_upstream.status == IoStatus::kError)
      return finish();
    if (to_client_.is_empty() && upstream_->stream.readable()) {
      const IoResult got = upstream_->stream.read(down);
      if (got.status == IoStatus::kEnd || got.status == IoStatus::kError) return finish();
      if (got.status == IoStatus::kOk) {
        to_client_.push({down.data(), got.size});
        progress = true;
      }
    }
    if (to_upstream_.is_empty() && client_->stream.readable()) {
      const IoResult got = client_->stream.read(up);
      if (got.status == IoStatus::kEnd || got.status == IoStatus::kError) return finish();
      if (got.status == IoStatus::kOk) {
        to_upstream_.push({up.data(), got.size});
        progress = true;
      }
    }
  }
  return wait_for_upstream(proxy_->read_timeout_ms);
}

}  // namespace poolproof::runtime
