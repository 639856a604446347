// The variables that a plan's texts may name: nginx's own, and those that the configuration defines
// (set, map, geo, split_clients, named captures). Only used while a plan is built; getters stay.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/expression.h"
#include "runtime/request.h"

namespace poolproof::runtime {

/// The slot that keeps $request_id; every plan has it.
inline constexpr std::size_t kRequestIdSlot = 0;

class VariableTable {
 public:
  /// Defines a variable with its own getter (map, geo, split_clients). Replaces a `set` one.
  void define(std::string_view name, Variable variable);
  /// The slot of a variable that `set` or a named group fills; defined on first use.
  std::size_t define_slot(std::string_view name);
  /// A slot without a name: for values that are cached per request.
  std::size_t new_slot() { return slot_count_++; }
  std::size_t slot_count() const { return slot_count_; }

  /// A variable by name without `$` and case; nothing if nobody knows it.
  std::optional<Variable> find(std::string_view name);
  /// True for built-in names that `set` may change ($args).
  static bool is_settable_builtin(std::string_view name);

 private:
  std::unordered_map<std::string, Variable> defined_;
  std::unordered_map<std::string, std::size_t> slots_;
  std::deque<std::string> texts_;  // what getters of prefix variables point to
  std::size_t slot_count_ = kRequestIdSlot + 1;
};

/// A built-in variable or one of a prefix ("http_x"); `texts` keeps what its getter needs.
std::optional<Variable> find_builtin_variable(std::string_view name,
                                              std::deque<std::string>& texts);

/// $time_local and $time_iso8601 of a wall-clock time in seconds; the engine calls it when the
/// second has changed, with buffers that it owns.
void format_time_local(std::int64_t unix_s, std::string& out);
void format_time_iso8601(std::int64_t unix_s, std::string& out);

}  // namespace poolproof::runtime
