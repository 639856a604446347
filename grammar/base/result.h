// A value or an error that can be shown to a person. For what can fail without being a bug; nothing
// below the command line throws for that.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace poolproof {

/// What went wrong, as a sentence without a final stop ("permission denied").
struct Error {
  std::string message;
};

/// Either a T or an Error. `value()` may only be called when `ok()`.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  const T& value() const& { return std::get<T>(state_); }
  T& value() & { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace poolproof
