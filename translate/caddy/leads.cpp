// Where `try_files` and `index` lead, found on the model. Writes nothing.
#include "translate/caddy/leads.h"

#include <algorithm>

#include "grammar/syntax/values.h"

namespace poolproof::translate::caddy {
namespace {

void add_direct(Shared& shared, const Location& from, std::vector<const Location*>& out) {
  const auto add = [&](const Location* there) {
    if (there != nullptr && there != &from) out.push_back(there);
  };
  const Server& server = *from.server;
  if (const Directive tries = from.scope->find("try_files").last()) {
    const std::string_view path = last_try(tries).path;
    if (path.starts_with('@')) add(named_location(server, path));
    if (path.starts_with('/') && !has_variables(path)) {
      const Location* slashed = shared.redirected(server, path);
      add(slashed != nullptr ? slashed : location_of(shared, server, path));
    }
  }
  if (from.pass) return;
  for (const std::string& name : index_names(*from.scope)) {
    add(location_of(shared, server, index_path(from, name)));
  }
}

}  // namespace

LastTry last_try(Directive tries) {
  const std::string_view last = tries.arg(tries.arg_count() - 1);
  for (const std::string_view all : {"$is_args$args", "$is_args$query_string"}) {
    if (last.ends_with(all)) {
      return {last.substr(0, last.size() - all.size()),
              all.substr(std::string_view("$is_args").size())};
    }
  }
  const std::size_t at = last.find('?');
  if (at == std::string_view::npos) return {last, {}};
  return {last.substr(0, at), last.substr(at + 1)};
}

const Location* location_of(Shared& shared, const Server& server, std::string_view path) {
  return shared.search(server).find(path);
}

const Location* named_location(const Server& server, std::string_view name) {
  for (const Location* child : server.root->children) {
    if (child->kind == LocationKind::kNamed && child->pattern == name) return child;
  }
  return nullptr;
}

std::vector<std::string> index_names(const Scope& scope) {
  std::vector<std::string> out;
  const Directive at = scope.find("index").last();
  for (std::size_t i = 0; at && i < at.arg_count(); ++i) out.emplace_back(at.arg(i));
  if (out.empty()) out.emplace_back("index.html");
  return out;
}

std::string index_path(const Location& location, std::string_view name) {
  const std::string& pattern = location.pattern;
  if (!pattern.starts_with('/')) return "/" + std::string(name);
  return pattern + (pattern.ends_with('/') ? "" : "/") + std::string(name);
}

std::vector<const Location*> leads_to(Shared& shared, const Location& location) {
  std::vector<const Location*> out;
  add_direct(shared, location, out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::vector<const Location*> next;
    add_direct(shared, *out[i], next);
    for (const Location* there : next) {
      const bool known =
          there == &location || std::find(out.begin(), out.end(), there) != out.end();
      if (!known) out.push_back(there);
    }
  }
  return out;
}

}  // namespace poolproof::translate::caddy
