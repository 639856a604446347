// The words in which check_statement() says what is wrong. Private to grammar/config.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/catalogue/catalogue.h"
#include "grammar/config/bound_config.h"

namespace poolproof {

/// Appends an error.
void add_error(std::vector<Diagnostic>& out, std::string_view rule, SourceSpan span,
               std::string message);

/// No nginx and no known module has such a name.
void report_unknown(const SyntaxTree& tree, NodeId node, Context context,
                    std::vector<Diagnostic>& out);
/// It exists (here, where `rule` is "misplaced-directive"), but not in the versions that are asked
/// about.
void report_other_version(const SyntaxTree& tree, NodeId node, std::string_view rule,
                          const DirectiveSpec& spec, const LoadOptions& options,
                          std::vector<Diagnostic>& out);
void report_misplaced(const SyntaxTree& tree, NodeId node, Context context,
                      std::span<const DirectiveSpec> rows, std::vector<Diagnostic>& out);
/// A block where none belongs, or none where one does.
void report_block(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                  std::vector<Diagnostic>& out);
void report_count(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                  const LoadOptions& options, std::vector<Diagnostic>& out);

/// "1.22.1", "1.18.0 to 1.28.x".
std::string in_words(const VersionRange& versions);

}  // namespace poolproof
