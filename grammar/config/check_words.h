// Statements whose arguments are read in a way of the directive's own: a function for each, in
// tables by subject. What they refuse was seen with nginx 1.22.1; what depends on the machine (does
// a host resolve, is a file there) is not judged. Private to grammar/config.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/catalogue/catalogue.h"
#include "grammar/config/bound_config.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

/// The arguments of one statement, and where complaints about them go.
class Words {
 public:
  Words(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec, const LoadOptions& options,
        std::vector<Diagnostic>& out)
      : tree_(tree),
        node_(node),
        words_(tree.arguments(node)),
        spec_(spec),
        options_(options),
        out_(out) {}

  std::string_view name() const { return spec_.name; }
  std::size_t size() const { return words_.size(); }
  std::string_view operator[](std::size_t index) const { return words_[index].value; }
  std::string_view last() const { return words_.back().value; }
  const LoadOptions& options() const { return options_; }
  const SyntaxTree& tree() const { return tree_; }
  NodeId node() const { return node_; }

  /// "invalid-value" at an argument.
  void refuse(std::size_t index, std::string message) const;
  /// The same at the statement.
  void refuse(std::string message) const;
  /// "`NAME` takes WANTED, not `TEXT`".
  void want(std::size_t index, std::string_view wanted) const;

 private:
  const SyntaxTree& tree_;
  NodeId node_;
  std::span<const Word> words_;
  const DirectiveSpec& spec_;
  const LoadOptions& options_;
  std::vector<Diagnostic>& out_;
};

using WordsCheck = void (*)(const Words&);

struct WordsEntry {
  std::string_view directive;
  WordsCheck check = nullptr;
};

// The tables. Each function may rely on the number of arguments that the catalogue demands.
std::span<const WordsEntry> location_word_checks();
std::span<const WordsEntry> proxy_word_checks();
std::span<const WordsEntry> limit_word_checks();
std::span<const WordsEntry> log_word_checks();
std::span<const WordsEntry> process_word_checks();
std::span<const WordsEntry> upstream_word_checks();
std::span<const WordsEntry> http_word_checks();

/// Judges the arguments of a statement for which there is a function.
void check_words(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                 const LoadOptions& options, std::vector<Diagnostic>& out);

// --- helpers of the tables ----------------------------------------------------------------------

/// "KEY=" at the beginning: what follows it.
bool takes_key(std::string_view text, std::string_view key, std::string_view& value);

/// The least size of a shared memory zone: eight pages of 4096 bytes.
inline constexpr std::int64_t kSmallestZone = 8 * 4096;

}  // namespace poolproof
