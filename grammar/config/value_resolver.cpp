// `set` statements are run in nginx's order, the server's before the location's; a `set` inside
// `if` adds a possibility. Everything else is substitution.
#include "grammar/config/value_resolver.h"

#include <algorithm>
#include <optional>

#include "grammar/config/lower_case.h"
#include "grammar/config/map_lookup.h"
#include "grammar/config/regex_match.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr int kMaxExpansions = 32;

using Values = std::vector<std::string>;

Values unknown() {
  return {std::string(1, kUnknownText)};
}

void add_all(Values& to, const Values& from) {
  for (const std::string& value : from) {
    if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
  }
  if (to.size() > kMaxPossibleValues) to = unknown();
}

/// Every text of `prefixes` followed by every text of `suffixes`.
Values concatenated(const Values& prefixes, const Values& suffixes) {
  if (prefixes.size() * suffixes.size() > kMaxPossibleValues) return unknown();
  Values result;
  for (const std::string& prefix : prefixes) {
    for (const std::string& suffix : suffixes) {
      if (prefix.size() + suffix.size() > kMaxKnownText) return unknown();
      result.push_back(prefix + suffix);
    }
  }
  return result;
}

/// May no later statement of the rewrite module run? Where its pattern matches, that is.
bool ends_rewriting(Directive rewrite) {
  return rewrite.arg_count() == 3 ||
         (rewrite.arg_count() == 2 && rewrite.arg(1).starts_with("http"));
}

/// Their statements are those of the server or of the location around them.
bool has_no_level(LocationKind kind) {
  return kind == LocationKind::kServerLevel || kind == LocationKind::kIf ||
         kind == LocationKind::kLimitExcept;
}

/// Does its try_files or its error_page, own or inherited, name that named location?
bool sends_to(const Location& from, std::string_view name) {
  const auto names_it = [&](Directive at) {
    return at.arg_count() > 0 && at.arg(at.arg_count() - 1) == name;
  };
  const auto& tried = from.scope->own("try_files");
  if (std::any_of(tried.begin(), tried.end(), names_it)) return true;
  const Scope* pages = from.scope;
  while (pages != nullptr && pages->own("error_page").empty()) pages = pages->parent();
  if (pages == nullptr) return false;
  const auto& set = pages->own("error_page");
  return std::any_of(set.begin(), set.end(), names_it);
}

bool is_path(std::string_view name) {
  return name == "uri" || name == "document_uri" || name == "request_uri";
}

}  // namespace

std::string_view variable_name(std::string_view text) {
  if (!text.starts_with('$')) return text;
  text.remove_prefix(1);
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  return text;
}

ValueResolver::ValueResolver(const EffectiveConfig& config, const Location& location,
                             const RequestAssumption* request)
    : config_(config), location_(location), request_(request), scripts_(*location.scope) {
  run_level(*location.server->scope, Directive());
  const Location* level = &location;
  Directive taken;
  if (location.kind == LocationKind::kIf) taken = location.scope->block();
  if (location.kind == LocationKind::kIf || location.kind == LocationKind::kLimitExcept) {
    level = location.parent;
  }
  if (level->kind == LocationKind::kServerLevel) return;
  if (level->kind == LocationKind::kNamed) run_entering_locations();
  run_level(*level->scope, taken);
}

/// The rewrite statements of one block; `taken_if` is known to be entered, other conditions as far
/// as their values are.
void ValueResolver::run_level(const Scope& scope, Directive taken_if) {
  const auto sets = scope.own("set");
  std::vector<Directive> statements(sets.begin(), sets.end());
  for (const std::string_view name : {"if", "break", "rewrite"}) {
    const auto& more = scope.own(name);
    statements.insert(statements.end(), more.begin(), more.end());
  }
  std::sort(statements.begin(), statements.end(),
            [](Directive a, Directive b) { return a.id() < b.id(); });
  bool certain = true;  // no `break` may have ended it before
  for (const Directive at : statements) {
    if (at.name() == "break") return;
    if (at.name() == "rewrite") {
      if (ends_rewriting(at)) certain = false;
      continue;
    }
    if (at.name() == "set") {
      run_set(at, certain);
      continue;
    }
    const Truth entered = at == taken_if ? Truth::kYes : truth_of(at);
    if (entered == Truth::kNo) continue;
    for (const Directive child : children(at)) {
      if (child.name() == "set") run_set(child, certain && entered == Truth::kYes);
      if (child.name() == "rewrite" && ends_rewriting(child)) certain = false;
      if (child.name() != "break") continue;
      if (entered == Truth::kYes) return;
      certain = false;
    }
  }
}

