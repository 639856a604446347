// Names of another machine's files, and where a copy of them lies on this one.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace poolproof {

/// FROM and TO, with or without a slash at the end. FROM stands for whole folders: "/etc/nginx" is
/// no beginning of "/etc/nginx-old/x", and "/" is one of every absolute path.
using PathMap = std::vector<std::pair<std::string, std::string>>;

/// Where a path is read: with TO in the place of the longest FROM that it begins with; the path
/// itself if there is none.
std::string mapped_path(const PathMap& map, const std::string& path);

}  // namespace poolproof
