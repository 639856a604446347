// See path_map.h. Looks at no file.
#include "grammar/config/path_map.h"

#include <string_view>

namespace poolproof {
namespace {

/// "/" becomes empty: what follows begins with its slash.
std::string_view without_slash(std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return folder;
}

bool lies_below(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || path[folder.size()] == '/';
}

}  // namespace

std::string mapped_path(const PathMap& map, const std::string& path) {
  const std::pair<std::string, std::string>* best = nullptr;
  std::string_view best_from;
  for (const auto& entry : map) {
    const std::string_view from = without_slash(entry.first);
    if (!lies_below(path, from)) continue;
    if (best != nullptr && from.size() <= best_from.size()) continue;
    best = &entry;
    best_from = from;
  }
  if (best == nullptr) return path;
  std::string rest = path.substr(best_from.size());
  std::string out(without_slash(best->second));
  out += rest;
  return out.empty() ? "/" : out;
}

}  // namespace poolproof
