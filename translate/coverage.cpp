// Walks the bound statements; what a statement means to a target is that target's table.
#include "translate/coverage.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "translate/common_coverage.h"

namespace poolproof::translate {
namespace {

struct Neutral {
  std::string_view directive, value;
};

/// Statements that ask for nothing, whatever a table says of their name.
constexpr std::array kNeutral = {
    Neutral{"access_log", "off"},
    Neutral{"auth_basic", "off"},
    Neutral{"auth_request", "off"},
    Neutral{"charset", "off"},
    Neutral{"expires", "off"},
    Neutral{"fastcgi_cache", "off"},
    Neutral{"fastcgi_intercept_errors", "off"},
    Neutral{"fastcgi_request_buffering", "on"},
    Neutral{"gzip", "off"},
    Neutral{"limit_rate", "0"},
    Neutral{"mirror", "off"},
    Neutral{"proxy_cache", "off"},
    Neutral{"proxy_cookie_domain", "off"},
    Neutral{"proxy_cookie_flags", "off"},
    Neutral{"proxy_cookie_path", "off"},
    Neutral{"proxy_intercept_errors", "off"},
    Neutral{"proxy_pass_request_body", "on"},
    Neutral{"proxy_pass_request_headers", "on"},
    Neutral{"proxy_request_buffering", "on"},
    Neutral{"proxy_store", "off"},
    Neutral{"satisfy", "all"},
    Neutral{"server_name_in_redirect", "off"},
    Neutral{"ssl_early_data", "off"},
    Neutral{"ssl_stapling", "off"},
    Neutral{"ssl_stapling_verify", "off"},
};

bool asks_for_nothing(Directive at) {
  if (at.arg_count() != 1) return false;
  return std::any_of(kNeutral.begin(), kNeutral.end(), [&](const Neutral& each) {
    return each.directive == at.name() && each.value == at.arg(0);
  });
}

class Walk {
 public:
  Walk(std::string_view target, std::span<const CoverageEntry> table, Translation& out)
      : target_(target), table_(table), out_(out) {}

  /// Depth comes from input: a stack of its own.
  void run(Directive root) {
    std::vector<Directive> open{root};
    while (!open.empty()) {
      const Directive block = open.back();
      open.pop_back();
      for (const Directive at : children(block)) {
        if (is_opaque(at)) {
          tell(at);
          continue;
        }
        if (!is_frame(at)) tell(at);
        if (at.is_block()) open.push_back(at);
      }
    }
  }

 private:
  /// Blocks that structure everything, and `include`, which is followed.
  static bool is_frame(Directive at) {
    const std::string_view name = at.name();
    return name == "http" || name == "events" || name == "include";
  }

  /// What stands inside belongs to the statement.
  static bool is_opaque(Directive at) {
    if (!at.is_block()) return false;
    switch (at.inner_context()) {
      case Context::kEvents:
      case Context::kHttp:
      case Context::kServer:
      case Context::kLocation:
      case Context::kUpstream:
      case Context::kIfInServer:
      case Context::kIfInLocation:
      case Context::kLimitExcept:
        return false;
      default:
        return true;
    }
  }

  /// The name itself, or else its longest beginning; the target's own table goes first.
  const CoverageEntry* entry_of(std::string_view name) const {
    const CoverageEntry* best = nullptr;
    for (const std::span<const CoverageEntry> table : {table_, common_coverage()}) {
      for (const CoverageEntry& entry : table) {
        std::string_view text = entry.directive;
        if (text == name) return &entry;
        if (!text.ends_with('*')) continue;
        text.remove_suffix(1);
        if (!name.starts_with(text)) continue;
        if (best == nullptr || entry.directive.size() > best->directive.size()) best = &entry;
      }
    }
    return best;
  }

  const CoverageEntry* known(std::string_view name) {
    const auto [at, added] = known_.try_emplace(name, nullptr);
    if (added) at->second = entry_of(name);
    return at->second;
  }

  void tell(Directive at) {
    // A file that is included many times is told of once.
    if (!told_.insert({at.file(), at.node()}).second) return;
    const CoverageEntry* entry = known(at.name());
    if (entry == nullptr) {
      lose(out_, Severity::kError, at,
           fmt::format("`{}` is not translated to {}: no equivalent is known", at.name(), target_));
      return;
    }
    if (entry->carried == Carried::kSaid || entry->carried == Carried::kNothing) return;
    if (asks_for_nothing(at)) return;
    const bool lost = entry->carried == Carried::kLost;
    lose(out_, lost ? Severity::kError : Severity::kWarning, at,
         fmt::format("`{}` is not translated to {}: {}", at.name(), target_, entry->what));
  }

  std::string_view target_;
  std::span<const CoverageEntry> table_;
  Translation& out_;
  std::map<std::string_view, const CoverageEntry*> known_;
  std::set<std::pair<FileId, NodeId>> told_;
};

}  // namespace

void tell_uncovered(const EffectiveConfig& config, std::string_view target,
                    std::span<const CoverageEntry> table, Translation& out) {
  Walk(target, table, out).run(config.bound().root());
}

}  // namespace poolproof::translate
