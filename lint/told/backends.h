// What is known of programs that stand behind nginx: how long they keep an idle connection, whether
// an idle one occupies a process, and how many they take. Facts as data, with defaults only: who
// has changed a setting says so in numbers (`backend-idle=`, `max-connections=`).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace poolproof::lint {

/// What one idle connection costs the backend.
enum class IdleCost : std::uint8_t {
  kMemory,  // an event loop watches it
  kProcess  // a process or thread waits for it and serves nobody else
};

struct Backend {
  std::string_view key;   // as `# poolproof: backend=KEY` has it
  std::string_view name;  // for messages
  /// Idle time after which it closes, in its default setting; 0: it closes after each answer;
  /// nothing: it waits for ever, or that is not known.
  std::optional<std::chrono::seconds> idle;
  IdleCost idle_cost = IdleCost::kMemory;
  std::uint32_t max_connections = 0;  // by default; 0: no limit that is known
};

/// Sorted by key.
std::span<const Backend> all_backends();
const Backend* find_backend(std::string_view key);

}  // namespace poolproof::lint
