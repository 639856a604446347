// `allow` and `deny` are one list in nginx, of which the first that matches decides.
#include "translate/caddy/access.h"

#include <fmt/format.h>

namespace poolproof::translate::caddy {
namespace {

Lines method_lines_of(Shared& shared, const Location& child) {
  std::string methods(child.pattern);
  if ((" " + methods + " ").find(" GET ") != std::string::npos) methods += " HEAD";
  bool denies_all = true;
  for (const Directive at : children(child.scope->block())) {
    denies_all = denies_all && at.name() == "deny" && at.arg(0) == "all";
  }
  if (!denies_all) {
    shared.lose(Severity::kError, child.scope->block(),
                "`limit_except` with more than `deny all` is not translated to caddy: all other "
                "methods are refused");
  }
  Lines out;
  const std::string name = "@" + shared.number("method");
  out.add(fmt::format("{} not method {}", name, methods));
  out.add(fmt::format("respond {} 403", name));
  return out;
}

/// Of the innermost level that has either.
std::vector<Directive> access_list(const Scope& scope) {
  for (const Scope* level = &scope; level != nullptr; level = level->parent()) {
    if (level->own("allow").empty() && level->own("deny").empty()) continue;
    std::vector<Directive> out;
    for (const Directive at : children(level->block())) {
      if (at.name() == "allow" || at.name() == "deny") out.push_back(at);
    }
    return out;
  }
  return {};
}

}  // namespace

Lines method_lines(Shared& shared, const Location& location) {
  Lines out;
  for (const Location* child : location.children) {
    if (child->kind == LocationKind::kLimitExcept) out.append(method_lines_of(shared, *child));
  }
  return out;
}

Lines address_lines(Shared& shared, const Scope& scope) {
  Lines out;
  std::string allowed;
  for (const Directive at : access_list(scope)) {
    const std::string_view who = at.arg(0);
    if (at.name() == "allow") {
      if (who == "all") return out;
      if (who != "unix:") allowed += " " + std::string(who);
      continue;
    }
    if (who == "unix:") continue;
    if (who == "all" && allowed.empty()) {
      out.add("respond 403");
      return out;
    }
    const std::string name = "@" + shared.number("denied");
    out.open(name);
    if (who != "all") out.add(fmt::format("remote_ip {}", who));
    if (!allowed.empty()) out.add("not remote_ip" + allowed);
    out.close();
    out.add(fmt::format("respond {} 403", name));
  }
  return out;
}

}  // namespace poolproof::translate::caddy
