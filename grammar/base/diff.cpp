// The shortest edit script is dtl's work; its cost grows with lines times differences, so lines
// become numbers first, what is equal at both ends is left out, and files that have next to nothing
// in common are replaced as a whole. The hunks are laid out here.
#include "grammar/base/diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <dtl/dtl.hpp>

namespace poolproof {
namespace {

constexpr std::size_t kContext = 3;
/// Lines times differing lines up to which the shortest script is looked for: well under a second.
constexpr std::uint64_t kMaxCost = 100'000'000;

enum class Mark : char { kSame = ' ', kRemoved = '-', kAdded = '+' };

struct Change {
  Mark mark;
  std::string_view line;
};

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

using Lines = std::vector<std::string_view>;

/// Lines of both sides as numbers, equal where the lines are.
struct Numbered {
  std::vector<int> before;
  std::vector<int> after;
  std::uint64_t differing = 0;  // lines that only one side has: the script is at least as long
};

Numbered number_lines(const Lines& before, const Lines& after) {
  Numbered result;
  std::unordered_map<std::string_view, int> ids;
  std::vector<std::int64_t> balance;
  const auto number = [&](std::string_view line, int step) {
    const auto [entry, is_new] = ids.try_emplace(line, static_cast<int>(ids.size()));
    if (is_new) balance.push_back(0);
    balance[static_cast<std::size_t>(entry->second)] += step;
    return entry->second;
  };
  for (const auto line : before) result.before.push_back(number(line, 1));
  for (const auto line : after) result.after.push_back(number(line, -1));
  for (const std::int64_t left : balance) {
    result.differing += static_cast<std::uint64_t>(left < 0 ? -left : left);
  }
  return result;
}

void replace_all(const Lines& before, const Lines& after, std::vector<Change>& script) {
  for (const auto line : before) script.push_back({Mark::kRemoved, line});
  for (const auto line : after) script.push_back({Mark::kAdded, line});
}

void add_shortest_script(const Lines& before, const Lines& after, std::vector<Change>& script) {
  const Numbered numbered = number_lines(before, after);
  if (numbered.differing * (before.size() + after.size()) > kMaxCost) {
    return replace_all(before, after, script);
  }
  dtl::Diff<int, std::vector<int>> diff(numbered.before, numbered.after);
  diff.compose();
  for (const auto& [element, info] : diff.getSes().getSequence()) {
    if (info.type == dtl::SES_ADD) {
      script.push_back({Mark::kAdded, after[static_cast<std::size_t>(info.afterIdx - 1)]});
    } else {
      const auto line = before[static_cast<std::size_t>(info.beforeIdx - 1)];
      script.push_back({info.type == dtl::SES_DELETE ? Mark::kRemoved : Mark::kSame, line});
    }
  }
}

/// In each run of changes what goes comes before what comes in its place, as people expect it.
void removed_first(std::vector<Change>& script) {
  const auto is_same = [](const Change& change) { return change.mark == Mark::kSame; };
  for (auto run = script.begin(); run != script.end();) {
    const auto end = std::find_if(run, script.end(), is_same);
    std::stable_partition(run, end,
                          [](const Change& change) { return change.mark == Mark::kRemoved; });
    run = std::find_if_not(end, script.end(), is_same);
  }
}

std::vector<Change> edit_script(const Lines& before, const Lines& after) {
  const auto [first_before, first_after] =
      std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  const auto [last_before, last_after] =
      std::mismatch(before.rbegin(), std::make_reverse_iterator(first_before), after.rbegin(),
                    std::make_reverse_iterator(first_after));
  std::vector<Change> script;
  script.reserve(before.size() + after.size());
  for (auto line = before.begin(); line != first_before; ++line) {
    script.push_back({Mark::kSame, *line});
  }
  add_shortest_script(Lines(first_before, last_before.base()),
                      Lines(first_after, last_after.base()), script);
  for (auto line = last_before.base(); line != before.end(); ++line) {
    script.push_back({Mark::kSame, *line});
  }
  removed_first(script);
  return script;
}

/// Number of the first line and count, as "@@ -1,2 +3,4 @@" has them: an empty range names the line
/// before it.
std::string hunk_range(std::size_t first, std::size_t count) {
  return fmt::format("{},{}", count == 0 ? first - 1 : first, count);
}

/// Writes the changes [begin, end); the numbers are those of the first lines on both sides.
void write_hunk(const std::vector<Change>& script, std::size_t begin, std::size_t end,
                std::size_t line_before, std::size_t line_after, std::string& out) {
  std::size_t count_before = 0;
  std::size_t count_after = 0;
  for (std::size_t i = begin; i < end; ++i) {
    count_before += script[i].mark != Mark::kAdded;
    count_after += script[i].mark != Mark::kRemoved;
  }
  out += fmt::format("@@ -{} +{} @@\n", hunk_range(line_before, count_before),
                     hunk_range(line_after, count_after));
  for (std::size_t i = begin; i < end; ++i) {
    out += static_cast<char>(script[i].mark);
    out += script[i].line;
    if (!script[i].line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

std::size_t next_change(const std::vector<Change>& script, std::size_t from) {
  while (from < script.size() && script[from].mark == Mark::kSame) ++from;
  return from;
}

/// One past the last change that shares a hunk with the one at `change`.
std::size_t hunk_end(const std::vector<Change>& script, std::size_t change) {
  for (;;) {
    std::size_t end = change;
    while (end < script.size() && script[end].mark != Mark::kSame) ++end;
    change = next_change(script, end);
    if (change == script.size() || change - end > 2 * kContext) return end;
  }
}

/// As git writes names, and patch(1) reads them: one that holds what ends a line or a quotation
/// stands in quotes; a tab ends one with blanks, where patch(1) would stop reading at the first.
std::string file_name(std::string_view prefix, std::string_view path) {
  const auto is_odd = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\';
  };
  if (std::none_of(path.begin(), path.end(), is_odd)) {
    return fmt::format("{}{}{}", prefix, path,
                       path.find(' ') == std::string_view::npos ? "" : "\t");
  }
  std::string out = fmt::format("\"{}", prefix);
  for (const char c : path) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_odd(c)) {
      out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const std::vector<Change> script = edit_script(split_lines(before), split_lines(after));
  std::string out = fmt::format("--- {}\n+++ {}\n", file_name("a/", path), file_name("b/", path));
  std::size_t line_before = 1;
  std::size_t line_after = 1;
  std::size_t at = 0;
  const auto advance = [&](std::size_t to) {
    for (; at < to; ++at) {
      line_before += script[at].mark != Mark::kAdded;
      line_after += script[at].mark != Mark::kRemoved;
    }
  };
  for (std::size_t change = next_change(script, 0); change < script.size();) {
    const std::size_t last = hunk_end(script, change);
    const std::size_t end = std::min(last + kContext, script.size());
    advance(std::max(at, change - std::min(change, kContext)));
    write_hunk(script, at, end, line_before, line_after, out);
    advance(end);
    change = next_change(script, last);
  }
  return out;
}

}  // namespace poolproof
