// What nginx refuses once all is read, as far as the text decides: not whether hosts resolve or
// files exist. Each part was compared with nginx 1.22.1.
#include "grammar/config/check_merged.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/check.h"

namespace poolproof {
namespace {

constexpr std::uint8_t kUninteresting = 255;

/// Index into kNames for every row of the catalogue.
const std::vector<std::uint8_t>& slot_of_row() {
  static const std::vector<std::uint8_t> slots = [] {
    std::vector<std::uint8_t> made(all_directives().size(), kUninteresting);
    for (std::size_t slot = 0; slot < Statements::kNames.size(); ++slot) {
      for (const DirectiveSpec& spec : find_directives(Statements::kNames[slot])) {
        if (!spec.module.starts_with("ngx_http")) continue;
        made[static_cast<std::size_t>(&spec - all_directives().data())] =
            static_cast<std::uint8_t>(slot);
      }
    }
    return made;
  }();
  return slots;
}

void check_sections(const MergedInput& input, std::vector<Diagnostic>& out) {
  const EffectiveConfig& config = input.config;
  if (!input.is_whole || config.events() != nullptr) return;
  // A file that may be a fragment (modules-enabled/x.conf) is taken for the whole if it has `http`.
  const BoundConfig& bound = config.bound();
  if (config.http() == nullptr && bound.options().allow_snippet) return;
  const SourceSpan place = config.http() != nullptr ? config.http()->block().name_span()
                                                    : SourceSpan{bound.files().front().id, 0, 0};
  add_error(out, "missing-events", place,
            "there is no `events` section, and nginx does not start without one: add `events { }` "
            "at the top level");
}

/// nginx 1.22.1, ngx_count_modules: with the first of these blocks the list of modules is closed.
void check_late_modules(const MergedInput& input, std::vector<Diagnostic>& out) {
  if (input.config.bound().is_snippet()) return;
  Directive closing;
  for (const Directive at : children(input.config.bound().root())) {
    const std::string_view name = at.name();
    if (at.is_block() &&
        (name == "events" || name == "http" || name == "mail" || name == "stream")) {
      if (!closing) closing = at;
    } else if (name == "load_module" && closing) {
      add_error(
          out, "misplaced-directive", at.head_span(),
          fmt::format("`load_module` stands too late: it belongs before `{}`", closing.name()));
      out.back().notes.push_back({closing.head_span(), "first used here"});
    }
  }
}

}  // namespace

Statements::Statements(const BoundConfig& bound) {
  const auto& slots = slot_of_row();
  for (DirectiveId id = 0; id < bound.directive_count(); ++id) {
    const DirectiveSpec* spec = bound.at(id).spec;
    if (spec == nullptr) continue;
    const std::uint8_t slot = slots[static_cast<std::size_t>(spec - all_directives().data())];
    if (slot != kUninteresting) found_[slot].push_back(bound.directive(id));
    if (spec->is(DirectiveFlag::kVariables)) with_variables_.push_back(bound.directive(id));
  }
}

const std::vector<Directive>& Statements::of(std::string_view name) const {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  return found_[static_cast<std::size_t>(found - kNames.begin())];
}

std::vector<Version> check_merged(const EffectiveConfig& config, std::vector<Diagnostic>& out) {
  const BoundConfig& bound = config.bound();
  const Statements statements(bound);
  std::vector<Version> asked;
  const MergedInput input{config, statements, !bound.is_snippet() && !bound.incomplete(), asked};
  check_sections(input, out);
  check_late_modules(input, out);
  check_locations(input, out);
  check_listens(input, out);
  check_upstreams(input, out);
  check_rewrites(input, out);
  check_maps(input, out);
  check_scopes(input, out);
  check_tls(input, out);
  check_zones(input, out);
  check_hashes(input, out);
  check_charsets(input, out);
  check_referers(input, out);
  check_regexes(input, out);
  check_variables(input, out);
  check_references(input, out);
  return asked;
}

}  // namespace poolproof
