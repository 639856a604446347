// The files that fixing has changed so far, in memory: several configurations may share a file, and
// each must see what was repaired for the others.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

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

  /// A file or pattern that was read and has another answer now; what was concluded from the first
  /// may be wrong then.
  std::optional<std::string> changed_meanwhile();

  Result<std::string> read(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  bool is_directory(const std::string& path) override { return disk_.is_directory(path); }
  std::string canonical(const std::string& path) override { return disk_.canonical(path); }
  std::string tidied(const std::string& path) override { return disk_.tidied(path); }

 private:
  /// One that could not be read has none.
  using Hash = std::optional<std::size_t>;

  Result<std::string> read_disk(const std::string& path);

  FileReader& disk_;
  std::map<std::string, File> files_;
  std::map<std::string, Hash> read_;  // by path as it was asked for, as it was at first
  std::map<std::string, std::vector<std::string>> globbed_;
};

}  // namespace poolproof::cli
