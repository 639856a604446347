// Walks over the text before an edit and notes for each line break that stays or comes where the
// line behind it was. Knows nothing of what the edits are for.
#include "lint/line_origins.h"

#include <algorithm>

namespace poolproof::lint {
namespace {

std::size_t breaks_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// What stands behind the edit begins a line of its own.
bool ends_line(std::string_view before, const TextEdit& edit) {
  if (!edit.replacement.empty()) return edit.replacement.back() == '\n';
  return edit.span.begin == 0 || before[edit.span.begin - 1] == '\n';
}

}  // namespace

std::size_t LineOrigins::of(std::size_t line) const {
  if (line == 0 || line > origins_.size()) return line;
  return origins_[line - 1];
}

void LineOrigins::edited(std::string_view before, std::span<const TextEdit> edits) {
  std::vector<std::size_t> origins{of(1)};
  std::size_t line = 1;
  const auto keep = [&](std::string_view text) {
    for (std::size_t left = breaks_in(text); left > 0; --left) origins.push_back(of(++line));
  };
  std::size_t at = 0;
  for (const TextEdit& edit : edits) {
    keep(before.substr(at, edit.span.begin - at));
    origins.insert(origins.end(), breaks_in(edit.replacement), of(line));
    line += breaks_in(before.substr(edit.span.begin, edit.span.end - edit.span.begin));
    at = edit.span.end;
    if (ends_line(before, edit)) origins.back() = of(line);
  }
  keep(before.substr(at));
  origins_ = std::move(origins);
}

}  // namespace poolproof::lint
