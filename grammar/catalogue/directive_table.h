// The rows of directives.def as C++, checked while compiling. Private to the catalogue.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>

#include "grammar/catalogue/catalogue.h"

namespace poolproof::catalogue {

constexpr ContextSet as_set(Context context) {
  return static_cast<ContextSet>(context);
}
constexpr ContextSet as_set(ContextSet contexts) {
  return contexts;
}

constexpr unsigned operator|(DirectiveFlag a, DirectiveFlag b) {
  return static_cast<unsigned>(a) | static_cast<unsigned>(b);
}
constexpr unsigned operator|(unsigned a, DirectiveFlag b) {
  return a | static_cast<unsigned>(b);
}
constexpr std::uint16_t as_flags(DirectiveFlag flag) {
  return static_cast<std::uint16_t>(flag);
}
constexpr std::uint16_t as_flags(unsigned flags) {
  return static_cast<std::uint16_t>(flags);
}

inline constexpr DirectiveSpec kDirectives[] = {
#define V(major, minor, patch) \
  Version {                    \
    major, minor, patch        \
  }
#define ALWAYS \
  Version {}
#define NEVER \
  Version {}
#define EVERYWHERE 0xffffffffu
#define NONE 0u
#define ANY kUnboundedArgs
#define DIRECTIVE(name, module, contexts, min, max, flags, inheritance, repeat, type, since, \
                  removed, value)                                                            \
  {name,                                                                                     \
   module,                                                                                   \
   [] {                                                                                      \
     using enum Context;                                                                     \
     return as_set(contexts);                                                                \
   }(),                                                                                      \
   min,                                                                                      \
   max,                                                                                      \
   [] {                                                                                      \
     using enum DirectiveFlag;                                                               \
     return as_flags(flags);                                                                 \
   }(),                                                                                      \
   Inheritance::k##inheritance,                                                              \
   OnRepeat::k##repeat,                                                                      \
   ValueType::k##type,                                                                       \
   since,                                                                                    \
   removed,                                                                                  \
   value},
#include "grammar/catalogue/directives.def"
#undef DIRECTIVE
#undef ANY
#undef NONE
#undef EVERYWHERE
#undef NEVER
#undef ALWAYS
#undef V
};
inline constexpr std::size_t kDirectiveCount = std::size(kDirectives);

/// Order of the tables: by name, then by module.
template <class A, class B>
constexpr int compare_keys(const A& a, const B& b) {
  const int names = a.name.compare(b.name);
  return names != 0 ? names : a.module.compare(b.module);
}

template <class Table>
constexpr bool is_sorted_by_key(const Table& table) {
  for (std::size_t i = 1; i < std::size(table); ++i) {
    if (compare_keys(table[i - 1], table[i]) > 0) return false;
  }
  return true;
}

/// A module may have a name twice (in blocks of different kinds, or an old one and a new one).
constexpr bool has_repeated_line() {
  for (std::size_t i = 1; i < kDirectiveCount; ++i) {
    const DirectiveSpec& a = kDirectives[i - 1];
    const DirectiveSpec& b = kDirectives[i];
    if (compare_keys(a, b) == 0 && a.contexts == b.contexts) return true;
  }
  return false;
}

constexpr bool each_stands_somewhere() {
  for (const DirectiveSpec& spec : kDirectives) {
    if (spec.contexts == 0) return false;
  }
  return true;
}

constexpr bool counts_are_in_order() {
  for (const DirectiveSpec& spec : kDirectives) {
    if (spec.min_args > spec.max_args) return false;
  }
  return true;
}

constexpr bool flags_take_one_argument() {
  for (const DirectiveSpec& spec : kDirectives) {
    if (spec.value_type == ValueType::kFlag && (spec.min_args != 1 || spec.max_args != 1))
      return false;
  }
  return true;
}

static_assert(is_sorted_by_key(kDirectives), "directives.def: sort by name, then module");
static_assert(!has_repeated_line(), "directives.def: a line is there twice");
static_assert(each_stands_somewhere(), "directives.def: a directive without contexts");
static_assert(counts_are_in_order(), "directives.def: fewest arguments above most");
static_assert(flags_take_one_argument(), "directives.def: a Flag takes one argument");

}  // namespace poolproof::catalogue
