// Lookup over the compiled-in table.
#include "grammar/catalogue/catalogue.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace poolproof {
namespace {

using enum Inheritance;
constexpr ContextSet C(Context c) { return static_cast<ContextSet>(c); }
constexpr ContextSet CMain = C(Context::kMain), CEvents = C(Context::kEvents), CHttp = C(Context::kHttp),
    CServer = C(Context::kServer), CLocation = C(Context::kLocation), CUpstream = C(Context::kUpstream),
    CIfInServer = C(Context::kIfInServer), CIfInLocation = C(Context::kIfInLocation),
    CLimitExcept = C(Context::kLimitExcept), CStream = C(Context::kStream),
    CStreamServer = C(Context::kStreamServer), CStreamUpstream = C(Context::kStreamUpstream),
    CMail = C(Context::kMail), CMailServer = C(Context::kMailServer), CMap = C(Context::kMap),
    CGeo = C(Context::kGeo), CMatch = C(Context::kMatch), CRtmp = C(Context::kRtmp),
    CRtmpServer = C(Context::kRtmpServer), CRtmpApplication = C(Context::kRtmpApplication),
    COther = C(Context::kOther), kAnyContext = 0xffffffff;
constexpr std::uint16_t F(DirectiveFlag f) { return static_cast<std::uint16_t>(f); }
constexpr std::uint16_t FBlock = F(DirectiveFlag::kBlock), FLuaBlock = F(DirectiveFlag::kLuaBlock),
    FOnOff = F(DirectiveFlag::kOnOff), FVariables = F(DirectiveFlag::kVariables),
    FCommercial = F(DirectiveFlag::kCommercial), FThirdParty = F(DirectiveFlag::kThirdParty),
    FObsolete = F(DirectiveFlag::kObsolete);

constexpr DirectiveSpec kDirectives[] = {
#define V(a, b, c) Version{a, b, c}
#define DIRECTIVE(name, module, contexts, min, max, flags, inherit, repeat, type, since, removed, def) \
  {name, module, contexts, min, max, static_cast<std::uint16_t>(flags), Inheritance::k##inherit, OnRepeat::k##repeat, ValueType::k##type, since, removed, def},
#include "grammar/catalogue/directives.def"
#undef DIRECTIVE
};
constexpr VariableSpec kVariables[] = {
#define VARIABLE(name, prefix, module, since, removed, third, stream) {name, prefix, module, since, removed, third, stream},
#include "grammar/catalogue/variables.def"
#undef VARIABLE
#undef V
};

const std::unordered_map<std::string_view, std::span<const DirectiveSpec>>& index() {
  static const auto* const map = [] {
    auto* made = new std::unordered_map<std::string_view, std::span<const DirectiveSpec>>();
    const std::span<const DirectiveSpec> all(kDirectives);
    for (std::size_t i = 0; i < all.size();) {
      std::size_t j = i;
      while (j < all.size() && all[j].name == all[i].name) ++j;
      (*made)[all[i].name] = all.subspan(i, j - i);
      i = j;
    }
    return made;
  }();
  return *map;
}

}  // namespace

std::string_view to_string(Context context) {
  switch (context) {
    case Context::kMain: return "main";
    case Context::kEvents: return "events";
    case Context::kHttp: return "http";
    case Context::kServer: return "server";
    case Context::kLocation: return "location";
    case Context::kUpstream: return "upstream";
    case Context::kIfInServer: return "if in server";
    case Context::kIfInLocation: return "if in location";
    case Context::kLimitExcept: return "limit_except";
    case Context::kStream: return "stream";
    case Context::kStreamServer: return "stream server";
    case Context::kStreamUpstream: return "stream upstream";
    case Context::kMail: return "mail";
    case Context::kMailServer: return "mail server";
    default: return "block";
  }
}

std::span<const DirectiveSpec> all_directives() { return kDirectives; }
std::span<const DirectiveSpec> find_directives(std::string_view name) {
  const auto found = index().find(name);
  return found == index().end() ? std::span<const DirectiveSpec>{} : found->second;
}
const DirectiveSpec* find_directive(std::string_view name, Context context) {
  for (const DirectiveSpec& spec : find_directives(name)) if (spec.allowed_in(context)) return &spec;
  return nullptr;
}
bool accepts_argument_count(const DirectiveSpec& spec, std::size_t count, Version) {
  return count >= spec.min_args && (spec.max_args == kUnboundedArgs || count <= spec.max_args);
}
bool allowed_in(const DirectiveSpec& spec, Context context, Version) { return spec.allowed_in(context); }
std::string_view default_value(const DirectiveSpec& spec, Version) { return spec.default_value; }
std::vector<std::string_view> similar_directives(std::string_view, Context) { return {}; }
const VariableSpec* find_variable(std::string_view name, bool stream) {
  for (const VariableSpec& spec : kVariables) {
    if (spec.stream == stream && (spec.is_prefix ? name.starts_with(spec.name) : name == spec.name)) return &spec;
  }
  return nullptr;
}

}  // namespace poolproof
