// Marker lines are found by search: a dump may hold hundreds of files.
#include "grammar/config/dump.h"

#include <algorithm>

namespace poolproof {
namespace {

constexpr std::string_view kMarker = "# configuration file ";

struct Marker {
  std::size_t begin = 0;  // of its line
  std::size_t end = 0;    // past its line break
  std::string_view path;
};

/// The marker line at or after `from`.
std::optional<Marker> next_marker(std::string_view bytes, std::size_t from) {
  for (std::size_t at = bytes.find(kMarker, from); at != std::string_view::npos;
       at = bytes.find(kMarker, at + 1)) {
    if (at != 0 && bytes[at - 1] != '\n') continue;
    const std::size_t line_end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view path = bytes.substr(at, line_end - at).substr(kMarker.size());
    if (path.ends_with('\r')) path.remove_suffix(1);
    if (!path.ends_with(':') || path.size() < 2) continue;
    path.remove_suffix(1);
    return Marker{at, std::min(line_end + 1, bytes.size()), path};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> split_dump(std::string_view bytes) {
  auto marker = next_marker(bytes, 0);
  if (!marker) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> files;
  while (marker) {
    const auto following = next_marker(bytes, marker->end);
    const std::size_t end = following ? following->begin : bytes.size();
    std::string_view body = bytes.substr(marker->end, end - marker->end);
    if (body.ends_with('\n')) body.remove_suffix(1);
    files.emplace_back(marker->path, body);
    marker = following;
  }
  return files;
}

}  // namespace poolproof
