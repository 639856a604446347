// Compiling and evaluating texts with variables.
#include "runtime/expression.h"

#include <fmt/format.h>

#include <algorithm>

#include "grammar/syntax/values.h"
#include "runtime/request.h"
#include "runtime/variables.h"

namespace poolproof::runtime {
Expression Expression::constant(std::string text) {
  Expression result;
  result.add_literal(text);
  return result;
}

void Expression::add_literal(std::string_view text) {
  if (text.empty()) return;
  if (!pieces_.empty() && pieces_.back().variable.get == nullptr) {
    pieces_.back().literal += text;
    return;
  }
  pieces_.push_back({Variable{}, std::string(text)});
}

Result<Expression> Expression::compile(std::string_view text, VariableTable& variables) {
  const auto pieces = split_variables(text);
  if (!pieces) return Error{fmt::format("invalid variable name in \"{}\"", text)};
  Expression result;
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_variable) {
      result.add_literal(piece.text);
      continue;
    }
    const auto variable = variables.find(piece.text);
    if (!variable) return Error{fmt::format("unknown \"{}\" variable", piece.text)};
    result.pieces_.push_back({*variable, {}});
    ++result.variable_count_;
  }
  if (result.pieces_.size() > kMaxPieces) return Error{"too many variables in one text"};
  return result;
}

std::string_view Expression::constant_text() const {
  return pieces_.empty() ? std::string_view("") : std::string_view(pieces_.front().literal);
}

void Expression::append_to(Request& request, std::string& out) const {
  for (const Piece& piece : pieces_) {
    out += piece.variable.get == nullptr ? std::string_view(piece.literal)
                                         : piece.variable.get(request, piece.variable.data);
  }
}

std::string_view Expression::evaluate(Request& request) const {
  if (variable_count_ == 0) return constant_text();
  if (pieces_.size() == 1) {
    const std::string_view value =
        pieces_.front().variable.get(request, pieces_.front().variable.data);
    return value.data() != nullptr ? value : std::string_view("");
  }
  // Getters may use the arena themselves, so the parts are asked for before room is taken.
  std::string_view parts[kMaxPieces];
  std::size_t size = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    parts[i] = piece.variable.get == nullptr ? std::string_view(piece.literal)
                                             : piece.variable.get(request, piece.variable.data);
    size += parts[i].size();
  }
  char* const begin = request.arena.allocate(size);
  char* at = begin;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!parts[i].empty()) at = std::copy(parts[i].begin(), parts[i].end(), at);
  }
  return {begin, size};
}

}  // namespace poolproof::runtime
