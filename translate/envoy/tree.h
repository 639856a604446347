// The answer as a tree of values with comments, and the tree as YAML. Knows nothing of Envoy.
// Written here and not by yaml-cpp's emitter, which took most of the time that ten thousand
// locations need; a test reads the result back with yaml-cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poolproof::translate::envoy {

class Tree {
 public:
  static Tree map() { return Tree(Kind::kMap); }
  static Tree list() { return Tree(Kind::kList); }
  /// Quoted where YAML could take it for something else.
  static Tree text(std::string_view text) { return Tree(Kind::kText, text); }
  /// Words of the format: enumerations, numbers, durations.
  static Tree word(std::string_view word) { return Tree(Kind::kWord, word); }
  static Tree number(std::int64_t value) { return word(std::to_string(value)); }
  static Tree yes() { return word("true"); }
  static Tree no() { return word("false"); }
  /// The value that another place has named with `name()`.
  static Tree same_as(std::string_view name) { return Tree(Kind::kAlias, name); }
  /// A message whose type is said by its name.
  static Tree typed(std::string_view type);

  Tree& set(std::string_view key, Tree value) &;
  Tree&& set(std::string_view key, Tree value) &&;
  Tree& add(Tree item) &;
  Tree&& add(Tree item) &&;
  /// Adds all that another map has.
  Tree&& join(Tree other) &&;
  /// Stands behind the first line of a map.
  Tree&& say(std::string_view comment) &&;
  Tree&& name(std::string_view anchor) &&;
  /// Where the same map or list is said again, it is written once, as "WORD-1", and named from then
  /// on.
  Tree&& once(std::string_view word) &&;

  bool empty() const { return entries_.empty() && scalar_.empty(); }
  /// As YAML, in few lines.
  std::string yaml(std::string_view opening) const;

 private:
  enum class Kind : std::uint8_t { kMap, kList, kText, kWord, kAlias };
  explicit Tree(Kind kind, std::string_view scalar = {}) : kind_(kind), scalar_(scalar) {}

  class Writer;

  Kind kind_;
  std::string scalar_, comment_, anchor_, once_;
  std::vector<std::pair<std::string, Tree>> entries_;
};

}  // namespace poolproof::translate::envoy
