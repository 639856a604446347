// Which variables a plan has: those that the configuration defines, then the built-in ones.
#include "runtime/variables.h"

#include "runtime/hostname_table.h"

namespace poolproof::runtime {
namespace {

std::string_view slot_value(Request& request, std::uintptr_t slot) {
  // A variable that was never set is empty, and nginx logs it as "-" only with a warning elsewhere.
  const VariableSlot& value = request.slots[slot];
  return value.known ? value.value : std::string_view("");
}

}  // namespace

void VariableTable::define(std::string_view name, Variable variable) {
  defined_[to_lower(name)] = variable;
}

std::size_t VariableTable::define_slot(std::string_view name) {
  const auto [at, is_new] = slots_.try_emplace(to_lower(name), slot_count_);
  if (is_new) ++slot_count_;
  return at->second;
}

std::optional<Variable> VariableTable::find(std::string_view name) {
  const std::string key = to_lower(name);
  if (const auto defined = defined_.find(key); defined != defined_.end()) return defined->second;
  if (is_settable_builtin(key)) return find_builtin_variable(key, texts_);
  if (const auto slot = slots_.find(key); slot != slots_.end())
    return Variable{slot_value, slot->second};
  return find_builtin_variable(key, texts_);
}

bool VariableTable::is_settable_builtin(std::string_view name) {
  return name == "args";
}

}  // namespace poolproof::runtime
