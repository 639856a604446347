// Does a place that passes requests on reuse upstream connections, and if not, why? One verdict for
// one nginx version, the same that a real nginx of that version shows when it runs the
// configuration with backends that follow their protocol (RFC 9112, section 9.3, for HTTP). Knows
// no report format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/source.h"
#include "grammar/config/effective_config.h"

namespace poolproof::lint {

enum class Pooled {
  kAlways,  // whatever an ordinary client sends, now and then at least: how often is a matter of
            // the size of the pool
  kNever,
  kDepends,  // on what the client sends, on a value that the configuration does not decide, or on
             // what the backend answers
};

/// "always", "never", "depends": as reports and JSON spell it.
std::string_view to_string(Pooled pooled);

/// Why a connection is not reused: the rule that finds it, a sentence, and the place to look at.
struct ReuseReason {
  std::string_view rule;
  std::string message;
  SourceSpan span;
  const HeaderField* field = nullptr;  // the Connection entry that is to blame, if one is
  bool backend_decides = false;        // some backends keep the connection nevertheless
};

struct ReuseVerdict {
  Pooled pooled = Pooled::kNever;
  std::vector<ReuseReason> reasons;  // empty for kAlways
};

/// The verdict for an ordinary request (one without Upgrade) that reaches this location. The
/// location must have a pass.
ReuseVerdict reuse_of(const EffectiveConfig& config, const Location& location);

/// The part of the reasons that lies with what the location sends, whatever the state of the pool.
/// The location must have a pass.
std::vector<ReuseReason> sending_reasons(const EffectiveConfig& config, const Location& location);

}  // namespace poolproof::lint
