// Looked up for every statement, so kept in tables.
#include "translate/crossplane/files.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace poolproof::translate::crossplane {

std::size_t FileNumbers::number(const IncludedFile& file) {
  const auto [at, is_new] = by_path_.try_emplace(file.path, entries_.size());
  if (is_new) entries_.push_back(file);
  return at->second;
}

Places::Places(const BoundConfig& config) {
  for (const LoadedFile& file : config.files()) {
    by_file_.emplace_back(file.tree.nodes().size(), ContextSet{0});
  }
  for (DirectiveId id = 1; id < config.directive_count(); ++id) {
    const BoundDirective& at = config.at(id);
    ContextSet& contexts = by_file_[static_cast<std::size_t>(at.file)][at.node];
    contexts = contexts | at.context;
  }
}

ContextSet Places::contexts(FileId file, NodeId node) const {
  return by_file_[static_cast<std::size_t>(file)][node];
}

std::string cannot_open(const std::string& path, const std::string& why) {
  struct Known {
    std::string_view why;
    std::string_view python;
  };
  static constexpr std::array kKnown{
      Known{"no such file", "[Errno 2] No such file or directory"},
      Known{"permission denied", "[Errno 13] Permission denied"},
      Known{"is a directory", "[Errno 21] Is a directory"},
      Known{"too many open files", "[Errno 24] Too many open files"},
      Known{"the file name is too long", "[Errno 36] File name too long"},
      Known{"too many symbolic links", "[Errno 40] Too many levels of symbolic links"},
  };
  const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& each) { return each.why == why; });
  return fmt::format("{}: '{}'", known == kKnown.end() ? why : known->python, path);
}

}  // namespace poolproof::translate::crossplane
