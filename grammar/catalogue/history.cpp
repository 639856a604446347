// What changed from version to version: counts, contexts, defaults, words, names. Side tables, for
// few directives ever changed; a range of rows per directive is worked out while compiling.
#include "grammar/catalogue/directive_table.h"
#include "grammar/catalogue/obsolete.h"

namespace poolproof {
namespace {

using catalogue::compare_keys;
using catalogue::is_sorted_by_key;
using catalogue::kDirectiveCount;
using catalogue::kDirectives;

struct ContextChange {
  std::string_view name, module;
  Context context;
  Version since;
};
struct ArgumentsChange {
  std::string_view name, module;
  Version before;
  std::uint8_t min_args, max_args;
};
struct DefaultChange {
  std::string_view name, module;
  Version before;
  std::string_view value;
};

#define V(major, minor, patch) \
  Version {                    \
    major, minor, patch        \
  }
#define ALWAYS \
  Version {}
#define ANY kUnboundedArgs
#define CONTEXT_SINCE(...)
#define ARGUMENTS_BEFORE(...)
#define DEFAULT_BEFORE(...)
#define DEPRECATED(...)

#undef CONTEXT_SINCE
#define CONTEXT_SINCE(name, module, context, since) {name, module, Context::context, since},
constexpr ContextChange kContextChanges[] = {
#include "grammar/catalogue/history.def"
};
#undef CONTEXT_SINCE
#define CONTEXT_SINCE(...)

#undef ARGUMENTS_BEFORE
#define ARGUMENTS_BEFORE(name, module, before, min, max) {name, module, before, min, max},
constexpr ArgumentsChange kArgumentsChanges[] = {
#include "grammar/catalogue/history.def"
};
#undef ARGUMENTS_BEFORE
#define ARGUMENTS_BEFORE(...)

#undef DEFAULT_BEFORE
#define DEFAULT_BEFORE(name, module, before, value) {name, module, before, value},
constexpr DefaultChange kDefaultChanges[] = {
#include "grammar/catalogue/history.def"
};
#undef DEFAULT_BEFORE
#define DEFAULT_BEFORE(...)

#undef DEPRECATED
#define DEPRECATED(name, module, since, instead) {name, module, since, instead},
constexpr Deprecation kDeprecations[] = {
#include "grammar/catalogue/history.def"
};
#undef DEPRECATED
#undef DEFAULT_BEFORE
#undef ARGUMENTS_BEFORE
#undef CONTEXT_SINCE
#undef ANY

constexpr AllowedValue kValues[] = {
#define VALUE(name, module, value, since) {name, module, value, since},
#include "grammar/catalogue/values.def"
#undef VALUE
};
#undef ALWAYS
#undef V

static_assert(is_sorted_by_key(kContextChanges) && is_sorted_by_key(kArgumentsChanges) &&
                  is_sorted_by_key(kDefaultChanges) && is_sorted_by_key(kDeprecations),
              "history.def: sort each kind by name, then module");
static_assert(is_sorted_by_key(kValues), "values.def: sort by name, then module");

struct Rows {
  std::uint16_t first = 0;
  std::uint16_t count = 0;
};

/// Which rows of a side table belong to which directive.
template <class Table>
constexpr std::array<Rows, kDirectiveCount> rows_of(const Table& table) {
  std::array<Rows, kDirectiveCount> result{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < kDirectiveCount; ++i) {
    result[i].first = static_cast<std::uint16_t>(at);
    while (at < std::size(table) && compare_keys(table[at], kDirectives[i]) == 0) ++at;
    result[i].count = static_cast<std::uint16_t>(at - result[i].first);
  }
  return result;
}

constexpr auto kContextRows = rows_of(kContextChanges);
constexpr auto kArgumentsRows = rows_of(kArgumentsChanges);
constexpr auto kDefaultRows = rows_of(kDefaultChanges);
constexpr auto kDeprecationRows = rows_of(kDeprecations);
constexpr auto kValueRows = rows_of(kValues);

template <class Table>
constexpr bool all_rows_used(const std::array<Rows, kDirectiveCount>& rows, const Table& table) {
  return rows.back().first + rows.back().count == static_cast<int>(std::size(table));
}
static_assert(all_rows_used(kContextRows, kContextChanges) &&
                  all_rows_used(kArgumentsRows, kArgumentsChanges) &&
                  all_rows_used(kDefaultRows, kDefaultChanges) &&
                  all_rows_used(kDeprecationRows, kDeprecations),
              "history.def: a directive that directives.def does not have");
static_assert(all_rows_used(kValueRows, kValues),
              "values.def: a directive that directives.def does not have");

template <class Row>
std::span<const Row> of(const DirectiveSpec& spec, const std::array<Rows, kDirectiveCount>& rows,
                        std::span<const Row> table) {
  const Rows& own = rows[static_cast<std::size_t>(&spec - kDirectives)];
  return table.subspan(own.first, own.count);
}

}  // namespace

bool accepts_argument_count(const DirectiveSpec& spec, std::size_t count, Version version) {
  std::size_t min = spec.min_args;
  std::size_t max = spec.max_args;
  for (const auto& change : of<ArgumentsChange>(spec, kArgumentsRows, kArgumentsChanges)) {
    if (version >= change.before) break;
    min = change.min_args;
    max = change.max_args;
  }
  if (spec.is(DirectiveFlag::kMinOrMaxArgs)) return count == min || count == max;
  return count >= min && (max == kUnboundedArgs || count <= max);
}

bool allowed_in(const DirectiveSpec& spec, Context context, Version version) {
  if (!spec.allowed_in(context)) return false;
  for (const auto& change : of<ContextChange>(spec, kContextRows, kContextChanges)) {
    if (change.context == context) return version >= change.since;
  }
  return true;
}

std::string_view default_value(const DirectiveSpec& spec, Version version) {
  std::string_view value = spec.default_value;
  for (const auto& change : of<DefaultChange>(spec, kDefaultRows, kDefaultChanges)) {
    if (version >= change.before) break;
    value = change.value;
  }
  return value;
}

std::span<const AllowedValue> allowed_values(const DirectiveSpec& spec) {
  return of<AllowedValue>(spec, kValueRows, kValues);
}

const Deprecation* find_deprecation(const DirectiveSpec& spec) {
  const auto rows = of<Deprecation>(spec, kDeprecationRows, kDeprecations);
  return rows.empty() ? nullptr : &rows.front();
}

bool does_nothing(const DirectiveSpec& spec, Version version) {
  if (!spec.is(DirectiveFlag::kObsolete)) return false;
  const Deprecation* deprecation = find_deprecation(spec);
  return deprecation == nullptr || version >= deprecation->since;
}

}  // namespace poolproof
