// The part of binding that finds files: what an `include` names, and what of that can be read.
#include <algorithm>

#include <fmt/format.h>

#include "grammar/config/binder.h"

namespace poolproof {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

std::string with_slash(std::string folder) {
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  return folder;
}

/// Names of whole folders: "/etc/nginx" is no beginning of "/etc/nginx-old/x".
bool lies_below(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

}  // namespace

/// nginx resolves `include` against the folder of the file given with -c, whatever -p says (1.22.1,
/// ngx_process_options sets conf_prefix from conf_file last). A fragment says nothing of that
/// folder: there it is the prefix if one is named, else the nearest folder above with an
/// nginx.conf.
void Binder::choose_base() {
  const std::string own = folder_of(config_->main_path_);
  base_ = own;
  if (!config_->is_snippet()) return;
  if (!config_->options_.prefix.empty()) {
    base_ = with_slash(config_->options_.prefix);
    return;
  }
  for (std::string folder = own;;) {
    if (!reader_.glob(folder + "nginx.conf").empty()) {
      base_ = folder;
      return;
    }
    if (folder.size() <= 1) return;
    folder = folder_of(folder.substr(0, folder.size() - 1));
  }
}

std::string Binder::resolve(std::string_view written) const {
  if (written.starts_with('/')) return std::string(written);
  return base_ + std::string(written);
}

std::string Binder::mapped(std::string path) const {
  const std::pair<std::string, std::string>* best = nullptr;
  for (const auto& entry : config_->options_.path_map) {
    const bool is_longer = best == nullptr || entry.first.size() > best->first.size();
    if (is_longer && lies_below(path, entry.first)) best = &entry;
  }
  return best == nullptr ? path : best->second + path.substr(best->first.size());
}

/// The files of an include in the order of reading, those left out that cannot be read.
std::vector<FileId> Binder::files_of(Directive at, std::string_view written) {
  const std::string path = mapped(resolve(written));
  std::vector<FileId> files;
  const bool is_pattern = has_glob_characters(path);
  const std::vector<std::string> names =
      is_pattern ? reader_.glob(path) : std::vector<std::string>{path};
  std::vector<IncludedFile> wanted;
  for (const std::string& name : names) {
    const FileId file = open_include(at, wanted.emplace_back(IncludedFile{name}), is_pattern);
    if (file != FileId::kNone) files.push_back(file);
  }
  config_->included_.try_emplace(BoundConfig::place(at.file(), at.node()), std::move(wanted));
  return files;
}

FileId Binder::open_include(Directive at, IncludedFile& wanted, bool from_pattern) {
  const std::string& path = wanted.path;
  const auto known = by_path_.find(path);
  std::string canonical = known != by_path_.end() ? std::string() : reader_.canonical(path);
  FileId file = FileId::kNone;
  if (known != by_path_.end()) {
    file = known->second;
  } else if (const auto same = by_canonical_.find(canonical); same != by_canonical_.end()) {
    file = same->second;
  } else {
    auto bytes = reader_.read(path);
    if (!bytes) {
      const bool missing = !from_pattern && bytes.error().message == "no such file";
      report(at, missing ? "include-not-found" : "include-unreadable",
             fmt::format("cannot read `{}`: {}", path, bytes.error().message));
      config_->incomplete_ = true;
      wanted.error = bytes.error().message;
      return FileId::kNone;
    }
    file = add_file(path, std::move(bytes).value(), std::move(canonical));
  }
  by_path_.emplace(path, file);
  wanted.file = file;
  if (is_being_read(file) || include_depth_ >= kMaxIncludeDepth) {
    report(at, "include-cycle",
           fmt::format("`{}` includes itself; nginx would read it until it has no more descriptors",
                       path));
    return FileId::kNone;
  }
  ++config_->files_[static_cast<std::size_t>(file)].times_included;
  return file;
}

bool Binder::is_being_read(FileId file) const {
  return std::any_of(frames_.begin(), frames_.end(),
                     [file](const Frame& frame) { return frame.file == file; });
}

}  // namespace poolproof