ValueResolver::Truth ValueResolver::truth_of(Directive at) const {
  const std::optional<Condition> condition = parse_condition(at);
  if (!condition || condition->kind == ConditionKind::kFileTest) return Truth::kMaybe;
  std::optional<Truth> all;
  for (const std::string& subject : expand(condition->subject, 0)) {
    const Truth one = truth_of(*condition, subject);
    if (all && *all != one) return Truth::kMaybe;
    all = one;
  }
  return all.value_or(Truth::kMaybe);
}

ValueResolver::Truth ValueResolver::truth_of(const Condition& condition,
                                             const std::string& subject) const {
  if (subject.find(kUnknownText) != std::string::npos) return Truth::kMaybe;
  const auto truth = [](bool value) { return value ? Truth::kYes : Truth::kNo; };
  const bool negative =
      condition.kind == ConditionKind::kNotEqual || condition.kind == ConditionKind::kNoMatch;
  switch (condition.kind) {
    case ConditionKind::kIsSet:
      return truth(!subject.empty() && subject != "0");
    case ConditionKind::kEqual:
    case ConditionKind::kNotEqual: {
      const Values operands = expand(condition.operand, 0);
      if (operands.size() != 1 || operands.front().find(kUnknownText) != std::string::npos) {
        return Truth::kMaybe;
      }
      return truth((subject == operands.front()) != negative);
    }
    case ConditionKind::kMatch:
    case ConditionKind::kNoMatch:
      return truth(regex_matches(condition.operand, subject, condition.no_case) != negative);
    case ConditionKind::kFileTest:
      break;
  }
  return Truth::kMaybe;
}

void ValueResolver::run_set(Directive at, bool unconditional) {
  if (at.arg_count() != 2) return;
  Values values = expand(at.arg(1), 0);
  const auto [entry, is_new] = set_values_.try_emplace(std::string(variable_name(at.arg(0))));
  if (is_new) entry->second = {""};
  if (unconditional) {
    entry->second = std::move(values);
  } else {
    add_all(entry->second, values);
  }
}

/// A named location is entered with what the location that sends a request there has set.
void ValueResolver::run_entering_locations() {
  const auto before = set_values_;
  std::optional<decltype(set_values_)> all;
  for (const Location& other : config_.locations()) {
    if (other.server != location_.server || has_no_level(other.kind)) continue;
    if (&other == &location_ || !sends_to(other, location_.pattern)) continue;
    set_values_ = before;
    run_level(*other.scope, Directive());
    if (!all) {
      all = set_values_;
      continue;
    }
    for (const auto& [name, values] : set_values_) {
      const auto [entry, is_new] = all->try_emplace(name, Values{""});
      add_all(entry->second, values);
    }
    for (auto& [name, values] : *all) {
      if (!set_values_.contains(name)) add_all(values, {""});
    }
  }
  if (all) set_values_ = std::move(*all);
}

Values ValueResolver::evaluate(std::string_view expression) const {
  return expand(expression, 0);
}

Values ValueResolver::expand(std::string_view expression, int depth) const {
  if (depth > kMaxExpansions || --steps_left_ < 0) return unknown();
  const auto pieces = split_variables(expression);
  if (!pieces) return unknown();
  Values result{""};
  for (const TextPiece& piece : *pieces) {
    if (piece.is_variable) {
      Values distinct;
      add_all(distinct, concatenated(result, variable(piece.text, depth + 1)));
      result = std::move(distinct);
    } else {
      for (std::string& text : result) text += piece.text;
    }
  }
  return result;
}

