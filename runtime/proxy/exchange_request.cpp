// Reading the head of what the client sends.
#include <algorithm>
#include <cstring>

#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/worker.h"

namespace poolproof::runtime {
namespace {

constexpr std::string_view kBadUri =
    "client sent invalid request while reading client request line";

}  // namespace

void Exchange::start_message() {
  if (input_ == nullptr) {
    input_ = std::make_unique_for_overwrite<char[]>(kFirstInputCapacity);
    input_capacity_ = kFirstInputCapacity;
  }
  outgrown_inputs_.clear();
  request_.reset(worker_.context(), client_->info, worker_.plan().slot_count);
  head_parser_.reset();
  uri_verdict_ = UriVerdict::kNone;
  head_text_.clear();
  head_size_ = 0;
  kept_headers_.clear();
  kept_type_ = kept_location_ = {};
  upstream_head_.clear();
  sent_ = 0;
  body_started_ = body_discarded_ = continue_sent_ = response_started_ = streams_body_ = false;
  read_anything_ = false;
  request_.pipelined = input_size_ != 0;
  if (request_.pipelined) first_bytes_came();
  proxy_ = nullptr;
  become(State::kReadHead);
}

/// From now on it is a request, whatever becomes of it (nginx 1.22.1, ngx_http_alloc_request).
void Exchange::first_bytes_came() {
  read_anything_ = true;
  ++worker_.counts().requests;
  client_->count_as(Downstream::Activity::kReading);
}

/// Makes room behind what is in the input. Nothing that points into it is lost: the memory that it
/// has outgrown stays until the next message.
void Exchange::grow_input(std::size_t room) {
  if (input_capacity_ - input_size_ >= room) return;
  const std::size_t capacity = std::max(input_size_ + room, input_capacity_ * 2);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(larger.get(), input_.get(), input_size_);
  outgrown_inputs_.push_back(std::move(input_));
  input_ = std::move(larger);
  input_capacity_ = capacity;
}

/// The server whose rules hold for the next line: the one that Host names, or the default one as
/// long as there was no Host.
const ServerPlan& Exchange::current_server() const {
  return request_.server != nullptr ? *request_.server : *client_->info.servers->default_server;
}

HeadStatus Exchange::parse_head() {
  while (true) {
    const ServerPlan& server = current_server();
    HeadLimits limits;
    limits.first_buffer = client_->info.servers->default_server->client_header_buffer_size;
    limits.large_buffer = server.large_header_buffer_size;
    limits.large_buffers = server.large_header_buffer_count;
    limits.lines = server.max_headers;
    limits.names = {server.ignore_invalid_headers, server.underscores_in_headers};
    limits.stops_at_host = true;
    const HeadStatus status = head_parser_.parse(input_.get(), input_size_, limits, request_.head);
    // A bad URI is answered before the lines behind it have come.
    if (status == HeadStatus::kIncomplete && has_bad_uri()) return HeadStatus::kBad;
    if (status != HeadStatus::kHost) return status;
    if (!take_host(request_, head_parser_.host())) return HeadStatus::kBad;
  }
}

Exchange::Step Exchange::read_head() {
  while (true) {
    if (input_size_ != 0) {
      const HeadStatus status = parse_head();
      if (status == HeadStatus::kComplete) return start_request();
      if (status != HeadStatus::kIncomplete) return refuse_head();
      if (head_parser_.has_only_blanks()) return pass_over_blanks();
    }
    if (input_size_ == input_capacity_) grow_input(kMoreInput);
    const IoResult result =
        client_->stream.readable()
            ? client_->stream.read({input_.get() + input_size_, input_capacity_ - input_size_})
            : IoResult{IoStatus::kWouldBlock, 0, 0};
    if (result.status == IoStatus::kWouldBlock) {
      const ServerPlan& server = current_server();
      if (read_anything_) {
        // It is for the whole head: bytes that trickle in do not lengthen it.
        if (client_->timer.is_set()) return Step::kWait;
        return wait_for_client(server.client_header_timeout_ms);
      }
      Downstream& client = *client_;
      const std::int64_t timeout = client.info.requests == 0 ? server.client_header_timeout_ms
                                                             : server.root->keepalive_timeout_ms;
      give_back();
      client.become_idle(timeout);
      return Step::kEnded;
    }
    if (result.status != IoStatus::kOk) {
      if (!read_anything_) return close_client();
      return abandon_head(400, Gone::kEnded, "client prematurely closed connection");
    }
    input_size_ += result.size;
    if (!read_anything_) first_bytes_came();
  }
}

/// Blank lines in front of a request take no memory, and others come first before more are read.
Exchange::Step Exchange::pass_over_blanks() {
  input_size_ = 0;
  head_parser_.reset();
  if (!client_->timer.is_set()) wait_for_client(current_server().client_header_timeout_ms);
  if (client_->stream.readable()) worker_.run_later(*this);
  return Step::kWait;
}

/// What has come of the head is all that is known of the request.
bool Exchange::end_head_early() {
  request_.server = &current_server();
  request_.location = request_.server->root;
  request_.keepalive = false;
  request_.keepalive_allowed = false;
  input_taken_ = head_parser_.consumed();
  request_.head.size = head_parser_.size_of_head();
  request_.head.headers = head_parser_.headers();
  request_.method = request_.head.method;
  // Nothing is known about what follows.
  request_.head.content_length = -1;
  request_.head.chunked = false;
  ++client_->info.requests;
  return !has_bad_uri();
}

/// The client has gone, or is too slow. The log says so, whatever it has sent (nginx 1.22.1).
Exchange::Step Exchange::abandon_head(int status, Gone how, std::string_view why) {
  end_head_early();
  log(LogLevel::kInfo, why, false);
  return client_aborted(status, how);
}

Exchange::Step Exchange::refuse_head() {
  if (!end_head_early()) {
    log(LogLevel::kInfo, kBadUri, false);
    return fail(400);
  }
  const int status = head_parser_.error_status();
  log(LogLevel::kInfo, status != 0 ? head_parser_.error() : "client sent invalid host", false);
  return fail(status != 0 ? status : 400);
}

/// nginx looks at the URI as soon as it has the request line: what is wrong behind that is not
/// seen. Once per message, however often more of the head comes: what is decoded takes memory that
/// is given back only with the request.
bool Exchange::has_bad_uri() {
  if (!head_parser_.has_request_line()) return false;
  const ServerPlan& first = *client_->info.servers->default_server;
  if (uri_verdict_ == UriVerdict::kNone) {
    const NormalisedUri uri =
        normalise_uri(request_.head.target, first.merge_slashes, request_.arena);
    uri_verdict_ = uri.valid ? UriVerdict::kGood : UriVerdict::kBad;
    request_.uri = uri.path;
    request_.args = uri.args;
  }
  if (uri_verdict_ == UriVerdict::kGood) return false;
  request_.server = &first;
  request_.location = first.root;
  forget_headers();
  return true;
}

/// nginx has not seen what stands behind a bad URI.
void Exchange::forget_headers() {
  const std::string_view line = request_.head.line;
  request_.head.size = line.size() + (line.data()[line.size()] == '\r' ? 2 : 1);
  request_.head.headers = {};
  request_.head.content_length = -1;
  request_.head.chunked = false;
  request_.uri = std::string_view("");
  request_.host = {};
}

Exchange::Step Exchange::start_request() {
  input_taken_ = head_parser_.consumed();
  request_.body_bytes_received = 0;
  ++client_->info.requests;
  client_->count_as(Downstream::Activity::kWriting);
  const bool persistent = request_.head.version > 10 ? !head_parser_.connection_close()
                                                     : head_parser_.connection_keep_alive() &&
                                                           !head_parser_.connection_close();
  const Action action = route(request_);
  if (request_.location == nullptr) {
    request_.server = client_->info.servers->default_server;
    request_.location = request_.server->root;
  }
  request_.keepalive = persistent && !worker_.is_exiting();
  if (request_.uri.empty()) {  // it was bad
    forget_headers();
    log(LogLevel::kInfo, kBadUri, false);
    request_.keepalive = false;
  }
  return perform(action);
}

}  // namespace poolproof::runtime
