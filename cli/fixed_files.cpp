// A file is known by its resolved path only.
#include "cli/fixed_files.h"

namespace poolproof::cli {

void FixedFiles::add(const std::string& path, const std::string& before, const std::string& after) {
  const auto [at, is_new] = files_.try_emplace(canonical(path), File{path, before, after});
  if (!is_new) at->second.after = after;
}

Result<std::string> FixedFiles::read(const std::string& path) {
  if (files_.empty()) return disk_.read(path);
  const auto at = files_.find(canonical(path));
  return at != files_.end() ? Result<std::string>(at->second.after) : disk_.read(path);
}

}  // namespace poolproof::cli
