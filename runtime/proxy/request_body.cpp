// Memory first, then a file.
#include "runtime/proxy/request_body.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace poolproof::runtime {
namespace {

Descriptor make_temporary_file() {
  const char* folder = std::getenv("TMPDIR");
  if (folder == nullptr || *folder == '\0') folder = "/tmp";
  return Descriptor(open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

}  // namespace

void RequestBody::start(std::int64_t content_length, bool chunked, std::size_t memory_limit) {
  decoder_.reset();
  chunked_ = chunked;
  left_ = content_length > 0 ? static_cast<std::uint64_t>(content_length) : 0;
  complete_ = !chunked_ && left_ == 0;
  memory_limit_ = std::max<std::size_t>(memory_limit, 4096);
  memory_size_ = 0;
  file_.reset();
  stored_ = sent_ = 0;
}

RequestBody::Fed RequestBody::feed(std::span<char> bytes) {
  if (complete_) return {};
  if (chunked_) {
    const ChunkedDecoder::Result result = decoder_.decode(bytes);
    complete_ = result.status == ChunkedDecoder::Status::kEnd;
    return {result.body, result.consumed, result.status == ChunkedDecoder::Status::kInvalid};
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  left_ -= size;
  complete_ = left_ == 0;
  return {{bytes.data(), size}, size, false};
}

bool RequestBody::store(std::string_view bytes) {
  if (bytes.empty()) return true;
  if (!file_ && memory_size_ + bytes.size() > memory_limit_ && !spill()) return false;
  if (file_) {
    if (!write_file(bytes)) return false;
  } else {
    const std::span<char> room = transit_buffer();
    std::memcpy(room.data() + memory_size_, bytes.data(), bytes.size());
    memory_size_ += bytes.size();
  }
  stored_ += bytes.size();
  return true;
}

std::span<char> RequestBody::transit_buffer() {
  if (memory_capacity_ < memory_limit_) {
    auto larger = std::make_unique_for_overwrite<char[]>(memory_limit_);
    if (memory_size_ > 0) std::memcpy(larger.get(), memory_.get(), memory_size_);
    memory_ = std::move(larger);
    memory_capacity_ = memory_limit_;
  }
  return {memory_.get(), memory_capacity_};
}

bool RequestBody::spill() {
  file_ = make_temporary_file();
  if (!file_) return false;
  return write_file(memory());
}

bool RequestBody::write_file(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string_view RequestBody::take_piece() {
  if (all_taken()) return {};
  if (!file_) {
    sent_ = stored_;
    return memory();
  }
  const std::span<char> room = transit_buffer();
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), stored_ - sent_));
  const ssize_t size = pread(file_.get(), room.data(), wanted, static_cast<off_t>(sent_));
  if (size <= 0) return {};
  sent_ += static_cast<std::uint64_t>(size);
  return {room.data(), static_cast<std::size_t>(size)};
}

}  // namespace poolproof::runtime
