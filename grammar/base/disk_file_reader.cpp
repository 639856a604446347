// Files of the disk. A configuration can name anything as an include: what is not a regular file is
// refused before it is opened, so that no FIFO blocks and no device is touched.
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "grammar/base/descriptor.h"
#include "grammar/base/file_reader.h"

namespace poolproof {
namespace {

Error describe_errno(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return {"no such file"};
    case EACCES:
    case EPERM:
      return {"permission denied"};
    case ELOOP:
      return {"too many symbolic links"};
    case ENAMETOOLONG:
      return {"the file name is too long"};
    case EISDIR:
      return {"is a directory"};
    case EMFILE:
    case ENFILE:
      return {"too many open files"};
    default:
      return {std::generic_category().message(code)};
  }
}

std::optional<Error> refuse(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return Error{"is a directory"};
  if (S_ISFIFO(status.st_mode)) return Error{"is a pipe, not a regular file"};
  if (S_ISSOCK(status.st_mode)) return Error{"is a socket, not a regular file"};
  if (!S_ISREG(status.st_mode)) return Error{"is a device, not a regular file"};
  if (static_cast<std::size_t>(status.st_size) > kMaxFileSize) {
    return Error{fmt::format("is too large ({} MB; the limit is {} MB)", status.st_size >> 20,
                             kMaxFileSize >> 20)};
  }
  return std::nullopt;
}

/// Reads to the end, which of a regular file is where less comes than was asked for; `size` is only
/// a hint, since files of /proc claim to be empty.
Result<std::string> read_all(int descriptor, std::size_t size) {
  std::string bytes;
  std::size_t used = 0;
  bytes.resize(size + 1);
  for (;;) {
    const ssize_t count = ::read(descriptor, bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return describe_errno(errno);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > kMaxFileSize) return Error{"grew beyond the limit while it was read"};
    if (size != 0 && used < bytes.size()) break;
    if (used == bytes.size()) bytes.resize(std::max<std::size_t>(4096, 2 * used));
  }
  bytes.resize(used);
  return bytes;
}

/// glob(3) hands nothing through to its error function.
thread_local std::vector<std::string> unlisted_folders;

int note_unlisted(const char* path, int code) {
  if (code != ENOENT && code != ENOTDIR) unlisted_folders.emplace_back(path);
  return 0;
}

/// Links resolved; nothing if the path does not exist.
std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) return std::nullopt;
  return std::string(real.get());
}

/// A folder, and no link to one: `..` leads back to where it stands.
bool is_plain_folder(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Result<std::string> DiskFileReader::read(const std::string& path) {
  if (path.find('\0') != std::string::npos) return Error{"no such file"};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return describe_errno(errno);
  // nginx reads as many bytes as the file says it has, and a device says none (1.22.1): people
  // write `include /dev/null`.
  if (S_ISCHR(status.st_mode) && path == "/dev/null") return std::string();
  if (S_ISDIR(status.st_mode) && ::access(path.c_str(), R_OK | X_OK) != 0) {
    return Error{"the folder cannot be listed: " + describe_errno(errno).message};
  }
  if (auto error = refuse(status)) return *error;

  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return describe_errno(errno);
  // Once more, for what was opened may not be what was looked at.
  if (::fstat(file.get(), &status) != 0) return describe_errno(errno);
  if (auto error = refuse(status)) return *error;
  return read_all(file.get(), static_cast<std::size_t>(status.st_size));
}

std::vector<std::string> DiskFileReader::glob(const std::string& pattern) {
  // Sorted here: glob(3) sorts by locale, and nginx runs in the C locale.
  glob_t found{};
  unlisted_folders.clear();
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), GLOB_NOSORT, note_unlisted, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  paths.insert(paths.end(), unlisted_folders.begin(), unlisted_folders.end());
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool DiskFileReader::is_directory(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

std::string DiskFileReader::canonical(const std::string& path) {
  const std::filesystem::path as_path(path);
  const std::string name = as_path.filename().string();
  const bool is_plain = !name.empty() && name != "." && name != "..";
  if (is_plain) {
    const std::string folder = as_path.parent_path().string();
    const auto [known, is_new] = folders_.try_emplace(folder);
    if (is_new) known->second = real_path(folder.empty() ? "." : folder).value_or("");
    char link = 0;
    const bool is_no_link = ::readlink(path.c_str(), &link, 1) < 0 && errno == EINVAL;
    if (is_no_link && !known->second.empty()) {
      return known->second == "/" ? "/" + name : known->second + "/" + name;
    }
  }
  return real_path(path).value_or(as_path.lexically_normal().string());
}

std::string DiskFileReader::tidied(const std::string& path) {
  const bool is_tidy = !path.starts_with("./") && !path.starts_with("../") &&
                       path.find("/.") == std::string::npos && path.find("//") == std::string::npos;
  if (is_tidy || path.empty() || path.ends_with('/')) return path;
  const std::filesystem::path written(path);
  std::filesystem::path out = written.root_directory();
  for (const std::filesystem::path& part : written.relative_path()) {
    if (part.empty() || part == ".") continue;
    const bool leads_back = part == ".." && out.has_filename() && out.filename() != "..";
    if (leads_back && is_plain_folder(out.string())) {
      out = out.parent_path();
    } else {
      out /= part;
    }
  }
  return out.empty() ? "." : out.string();
}

}  // namespace poolproof
