// What `poolproof run` does about each directive: executes it, may leave it out without changing
// what anybody can observe, or refuses it. A name that is not in the table is refused.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace poolproof::runtime {

enum class Support : std::uint8_t {
  kExecuted,
  kNoOp,       // leaving it out changes no answer; `reason` says why
  kWarned,     // left out with a warning: `reason` is what is different
  kOnlyValue,  // a no-op with `value` as first argument, refused otherwise
  kRefused
};

struct SupportEntry {
  std::string_view
      name;  // with a final `*`: all names that begin so and have no entry of their own
  Support support = Support::kRefused;
  std::string_view reason;  // or the harmless value for kOnlyValue
};

/// The entry of a directive of main, events, http and below; one that refuses if there is none.
const SupportEntry& support_of(std::string_view name);

/// For a statement with that first argument: kOnlyValue is already decided.
Support support_of(std::string_view name, std::string_view first_argument);

std::span<const SupportEntry> all_support_entries();

}  // namespace poolproof::runtime
