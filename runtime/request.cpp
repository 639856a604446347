// The parts of a request that are more than data: names of methods, looking for header lines,
// reuse.
#include "runtime/request.h"

#include <array>
#include <cstring>

namespace poolproof::runtime {
namespace {

constexpr std::array<std::string_view, 17> kMethodNames{
    "",        "GET",      "HEAD",      "POST", "PUT",    "DELETE", "MKCOL", "COPY",   "MOVE",
    "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH",  "TRACE", "CONNECT"};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_bytes(const char* a, const char* b, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// As many bytes at once as a Word has: they differ nowhere, or in the bit alone that makes letters
/// small, and there they are letters.
template <class Word>
bool same_word(const char* a, const char* b) {
  constexpr auto kEach = static_cast<Word>(0x0101010101010101);  // times a byte: that byte in all
  constexpr auto kHigh = static_cast<Word>(0x80 * kEach);
  constexpr auto kCaseBit = static_cast<Word>(0x20 * kEach);
  Word left, right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  const Word difference = left ^ right;
  if ((difference & ~kCaseBit) != 0) return false;
  // The high bit of each byte: it is not below "a", it is not above "z". No sum leaves its byte.
  const Word small = (left | kCaseBit) & ~kHigh;
  const Word letters = (small + (0x80 - 'a') * kEach) & ~(small + (0x7f - 'z') * kEach) & ~left;
  return ((difference << 2) & kHigh & ~letters) == 0;
}

}  // namespace

Method method_from(std::string_view name) {
  for (std::size_t i = 1; i < kMethodNames.size(); ++i) {
    if (name == kMethodNames[i]) return static_cast<Method>(i);
  }
  return Method::kOther;
}

std::string_view to_string(Method method) {
  return kMethodNames[static_cast<std::size_t>(method)];
}

bool same_letters(const char* a, const char* b, std::size_t size) {
  // The last word is read from the end, whatever of it was compared before.
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (!same_word<std::uint64_t>(a + at, b + at)) return false;
    }
    return same_word<std::uint64_t>(a + size - 8, b + size - 8);
  }
  if (size < 4) return same_bytes(a, b, size);
  return same_word<std::uint32_t>(a, b) && same_word<std::uint32_t>(a + size - 4, b + size - 4);
}

bool contains_ignoring_case(std::string_view text, std::string_view word) {
  for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
    if (equals_ignoring_case(text.substr(i, word.size()), word)) return true;
  }
  return false;
}

std::string_view find_header(std::span<const HeaderLine> headers, std::string_view name) {
  for (const HeaderLine& line : headers) {
    if (equals_ignoring_case(line.name, name)) {
      return line.value.data() != nullptr ? line.value : std::string_view("");
    }
  }
  return {};
}

std::uint64_t next_random(WorkerContext& worker) {
  std::uint64_t& x = worker.random_state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  return x * 0x2545F4914F6CDD1DULL;
}

std::string_view current_method(const Request& request) {
  return request.method == request.head.method ? request.head.method_name
                                               : to_string(request.method);
}

void Request::reset(WorkerContext& to_worker, const ClientConnection& from,
                    std::size_t slot_count) {
  Arena kept_arena = std::move(arena);
  std::vector<VariableSlot> kept_slots = std::move(slots);
  std::vector<UpstreamAttempt> kept_attempts = std::move(attempts);
  *this = Request{};
  kept_arena.reset();
  kept_slots.assign(slot_count, VariableSlot{});
  kept_attempts.clear();
  arena = std::move(kept_arena);
  slots = std::move(kept_slots);
  attempts = std::move(kept_attempts);
  worker = &to_worker;
  client = &from;
  start_unix_ms = to_worker.unix_ms;
  start_mono_ms = to_worker.mono_ms;
}

}  // namespace poolproof::runtime
