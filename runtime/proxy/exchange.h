// One request with its response: the state machine between a client's connection and an upstream's.
// It reads the head, asks routing what to do, and then proxies or answers. Memory is bounded: one
// buffer per direction, which is filled again only when what was in it has been sent. Reused for
// request after request; owns its connections' attention, not the connections.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "grammar/base/descriptor.h"
#include "runtime/http1/request_head_parser.h"
#include "runtime/log_format.h"
#include "runtime/plan_proxy.h"
#include "runtime/proxy/http1_codec.h"
#include "runtime/proxy/output_queue.h"
#include "runtime/proxy/request_body.h"
#include "runtime/proxy/response_head.h"
#include "runtime/proxy/upstream_connection.h"
#include "runtime/ranges.h"
#include "runtime/request.h"
#include "runtime/routing.h"
#include "runtime/upstream/balancer.h"

namespace poolproof::runtime {

class Downstream;
class Worker;
struct StaticFile;
struct StaticResponse;

class Exchange {
 public:
  explicit Exchange(Worker& worker);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  /// A client that was idle has sent something.
  void begin(Downstream& client);
  void on_client_ready();
  void on_client_timeout();
  void on_upstream_ready();
  void on_upstream_timeout();
  /// Goes on after run_later(). Nothing happens if it has gone on, or ended, meanwhile.
  void on_turn();
  /// Gives its memory back. Must be idle.
  void free_buffers();
  /// The worker stops at once.
  void abort();

  // the worker's list of exchanges that are in use
  Exchange* previous_active = nullptr;
  Exchange* next_active = nullptr;

 private:
  enum class State : std::uint8_t {
    kIdle,  // with no client
    kReadHead,
    kReadBody,  // request buffering
    kConnect,
    kSendRequest,
    kReadResponse,  // its head
    kForward,       // its body
    kTunnel,        // after "101 Switching Protocols"
    kSendReply,     // an answer of our own, perhaps with a file
    kDiscardBody    // what nobody wanted of the request
  };
  enum class Step : std::uint8_t {
    kContinue,  // look at the state again
    kWait,      // for readiness or a timer
    kEnded      // the exchange has been given back: touch nothing
  };

  enum class Gone : std::uint8_t { kEnded, kTimedOut };  // the client
  enum class UriVerdict : std::uint8_t { kNone, kGood, kBad };
  enum class Discarded : std::uint8_t { kAll, kMore, kInvalid, kClientEnded };
  static constexpr std::size_t kFirstInputCapacity = 16 * 1024;
  static constexpr std::size_t kMoreInput = 4096;  // room for one read, bytes
  /// Bytes of a response that are held at a time, beside its head.
  static constexpr std::size_t kBodyBuffer = 64 * 1024;

  void run();
  /// What begins an exchange's turn goes through here: an exception (no memory is left, or a defect
  /// of ours) ends this exchange and not the process.
  template <class Work>
  void guarded(Work work);
  void survive(std::string_view what) noexcept;
  void take_turn();
  bool ends_with_client();
  void client_timeout();
  void upstream_timeout();
  Step step();
  /// The one place where the state changes.
  void become(State next);
  bool may_become(State next) const;
  bool uses_upstream() const { return state_ >= State::kConnect && state_ <= State::kTunnel; }
  Step wait_for(Stream& stream, Timer& timer, std::int64_t timeout_ms);
  Step wait_for_client(std::int64_t timeout_ms);
  Step wait_for_upstream(std::int64_t timeout_ms);

  // --- exchange_request.cpp: the head of the client's message
  void start_message();
  void first_bytes_came();
  Step read_head();
  void grow_input(std::size_t room);
  Step pass_over_blanks();
  const ServerPlan& current_server() const;
  HeadStatus parse_head();
  bool end_head_early();
  Step abandon_head(int status, Gone how, std::string_view why);
  Step refuse_head();
  bool has_bad_uri();
  void forget_headers();
  Step start_request();

  // --- exchange_body.cpp: its body
  Step read_body();
  IoResult read_body_input();
  bool exceeds_body_limit(std::uint64_t size) const;
  Step refuse_body(int status);
  bool whole_body_is_here();
  Discarded read_discarded();
  bool discard_request_body();
  Step take_body_bytes(std::span<char> bytes, std::size_t& consumed);
  Step body_complete();
  void send_continue();
  Step discard_body();
  static bool has_body(const RequestHead& head) { return head.chunked || head.content_length > 0; }

  // --- exchange_reply.cpp: answers of our own
  Step perform(Action action);
  Step fail(int status);  // through error_page
  Step reply(int status, std::string_view content_type, std::string_view body,
             std::string_view location, std::string_view last_modified = {});
  Step reply_conditionally(std::string_view type, std::int64_t modified_s);
  Step reply_with_page(int status, std::string_view location);
  void set_location(ResponseFields& fields, std::string_view location);
  void keep_challenge();
  Step reply_with_status(const Action& action);
  Step reply_with_text(const Action& action);
  Step reply_with_statistics();
  Step reply_with_gif();

  // --- exchange_file.cpp: answers that are files
  Step serve_static();
  Step serve_directory();
  Step send_file(StaticFile file);
  void keep_head_of_refused_range(const StaticResponse& response);
  Step send_reply();
  bool begin_next_part();
  Step send_file_part();

