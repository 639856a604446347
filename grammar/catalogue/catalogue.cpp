// Lookup by name: a table of open addressing, filled while compiling, so that no start-up and no
// allocation is paid for it.
#include "grammar/catalogue/catalogue.h"

#include "grammar/catalogue/directive_table.h"

namespace poolproof {
namespace {

using catalogue::kDirectiveCount;
using catalogue::kDirectives;

constexpr std::size_t kSlots = 4096;  // power of two; less than half full
static_assert(kDirectiveCount < kSlots / 2);

/// FNV-1a with a last mix, for the low bits select the slot.
constexpr std::uint32_t hash(std::string_view name) {
  std::uint32_t value = 2166136261u;
  for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 16777619u;
  return value ^ (value >> 15);
}

/// Index + 1 of the first row of a name; 0: free.
constexpr auto kIndex = [] {
  std::array<std::uint16_t, kSlots> slots{};
  for (std::size_t row = 0; row < kDirectiveCount; ++row) {
    if (row > 0 && kDirectives[row - 1].name == kDirectives[row].name) continue;
    std::size_t slot = hash(kDirectives[row].name) % kSlots;
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<std::uint16_t>(row + 1);
  }
  return slots;
}();

}  // namespace

std::string_view to_string(Context context) {
  switch (context) {
    case Context::kMain:
      return "main";
    case Context::kEvents:
      return "events";
    case Context::kHttp:
      return "http";
    case Context::kServer:
      return "server";
    case Context::kLocation:
      return "location";
    case Context::kUpstream:
      return "upstream";
    case Context::kIfInServer:
      return "if in server";
    case Context::kIfInLocation:
      return "if in location";
    case Context::kLimitExcept:
      return "limit_except";
    case Context::kStream:
      return "stream";
    case Context::kStreamServer:
      return "server in stream";
    case Context::kStreamUpstream:
      return "upstream in stream";
    case Context::kMail:
      return "mail";
    case Context::kMailServer:
      return "server in mail";
    case Context::kMap:
      return "map";
    case Context::kGeo:
      return "geo";
    case Context::kTypes:
      return "types";
    case Context::kMatch:
      return "match";
    case Context::kRtmp:
      return "rtmp";
    case Context::kRtmpServer:
      return "server in rtmp";
    case Context::kRtmpApplication:
      return "application in rtmp";
    case Context::kOther:
      return "block of a module";
    case Context::kUnknown:
      break;
  }
  return "unknown block";
}

std::span<const DirectiveSpec> all_directives() {
  return kDirectives;
}

std::span<const DirectiveSpec> find_directives(std::string_view name) {
  for (std::size_t slot = hash(name) % kSlots; kIndex[slot] != 0; slot = (slot + 1) % kSlots) {
    const std::size_t first = kIndex[slot] - 1u;
    if (kDirectives[first].name != name) continue;
    std::size_t end = first + 1;
    while (end < kDirectiveCount && kDirectives[end].name == name) ++end;
    return {kDirectives + first, end - first};
  }
  return {};
}

const DirectiveSpec* find_directive(std::string_view name, Context context) {
  for (const DirectiveSpec& spec : find_directives(name)) {
    if (spec.allowed_in(context)) return &spec;
  }
  return nullptr;
}

}  // namespace poolproof
