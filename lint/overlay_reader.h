// A FileReader that shows changed contents of some files and passes everything else on.
#pragma once

#include <map>
#include <string>

#include "grammar/base/file_reader.h"

namespace poolproof::lint {

class OverlayReader : public FileReader {
 public:
  explicit OverlayReader(FileReader& below) : below_(below) {}

  void set(const std::string& path, std::string bytes) { changed_[path] = std::move(bytes); }
  /// Everything that was set, by path.
  const std::map<std::string, std::string>& changed() const { return changed_; }
  void restore(std::map<std::string, std::string> changed) { changed_ = std::move(changed); }

  Result<std::string> read(const std::string& path) override {
    const auto at = changed_.find(path);
    if (at != changed_.end()) return at->second;
    return below_.read(path);
  }
  std::vector<std::string> glob(const std::string& pattern) override {
    return below_.glob(pattern);
  }
  bool is_directory(const std::string& path) override { return below_.is_directory(path); }
  std::string canonical(const std::string& path) override { return below_.canonical(path); }
  std::string tidied(const std::string& path) override { return below_.tidied(path); }

 private:
  FileReader& below_;
  std::map<std::string, std::string> changed_;
};

}  // namespace poolproof::lint
