// See rule.h; the table of rules is made by the build.
#include "lint/rule.h"

namespace poolproof::lint {

bool is_about_text(std::string_view finding) {
  const Rule* rule = find_rule(finding);
  return rule != nullptr ? rule->group == Group::kTypography : finding == "syntax-error";
}

bool is_fixed_only_if_named(std::string_view finding) {
  const Rule* rule = find_rule(finding);
  return rule != nullptr && rule->fix_only_if_named;
}

}  // namespace poolproof::lint
