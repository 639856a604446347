// See fix_guard.h.
#include "lint/fix_guard.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/effective_config.h"
#include "lint/pool_facts.h"
#include "lint/rule.h"

namespace poolproof::lint {
namespace {

/// The headers that fixes are there to change.
bool is_aim_of_a_fix(std::string_view name) {
  return equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Host") ||
         equal_ignoring_case(name, "Content-Length");
}

std::string describe(const Location& location) {
  std::string out = fmt::format("{}|{}", location.display(),
                                location.pass ? to_string(location.pass->protocol) : "");
  for (const HeaderField& field : location.set_headers.value) {
    if (is_aim_of_a_fix(field.name) || is_forwarding_header(field.name)) continue;
    out += fmt::format("|{}={}", field.name, field.value);
  }
  return out;
}

std::vector<std::string> forwarding_of(const Location& location) {
  std::vector<std::string> out;
  for (const HeaderField& field : location.set_headers.value) {
    if (is_forwarding_header(field.name)) {
      out.push_back(fmt::format("{}={}", in_lower_case(field.name), field.value));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Every location still sends what it told of the client.
bool still_forwards(const Snapshot& before, const Snapshot& after) {
  return std::equal(before.forwarding.begin(), before.forwarding.end(), after.forwarding.begin(),
                    after.forwarding.end(), [](const auto& old, const auto& now) {
                      return std::includes(now.begin(), now.end(), old.begin(), old.end());
                    });
}

bool repairs_text(const std::string& rule) {
  const Rule* known = find_rule(rule);
  return !known || known->group == Group::kTypography;
}

std::size_t count_of(const Snapshot& snapshot, const std::string& rule) {
  const auto at = snapshot.findings.find(rule);
  return at == snapshot.findings.end() ? 0 : at->second;
}

}  // namespace

bool is_unwelcome(const Diagnostic& finding) {
  const Rule* rule = find_rule(finding.rule);
  return finding.severity == Severity::kError && rule != nullptr && rule->group != Group::kSizing;
}

Snapshot take_snapshot(const BoundConfig& config, const LintResult& result, VersionRange versions,
                       const std::function<bool(const Diagnostic&)>& is_repairable) {
  Snapshot out;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    ++out.findings[diagnostic.rule];
    if (diagnostic.severity != Severity::kError) continue;
    if (find_rule(diagnostic.rule) != nullptr) {
      ++out.rule_errors;
      if (is_unwelcome(diagnostic) && !is_repairable(diagnostic)) ++out.lasting[diagnostic.rule];
      continue;
    }
    ++out.config_errors;
    if (diagnostic.rule == "syntax-error") ++out.syntax_errors;
  }
  // What a file has too many of is counted, too: of mended ones others take the place.
  for (const LoadedFile& file : config.files()) {
    const std::size_t untold = file.tree.error_count() - file.tree.errors().size();
    if (untold == 0) continue;
    out.findings["syntax-error"] += untold;
    out.config_errors += untold;
    out.syntax_errors += untold;
  }
  // The merge gives the same for all versions on one side of this change.
  std::vector<Version> sides{versions.first};
  if (versions.first < kPoolByDefault && kPoolByDefault <= versions.last) {
    sides.push_back(kPoolByDefault);
  }
  const auto effective = merge(config, sides.front());
  for (const Version version : sides) {
    change_version(*effective, version);
    for (const Location& location : effective->locations()) {
      out.locations.push_back(describe(location));
      out.forwarding.push_back(forwarding_of(location));
    }
  }
  return out;
}

std::string what_got_worse(const Snapshot& before, const Snapshot& after,
                           const std::vector<std::string>& rules) {
  if (after.syntax_errors > before.syntax_errors) return "it brings a syntax error";
  const bool only_text = std::all_of(rules.begin(), rules.end(), repairs_text);
  if (after.config_errors > before.config_errors) return "nginx would refuse the result";
  if (!only_text && (after.locations != before.locations || !still_forwards(before, after))) {
    return "it changes what other locations send";
  }
  for (const std::string& rule : rules) {
    if (count_of(after, rule) >= count_of(before, rule)) return "the finding is still there";
  }
  if (only_text) return "";  // what a wrong text hid comes to light
  // One error for another may stand behind it and come to light, too.
  if (rules.size() == 1 && after.rule_errors <= before.rule_errors) return "";
  for (const auto& [rule, count] : after.lasting) {
    const auto old = before.lasting.find(rule);
    if (count > (old == before.lasting.end() ? 0 : old->second)) {
      return fmt::format("it brings `{}`, for which there is no fix", rule);
    }
  }
  return "";
}

}  // namespace poolproof::lint
