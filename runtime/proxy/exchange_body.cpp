// The client's request bodies: read before they are passed on, or read over because nobody wants
// them (nginx 1.22.1: ngx_http_request_body.c).
#include <algorithm>

#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/worker.h"

namespace poolproof::runtime {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

/// nginx answers the expectation whenever it begins to read a body, also where there is none or all
/// of it has come.
void Exchange::send_continue() {
  if (continue_sent_ || !head_parser_.expects_continue() || request_.head.version < 11) return;
  continue_sent_ = true;
  // It fits into an empty socket buffer; if it does not, the client goes on without it.
  client_->stream.write(kContinue.data(), kContinue.size());
}

/// Reads what the client has sent behind the head, whose bytes stay where they are. The input must
/// have been used up.
IoResult Exchange::read_body_input() {
  const std::size_t head = head_parser_.consumed();
  input_size_ = input_taken_ = head;
  grow_input(kMoreInput);
  std::size_t room = input_capacity_ - head;
  // Not more than this request's own bytes, as far as they are known: the rest may be a request.
  if (!request_.head.chunked)
    room = static_cast<std::size_t>(std::min<std::uint64_t>(room, body_.wanted()));
  const IoResult result = client_->stream.read({input_.get() + head, room});
  if (result.status == IoStatus::kOk) input_size_ = head + result.size;
  return result;
}

bool Exchange::exceeds_body_limit(std::uint64_t size) const {
  const auto limit = static_cast<std::uint64_t>(request_.location->client_max_body_size);
  return limit != 0 && size > limit;
}

Exchange::Step Exchange::take_body_bytes(std::span<char> bytes, std::size_t& consumed) {
  const RequestBody::Fed fed = body_.feed(bytes);
  consumed = fed.consumed;
  const std::uint64_t size = body_.stored_size() + fed.body.size() + body_.announced();
  const bool too_large = exceeds_body_limit(size);
  std::int64_t& length = request_.chunked_body_length;
  if (request_.head.chunked)
    length = too_large ? std::max<std::int64_t>(length, 0) : static_cast<std::int64_t>(size);
  if (too_large) return refuse_body(413);
  if (fed.invalid) return refuse_body(400);
  request_.body_bytes_received += fed.consumed;
  if (!body_.store(fed.body)) return refuse_body(500);
  return Step::kWait;  // nothing has happened to the state
}

/// The body cannot be taken: what was begun with it ends.
Exchange::Step Exchange::refuse_body(int status) {
  request_.keepalive = false;
  if (status == 400)
    log(LogLevel::kInfo, "client sent invalid chunked body", false);
  else if (status == 413)
    log(LogLevel::kError, "client intended to send too large chunked body", false);
  else
    log(LogLevel::kCrit, "the request body's temporary file could not be written", false);
  drop_upstream();
  if (!response_started_) return fail(status);
  log_request();
  return close_client();
}

Exchange::Step Exchange::read_body() {
  while (!body_.is_complete()) {
    if (input_taken_ == input_size_) {
      if (!client_->stream.readable())
        return wait_for_client(request_.location->client_body_timeout_ms);
      const IoResult result = read_body_input();
      if (result.status == IoStatus::kWouldBlock) continue;
      if (result.status != IoStatus::kOk) {
        log(LogLevel::kInfo, "client prematurely closed connection", false);
        return client_aborted(400);
      }
    }
    std::size_t consumed = 0;
    const Step step =
        take_body_bytes({input_.get() + input_taken_, input_size_ - input_taken_}, consumed);
    if (state_ != State::kReadBody || step != Step::kWait) return step;
    input_taken_ += consumed;
  }
  return body_complete();
}

Exchange::Step Exchange::body_complete() {
  if (body_.in_memory()) request_.body = body_.memory();
  return open_upstream();
}

/// Whether the rest of a body that is to be passed on as it comes is already here: nginx treats
/// such a body as one that was collected.
bool Exchange::whole_body_is_here() {
  if (input_taken_ == input_size_ && client_->stream.readable()) read_body_input();
  const std::size_t size = input_size_ - input_taken_;
  if (!request_.head.chunked) return size >= body_.wanted();
  std::string copy(input_.get() + input_taken_, size);
  ChunkedDecoder decoder;
  return decoder.decode(copy).status != ChunkedDecoder::Status::kMore;
}

Exchange::Discarded Exchange::read_discarded() {
  while (!body_.is_complete()) {
    if (input_taken_ == input_size_) {
      if (!client_->stream.readable()) return Discarded::kMore;
      const IoResult result = read_body_input();
      if (result.status == IoStatus::kWouldBlock) continue;
      if (result.status != IoStatus::kOk) {
        request_.keepalive = false;
        return Discarded::kClientEnded;
      }
    }
    const RequestBody::Fed fed =
        body_.feed({input_.get() + input_taken_, input_size_ - input_taken_});
    input_taken_ += fed.consumed;
    if (fed.invalid) return Discarded::kInvalid;
  }
  if (request_.head.chunked) request_.chunked_body_length = 0;
  return Discarded::kAll;
}

/// Nobody wants the body: reads over as much of it as has come; finish() waits for the rest
/// (ngx_http_discard_request_body). False: it is malformed.
bool Exchange::discard_request_body() {
  if (body_started_ || body_discarded_) return true;
  if (!request_.body_refused) send_continue();
  if (!has_body(request_.head)) return true;
  body_.start(request_.head.content_length, request_.head.chunked, 0);
  body_discarded_ = true;
  discard_until_ms_ = worker_.loop().now_ms() + request_.location->lingering_time_ms;
  return read_discarded() != Discarded::kInvalid;
}

Exchange::Step Exchange::discard_body() {
  const Discarded result = read_discarded();
  if (result == Discarded::kAll) return finish();
  if (result == Discarded::kMore) {
    const std::int64_t left = discard_until_ms_ - worker_.loop().now_ms();
    if (left > 0) return wait_for_client(std::min(left, request_.location->lingering_timeout_ms));
  }
  log_request();
  return close_client();
}

}  // namespace poolproof::runtime
