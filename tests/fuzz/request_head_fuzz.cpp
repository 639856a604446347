// Any bytes as a request head: no crash, and the same verdict in one piece as byte by byte in
// moving memory.
//
// links: poolproof_runtime
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/http1/request_head_parser.h"

using namespace poolproof::runtime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  RequestHeadParser whole, stepwise;
  RequestHead whole_head, step_head;
  const HeadStatus expected = whole.parse(text.data(), text.size(), {}, whole_head);
  HeadStatus status = HeadStatus::kIncomplete;
  std::vector<char> kept;  // not a string: a short one would not keep its place
  for (std::size_t end = 1; end <= size && status == HeadStatus::kIncomplete; ++end) {
    std::vector<char> moved(data, data + end);
    status = stepwise.parse(moved.data(), end, {}, step_head);
    kept.swap(moved);
  }
  if (status != expected || whole.error_status() != stepwise.error_status()) std::abort();
  if (status == HeadStatus::kComplete) {
    if (whole.consumed() != stepwise.consumed() || whole_head.target != step_head.target)
      std::abort();
    if (whole_head.headers.size() != step_head.headers.size()) std::abort();
  }
  return 0;
}
