// Answers of our own: pages, redirects and texts.
#include <fmt/format.h>

#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/proxy/status_page.h"
#include "runtime/static_files.h"
#include "runtime/user_agent.h"
#include "runtime/worker.h"

namespace poolproof::runtime {
namespace {

constexpr std::string_view kEmptyGif(
    "GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x01\x00\x2c"
    "\x00\x00"
    "\x00\x00\x01\x00\x01\x00\x00\x02\x02\x4c\x01\x00\x3b",
    43);
constexpr std::int64_t kEmptyGifDate = 23349600;       // 28 Sep 1970 06:00:00 GMT (nginx 1.22.1)
constexpr int kHeadTooLarge = 494, kPlainToTls = 497;  // nginx's own: on the wire they are 400

/// What nginx puts behind its pages for errors, so that browsers show them and not their own
/// (1.22.1, ngx_http_send_special_response; `msie_padding` is on by default).
constexpr std::string_view kPadding =
    "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";
constexpr int kPaddingLines = 6;

bool wants_padding(const Request& request, int status) {
  if (!request.location->msie_padding || status < 400 || request.head.version < 10) return false;
  const Browser browser = browser_of(find_header(request.head.headers, "User-Agent"));
  return browser == Browser::kMsie || browser == Browser::kMsie6 || browser == Browser::kChrome;
}

}  // namespace

void Exchange::begin_head(const ResponseFields& fields) {
  // A client that is told so sends its next request elsewhere; nginx 1.22.1 only closes.
  if (worker_.is_exiting()) request_.keepalive = false;
  head_text_.clear();
  if (kept_headers_.empty() && kept_type_.empty()) {
    append_response_start(request_, fields, head_text_);
    return;
  }
  ResponseFields changed = fields;
  if (!kept_type_.empty() && !fields.content_type.empty()) changed.content_type = kept_type_;
  append_response_start(request_, changed, head_text_);
  for (const HeaderLine& line : kept_headers_)
    append_header_line(line.name, line.value, head_text_);
}

/// A path that we complete has a place of its own in the head (ngx_http_header_filter).
void Exchange::set_location(ResponseFields& fields, std::string_view location) {
  if (location.data() == nullptr) return;
  const std::string_view complete = absolute_location(request_, location);
  (complete.data() == location.data() ? fields.other_location : fields.location) = complete;
}

/// Adds what add_header asks for; its variables see the lines so far. HTTP/0.9 has no heads.
void Exchange::end_head(int status) {
  if (request_.head.version == 9) {
    head_text_.clear();
    head_size_ = 0;
    return;
  }
  append_response_end(request_, status, sent_headers_, head_text_);
  head_size_ = head_text_.size();
}

/// What nginx's later filters add stands behind add_header's lines, where there is a head.
void Exchange::add_last_line(std::string_view name, std::string_view value) {
  if (head_text_.empty()) return;
  head_text_.resize(head_text_.size() - 2);
  append_header_line(name, value, head_text_);
  head_text_ += "\r\n";
  head_size_ = head_text_.size();
}

/// Redirects inside come back here; routing limits how often.
Exchange::Step Exchange::perform(Action action) {
  if (!request_.keepalive_allowed) request_.keepalive = false;
  if (request_.body_refused && !body_discarded_) {
    log(LogLevel::kError, "client intended to send too large body", false);
    discard_request_body();
  }
  switch (action.kind) {
    case ActionKind::kProxy:
      return start_proxy();
    case ActionKind::kStatic:
      return serve_static();
    case ActionKind::kReply:
      return reply_with_text(action);
    case ActionKind::kRedirect:
      kept_location_ = action.text;
      return fail(action.status);
    case ActionKind::kPage:
      return reply_with_page(action.status, action.text);
    case ActionKind::kStubStatus:
      return reply_with_statistics();
    case ActionKind::kEmptyGif:
      return reply_with_gif();
    case ActionKind::kStatus:
      return fail(action.status);
    case ActionKind::kClose:
      break;
  }
  request_.status = 444;
  log_request();
  return close_client();
}

Exchange::Step Exchange::fail(int status) {
  // nginx says nothing to a client that it takes for gone (ngx_http_finalize_request).
  if (status == 408 || status == 499) return client_aborted(status);
  return perform(on_status(request_, status));
}

Exchange::Step Exchange::reply_with_page(int status, std::string_view location) {
  continue_sent_ = true;  // nobody asks for the body of a request that fails
  if (!discard_request_body()) request_.keepalive = false;
  kept_type_ = {};
  std::erase_if(kept_headers_, [](const HeaderLine& line) {
    return equals_ignoring_case(line.name, "ETag") ||  // ngx_http_send_special_response
           equals_ignoring_case(line.name, "Last-Modified");
  });
  reply_body_ = status_page(status);
  if (!reply_body_.empty() && wants_padding(request_, status)) {
    for (int i = 0; i < kPaddingLines; ++i) reply_body_ += kPadding;
  }
  if (status >= kHeadTooLarge && status <= kPlainToTls) status = 400;
  return reply(status, reply_body_.empty() ? std::string_view() : "text/html", reply_body_,
               location);
}

Exchange::Step Exchange::reply_with_text(const Action& action) {
  if (!discard_request_body()) return fail(400);
  reply_body_.assign(action.text);
  const std::string_view type = media_type(*request_.location, request_.uri);
  if (action.status == 200) return reply_conditionally(type, kNoDate);
  return reply(action.status, action.status == 204 ? std::string_view() : type, reply_body_, {});
}

Exchange::Step Exchange::reply_with_statistics() {
  if (!is_read_only(request_.method)) return fail(405);
  if (!discard_request_body()) return fail(400);
  using Counts = ConnectionCounts;
  const auto sum = [&](Counter Counts::*which) { return sum_of(worker_.context().counts, which); };
  reply_body_ = fmt::format(
      "Active connections: {} \nserver accepts handled requests\n {} {} {} \n"
      "Reading: {} Writing: {} Waiting: {} \n",
      sum(&Counts::active), sum(&Counts::accepted), sum(&Counts::handled), sum(&Counts::requests),
      sum(&Counts::reading), sum(&Counts::writing), sum(&Counts::waiting));
  return reply_conditionally("text/plain", kNoDate);
}

Exchange::Step Exchange::reply_with_gif() {
  if (!is_read_only(request_.method)) return fail(405);
  if (!discard_request_body()) return fail(400);
  reply_body_.assign(kEmptyGif);
  return reply_conditionally("image/gif", kEmptyGifDate);
}

/// A 200 of ours, or what the request's conditions make of it.
Exchange::Step Exchange::reply_conditionally(std::string_view type, std::int64_t modified_s) {
  const bool is_ok = request_.error_status == 0 || request_.error_status == 200;
  const int status = is_ok ? status_of_conditions(modified_s, {}, request_) : 200;
  if (status == 412) return fail(412);
  const std::string date = modified_s != kNoDate ? http_date_text(modified_s) : std::string();
  if (status != 304) return reply(200, type, reply_body_, {}, date);
  request_.error_status = 0;
  return reply(304, {}, {}, {}, date);
}

Exchange::Step Exchange::reply(int status, std::string_view content_type, std::string_view body,
                               std::string_view location, std::string_view last_modified) {
  if (request_.error_status != 0) status = request_.error_status;
  if (status >= kHeadTooLarge && status <= kPlainToTls) status = 400;
  drop_upstream();
  request_.status = status;
  ResponseFields fields;
  fields.status = status;
  fields.date = worker_.http_date();
  fields.content_type = content_type;
  // What was not modified says nothing of a body; `return 304` does.
  const bool has_length = status != 204 && (status != 304 || !content_type.empty());
  if (has_length) fields.content_length = static_cast<std::int64_t>(body.size());
  set_location(fields, location.empty() ? kept_location_ : location);
  fields.last_modified = last_modified;
  begin_head(fields);
  end_head(status);
  to_client_.clear();
  to_client_.push(head_text_);
  const bool bodyless = status == 204 || status == 304 ||
                        (request_.head.method == Method::kHead && request_.head.version != 9);
  if (!bodyless) to_client_.push(body);
  response_started_ = true;
  become(State::kSendReply);
  return Step::kContinue;
}

}  // namespace poolproof::runtime
