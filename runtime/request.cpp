// The parts of a request that are more than data: names of methods, looking for header lines,
// reuse.
#include "runtime/request.h"

#include <array>

namespace poolproof::runtime {
namespace {

constexpr std::array<std::string_view, 17> kMethodNames{
    "",        "GET",      "HEAD",      "POST", "PUT",    "DELETE", "MKCOL", "COPY",   "MOVE",
    "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH",  "TRACE", "CONNECT"};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
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

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
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
