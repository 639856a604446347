// HTTP/1.0 and 1.1 towards an upstream.
#pragma once

#include "runtime/http1/chunked.h"
#include "runtime/proxy/upstream_codec.h"

namespace poolproof::runtime {

class Http1Codec final : public UpstreamCodec {
 public:
  void append_request_head(Request& request, const ProxyPlan& proxy, const ProxyTarget& target,
                           std::string& out) override;
  void start_response(const Request& request) override;
  ResponseHeadStatus parse_head(const char* data, std::size_t size) override;
  const ResponseHead& head() const override { return parser_.head(); }
  std::size_t head_size() const override { return parser_.consumed(); }
  std::string_view error() const override { return parser_.error(); }
  std::int64_t body_length() const override;
  bool is_complete() const override { return complete_; }
  Body decode(std::span<char> bytes) override;
  bool end_of_stream() override;
  bool is_reusable() const override {
    return complete_ && !head().connection_close && framing_ != Framing::kClose;
  }

 private:
  enum class Framing : std::uint8_t { kNone, kLength, kChunked, kClose };
  void choose_framing();

  ResponseHeadParser parser_;
  ChunkedDecoder chunks_;
  Framing framing_ = Framing::kNone;
  std::uint64_t left_ = 0;
  bool head_request_ = false;
  bool complete_ = false;
};

}  // namespace poolproof::runtime
