// What stands in `upstream` beside its servers.
#include <array>

#include <fmt/format.h>

#include "grammar/config/check_words.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

void hash(const Words& words) {
  if (words.size() == 2 && words[1] != "consistent") words.want(1, "`consistent` second");
}

void random(const Words& words) {
  if (words.size() > 0 && words[0] != "two") words.want(0, "`two`, or nothing");
  if (words.size() > 1 && words[1] != "least_conn" && !words[1].starts_with("least_time=")) {
    words.want(1, "`least_conn` second");
  }
}

void zone(const Words& words) {
  if (words[0].empty()) words.refuse(0, "a zone needs a name");
  if (words.size() < 2) return;
  const auto size = parse_size(words[1]);
  if (!size || *size < kSmallestZone) words.want(1, "a size of at least 32k");
}

constexpr std::array kTable = {
    WordsEntry{"hash", hash},
    WordsEntry{"random", random},
    WordsEntry{"zone", zone},
};

}  // namespace

std::span<const WordsEntry> upstream_word_checks() {
  return kTable;
}

}  // namespace poolproof
