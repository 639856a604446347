// Works on the neighbourhood of the place only: a line may be megabytes long.
#include "cli/report/excerpt.h"

#include <locale.h>
#include <algorithm>
#include <cwchar>
#include <vector>

#include "cli/report/paint.h"
#include "grammar/base/utf8.h"

namespace poolproof::cli {
namespace {

constexpr unsigned kTabWidth = 4;
/// Bytes of the line that are looked at on either side of the place.
constexpr std::size_t kReach = 2048;

/// wcwidth() in a UTF-8 locale, whatever the process's own is.
int width_of(char32_t code_point) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
  if (utf8 == locale_t{}) return 1;
  const locale_t own = ::uselocale(utf8);
  const int width = ::wcwidth(static_cast<wchar_t>(code_point));
  ::uselocale(own);
  return width < 0 ? 1 : width;
}

char32_t code_point_of(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  char32_t value = first & (0xffu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) {
    value = (value << 6) | (static_cast<unsigned char>(c) & 0x3fu);
  }
  return value;
}

std::size_t sequence_length(std::string_view text) {
  return std::max<std::size_t>(1, utf8_sequence_length(text));
}

/// What stands in some columns of the line.
struct Cell {
  std::string text;
  unsigned width = 0;
  std::size_t offset = 0;  // of its first byte in the line
};

std::vector<Cell> cells_of(std::string_view line, std::size_t first_offset) {
  std::vector<Cell> cells;
  unsigned column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t length = sequence_length(line.substr(at));
    Cell cell;
    cell.offset = first_offset + at;
    if (line[at] == '\t') {
      cell.width = kTabWidth - column % kTabWidth;
      cell.text.assign(cell.width, ' ');
    } else {
      cell.text = printable(line.substr(at, length));
      cell.width = display_width(cell.text);
    }
    column += cell.width;
    at += length;
    cells.push_back(std::move(cell));
  }
  return cells;
}

unsigned width_of(const std::vector<Cell>& cells, std::size_t first, std::size_t last) {
  unsigned width = 0;
  for (std::size_t i = first; i < last; ++i) width += cells[i].width;
  return width;
}

/// The cells [first, last) that are shown.
struct Window {
  std::size_t first = 0, last = 0;
};

/// Keeps the place a third from the left where the line has to be cut.
Window window_around(const std::vector<Cell>& cells, std::size_t place, unsigned width) {
  if (width_of(cells, 0, cells.size()) <= width) return {0, cells.size()};
  Window window{place, place};
  unsigned used = 0;
  while (window.first > 0 && used + cells[window.first - 1].width <= width / 3) {
    used += cells[--window.first].width;
  }
  while (window.last < cells.size() && used + cells[window.last].width <= width) {
    used += cells[window.last++].width;
  }
  while (window.first > 0 && used + cells[window.first - 1].width <= width) {
    used += cells[--window.first].width;
  }
  return window;
}

/// The part of the line within reach of the place, cut between characters; and where it begins.
std::string_view within_reach(std::string_view line, std::size_t place, std::size_t& begin) {
  begin = place > kReach ? place - kReach : 0;
  while (begin > 0 && begin < line.size() &&
         (static_cast<unsigned char>(line[begin]) & 0xc0) == 0x80) {
    --begin;
  }
  return line.substr(begin, std::min(line.size() - begin, place - begin + kReach));
}

}  // namespace

unsigned display_width(std::string_view text) {
  unsigned width = 0;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    width += static_cast<unsigned>(width_of(code_point_of(text.substr(0, length))));
    text.remove_prefix(length);
  }
  return width;
}

Excerpt excerpt_of(const SourceText& source, SourceSpan span, unsigned width) {
  const std::uint32_t number = source.line_number(span.begin);
  const std::string_view line = source.line(number);
  const std::size_t begin =
      std::min<std::size_t>(span.begin - source.line_begin(number), line.size());
  const std::size_t end = std::min<std::size_t>(begin + (span.end - span.begin), line.size());

  std::size_t reach_begin = 0;
  const std::string_view near = within_reach(line, begin, reach_begin);
  const std::vector<Cell> cells = cells_of(near, reach_begin);
  const auto place = static_cast<std::size_t>(
      std::partition_point(cells.begin(), cells.end(),
                           [begin](const Cell& cell) { return cell.offset < begin; }) -
      cells.begin());
  const unsigned room = width > 12 ? width - 2 : 10;
  const Window window = window_around(cells, place, room);

  Excerpt excerpt;
  if (window.first > 0 || reach_begin > 0) {
    excerpt.line = "…";
    excerpt.marker = " ";
  }
  unsigned marked = 0;
  for (std::size_t i = window.first; i < window.last; ++i) {
    excerpt.line += cells[i].text;
    if (cells[i].offset < begin) {
      excerpt.marker.append(cells[i].width, ' ');
    } else if (cells[i].offset < end) {
      marked += cells[i].width;
    }
  }
  if (window.last < cells.size() || reach_begin + near.size() < line.size()) excerpt.line += "…";
  excerpt.marker += '^';
  if (marked > 1) excerpt.marker.append(marked - 1, '~');
  return excerpt;
}

}  // namespace poolproof::cli
