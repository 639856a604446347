// The table of blocks, as nginx 1.22.1 nests them.
#include "grammar/config/block_context.h"

#include <array>

namespace poolproof {
namespace {

struct Row {
  std::string_view name;
  Context outer;
  Context inner;
};

// An `if` or `location` that stands inside a kind of location is looked up as if in kLocation.
constexpr std::array kRows{
    Row{"events", Context::kMain, Context::kEvents},
    Row{"http", Context::kMain, Context::kHttp},
    Row{"stream", Context::kMain, Context::kStream},
    Row{"mail", Context::kMain, Context::kMail},
    Row{"rtmp", Context::kMain, Context::kRtmp},
    Row{"server", Context::kHttp, Context::kServer},
    Row{"server", Context::kStream, Context::kStreamServer},
    Row{"server", Context::kMail, Context::kMailServer},
    Row{"server", Context::kRtmp, Context::kRtmpServer},
    Row{"application", Context::kRtmpServer, Context::kRtmpApplication},
    Row{"upstream", Context::kHttp, Context::kUpstream},
    Row{"upstream", Context::kStream, Context::kStreamUpstream},
    Row{"location", Context::kServer, Context::kLocation},
    Row{"location", Context::kLocation, Context::kLocation},
    Row{"if", Context::kServer, Context::kIfInServer},
    Row{"if", Context::kLocation, Context::kIfInLocation},
    Row{"limit_except", Context::kLocation, Context::kLimitExcept},
    Row{"map", Context::kHttp, Context::kMap},
    Row{"map", Context::kStream, Context::kMap},
    Row{"split_clients", Context::kHttp, Context::kMap},
    Row{"split_clients", Context::kStream, Context::kMap},
    Row{"charset_map", Context::kHttp, Context::kMap},
    Row{"geo", Context::kHttp, Context::kGeo},
    Row{"geo", Context::kStream, Context::kGeo},
    Row{"match", Context::kHttp, Context::kMatch},
    Row{"match", Context::kStream, Context::kMatch},
};

}  // namespace

Context block_context(std::string_view name, Context outer, const DirectiveSpec* spec) {
  if (spec == nullptr) return Context::kUnknown;
  if (name == "types") return Context::kTypes;
  for (const Row& row : kRows) {
    if (row.outer == outer && row.name == name) return row.inner;
  }
  return Context::kOther;
}

}  // namespace poolproof