Values ValueResolver::variable(std::string_view name, int depth) const {
  Values values = configured_variable(name, depth);
  const bool hidden = scripts_.has_unseen_code() && config_.is_set_somewhere(name);
  if (hidden || scripts_.may_write(name)) add_all(values, unknown());
  return values;
}

Values ValueResolver::configured_variable(std::string_view name, int depth) const {
  if (const auto set = set_values_.find(name); set != set_values_.end()) return set->second;
  if (const MapVariable* map = config_.find_map(name)) return from_map(*map, depth);
  if (is_path(name)) return {std::string("/") + kUnknownText};
  if (config_.is_set_somewhere(name) && find_variable(name, false) == nullptr) return {""};
  return request_variable(name);
}

Values ValueResolver::from_map(const MapVariable& map, int depth) const {
  Values result;
  if (map.kind != MapKind::kMap) {
    for (const MapEntry& entry : map.entries) add_all(result, expand(entry.value, depth + 1));
    add_all(result, map.fallback ? expand(map.fallback->value, depth + 1) : Values{""});
    return result;
  }
  for (const std::string& source : expand(map.source, depth + 1)) {
    for (const std::string_view value : possible_map_values(map, source)) {
      const bool is_known = source.find(kUnknownText) == std::string::npos;
      add_all(result, is_known ? expand(map_value_with_groups(map, source, value), depth + 1)
                               : expand(value, depth + 1));
    }
  }
  return result;
}

namespace {

/// What `$host` can be if the server is asked for by one of its names; `_` is nobody's.
std::vector<std::string> host_values(const Server& server) {
  std::vector<std::string> names;
  for (const ServerName& name : server.names) {
    if (name.kind != ServerNameKind::kExact || name.text.empty() || name.text == "_") {
      return unknown();
    }
    names.push_back(lower_case(name.text));
  }
  return names;
}

/// A socket of the file system has none.
Values server_ports(const Server& server) {
  Values ports;
  for (const Listen& listen : server.listens) {
    add_all(ports,
            {listen.address.starts_with("unix:") ? std::string() : std::to_string(listen.port)});
  }
  return ports;
}

}  // namespace

Values ValueResolver::request_variable(std::string_view name) const {
  if (name == "scheme") {
    const auto& listens = location_.server->listens;
    Values schemes;
    for (const Listen& listen : listens) {
      add_all(schemes, {listen.ssl || listen.quic ? "https" : "http"});
    }
    return schemes;
  }
  if (name == "server_port") return server_ports(*location_.server);
  if (name == "server_name") return {location_.server->names.front().text};
  if (name == "host") {
    const Server& server = *location_.server;
    // A request may also ask for a host that no server names.
    if (request_ == nullptr && server.is_default) return unknown();
    return host_values(server);
  }
  if (name == "proxy_host" && location_.pass && location_.pass->upstream != nullptr &&
      !location_.pass->upstream->implicit) {
    return {location_.pass->host};
  }
  if (request_ == nullptr) return unknown();
  if (name == "http_connection") return {std::string(request_->connection)};
  if (name == "http_upgrade") return {std::string(request_->upgrade)};
  if (name == "request_method" && !request_->method.empty()) {
    return {std::string(request_->method)};
  }
  return unknown();
}

PossibleValues possible_values(const EffectiveConfig& config, const Location& location,
                               std::string_view expression, const RequestAssumption& request) {
  PossibleValues result;
  if (!has_variables(expression)) {
    result.values.emplace_back(expression);
    return result;
  }
  for (std::string& value : ValueResolver(config, location, &request).evaluate(expression)) {
    if (value.find(kUnknownText) != std::string::npos) {
      result.complete = false;
    } else {
      result.values.push_back(std::move(value));
    }
  }
  return result;
}

}  // namespace poolproof
