// Rules overwrite one another, so what goes first in nginx comes last: the default, expressions
// from last to first, exact texts.
#include "translate/haproxy/maps.h"

#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/expression.h"

namespace poolproof::translate::haproxy {
namespace {

class MapRules {
 public:
  MapRules(Shared& shared, const MapVariable& map) : shared_(shared), map_(map) {}

  bool run() {
    if (map_.kind != MapKind::kMap || map_.hostnames) {
      return lose(map_.kind == MapKind::kMap ? "`hostnames`" : map_.at.name());
    }
    const auto source = text_sample(shared_, {}, map_.source, map_.at);
    if (!source) return false;
    source_ = *source;
    set(map_.fallback ? map_.fallback->value : std::string_view(), {}, map_.at);
    for (auto entry = map_.entries.rbegin(); entry != map_.entries.rend(); ++entry) {
      if (entry->regex) set(entry->value, condition_of(*entry), entry->at);
    }
    for (const MapEntry& entry : map_.entries) {
      if (!entry.regex) set(entry.value, condition_of(entry), entry.at);
    }
    if (!said_) return false;
    for (Rule& rule : rules_) shared_.map_rules.push_back(std::move(rule));
    return true;
  }

 private:
  bool lose(std::string_view what) {
    shared_.lose(Severity::kError, map_.at,
                 fmt::format("{} of ${} is not translated to haproxy", what, map_.name));
    return false;
  }

  std::string condition_of(const MapEntry& entry) const {
    if (entry.regex) return matches(source_, entry.key, entry.regex_no_case);
    if (entry.key.empty()) return fmt::format("!{{ {} gt 0 }}", word(source_ + ",length"));
    return fmt::format("{{ {} -m str -i -- {} }}", word(source_), word(entry.key));
  }

  void set(std::string_view value, std::string condition, Directive at) {
    const auto format = format_of(shared_, {}, value, at);
    if (!format) {
      said_ = false;
      return;
    }
    const std::string name = fmt::format("txn.map_{}", map_.name);
    if (format->constant) {
      rules_.push_back({fmt::format("http-request set-var({}) {}", name,
                                    word(fmt::format("str({})", argument(value)))),
                        std::move(condition)});
    } else {
      rules_.push_back({fmt::format("http-request set-var-fmt({}) {}", name, word(format->text)),
                        std::move(condition)});
    }
  }

  Shared& shared_;
  const MapVariable& map_;
  std::string source_;
  std::vector<Rule> rules_;
  bool said_ = true;
};

}  // namespace

std::optional<std::string> map_sample(Shared& shared, std::string_view name) {
  const std::string sample = fmt::format("var(txn.map_{})", name);
  // Entered before its rules are made: nginx finds maps that need each other only at run time.
  const auto [known, is_new] = shared.maps.try_emplace(std::string(name), true);
  if (is_new) known->second = MapRules(shared, *shared.config.find_map(name)).run();
  if (!known->second) return std::nullopt;
  return sample;
}

}  // namespace poolproof::translate::haproxy
