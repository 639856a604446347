// Why a connection is kept or not: nginx's questions in nginx's order.
#include "runtime/upstream/connection_pool.h"

#include <array>

namespace poolproof::runtime {

std::string_view to_string(ReleaseOutcome outcome) {
  static constexpr std::array<std::string_view, kReleaseOutcomeCount> kNames{
      "pooled",         "pooled, oldest evicted",
      "no pool",        "no idle time",
      "failed",         "peer closed",
      "request limit",  "age limit",
      "not reusable",   "request not sent",
      "worker exiting", "unread data"};
  return kNames[static_cast<std::size_t>(outcome)];
}

ReleaseOutcome judge_release(const PoolSettings& settings, const ReleaseFacts& facts) {
  if (settings.capacity == 0) return ReleaseOutcome::kNoPool;
  if (settings.idle_timeout_ms == 0) return ReleaseOutcome::kNoIdleTime;
  if (facts.failed) return ReleaseOutcome::kFailed;
  if (facts.connection_broken) return ReleaseOutcome::kPeerClosed;
  if (facts.requests_served >= settings.max_requests) return ReleaseOutcome::kRequestLimit;
  if (facts.age_ms > settings.max_age_ms) return ReleaseOutcome::kAgeLimit;
  if (!facts.response_reusable) return ReleaseOutcome::kNotReusable;
  if (!facts.request_fully_sent) return ReleaseOutcome::kRequestNotSent;
  if (facts.worker_exiting) return ReleaseOutcome::kWorkerExiting;
  if (facts.unread_data) return ReleaseOutcome::kUnreadData;
  return ReleaseOutcome::kPooled;
}

}  // namespace poolproof::runtime
