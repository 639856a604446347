// Any bytes as a chunked body: no crash, and the cuts between reads change nothing.
//
// links: poolproof_runtime
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/http1/chunked.h"

using namespace poolproof::runtime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string whole = text;
  ChunkedDecoder decoder, stepwise;
  const auto expected = decoder.decode(whole);
  std::string body;
  std::size_t consumed = 0;
  auto status = ChunkedDecoder::Status::kMore;
  for (std::size_t at = 0; at < size && status == ChunkedDecoder::Status::kMore; at += 3) {
    std::string part = text.substr(at, 3);
    const auto result = stepwise.decode(part);
    body += result.body;
    consumed += result.consumed;
    status = result.status;
  }
  if (status != expected.status) std::abort();
  if (status != ChunkedDecoder::Status::kInvalid &&
      (body != expected.body || consumed != expected.consumed)) {
    std::abort();
  }
  return 0;
}
