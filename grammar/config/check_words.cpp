// Finds the function for a statement, and what the functions share.
#include "grammar/config/check_words.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "grammar/config/check_messages.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// For every row of the catalogue; null where there is none. Other subsystems read their own way.
const std::vector<WordsCheck>& check_of_row() {
  static const std::vector<WordsCheck> checks = [] {
    std::vector<WordsCheck> made(all_directives().size(), nullptr);
    for (const auto& table : {location_word_checks(), proxy_word_checks(), limit_word_checks(),
                              log_word_checks(), process_word_checks(), upstream_word_checks()}) {
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

bool is_of_family(int family, std::string_view text) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(family, std::string(text).c_str(), bytes.data()) == 1;
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

bool is_ip_address(std::string_view text) {
  return is_of_family(AF_INET, text) || is_of_family(AF_INET6, text);
}

bool is_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool is_v4 = is_of_family(AF_INET, address);
  if (!is_v4 && !is_of_family(AF_INET6, address)) return false;
  if (slash == std::string_view::npos) return true;
  const auto bits = parse_number(text.substr(slash + 1));
  return bits && *bits <= (is_v4 ? 32 : 128);
}

bool takes_key(std::string_view text, std::string_view key, std::string_view& value) {
  if (!text.starts_with(key)) return false;
  value = text.substr(key.size());
  return true;
}

}  // namespace poolproof
