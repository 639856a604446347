// Finds the function for a statement, and what the functions share.
#include "grammar/config/check_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "grammar/config/check_messages.h"

namespace poolproof {
namespace {

/// For every row of the catalogue; null where there is none. Other subsystems read their own way.
const std::vector<WordsCheck>& check_of_row() {
  static const std::vector<WordsCheck> checks = [] {
    std::vector<WordsCheck> made(all_directives().size(), nullptr);
    for (const auto& table :
         {location_word_checks(), proxy_word_checks(), limit_word_checks(), log_word_checks(),
          process_word_checks(), upstream_word_checks(), http_word_checks()}) {
      for (const WordsEntry& entry : table) {
        for (const DirectiveSpec& spec : find_directives(entry.directive)) {
          if (spec.module.starts_with("ngx_stream") || spec.module.starts_with("ngx_mail"))
            continue;
          if (spec.is(DirectiveFlag::kThirdParty)) continue;
          made[static_cast<std::size_t>(&spec - all_directives().data())] = entry.check;
        }
      }
    }
    return made;
  }();
  return checks;
}

}  // namespace

void Words::refuse(std::size_t index, std::string message) const {
  add_error(out_, "invalid-value", tree_.span(words_[index]), std::move(message));
}

void Words::refuse(std::string message) const {
  add_error(out_, "invalid-value", tree_.head_span(node_), std::move(message));
}

void Words::want(std::size_t index, std::string_view wanted) const {
  refuse(index, fmt::format("`{}` takes {}, not `{}`", name(), wanted, (*this)[index]));
}

void check_words(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                 const LoadOptions& options, std::vector<Diagnostic>& out) {
  const WordsCheck check =
      check_of_row()[static_cast<std::size_t>(&spec - all_directives().data())];
  if (check != nullptr) check(Words(tree, node, spec, options, out));
}

bool takes_key(std::string_view text, std::string_view key, std::string_view& value) {
  if (!text.starts_with(key)) return false;
  value = text.substr(key.size());
  return true;
}

}  // namespace poolproof
