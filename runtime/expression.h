// A text with variables, compiled when the plan is built: "http://$host$uri" becomes two literals
// and two getters. Evaluating allocates nothing but what the request's arena gives. Knows no
// variable by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/result.h"

namespace poolproof::runtime {

struct Request;
class VariableTable;

/// Gives the value for a request. Null data means "not found", which logs print as "-".
using VariableGetter = std::string_view (*)(Request& request, std::uintptr_t data);

struct Variable {
  VariableGetter get = nullptr;
  std::uintptr_t data = 0;  // what the getter needs to know; lives as long as the Plan
};

class Expression {
 public:
  Expression() = default;
  /// A text without variables.
  static Expression constant(std::string text);
  /// At most 64 literals and variables. Error "unknown \"x\" variable" or "invalid variable name"
  /// as nginx 1.22.1 words them. The table must outlive the expression.
  static Result<Expression> compile(std::string_view text, VariableTable& variables);

  bool is_constant() const { return variable_count_ == 0; }
  /// Empty text and no variable.
  bool is_empty() const { return pieces_.empty(); }
  /// The text if is_constant().
  std::string_view constant_text() const;

  void append_to(Request& request, std::string& out) const;
  /// The value; valid until the request is reset. Never null data.
  std::string_view evaluate(Request& request) const;

 private:
  struct Piece {
    Variable variable;  // getter is null for a literal
    std::string literal;
  };
  static constexpr std::size_t kMaxPieces = 64;
  void add_literal(std::string_view text);

  std::vector<Piece> pieces_;
  std::size_t variable_count_ = 0;
};

}  // namespace poolproof::runtime
