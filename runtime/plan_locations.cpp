// Locations of a plan: the tree, and who answers in each.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/plan_builder.h"

namespace poolproof::runtime {
namespace {

bool is_regex(LocationKind kind) {
  return kind == LocationKind::kRegex || kind == LocationKind::kRegexNoCase;
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  return result;
}

/// The location that a settings copy (`if`, limit_except) belongs to.
const Location& owner_of(const Location& location) {
  const Location* at = &location;
  while ((at->kind == LocationKind::kIf || at->kind == LocationKind::kLimitExcept) &&
         at->parent != nullptr) {
    at = at->parent;
  }
  return *at;
}

}  // namespace

LocationPlan& PlanBuilder::build_location(const Location& location, const LocationPlan* parent) {
  LocationPlan& plan = plan_->locations.emplace_back();
  const Scope& scope = *location.scope;
  plan.kind = location.kind;
  plan.name = location.pattern;
  plan.server = building_;
  plan.parent = parent;
  if (is_regex(location.kind)) {
    const RegexCase letter_case =
        location.kind == LocationKind::kRegex ? RegexCase::kSensitive : RegexCase::kInsensitive;
    plan.pattern = compile_regex(location.pattern, letter_case, scope.block());
    if (plan.pattern) plan.named_groups = named_groups(*plan.pattern);
  }
  build_settings(scope, plan);
  build_client_settings(scope, plan);
  build_files(location, plan);
  build_handler(location, plan);
  build_children(location, plan);
  if (location.kind != LocationKind::kServerLevel) plan.rewrites = build_rewrites(scope.block());
  return plan;
}

void PlanBuilder::build_children(const Location& location, LocationPlan& plan) {
  for (const Location* child : location.children) {
    LocationPlan& made = build_location(*child, &plan);
    switch (child->kind) {
      case LocationKind::kExact:
        plan.exact.push_back(&made);
        break;
      case LocationKind::kPrefix:
      case LocationKind::kPrefixNoRegex:
        plan.prefixes.push_back(&made);
        break;
      case LocationKind::kRegex:
      case LocationKind::kRegexNoCase:
        if (made.pattern) plan.regexes.push_back(&made);
        break;
      case LocationKind::kNamed:
        building_->named[made.name] = &made;
        break;
      case LocationKind::kIf:
        if_locations_[child->scope->block().id()] = &made;
        break;
      case LocationKind::kLimitExcept:
        build_limit_except(*child, made, plan);
        break;
      case LocationKind::kServerLevel:
        break;
    }
  }
  std::sort(plan.exact.begin(), plan.exact.end(),
            [](const LocationPlan* a, const LocationPlan* b) { return a->name < b->name; });
  std::stable_sort(
      plan.prefixes.begin(), plan.prefixes.end(),
      [](const LocationPlan* a, const LocationPlan* b) { return a->name.size() > b->name.size(); });
}

void PlanBuilder::build_limit_except(const Location& child, const LocationPlan& child_plan,
                                     LocationPlan& plan) {
  plan.limit_except = &child_plan;
  const Directive at = child.scope->block();
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    const Method method = method_from(to_upper(at.arg(i)));
    if (method == Method::kOther) fail(at, fmt::format("invalid method \"{}\"", at.arg(i)));
    plan.limit_except_methods |= 1u << static_cast<unsigned>(method);
    if (method == Method::kGet)
      plan.limit_except_methods |= 1u << static_cast<unsigned>(Method::kHead);
  }
}

void PlanBuilder::build_handler(const Location& location, LocationPlan& plan) {
  const Scope& scope = *location.scope;
  plan.internal = !scope.find("internal").is_default();
  build_try_files(scope, plan);
  if (!location.pass) {
    if (location.kind == LocationKind::kIf && plan.parent != nullptr)
      plan.handler = plan.parent->handler;
    if (!scope.own("stub_status").empty()) plan.handler = Handler::kStubStatus;
    if (!scope.own("empty_gif").empty()) plan.handler = Handler::kEmptyGif;
    return;
  }
  const Pass& pass = *location.pass;
  const bool takes_slash = location.kind == LocationKind::kPrefix ||
                           location.kind == LocationKind::kPrefixNoRegex ||
                           location.kind == LocationKind::kExact;
  plan.auto_redirect = takes_slash && plan.name.ends_with('/');
  if (pass.protocol != Protocol::kHttp) {  // refused by name already
    plan.handler = Handler::kUnsupported;
    return;
  }
  plan.proxy = build_proxy(location);
  plan.handler = plan.proxy ? Handler::kProxy : Handler::kUnsupported;
}

void PlanBuilder::build_try_files(const Scope& scope, LocationPlan& plan) {
  const auto& own = scope.own("try_files");
  if (own.empty()) return;
  const Directive at = own.back();
  plan.has_try_files = true;
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    std::string_view name = at.arg(i);
    const bool is_directory = name.ends_with('/') && i + 1 < at.arg_count();
    if (is_directory) name.remove_suffix(1);
    plan.try_files.push_back(compile(name, at));
    plan.try_files_directory.push_back(is_directory);
  }
}

/// root and alias are one value: the innermost of either. A relative one lies below the prefix.
void PlanBuilder::build_files(const Location& location, LocationPlan& plan) {
  Directive at;
  const Scope* level = location.scope;
  for (; level != nullptr && !at; level = level->parent()) {
    if (!level->own("alias").empty())
      at = level->own("alias").back();
    else if (!level->own("root").empty())
      at = level->own("root").back();
    if (at) break;
  }
  plan.root = compile(full_path(at ? at.arg(0) : "html"), at);
  plan.is_alias = at && at.name() == "alias";
  if (plan.is_alias) {
    const Location* holder = &location;
    while (holder->scope != level && holder->parent != nullptr) holder = holder->parent;
    const Location& owner = owner_of(*holder);
    plan.alias_of_regex = is_regex(owner.kind);
    plan.alias_prefix = owner.pattern;
  } else if (at && plan.root.is_constant() && plan.root.constant_text().ends_with('/')) {
    std::string text(plan.root.constant_text());
    text.pop_back();
    plan.root = Expression::constant(std::move(text));
  }
  const Found index = location.scope->find("index");
  for (const Directive each : index.directives) {
    for (std::size_t i = 0; i < each.arg_count(); ++i)
      plan.index.push_back(compile(each.arg(i), each));
  }
  if (index.is_default()) plan.index.push_back(Expression::constant("index.html"));
  plan.types = types(*location.scope);
  plan.default_type = std::string(location.scope->value_or("default_type", "text/plain"));
}

const TypeMap* PlanBuilder::types(const Scope& scope) {
  const Found found = scope.find("types");
  if (found.is_default()) {
    if (default_types_ == nullptr) {
      default_types_ = &plan_->types.emplace_back(
          TypeMap{{"html", "text/html"}, {"gif", "image/gif"}, {"jpg", "image/jpeg"}});
    }
    return default_types_;
  }
  const TypeMap*& known = types_[found.directives.front().id()];
  if (known != nullptr) return known;
  TypeMap& made = plan_->types.emplace_back();
  for (const Directive block : found.directives) {
    for (const Directive entry : children(block)) {
      if (entry.name() == "include") continue;
      for (std::size_t i = 0; i < entry.arg_count(); ++i) {
        made[to_lower(entry.arg(i))] = std::string(entry.name());
      }
    }
  }
  return known = &made;
}

}  // namespace poolproof::runtime
