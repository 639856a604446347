// Any bytes are linted and fixed without a crash, and what was fixed is not changed by fixing it
// again.
//
// links: poolproof_lint
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "lint/fixer.h"

namespace poolproof {
namespace {

/// Larger inputs only cost time.
constexpr std::size_t kMaxInput = 4096;

std::string fixed(const std::string& bytes) {
  MemoryFileReader reader({{"/c/nginx.conf", bytes}});
  lint::FixOptions options;
  options.unsafe = true;
  auto result = lint::fix_config(reader, "/c/nginx.conf", options);
  if (!result) return bytes;
  const auto& files = result.value().files;
  return files.empty() ? bytes : files.front().after;
}

}  // namespace
}  // namespace poolproof

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > poolproof::kMaxInput) return 0;
  const std::string once = poolproof::fixed(std::string(reinterpret_cast<const char*>(data), size));
  if (poolproof::fixed(once) != once) {
    std::fprintf(stderr, "fixing twice changes something more\n");
    std::abort();
  }
  return 0;
}
