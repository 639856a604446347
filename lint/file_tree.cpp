// See file_tree.h.
#include "lint/file_tree.h"

#include <string_view>

namespace poolproof::lint {
namespace {

std::string_view folder_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

bool is_outside_tree(const BoundConfig& config, FileId file) {
  const std::string_view main = config.main_path();
  const std::string_view path = config.sources()[file].path();
  if (!main.starts_with('/')) return false;
  if (!path.starts_with("/etc/") && !path.starts_with("/usr/")) return false;
  const std::string_view tree = folder_of(folder_of(main));
  return !path.starts_with(tree) || !path.substr(tree.size()).starts_with('/');
}

bool is_of_a_package(const BoundConfig& config, FileId file) {
  const std::string_view path = config.sources()[file].path();
  return path.substr(folder_of(path).size()).ends_with("/proxy_params") || path == "proxy_params";
}

}  // namespace poolproof::lint
