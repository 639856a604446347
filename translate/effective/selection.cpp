// The two searches of nginx, step by step, so that each step can be named.
#include "translate/effective/selection.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/regex_match.h"
#include "translate/listeners.h"

namespace poolproof::translate::effective {
namespace {

// --- servers ------------------------------------------------------------------------------------

bool is_any(const Listener& listener) {
  return listener.address == "0.0.0.0" || listener.address == "::";
}

bool matches(const HostRule& rule, std::string_view host) {
  switch (rule.kind) {
    case ServerNameKind::kExact:
    case ServerNameKind::kDotted:
      return host == rule.text;
    case ServerNameKind::kLeadingWildcard: {
      const std::string_view end = std::string_view(rule.text).substr(1);
      return host.size() > end.size() && host.ends_with(end);
    }
    case ServerNameKind::kTrailingWildcard: {
      const std::string_view begin = std::string_view(rule.text).substr(0, rule.text.size() - 1);
      return host.size() > begin.size() && host.starts_with(begin);
    }
    case ServerNameKind::kRegex:
      // With a capital letter nginx ignores case; without one it is all the same, for the host is
      // in lower case.
      return regex_matches(rule.text, host, true);
  }
  return false;
}

const HostRule* find_host(const Listener& listener, std::string_view host) {
  const auto at = std::find_if(listener.hosts.begin(), listener.hosts.end(),
                               [host](const HostRule& rule) { return matches(rule, host); });
  return at == listener.hosts.end() ? nullptr : &*at;
}

/// An address of its own goes before "any". Without a known address: the listener that knows the
/// host, else the first.
const Listener* find_listener(const std::vector<Listener>& all, const Request& request) {
  const Listener* best = nullptr;
  const auto rank = [&](const Listener& listener) {
    if (!request.address.empty()) {
      return listener.address == request.address ? 2 : is_any(listener) ? 1 : 0;
    }
    return find_host(listener, request.host) != nullptr ? 2 : 1;
  };
  for (const Listener& listener : all) {
    if (request.port && listener.port != *request.port) continue;
    if (rank(listener) > (best != nullptr ? rank(*best) : 0)) best = &listener;
  }
  return best;
}

std::string_view kind_text(ServerNameKind kind) {
  switch (kind) {
    case ServerNameKind::kLeadingWildcard:
    case ServerNameKind::kTrailingWildcard:
      return "the longest wildcard that matches";
    case ServerNameKind::kRegex:
      return "the first expression that matches";
    case ServerNameKind::kExact:
    case ServerNameKind::kDotted:
      break;
  }
  return "written there";
}

// --- locations ----------------------------------------------------------------------------------

bool is_prefix(const Location& location) {
  return location.kind == LocationKind::kPrefix || location.kind == LocationKind::kPrefixNoRegex;
}

bool is_pattern(const Location& location) {
  return location.kind == LocationKind::kRegex || location.kind == LocationKind::kRegexNoCase;
}

/// One level's answer, as nginx numbers it.
enum class Step { kDeclined, kPrefix, kFinal };

class LocationSearch {
 public:
  LocationSearch(Selection& out, std::string_view path) : out_(out), path_(path) {}

  void run(const Location& root) {
    out_.location = &root;
    search(root);
    if (out_.location == &root)
      reason_ = "no location matches: what the server itself says applies";
    out_.why.push_back({reason_, out_.location->scope->block()});
  }

 private:
  void take(const Location& location, std::string reason) {
    out_.location = &location;
    reason_ = std::move(reason);
  }

  Step search_names(const Location& level) {
    const Location *longest = nullptr, *slash = nullptr;
    for (const Location* child : level.children) {
      const bool is_exact = child->kind == LocationKind::kExact;
      if (!is_exact && !is_prefix(*child)) continue;
      const std::string& name = child->pattern;
      if (is_exact && name == path_) {
        take(*child, "exactly this path");
        return Step::kFinal;
      }
      if (child->pass && name.size() == path_.size() + 1 && name.back() == '/' &&
          name.starts_with(path_)) {
        if (slash == nullptr || is_exact) slash = child;
      }
      if (is_exact || !path_.starts_with(name)) continue;
      if (longest == nullptr || name.size() > longest->pattern.size()) longest = child;
    }
    const bool is_whole = longest != nullptr && longest->pattern.size() == path_.size();
    if (slash != nullptr && !is_whole) {
      take(*slash, "passes requests on and ends in a slash: nginx answers 301 to the path with it");
      out_.adds_slash = true;
      return Step::kFinal;
    }
    if (longest == nullptr) return Step::kDeclined;
    take(*longest, longest->kind == LocationKind::kPrefixNoRegex
                       ? "the longest prefix that matches; `^~` ends the search"
                       : "the longest prefix that matches, and no expression does");
    return Step::kPrefix;
  }

  // As deep as locations are nested in the file, which the parser limits.
  Step search(const Location& level) {  // NOLINT(misc-no-recursion)
    Step step = search_names(level);
    bool asks_patterns = true;
    if (step == Step::kPrefix) {
      asks_patterns = out_.location->kind != LocationKind::kPrefixNoRegex;
      step = search(*out_.location) == Step::kFinal ? Step::kFinal : Step::kPrefix;
    }
    if (step == Step::kFinal || !asks_patterns) return step;
    for (const Location* child : level.children) {
      if (!is_pattern(*child)) continue;
      const bool no_case = child->kind == LocationKind::kRegexNoCase;
      if (!regex_matches(child->pattern, path_, no_case)) continue;
      take(*child, "the first expression that matches");
      search(*child);
      return Step::kFinal;
    }
    return step;
  }

  Selection& out_;
  std::string_view path_;
  std::string reason_;
};

}  // namespace

Selection select_server(const EffectiveConfig& config, const Request& request) {
  Selection out;
  const auto all = listeners_of(config);
  const Listener* listener = find_listener(all, request);
  if (listener == nullptr) return out;
  if (const HostRule* rule = find_host(*listener, request.host)) {
    out.server = rule->server;
    out.why.push_back({rule->text.empty()
                           ? std::string("the server for requests without a Host")
                           : fmt::format("server_name `{}`: {}", rule->text, kind_text(rule->kind)),
                       rule->at ? rule->at : rule->server->at});
    return out;
  }
  out.server = listener->fallback;
  const std::string named = request.host.empty()
                                ? std::string("no host is named")
                                : fmt::format("no server_name is `{}`", request.host);
  out.why.push_back(
      {fmt::format("{}: the default server of {}:{}", named, listener->address, listener->port),
       out.server->at});
  return out;
}

Selection select(const EffectiveConfig& config, const Request& request) {
  Selection out = select_server(config, request);
  if (out.server == nullptr || out.server->root == nullptr) return out;
  LocationSearch(out, request.path).run(*out.server->root);
  return out;
}

}  // namespace poolproof::translate::effective