  // --- exchange_upstream.cpp: getting a request to a peer
  Step start_proxy();
  void set_body_lengths();
  Step open_upstream();
  bool pick_peer();
  bool take_idle_connection();
  Step open_connection();
  Step connected();
  Step finish_connect();
  void queue_request();
  Step send_request();
  Step sending_failed(const IoResult& result);
  IoResult flush_request();
  IoResult pump_request_body();
  Step upstream_failed(NextUpstream kind, int status, std::string_view why);
  bool may_try_next(NextUpstream kind) const;
  void release_upstream(PeerResult result, bool failed);
  void release_without_body(PeerResult result);
  UpstreamAttempt& attempt() { return request_.attempts.back(); }

  // --- exchange_response.cpp: getting its response to the client
  Step read_response();
  Step take_response_head();
  bool status_wants_next(NextUpstream& kind) const;
  Step start_response();
  Step start_headless_response();
  Step follow_accel_redirect(std::string_view to);
  void begin_head(const ResponseFields& fields);
  void end_head(int status);
  void add_last_line(std::string_view name, std::string_view value);
  BodyEnd choose_body_end() const;
  void count_response(std::size_t size);
  std::size_t first_bytes() const;
  Step forward();
  Step forward_bytes(std::size_t begin, std::size_t size);
  Step end_of_upstream();
  void queue_body(std::string_view bytes, bool last);
  Step finish_forward();
  Step broken_response(std::string_view why);
  Step start_tunnel();
  Step tunnel();
  void ensure_response_buffer();
  std::span<char> body_buffer() const;

  // --- exchange.cpp: the end
  Step finish();
  Step close_client();
  Step client_aborted(int status, Gone why = Gone::kEnded);
  void log_request();
  void drop_upstream();
  void log(LogLevel level, std::string_view text, bool with_upstream);
  Step give_back();

  Worker& worker_;
  State state_ = State::kIdle;
  Downstream* client_ = nullptr;
  Request request_;

  // --- the client's message
  std::unique_ptr<char[]> input_;
  std::vector<std::unique_ptr<char[]>> outgrown_inputs_;  // something may still point into them
  std::size_t input_capacity_ = 0;
  std::size_t input_size_ = 0;   // bytes in it
  std::size_t input_taken_ = 0;  // of them used: head, then body
  RequestHeadParser head_parser_;
  UriVerdict uri_verdict_ = UriVerdict::kNone;  // of a head that does not come at once
  RequestBody body_;
  bool body_started_ = false;    // it is read to be passed on
  bool body_discarded_ = false;  // it is read over
  std::int64_t discard_until_ms_ = 0;
  std::uint64_t streamed_body_ = 0;  // bytes of a body that is passed on as it comes
  bool continue_sent_ = false;
  bool read_anything_ = false;  // since the last request ended

  // --- what goes to the client
  std::string head_text_;
  std::size_t head_size_ = 0;  // of the head in it: a short body may follow there
  /// What X-Accel-Redirect leaves for the response to its URI, in the request's arena.
  std::vector<HeaderLine> kept_headers_;
  std::string_view kept_type_;
  std::string_view kept_location_;  // of a redirect for which an error_page answers
  std::vector<HeaderLine> sent_headers_;
  OutputQueue to_client_;
  std::uint64_t sent_ = 0;
  char chunk_line_[20];
  std::string reply_body_;
  Descriptor file_;
  std::int64_t file_at_ = 0, file_end_ = 0;
  /// Several parts of one file.
  struct FileParts {
    std::vector<ByteRange> ranges;
    MultipartBody body;
    std::size_t at = 0;  // the part that is sent
  };
  std::unique_ptr<FileParts> file_parts_;
  bool response_started_ = false;

  // --- the upstream
  const ProxyPlan* proxy_ = nullptr;
  ProxyTarget target_;
  Http1Codec http1_;
  UpstreamCodec* codec_ = &http1_;
  PeerSelection selection_;
  std::uint32_t peer_ = kNoPeer;
  PoolKey pool_key_;
  UpstreamConnection* upstream_ = nullptr;
  bool reused_ = false;         // the connection came from the pool
  bool request_begun_ = false;  // bytes of it were sent
  bool request_sent_ = false;
  bool streams_body_ = false;      // proxy_request_buffering off
  std::size_t first_attempt_ = 0;  // of the current location, in the request's
  std::int64_t proxy_started_ms_ = 0, attempt_started_ms_ = 0;
  std::string upstream_head_;
  std::string set_body_;
  OutputQueue to_upstream_;
  std::uint64_t upstream_sent_ = 0;
  char request_chunk_line_[20];

  /// Room for a head and what comes with it, then for what follows.
  std::unique_ptr<char[]> response_;
  std::size_t head_room_ = 0;      // bytes of the first of the two
  std::size_t response_size_ = 0;  // bytes of the head's buffer that are filled
  std::size_t response_head_size_ = 0;
  UpstreamHeaders upstream_headers_;
  BodyEnd body_end_ = BodyEnd::kLength;
  bool response_complete_ = false;  // its last byte is queued
  bool unread_data_ = false;
};

}  // namespace poolproof::runtime
