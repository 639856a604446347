// Facts about directives as data: where they may stand, how many arguments they take, how they
// inherit, and since which version. Compiled in from directives.def, one line each. Knows no
// configuration.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "grammar/base/version.h"

namespace poolproof {

/// Where a directive stands. Kept as one bit each, so that a set of contexts is one number.
enum class Context : std::uint32_t {
  kMain = 1u << 0,
  kEvents = 1u << 1,
  kHttp = 1u << 2,
  kServer = 1u << 3,
  kLocation = 1u << 4,
  kUpstream = 1u << 5,
  kIfInServer = 1u << 6,
  kIfInLocation = 1u << 7,
  kLimitExcept = 1u << 8,
  kStream = 1u << 9,
  kStreamServer = 1u << 10,
  kStreamUpstream = 1u << 11,
  kMail = 1u << 12,
  kMailServer = 1u << 13,
  kMap = 1u << 14,  // map, split_clients, charset_map
  kGeo = 1u << 15,
  kTypes = 1u << 16,
  kMatch = 1u << 17,
  kRtmp = 1u << 18,
  kRtmpServer = 1u << 19,
  kRtmpApplication = 1u << 20,
  kOther = 1u << 21,    // blocks of third-party modules whose inside is not known
  kUnknown = 1u << 22,  // inside of an unknown block: nothing is checked there
};

using ContextSet = std::uint32_t;

constexpr ContextSet operator|(Context a, Context b) {
  return static_cast<ContextSet>(a) | static_cast<ContextSet>(b);
}
constexpr ContextSet operator|(ContextSet a, Context b) {
  return a | static_cast<ContextSet>(b);
}
constexpr bool contains(ContextSet set, Context context) {
  return (set & static_cast<ContextSet>(context)) != 0;
}

/// "server", "if in location", ... as nginx's documentation calls it.
std::string_view to_string(Context context);

/// How a level gets its value from the levels around it.
enum class Inheritance : std::uint8_t {
  kNone,         // nothing goes down
  kReplace,      // the inner value, else the outer one
  kListReplace,  // the inner list if it has an entry, else the whole outer list
  kListAppend,   // outer entries first, inner ones appended (headers-more)
};

/// What a second occurrence in the same block does.
enum class OnRepeat : std::uint8_t { kUnknown, kError, kAccumulate, kLastWins, kFirstWins };

/// How the arguments are read. kAny: in a way of the directive's own. kSize has no `g`, kOffset
/// has. kTime is kept in seconds, kMsec in milliseconds. kBufs: a number and a size.
enum class ValueType : std::uint8_t {
  kAny,
  kFlag,
  kEnum,
  kNumber,
  kSize,
  kOffset,
  kTime,
  kMsec,
  kBufs,
  kBitmask,
  kKeyValue
};

enum class DirectiveFlag : std::uint16_t {
  kBlock = 1u << 0,         // opens a block
  kLuaBlock = 1u << 1,      // its block is Lua text
  kOnOff = 1u << 2,         // takes `on` or `off` and nothing else
  kVariables = 1u << 3,     // its arguments may hold variables
  kThirdParty = 1u << 4,    // not part of open-source nginx
  kCommercial = 1u << 5,    // NGINX Plus only
  kObsolete = 1u << 6,      // accepted with a warning, does nothing
  kMinOrMaxArgs = 1u << 7,  // min_args or max_args arguments, nothing between
};

inline constexpr std::uint8_t kUnboundedArgs = 255;

/// One row. A name may have several rows (server in http, stream and mail).
struct DirectiveSpec {
  std::string_view name;
  std::string_view module;  // C name as in the reference: "ngx_http_proxy_module"
  ContextSet contexts = 0;
  std::uint8_t min_args = 0;
  std::uint8_t max_args = 0;  // kUnboundedArgs: no limit
  std::uint16_t flags = 0;    // of DirectiveFlag
  Inheritance inheritance = Inheritance::kNone;
  OnRepeat on_repeat = OnRepeat::kUnknown;
  ValueType value_type = ValueType::kAny;
  Version since{};                 // 0.0.0: always, or not known
  Version removed{};               // first version without it; 0.0.0: never
  std::string_view default_value;  // of the newest version; empty: none or computed

  bool is(DirectiveFlag flag) const { return (flags & static_cast<std::uint16_t>(flag)) != 0; }
  bool allowed_in(Context context) const { return contains(contexts, context); }
  bool exists_in(Version version) const {
    return since <= version && (removed == Version{} || version < removed);
  }
};

/// All rows, sorted by name.
std::span<const DirectiveSpec> all_directives();

/// The rows of a name; empty if nobody knows it. Names are case-sensitive, as nginx has them.
std::span<const DirectiveSpec> find_directives(std::string_view name);

/// The row of `name` that may stand in `context`, or nullptr.
const DirectiveSpec* find_directive(std::string_view name, Context context);

/// The argument counts that a version takes where that changed over time (else min_args, max_args).
bool accepts_argument_count(const DirectiveSpec& spec, std::size_t count, Version version);

/// May it stand there in that version? (`proxy_pass` in `limit_except` since 0.4.13.)
bool allowed_in(const DirectiveSpec& spec, Context context, Version version);

/// The documented default of that version; empty if there is none or it is computed.
std::string_view default_value(const DirectiveSpec& spec, Version version);

/// A word that a directive of type kEnum or kBitmask takes.
struct AllowedValue {
  std::string_view name;  // of the directive
  std::string_view module;
  std::string_view value;  // compared without regard to case, as nginx does
  Version since{};
};

/// The words that it takes; empty if any text goes.
std::span<const AllowedValue> allowed_values(const DirectiveSpec& spec);

/// Since when a directive is deprecated or gone, and what to write instead (empty: nothing).
struct Deprecation {
  std::string_view name;
  std::string_view module;
  Version since{};
  std::string_view instead;
};

/// Null if it is neither deprecated nor gone.
const Deprecation* find_deprecation(const DirectiveSpec& spec);

/// Known names that are likely meant by a misspelt one in that context, best first, at most three.
std::vector<std::string_view> similar_directives(std::string_view name, Context context);

/// A variable that nginx or a known module provides.
struct VariableSpec {
  std::string_view name;  // without `$`; for prefixes with the trailing underscore: "http_"
  bool is_prefix = false;
  std::string_view module;
  Version since{};
  Version removed{};
  bool third_party = false;
  bool stream = false;  // of the stream subsystem
};

/// Names compare without regard to case, as in nginx; a whole name goes before a prefix. Null if
/// nobody provides it.
const VariableSpec* find_variable(std::string_view name, bool stream);

}  // namespace poolproof
