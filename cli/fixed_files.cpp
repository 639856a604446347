// A file is known by its resolved path only.
#include "cli/fixed_files.h"

#include <functional>

namespace poolproof::cli {
namespace {

std::optional<std::size_t> hash_of(const Result<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  return std::hash<std::string>{}(bytes.value());
}

}  // namespace

void FixedFiles::add(const std::string& path, const std::string& before, const std::string& after) {
  const auto [at, is_new] = files_.try_emplace(canonical(path), File{path, before, after});
  if (!is_new) at->second.after = after;
}

Result<std::string> FixedFiles::read(const std::string& path) {
  if (files_.empty()) return read_disk(path);
  const auto at = files_.find(canonical(path));
  return at != files_.end() ? Result<std::string>(at->second.after) : read_disk(path);
}

Result<std::string> FixedFiles::read_disk(const std::string& path) {
  auto bytes = disk_.read(path);
  read_.try_emplace(path, hash_of(bytes));
  return bytes;
}

std::vector<std::string> FixedFiles::glob(const std::string& pattern) {
  auto paths = disk_.glob(pattern);
  globbed_.try_emplace(pattern, paths);
  return paths;
}

std::optional<std::string> FixedFiles::changed_meanwhile() {
  for (const auto& [path, hash] : read_) {
    if (hash_of(disk_.read(path)) != hash) return path;
  }
  for (const auto& [pattern, paths] : globbed_) {
    if (disk_.glob(pattern) != paths) return pattern;
  }
  return std::nullopt;
}

}  // namespace poolproof::cli
