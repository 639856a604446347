// See access.h. Envoy's policies have no order, so the lines become one expression.
#include "translate/envoy/access.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"

namespace poolproof::translate::envoy {
namespace {

struct Line {
  bool allows = false;
  std::string_view address;
  Directive at;
};

/// In the order of the file, which both names share.
std::vector<Line> lines_of(const Scope& scope) {
  const Scope* level = &scope;
  while (level != nullptr && level->own("allow").empty() && level->own("deny").empty()) {
    level = level->parent();
  }
  std::vector<Line> out;
  if (level == nullptr) return out;
  for (const std::string_view name : {"allow", "deny"}) {
    for (const Directive at : level->own(name)) out.push_back({name == "allow", at.arg(0), at});
  }
  std::stable_sort(out.begin(), out.end(), [](const Line& a, const Line& b) {
    return std::pair(a.at.file(), a.at.head_span().begin) <
           std::pair(b.at.file(), b.at.head_span().begin);
  });
  return out;
}

std::optional<Tree> range(std::string_view address) {
  const std::size_t slash = address.find('/');
  const std::string_view host = address.substr(0, slash);
  const bool is_v6 = host.find(':') != std::string_view::npos;
  constexpr std::string_view kV4 = "0123456789.", kV6 = "0123456789abcdefABCDEF:.";
  if (host.find_first_not_of(is_v6 ? kV6 : kV4) != std::string_view::npos) return std::nullopt;
  const std::int64_t most = is_v6 ? 128 : 32;
  const auto bits =
      slash == std::string_view::npos ? most : parse_number(address.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > most) return std::nullopt;
  return Tree::map().set(
      "direct_remote_ip",
      Tree::map().set("address_prefix", Tree::text(host)).set("prefix_len", Tree::number(*bits)));
}

/// Each change between allow and deny is a level (three of JSON) inside the one before it; Envoy
/// reads at most 100 levels of JSON (protobuf's ParseOptions), of which about 30 are around these.
constexpr std::size_t kMostChanges = 16;

/// Who is let in, built from the last line on; `all` is true or false for everybody.
class Expression {
 public:
  void put_before(bool allows, std::optional<Tree> who) {
    if (!who) {
      any_.reset();
      changes_ = 0;
      all_ = allows;
      return;
    }
    if (is_too_deep() || (all_ == allows && !any_)) return;
    if (last_allows_ != allows || !any_) {
      ++changes_;
      if (is_too_deep()) return;
      close(allows);
    }
    any_->add(std::move(*who));
  }

  /// What was put before the last that fits is left out.
  bool is_too_deep() const { return changes_ > kMostChanges; }
  bool is_nobody() const { return !any_ && !all_; }
  bool is_everybody() const { return !any_ && all_; }
  Tree run() && { return finished(); }

 private:
  /// A run of lines of one kind is one list.
  void close(bool allows) {
    std::optional<Tree> rest;
    if (any_) rest = finished();
    any_ = Tree::list();
    rest_ = std::move(rest);
    last_allows_ = allows;
  }

  static Tree any_of(Tree list) {
    return Tree::map().set("or_ids", Tree::map().set("ids", std::move(list)));
  }

  /// allow: these or the rest; deny: none of these, but the rest.
  Tree finished() {
    if (last_allows_) {
      if (rest_) any_->add(std::move(*rest_));
      return any_of(std::move(*any_));
    }
    Tree none = Tree::map().set("not_id", any_of(std::move(*any_)));
    if (!rest_) return none;
    Tree both = Tree::list().add(std::move(none)).add(std::move(*rest_));
    return Tree::map().set("and_ids", Tree::map().set("ids", std::move(both)));
  }

  bool all_ = true, last_allows_ = true;
  std::size_t changes_ = 0;
  std::optional<Tree> any_, rest_;
};

Tree config(std::string_view type) {
  return Tree::typed(fmt::format("envoy.extensions.filters.http.rbac.v3.{}", type));
}

}  // namespace

Access access_of(Shared& shared, const Scope& scope) {
  // What cannot be asked must not stand open.
  for (const std::string_view name : {"auth_basic", "auth_request", "auth_jwt"}) {
    const Directive at = scope.find(name).last();
    if (!at || at.arg(0) == "off") continue;
    shared.error(at, fmt::format("`{}` is not translated to envoy: nobody is let in (403)", name));
    return {.nobody = true, .filter = {}};
  }
  std::vector<Line> lines = lines_of(scope);
  Expression expression;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->address == "all") {
      expression.put_before(line->allows, std::nullopt);
      continue;
    }
    auto who = range(line->address);
    if (who) {
      expression.put_before(line->allows, std::move(who));
    } else {
      shared.error(line->at,
                   fmt::format("`{} {}` is not translated to envoy: it looks at addresses "
                               "only",
                               line->at.name(), line->address));
    }
  }
  if (expression.is_too_deep()) {
    shared.error(lines.front().at,
                 fmt::format("`allow` and `deny` that take turns more than {} times are not "
                             "translated to envoy: nobody is let in",
                             kMostChanges));
    return {.nobody = true, .filter = {}};
  }
  if (expression.is_everybody()) return {};
  if (expression.is_nobody()) return {.nobody = true, .filter = {}};
  Tree policy = Tree::map();
  policy.set("permissions", Tree::list().add(Tree::map().set("any", Tree::yes())));
  policy.set("principals", Tree::list().add(std::move(expression).run()));
  Tree rules = Tree::map().set("action", Tree::word("ALLOW"));
  rules.set("policies",
            Tree::map().set("allowed", std::move(policy).say(place_of(lines.front().at))));
  shared.gate.checks_addresses = true;
  return {.filter = config("RBACPerRoute")
                        .set("rbac", Tree::map().set("rules", std::move(rules)))
                        .once("access")};
}

Tree access_filter() {
  return Tree::map().set("name", Tree::text(kAccessFilter)).set("typed_config", config("RBAC"));
}

}  // namespace poolproof::translate::envoy
