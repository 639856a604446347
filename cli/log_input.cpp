// zlib unpacks; files that are several gzip files one behind the other (as `cat a.gz b.gz` makes
// them) are read to their end.
#include "cli/log_input.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace poolproof::cli {
namespace {

constexpr int kGzipOnly = 16;  // added to the window size: a gzip header, no zlib one

struct Magic {
  std::string_view bytes;
  const char* name;
};
constexpr Magic kOtherCompression[] = {{"\x28\xb5\x2f\xfd", "zstd"},
                                       {"BZh", "bzip2"},
                                       {"\xfd"
                                        "7zXZ",
                                        "xz"}};

}  // namespace

struct LogInput::State {
  explicit State(int descriptor) : fd(descriptor), block(kBlockSize) {}
  ~State() {
    if (unpacking) inflateEnd(&stream);
    if (fd > STDIN_FILENO) ::close(fd);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Bytes as the file has them; 0 at its end.
  Result<std::size_t> read_raw(char* to, std::size_t room) const;
  /// Bytes of the log.
  Result<std::size_t> read_some(char* to, std::size_t room);
  Result<std::size_t> unpack(char* to, std::size_t room);
  std::optional<Error> begin();

  int fd;
  std::vector<char> block;
  std::size_t begin_of_rest = 0, end_of_rest = 0;  // of an unfinished line in `block`
  std::vector<char> packed;                        // gzip input; else the first bytes, once
  std::size_t packed_at = 0, packed_end = 0;
  bool unpacking = false, at_end = false, between_members = false;
  z_stream stream{};
};

Result<std::size_t> LogInput::State::read_raw(char* to, std::size_t room) const {
  for (;;) {
    const ssize_t got = ::read(fd, to, room);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return Error{std::strerror(errno)};
  }
}

std::optional<Error> LogInput::State::begin() {
  packed.resize(kBlockSize);
  while (packed_end < 8) {
    const auto got = read_raw(packed.data() + packed_end, packed.size() - packed_end);
    if (!got) return got.error();
    if (got.value() == 0) break;
    packed_end += got.value();
  }
  const std::string_view first(packed.data(), packed_end);
  for (const Magic& magic : kOtherCompression) {
    if (first.starts_with(magic.bytes)) {
      return Error{std::string("compressed with ") + magic.name +
                   "; unpack it and pass it on as -"};
    }
  }
  if (!first.starts_with("\x1f\x8b")) return std::nullopt;
  if (inflateInit2(&stream, MAX_WBITS + kGzipOnly) != Z_OK) return Error{"zlib has no memory"};
  unpacking = true;
  return std::nullopt;
}

Result<std::size_t> LogInput::State::unpack(char* to, std::size_t room) {
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = static_cast<uInt>(room);
  while (stream.avail_out == room && !at_end) {
    if (packed_at == packed_end) {
      const auto got = read_raw(packed.data(), packed.size());
      if (!got) return got.error();
      packed_at = 0;
      packed_end = got.value();
      if (packed_end == 0) {
        at_end = true;
        if (!between_members) return Error{"the gzip data ends in the middle"};
        break;
      }
    }
    if (between_members && inflateReset(&stream) != Z_OK) return Error{"zlib failed"};
    between_members = false;
    stream.next_in = reinterpret_cast<Bytef*>(packed.data() + packed_at);
    stream.avail_in = static_cast<uInt>(packed_end - packed_at);
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    packed_at = packed_end - stream.avail_in;
    between_members = outcome == Z_STREAM_END;
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
      at_end = true;
      return Error{"the gzip data is damaged"};
    }
  }
  return room - stream.avail_out;
}

Result<std::size_t> LogInput::State::read_some(char* to, std::size_t room) {
  if (at_end) return std::size_t{0};
  if (unpacking) return unpack(to, room);
  if (packed_at < packed_end) {
    const std::size_t size = std::min(room, packed_end - packed_at);
    std::memcpy(to, packed.data() + packed_at, size);
    packed_at += size;
    return size;
  }
  auto got = read_raw(to, room);
  at_end = got && got.value() == 0;
  return got;
}

LogInput::LogInput(std::unique_ptr<State> state) : state_(std::move(state)) {}
LogInput::LogInput(LogInput&&) noexcept = default;
LogInput& LogInput::operator=(LogInput&&) noexcept = default;
LogInput::~LogInput() = default;

Result<LogInput> LogInput::open(const std::string& path) {
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error{std::strerror(errno)};
  auto state = std::make_unique<State>(fd);
  struct stat facts {};
  if (::fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) return Error{"is a folder"};
  if (auto error = state->begin()) return std::move(*error);
  return LogInput(std::move(state));
}

Result<std::string_view> LogInput::next() {
  State& s = *state_;
  if (s.begin_of_rest > 0) {
    std::memmove(s.block.data(), s.block.data() + s.begin_of_rest, s.end_of_rest - s.begin_of_rest);
    s.end_of_rest -= s.begin_of_rest;
    s.begin_of_rest = 0;
  }
  for (;;) {
    const auto got = s.read_some(s.block.data() + s.end_of_rest, s.block.size() - s.end_of_rest);
    if (!got) return got.error();
    s.end_of_rest += got.value();
    const std::string_view held(s.block.data(), s.end_of_rest);
    const std::size_t last = held.rfind('\n');
    const bool is_all = got.value() == 0 || (last == held.npos && held.size() == s.block.size());
    if (last == held.npos && !is_all) continue;
    s.begin_of_rest = is_all ? held.size() : last + 1;
    return held.substr(0, s.begin_of_rest);
  }
}

}  // namespace poolproof::cli
