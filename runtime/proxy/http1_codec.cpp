// Which framing a response has: RFC 9112, 6.3, and nginx's proxy module.
#include "runtime/proxy/http1_codec.h"

#include <algorithm>

#include "runtime/plan.h"
#include "runtime/request.h"

namespace poolproof::runtime {
namespace {

constexpr Version kStrictFraming{1, 23, 0};

/// In any letter case, as nginx takes `proxy_method head`.
bool asks_for_head(std::string_view request) {
  constexpr std::string_view kHead = "HEAD ";
  return request.size() >= kHead.size() &&
         std::equal(kHead.begin(), kHead.end(), request.begin(),
                    [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? b - 32 : b); });
}

}  // namespace

void Http1Codec::append_request_head(Request& request, const ProxyPlan& proxy,
                                     const ProxyTarget& target, std::string& out) {
  const std::size_t begin = out.size();
  runtime::append_request_head(request, proxy, target, out);
  // proxy_method or the client's own: what was sent decides whether a body comes back.
  head_request_ = asks_for_head(std::string_view(out).substr(begin));
}

void Http1Codec::start_response(const Request& request) {
  const bool strict = request.worker->plan->version >= kStrictFraming;
  parser_.reset(strict ? FramingRules::kStrict : FramingRules::kLenient);
  chunks_.reset();
  complete_ = false;
  framing_ = Framing::kNone;
}

ResponseHeadStatus Http1Codec::parse_head(const char* data, std::size_t size) {
  const ResponseHeadStatus status = parser_.parse(data, size);
  if (status == ResponseHeadStatus::kComplete) choose_framing();
  return status;
}

void Http1Codec::choose_framing() {
  const ResponseHead& response = parser_.head();
  if (head_request_ || is_interim(response.status) || response.status == 204 ||
      response.status == 304) {
    framing_ = Framing::kNone;
    complete_ = true;
  } else if (response.chunked) {
    framing_ = Framing::kChunked;
  } else if (response.content_length >= 0) {
    framing_ = Framing::kLength;
    left_ = static_cast<std::uint64_t>(response.content_length);
    complete_ = left_ == 0;
  } else {
    framing_ = Framing::kClose;
  }
}

std::int64_t Http1Codec::body_length() const {
  // Of a response without body this is what a HEAD or a 304 says about the body that it does not
  // have.
  if (framing_ == Framing::kChunked || framing_ == Framing::kClose) return -1;
  return parser_.head().chunked ? -1 : parser_.head().content_length;
}

UpstreamCodec::Body Http1Codec::decode(std::span<char> bytes) {
  switch (framing_) {
    case Framing::kNone:
      return {BodyStatus::kEnd, {}, 0};
    case Framing::kClose:
      return {BodyStatus::kMore, {bytes.data(), bytes.size()}, bytes.size()};
    case Framing::kLength: {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      left_ -= size;
      complete_ = left_ == 0;
      return {complete_ ? BodyStatus::kEnd : BodyStatus::kMore, {bytes.data(), size}, size};
    }
    case Framing::kChunked:
      break;
  }
  const ChunkedDecoder::Result result = chunks_.decode(bytes);
  if (result.status == ChunkedDecoder::Status::kInvalid) {
    return {BodyStatus::kInvalid, result.body, result.consumed};
  }
  complete_ = result.status == ChunkedDecoder::Status::kEnd;
  return {complete_ ? BodyStatus::kEnd : BodyStatus::kMore, result.body, result.consumed};
}

bool Http1Codec::end_of_stream() {
  if (framing_ == Framing::kClose) complete_ = true;
  return complete_;
}

}  // namespace poolproof::runtime
