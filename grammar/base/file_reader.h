// The only way in which anything below the command line sees the disk. Tests put files in memory.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "grammar/base/result.h"

namespace poolproof {

/// Larger files are refused: nothing that nginx runs comes near, and every offset fits 32 bits.
inline constexpr std::size_t kMaxFileSize = 64u << 20;

class FileReader {
 public:
  virtual ~FileReader() = default;

  /// All bytes of a regular file. An Error for what is missing, not readable, a directory, not a
  /// regular file, or larger than kMaxFileSize.
  virtual Result<std::string> read(const std::string& path) = 0;

  /// Paths that match a shell pattern as glob(3) does without flags (`*`, `?`, `[...]`; a leading
  /// dot is matched only by a dot), sorted by bytes as nginx has them. Empty if none match. Folders
  /// that may hold matches and cannot be listed are among them: read() says why.
  virtual std::vector<std::string> glob(const std::string& pattern) = 0;

  virtual bool is_directory(const std::string& path) = 0;

  /// The path with symbolic links and dots resolved, to tell whether two names are one file; the
  /// cleaned path itself where it does not exist.
  virtual std::string canonical(const std::string& path) = 0;

  /// The path as people would write it: without `./`, doubled slashes, and `x/..` where x is a
  /// folder and no link. It names the same file. As it is where paths are taken literally.
  virtual std::string tidied(const std::string& path) { return path; }
};

class DiskFileReader : public FileReader {
 public:
  Result<std::string> read(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  bool is_directory(const std::string& path) override;
  std::string canonical(const std::string& path) override;
  std::string tidied(const std::string& path) override;

 private:
  /// Folders with links resolved: thousands of files lie in a few of them.
  std::unordered_map<std::string, std::string> folders_;
};

/// Files in memory, for tests and for dumps of `nginx -T`. Paths are taken literally.
class MemoryFileReader : public FileReader {
 public:
  MemoryFileReader() = default;
  explicit MemoryFileReader(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  void add(std::string path, std::string bytes) { files_[std::move(path)] = std::move(bytes); }
  const std::map<std::string, std::string>& files() const { return files_; }

  Result<std::string> read(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  bool is_directory(const std::string& path) override;
  std::string canonical(const std::string& path) override;

 private:
  std::map<std::string, std::string> files_;
};

/// True if the pattern has a character that glob(3) treats specially, as nginx decides it for
/// `include` (nginx 1.22.1, ngx_conf_include: any of "*?[").
bool has_glob_characters(std::string_view path);

}  // namespace poolproof
