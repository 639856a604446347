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

/// A relative name begins where the main file was read: nothing is left to be mapped.
std::string Binder::resolve(std::string_view written) const {
  if (!written.starts_with('/')) return base_ + std::string(written);
  return mapped_path(config_->options_.path_map, std::string(written));
}

/// The files of an include in the order of reading, those left out that cannot be read.
std::vector<FileId> Binder::files_of(Directive at, std::string_view written) {
  const std::string path = resolve(written);
  std::vector<FileId> files;
  const bool is_pattern = has_glob_characters(path);
  const std::vector<std::string> names =
      is_pattern ? reader_.glob(path) : std::vector<std::string>{path};
  if (is_pattern && names.empty()) note_missing_folder(at, path);
  std::vector<IncludedFile> wanted;
  for (const std::string& name : names) {
    IncludedFile& included = wanted.emplace_back(IncludedFile{reader_.tidied(name)});
    const FileId file = open_include(at, included, is_pattern);
    if (file != FileId::kNone) files.push_back(file);
  }
  config_->included_.try_emplace(BoundConfig::place(at.file(), at.node()), std::move(wanted));
  return files;
}

/// nginx takes a pattern that nothing matches, and an empty folder is usual; that there is no such
/// folder means more often that the files lie elsewhere.
void Binder::note_missing_folder(Directive at, const std::string& pattern) {
  const std::string folder = folder_of(pattern.substr(0, pattern.find_first_of("*?[")));
  const bool is_certain = config_->options_.folders_are_known && !config_->is_snippet();
  if (!is_certain || folder.empty() || reader_.is_directory(folder)) return;
  report(at, "include-folder-missing",
         fmt::format("nothing is read here, for there is no folder `{}`; if it is on another "
                     "machine, --path-map says where a copy of it lies",
                     folder));
  config_->diagnostics_.back().severity = Severity::kInfo;
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
