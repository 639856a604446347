// Everything is loaded first; only then is it known what is included by what.
#include "cli/inputs.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "cli/session.h"
#include "grammar/config/dump.h"

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

/// Folders whose files need no extension (Debian's layout and its relatives).
bool holds_plain_names(const fs::path& folder) {
  constexpr std::array<std::string_view, 6> kNames{"sites-enabled", "sites-available", "conf.d",
                                                   "snippets",      "vhosts",          "vhosts.d"};
  return std::find(kNames.begin(), kNames.end(), folder.filename().string()) != kNames.end();
}

bool may_be_configuration(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".conf" || extension == ".nginx" || extension == ".vhost") return true;
  return extension.empty() && holds_plain_names(path.parent_path());
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

/// At the top level stands something that nginx knows, or nothing at all.
bool looks_like_nginx(const BoundConfig& config) {
  bool any = false;
  for (const Directive statement : children(config.root())) {
    if (!find_directives(statement.name()).empty()) return true;
    any = true;
  }
  return !any;
}

class Loader {
 public:
  Loader(FileReader& reader, const LoadOptions& options) : reader_(reader), options_(options) {}

  void add(const std::string& path) {
    if (path == "-" || path == "/dev/stdin") {
      add_standard_input();
    } else if (reader_.is_directory(path)) {
      add_folder(path);
    } else {
      add_file(path, Named::kByUser);
    }
  }

  Inputs finish() {
    drop_included();
    return std::move(inputs_);
  }

 private:
  enum class Named { kByUser, kByFolder };

  /// A mistyped path must not pass for a clean configuration.
  void add_folder(const std::string& path) {
    const std::size_t unreadable = inputs_.unreadable.size();
    const std::size_t others = inputs_.not_nginx;
    const auto files = configuration_files(path, inputs_.unreadable);
    for (const std::string& file : files) add_file(file, Named::kByFolder);
    if (files.size() > inputs_.not_nginx - others) return;
    if (inputs_.unreadable.size() > unreadable) return;  // said already
    inputs_.unreadable.push_back({path, files.empty()
                                            ? "no configuration lies in this folder"
                                            : "nothing in this folder is configuration of nginx"});
  }

  void add_standard_input() {
    auto bytes = read_standard_input();
    if (!bytes) {
      inputs_.unreadable.push_back({"-", bytes.error().message});
      return;
    }
    const bool is_dump = split_dump(bytes.value()).has_value();
    auto config = load_config_text(reader_, "<stdin>", std::move(bytes).value(), options_);
    inputs_.entry_points.push_back({"-", std::move(config), is_dump});
  }

  /// True if it was one.
  bool add_dump(const std::string& path) {
    auto bytes = reader_.read(path);
    if (!bytes || !split_dump(bytes.value())) return false;
    auto config = load_config_text(reader_, path, std::move(bytes).value(), options_);
    inputs_.entry_points.push_back({path, std::move(config), true});
    return true;
  }

  void add_file(const std::string& written, Named named) {
    const std::string path = reader_.tidied(written);
    if (!seen_.insert(reader_.canonical(path)).second) return;
    if (named == Named::kByUser && add_dump(path)) return;
    auto config = load_config(reader_, path, options_);
    if (!config) {
      inputs_.unreadable.push_back({path, config.error().message});
      return;
    }
    const bool certain = named == Named::kByUser || fs::path(path).filename() == "nginx.conf";
    if (!certain && !looks_like_nginx(*config.value())) {
      ++inputs_.not_nginx;
      return;
    }
    inputs_.entry_points.push_back({path, std::move(config).value()});
  }

  /// Files that include each other in a circle keep one entry point: the last of them.
  void drop_included() {
    auto& entries = inputs_.entry_points;
    if (entries.size() < 2) return;
    std::vector<std::set<std::string>> included(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].path == "-" || entries[i].is_dump) continue;
      const BoundConfig& config = *entries[i].config;
      for (const LoadedFile& file : config.files()) {
        const std::string& path = config.sources()[file.id].path();
        if (file.times_included > 0) included[i].insert(reader_.canonical(path));
      }
    }
    std::vector<EntryPoint> kept;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string own = reader_.canonical(entries[i].path);
      included[i].erase(own);
      const bool elsewhere = std::any_of(included.begin(), included.end(),
                                         [&own](const auto& set) { return set.contains(own); });
      if (elsewhere) {
        included[i].clear();
      } else {
        kept.push_back(std::move(entries[i]));
      }
    }
    entries = std::move(kept);
  }

  FileReader& reader_;
  const LoadOptions& options_;
  Inputs inputs_;
  std::set<std::string> seen_;
};

}  // namespace

Inputs load_inputs(FileReader& reader, const std::vector<std::string>& paths,
                   const LoadOptions& options) {
  Loader loader(reader, options);
  for (const std::string& path : paths) loader.add(path);
  return loader.finish();
}

std::vector<std::string> configuration_files(const std::string& folder,
                                             std::vector<UnreadablePath>& unreadable) {
  std::vector<std::string> files;
  std::vector<fs::path> pending{fs::path(folder).lexically_normal()};
  while (!pending.empty()) {
    const fs::path current = std::move(pending.back());
    pending.pop_back();
    std::error_code failed;
    for (fs::directory_iterator entry(current, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      std::error_code unknown;
      if (is_hidden(entry->path())) continue;
      if (entry->is_symlink(unknown) && entry->is_directory(unknown)) continue;
      if (entry->is_directory(unknown)) {
        pending.push_back(entry->path());
      } else if (may_be_configuration(entry->path())) {
        files.push_back(entry->path().string());
      }
    }
    if (failed) unreadable.push_back({current.string(), failed.message()});
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace poolproof::cli
