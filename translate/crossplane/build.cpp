// Where the files go, and whether the payload has the shape of one.
#include "translate/crossplane/build.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "translate/crossplane/file_writer.h"

namespace poolproof::translate::crossplane {
namespace {

using nlohmann::json;

/// A name made relative, without dots; an Error if it leaves the folder.
Result<std::string> path_inside(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return Error{"has a NUL in it"};
  const std::size_t begin = std::min(name.find_first_not_of('/'), name.size());
  const std::string path = std::filesystem::path(name.substr(begin)).lexically_normal().string();
  if (path == ".." || path.starts_with("../")) return Error{"leaves the folder"};
  if (path.empty() || path == "." || path.ends_with('/')) return Error{"is no name of a file"};
  return path;
}

Result<BuiltFile> build_file(const json& entry, const std::string& place,
                             const BuildOptions& options) {
  if (!entry.is_object()) return Error{fmt::format("{} is not an object", place)};
  const auto name = entry.find("file");
  if (name == entry.end() || !name->is_string()) {
    return Error{fmt::format("{} has no \"file\" that is a string", place)};
  }
  const auto path = path_inside(name->get_ref<const std::string&>());
  if (!path) return Error{fmt::format("{}.file {}", place, path.error().message)};
  const auto parsed = entry.find("parsed");
  if (parsed == entry.end()) return Error{fmt::format("{} has no \"parsed\"", place)};
  auto text = write_statements(*parsed, place + ".parsed", options);
  if (!text) return text.error();
  const auto status = entry.find("status");
  const bool complete = status == entry.end() || *status != "failed";
  return BuiltFile{path.value(), std::move(text).value(), complete};
}

}  // namespace

Result<std::vector<BuiltFile>> build(const json& payload, const BuildOptions& options) {
  const bool has_config = payload.is_object() && payload.contains("config");
  if (!has_config || !payload["config"].is_array()) {
    return Error{"the payload has no \"config\" that is a list"};
  }
  std::vector<BuiltFile> files;
  for (const json& entry : payload["config"]) {
    const std::string place = fmt::format("config[{}]", &entry - &payload["config"][0]);
    auto built = build_file(entry, place, options);
    if (!built) return built.error();
    const auto same = std::find_if(files.begin(), files.end(), [&](const BuiltFile& file) {
      return file.path == built.value().path;
    });
    if (same == files.end()) {
      files.push_back(std::move(built).value());
    } else if (same->text != built.value().text) {
      return Error{fmt::format("{}.file is the same as another's, with other contents", place)};
    }
  }
  return files;
}

}  // namespace poolproof::translate::crossplane
