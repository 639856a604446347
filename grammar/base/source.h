// Source files as they were read: bytes, where lines begin, and places in them. Every other box
// names a place in a configuration by SourceSpan; only this one knows how a place becomes a line
// and column.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace poolproof {

/// Index of a file in its SourceMap.
enum class FileId : std::uint32_t { kNone = 0xffffffff };

/// Half-open range of bytes in one file.
struct SourceSpan {
  FileId file = FileId::kNone;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const SourceSpan&, const SourceSpan&) = default;
  friend auto operator<=>(const SourceSpan&, const SourceSpan&) = default;
};

/// A place for people: both count from 1. Columns count Unicode code points; a byte that is not
/// part of valid UTF-8 counts as one column, and so does a tab.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

/// One file: the name it is shown under and its exact bytes. Immutable. Lines end at LF (a CR
/// before it belongs to the line break).
class SourceText {
 public:
  SourceText(std::string path, std::string bytes);

  const std::string& path() const { return path_; }
  std::string_view bytes() const { return bytes_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }

  LineColumn position(std::uint32_t offset) const;
  std::uint32_t line_number(std::uint32_t offset) const;
  /// The text of a line (from 1) without its line break; empty past the end.
  std::string_view line(std::uint32_t number) const;
  /// Offset at which a line (from 1) begins.
  std::uint32_t line_begin(std::uint32_t number) const;
  std::uint32_t line_count() const;

 private:
  const std::vector<std::uint32_t>& line_starts() const;
  std::uint32_t column(std::uint32_t line, std::uint32_t offset) const;

  std::string path_;
  std::string bytes_;
  /// Made on first use: most files are never asked for a line. Not safe to make from two threads.
  mutable std::vector<std::uint32_t> line_starts_;

  /// A place where a character begins, and its column.
  struct Mark {
    std::uint32_t offset = 0, column = 1;
  };
  /// Marks of the long line that was asked for last: some files are one line of a megabyte.
  mutable std::vector<Mark> marks_;
  mutable std::uint32_t marked_line_ = 0;
};

/// Owns the files of one run. References stay valid while the map lives.
class SourceMap {
 public:
  FileId add(std::string path, std::string bytes);

  const SourceText& operator[](FileId id) const;
  std::size_t size() const { return files_.size(); }

  std::string_view text(SourceSpan span) const;
  LineColumn position(SourceSpan span) const { return (*this)[span.file].position(span.begin); }
  /// "path:line" of where a span begins, for messages.
  std::string describe(SourceSpan span) const;

 private:
  std::deque<SourceText> files_;
};

}  // namespace poolproof
