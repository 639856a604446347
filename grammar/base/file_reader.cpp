// Files in memory, with the folders that their paths imply.
#include "grammar/base/file_reader.h"

#include <fnmatch.h>

#include <set>

namespace poolproof {
namespace {

/// Every file and every folder above one.
std::set<std::string> all_paths(const std::map<std::string, std::string>& files) {
  std::set<std::string> paths;
  for (const auto& [path, bytes] : files) {
    paths.insert(path);
    for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
         slash = path.rfind('/', slash - 1)) {
      paths.insert(path.substr(0, slash));
    }
  }
  return paths;
}

}  // namespace

Result<std::string> MemoryFileReader::read(const std::string& path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return Error{is_directory(path) ? "is a directory" : "no such file"};
  if (found->second.size() > kMaxFileSize) return Error{"is too large (the limit is 64 MB)"};
  return found->second;
}

std::vector<std::string> MemoryFileReader::glob(const std::string& pattern) {
  std::vector<std::string> matches;
  for (const std::string& path : all_paths(files_)) {
    if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) {
      matches.push_back(path);
    }
  }
  return matches;
}

bool MemoryFileReader::is_directory(const std::string& path) {
  const std::string prefix = path.ends_with('/') ? path : path + '/';
  const auto first = files_.lower_bound(prefix);
  return first != files_.end() && first->first.starts_with(prefix);
}

std::string MemoryFileReader::canonical(const std::string& path) {
  return path;
}

bool has_glob_characters(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace poolproof
