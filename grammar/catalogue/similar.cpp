// "Did you mean": names within a few slips of a misspelt one.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "grammar/catalogue/directive_table.h"

namespace poolproof {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostSuggestions = 3;

/// Slips (a letter too many, too few, another one, two swapped) between two names, in lower case;
/// anything above `limit` is limit + 1.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::array<std::array<std::size_t, kLongestName + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
  }
  return rows[a.size() % 3][b.size()];
}

/// As people write them: without regard to case, `-` for `_`.
std::string plain(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return result;
}

/// Which characters a name in lower case has, one bit each; all that are no letter share one.
constexpr std::uint32_t characters(std::string_view name) {
  std::uint32_t set = 0;
  for (const char c : name) set |= 1u << (c >= 'a' && c <= 'z' ? c - 'a' : 26);
  return set;
}

/// By row: a slip brings one character at most and takes one at most, so most rows need not be
/// compared letter by letter.
constexpr auto kCharacters = [] {
  std::array<std::uint32_t, catalogue::kDirectiveCount> sets{};
  for (std::size_t row = 0; row < sets.size(); ++row) {
    sets[row] = characters(catalogue::kDirectives[row].name);
  }
  return sets;
}();

bool may_be_within(std::size_t limit, std::uint32_t a, std::uint32_t b) {
  return static_cast<std::size_t>(std::popcount(a & ~b)) <= limit &&
         static_cast<std::size_t>(std::popcount(b & ~a)) <= limit;
}

struct Candidate {
  std::size_t slips = 0;
  bool elsewhere = false;  // may not stand in the context
  bool foreign = false;    // third-party or commercial
  std::string_view name;

  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

}  // namespace

std::vector<std::string_view> similar_directives(std::string_view name, Context context) {
  if (name.size() < 2 || name.size() > kLongestName) return {};
  const std::string wanted = plain(name);
  const std::size_t limit = std::clamp<std::size_t>(name.size() / 4, 1, 2);
  std::vector<Candidate> found;
  const std::uint32_t wanted_characters = characters(wanted);
  for (std::size_t row = 0; row < catalogue::kDirectiveCount; ++row) {
    const DirectiveSpec& spec = catalogue::kDirectives[row];
    if (!may_be_within(limit, wanted_characters, kCharacters[row])) continue;
    if (spec.name.size() > kLongestName) continue;
    const std::size_t slips = distance(wanted, spec.name, limit);
    if (slips > limit) continue;
    found.push_back({slips, !spec.allowed_in(context),
                     spec.is(DirectiveFlag::kThirdParty) || spec.is(DirectiveFlag::kCommercial),
                     spec.name});
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string_view> names;
  for (const Candidate& candidate : found) {
    // What needs more slips, or fits less well here, than the best one is noise beside it.
    if (candidate.slips > found.front().slips || candidate.elsewhere != found.front().elsewhere)
      break;
    if (std::find(names.begin(), names.end(), candidate.name) == names.end()) {
      names.push_back(candidate.name);
    }
    if (names.size() == kMostSuggestions) break;
  }
  return names;
}

}  // namespace poolproof
