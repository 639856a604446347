// What a protocol towards an upstream has to do: lay out a request, read the head of a response,
// and take the body out of its framing. The exchange speaks to upstreams only by this; HTTP/1 is
// one, FastCGI and the others are made like it. A codec belongs to one exchange at a time and holds
// that exchange's state. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/http1/response_head_parser.h"

namespace poolproof::runtime {

struct ProxyPlan;
struct ProxyTarget;
struct Request;

class UpstreamCodec {
 public:
  enum class BodyStatus : std::uint8_t { kMore, kEnd, kInvalid };
  struct Body {
    BodyStatus status = BodyStatus::kMore;
    std::string_view bytes;    // without framing, within the given buffer
    std::size_t consumed = 0;  // what is behind it does not belong to this response
  };

  virtual ~UpstreamCodec() = default;

  /// Appends everything that goes in front of the request's body.
  virtual void append_request_head(Request& request, const ProxyPlan& proxy,
                                   const ProxyTarget& target, std::string& out) = 0;

  /// Forgets the response so far: a try begins.
  virtual void start_response(const Request& request) = 0;
  /// Looks at all that has come; `data` does not move until kComplete.
  virtual ResponseHeadStatus parse_head(const char* data, std::size_t size) = 0;
  virtual const ResponseHead& head() const = 0;
  virtual std::size_t head_size() const = 0;
  virtual std::string_view error() const = 0;

  /// Bytes of the body that the client will get; -1: known at the end only.
  virtual std::int64_t body_length() const = 0;
  /// The body is complete (also right after the head, if there is none).
  virtual bool is_complete() const = 0;
  virtual Body decode(std::span<char> bytes) = 0;
  /// The upstream has ended the connection; true if that is how this response ends.
  virtual bool end_of_stream() = 0;
  /// The connection may serve another request.
  virtual bool is_reusable() const = 0;
};

}  // namespace poolproof::runtime
