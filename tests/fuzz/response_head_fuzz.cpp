// Any bytes as an upstream's response head: no crash, views inside the bytes, the verdict does not
// depend on how the bytes arrive.
//
// links: poolproof_runtime
#include <cstdint>
#include <cstdlib>
#include <string>

#include "runtime/http1/response_head_parser.h"

using namespace poolproof::runtime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ResponseHeadParser whole, stepwise;
  const ResponseHeadStatus expected = whole.parse(text.data(), size);
  ResponseHeadStatus status = ResponseHeadStatus::kIncomplete;
  for (std::size_t end = 1; end <= size && status == ResponseHeadStatus::kIncomplete; ++end) {
    status = stepwise.parse(text.data(), end);
  }
  if (status != expected) std::abort();
  for (const HeaderLine& line : whole.head().headers) {
    if (line.name.data() < text.data() ||
        line.value.data() + line.value.size() > text.data() + size)
      std::abort();
  }
  return 0;
}
