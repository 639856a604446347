// See header_lines.h.
#include "lint/header_lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "lint/edit_builder.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {

std::string header_names(const std::vector<Directive>& statements) {
  std::vector<std::string_view> names;
  for (const Directive at : statements) {
    const std::string_view name = at.arg(0);
    const bool is_known = std::any_of(names.begin(), names.end(), [&](std::string_view other) {
      return equal_ignoring_case(name, other);
    });
    if (!is_known) names.push_back(name);
  }
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += fmt::format("`{}`", names[i]);
  }
  return out;
}

std::string header_lines(const std::vector<Directive>& statements) {
  std::string out;
  for (const Directive at : statements) {
    if (!out.empty()) out += '\n';
    out += fmt::format("proxy_set_header {} {};", quoted_if_needed(at.arg(0)),
                       quoted_if_needed(at.arg(1)));
  }
  return out;
}

}  // namespace poolproof::lint
