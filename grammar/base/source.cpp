// Lines and columns are computed on demand: a clean file never needs them.
#include "grammar/base/source.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "grammar/base/utf8.h"

namespace poolproof {

SourceText::SourceText(std::string path, std::string bytes)
    : path_(std::move(path)), bytes_(std::move(bytes)) {}

const std::vector<std::uint32_t>& SourceText::line_starts() const {
  if (line_starts_.empty()) {
    line_starts_.push_back(0);
    const char* const begin = bytes_.data();
    const char* const end = begin + bytes_.size();
    for (const char* at = begin; at < end;) {
      at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (at == nullptr) break;
      ++at;
      line_starts_.push_back(static_cast<std::uint32_t>(at - begin));
    }
  }
  return line_starts_;
}

std::uint32_t SourceText::line_number(std::uint32_t offset) const {
  const auto& starts = line_starts();
  const auto after = std::upper_bound(starts.begin(), starts.end(), std::min(offset, size()));
  return static_cast<std::uint32_t>(after - starts.begin());
}

LineColumn SourceText::position(std::uint32_t offset) const {
  offset = std::min(offset, size());
  const std::uint32_t line = line_number(offset);
  return {line, column(line, offset)};
}

std::uint32_t SourceText::column(std::uint32_t line, std::uint32_t offset) const {
  constexpr std::uint32_t kStep = 4096;
  const std::uint32_t begin = line_starts()[line - 1];
  const auto count = [this](std::uint32_t from, std::uint32_t to) {
    const std::size_t length = utf8_length(std::string_view(bytes_).substr(from, to - from));
    return static_cast<std::uint32_t>(length);
  };
  if (offset - begin <= kStep) return count(begin, offset) + 1;
  if (marked_line_ != line) {
    marked_line_ = line;
    marks_.assign(1, {begin, 1});
  }
  while (marks_.back().offset + kStep < offset) {
    const Mark last = marks_.back();
    std::uint32_t next = last.offset + kStep;
    // Not inside of a character: both parts together would count more than the whole.
    while (next > last.offset && (static_cast<unsigned char>(bytes_[next]) & 0xc0) == 0x80) --next;
    if (next == last.offset) next += kStep;  // no character is that long
    marks_.push_back({next, last.column + count(last.offset, next)});
  }
  const auto after =
      std::upper_bound(marks_.begin(), marks_.end(), offset,
                       [](std::uint32_t wanted, const Mark& mark) { return wanted < mark.offset; });
  const Mark& mark = *(after - 1);
  return mark.column + count(mark.offset, offset);
}

std::string_view SourceText::line(std::uint32_t number) const {
  const auto& starts = line_starts();
  if (number == 0 || number > starts.size()) return {};
  const std::uint32_t begin = starts[number - 1];
  std::uint32_t end = number < starts.size() ? starts[number] : size();
  if (end > begin && bytes_[end - 1] == '\n') --end;
  if (end > begin && bytes_[end - 1] == '\r') --end;
  return std::string_view(bytes_).substr(begin, end - begin);
}

std::uint32_t SourceText::line_begin(std::uint32_t number) const {
  const auto& starts = line_starts();
  if (number == 0) return 0;
  return number > starts.size() ? size() : starts[number - 1];
}

std::uint32_t SourceText::line_count() const {
  return static_cast<std::uint32_t>(line_starts().size());
}

FileId SourceMap::add(std::string path, std::string bytes) {
  files_.emplace_back(std::move(path), std::move(bytes));
  return static_cast<FileId>(files_.size() - 1);
}

const SourceText& SourceMap::operator[](FileId id) const {
  return files_[static_cast<std::size_t>(id)];
}

std::string_view SourceMap::text(SourceSpan span) const {
  return (*this)[span.file].bytes().substr(span.begin, span.end - span.begin);
}

std::string SourceMap::describe(SourceSpan span) const {
  const SourceText& source = (*this)[span.file];
  return fmt::format("{}:{}", source.path(), source.line_number(span.begin));
}

}  // namespace poolproof
