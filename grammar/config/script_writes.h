// Which variables code in Lua may give another value before a request is passed on. Reads no Lua:
// what could be a write counts as one.
#pragma once

#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof {

/// For one block and those around it (their statements must outlive this).
class ScriptWrites {
 public:
  explicit ScriptWrites(const Scope& scope);

  /// `variable` is a name without `$`. True where `set_by_lua*` or `auth_request_set` makes it, or
  /// where code of the rewrite, access or precontent phase names it.
  bool may_write(std::string_view variable) const;

  /// Some of that code stands elsewhere (a file, `require`), so it may write what `set` defines.
  bool has_unseen_code() const { return has_unseen_code_; }

 private:
  void collect(const Scope& scope);
  void add_code(Directive at);

  std::vector<std::string_view> made_;  // by statements that name the variable
  std::vector<std::string_view> code_;
  bool has_unseen_code_ = false;
};

}  // namespace poolproof
