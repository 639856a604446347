// The files that fixing has changed so far, in memory: several configurations may share a file, and
// each must see what was repaired for the others.
#pragma once

#include <map>
#include <string>

#include "grammar/base/file_reader.h"

namespace poolproof::cli {

class FixedFiles : public FileReader {
 public:
  struct File {
    std::string path;    // as it was first named
    std::string before;  // as it is on the disk
    std::string after;
  };

  explicit FixedFiles(FileReader& disk) : disk_(disk) {}

  void add(const std::string& path, const std::string& before, const std::string& after);
  /// By resolved path, so that a file with two names is here once.
  const std::map<std::string, File>& files() const { return files_; }

  Result<std::string> read(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override { return disk_.glob(pattern); }
  bool is_directory(const std::string& path) override { return disk_.is_directory(path); }
  std::string canonical(const std::string& path) override { return disk_.canonical(path); }

 private:
  FileReader& disk_;
  std::map<std::string, File> files_;
};

}  // namespace poolproof::cli
