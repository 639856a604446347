// Caddy takes the first case that fits, so exact texts go first, as in nginx. Its exact texts are
// compared with regard to case, nginx's without.
#include "translate/caddy/maps.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

class Cases {
 public:
  Cases(Shared& shared, const MapVariable& map) : shared_(shared), map_(map) {}

  /// The placeholder.
  std::optional<std::string> run() {
    if (map_.kind != MapKind::kMap || map_.hostnames) {
      return lose(map_.at, map_.kind == MapKind::kMap ? "`hostnames`" : map_.at.name());
    }
    const auto source = text_of(shared_, {}, map_.source, map_.at);
    if (!source) return std::nullopt;
    for (const MapEntry& entry : map_.entries) {
      if (!entry.regex && !add(entry)) return std::nullopt;
    }
    for (const MapEntry& entry : map_.entries) {
      if (entry.regex && !add(entry)) return std::nullopt;
    }
    const auto rest =
        text_of(shared_, {}, map_.fallback ? map_.fallback->value : std::string_view(), map_.at);
    if (!rest) return std::nullopt;
    cases_.emplace_back("default", word(rest->text));
    return shared_.mapped("map_" + identifier(map_.name), word(source->text), cases_);
  }

 private:
  std::nullopt_t lose(Directive at, std::string_view what) {
    shared_.lose(Severity::kError, at,
                 fmt::format("{} of ${} is not translated to caddy", what, map_.name));
    return std::nullopt;
  }

  static bool takes_digits(std::string_view text) {
    const auto pieces = split_variables(text);
    return pieces && std::any_of(pieces->begin(), pieces->end(), [](const TextPiece& piece) {
             return piece.is_variable && piece.text.size() == 1 && piece.text[0] >= '1' &&
                    piece.text[0] <= '9';
           });
  }

  bool add(const MapEntry& entry) {
    if (entry.regex && takes_digits(entry.value)) {
      lose(entry.at, "a value with `$1` to `$9`");
      return false;
    }
    const auto value = text_of(shared_, {}, entry.value, entry.at);
    if (!value) return false;
    const bool has_letters = std::any_of(entry.key.begin(), entry.key.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '~';
    });
    if (!entry.regex && !has_letters) {
      cases_.emplace_back(entry.key.empty() ? "``" : word(entry.key), word(value->text));
      return true;
    }
    if (!value->constant) {
      lose(entry.at, "a value with variables for a text with letters or an expression");
      return false;
    }
    const std::string quoted = fmt::format("^{}$", quoted_pattern(entry.key));
    const auto pattern =
        entry.regex ? go_pattern(entry.key, entry.regex_no_case) : go_pattern(quoted, true);
    if (!pattern) {
      lose(entry.at, "this expression");
      return false;
    }
    if (value->text.find_first_of("$\\") != std::string::npos) {
      lose(entry.at, "a value with `$` or a backslash");
      return false;
    }
    cases_.emplace_back(word("~" + *pattern), word(value->text));
    return true;
  }

  Shared& shared_;
  const MapVariable& map_;
  MapCases cases_;
};

}  // namespace

std::optional<Text> map_value(Shared& shared, std::string_view name) {
  const auto [known, is_new] = shared.maps.try_emplace(std::string(name));
  // Entered before it is made: nginx finds maps that need each other only at run time.
  if (is_new) known->second = Cases(shared, *shared.config().find_map(name)).run();
  if (!known->second) return std::nullopt;
  return Text{*known->second, false, true, true};
}

}  // namespace poolproof::translate::caddy
