// Temporary file in the same folder, fsync, rename, fsync of the folder.
#include "cli/file_replacement.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "grammar/base/file_reader.h"

namespace poolproof::cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error system_error(std::string_view what) {
  return {fmt::format("{}: {}", what, std::strerror(errno))};
}

std::optional<Error> check_unchanged(const std::string& path, const std::string& before) {
  const auto now = DiskFileReader().read(path);
  if (!now) return now.error();
  if (now.value() != before) return Error{"the file was changed meanwhile"};
  return std::nullopt;
}

bool write_all(int fd, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

/// The new file gets the old one's owner first: changing it clears the set-id bits of the mode.
std::optional<Error> fill(int fd, const struct stat& old, const std::string& bytes) {
  struct stat own {};
  if (::fstat(fd, &own) != 0) return system_error("cannot look at the new file");
  const bool same_owner = own.st_uid == old.st_uid && own.st_gid == old.st_gid;
  if (!same_owner && ::fchown(fd, old.st_uid, old.st_gid) != 0) {
    return system_error("cannot keep the owner of the file");
  }
  if (::fchmod(fd, old.st_mode & 07777) != 0) return system_error("cannot keep the file's mode");
  if (!write_all(fd, bytes) || ::fsync(fd) != 0) return system_error("cannot write the new file");
  return std::nullopt;
}

void sync_folder(const std::string& folder) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open.get() >= 0) ::fsync(open.get());  // some file systems cannot; the rename holds anyway
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

}  // namespace

FileReplacement::FileReplacement(std::string target, std::string temporary, std::string before,
                                 std::string after)
    : target_(std::move(target)),
      temporary_(std::move(temporary)),
      before_(std::move(before)),
      after_(std::move(after)) {}

FileReplacement::FileReplacement(FileReplacement&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      before_(std::move(other.before_)),
      after_(std::move(other.after_)) {}

FileReplacement::~FileReplacement() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<FileReplacement> FileReplacement::prepare(const std::string& path, const std::string& before,
                                                 const std::string& after) {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return system_error("cannot find the file");
  const std::string target = resolved;
  struct stat old {};
  if (::stat(target.c_str(), &old) != 0) return system_error("cannot look at the file");
  if (::access(target.c_str(), W_OK) != 0) return system_error("may not write the file");
  if (auto changed = check_unchanged(target, before)) return *changed;
  if (old.st_nlink > 1) {
    return Error{
        fmt::format("the file has {} names (hard links), and the others would keep the "
                    "old contents",
                    old.st_nlink)};
  }

  std::string temporary = folder_of(target) + ".poolproof-XXXXXX";
  const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) return system_error("cannot write in the file's folder");
  FileReplacement replacement(target, temporary, before, after);
  if (auto failed = fill(fd.get(), old, after)) return *failed;
  return replacement;
}

std::optional<Error> FileReplacement::commit() {
  if (auto changed = check_unchanged(target_, before_)) return changed;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return system_error("cannot replace the file");
  }
  temporary_.clear();
  sync_folder(folder_of(target_));
  return std::nullopt;
}

InterruptionsHeld::InterruptionsHeld() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

InterruptionsHeld::~InterruptionsHeld() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<Error> FileReplacement::undo() {
  auto old = prepare(target_, after_, before_);
  return old ? old.value().commit() : old.error();
}

}  // namespace poolproof::cli
