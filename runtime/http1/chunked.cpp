// A state per kind of byte between the chunks; data is moved in bulk.
#include "runtime/http1/chunked.h"

#include <algorithm>
#include <cstring>

#include "runtime/hex.h"

namespace poolproof::runtime {
namespace {

/// The extension of one chunk, or trailers, beyond this are an attack, not a message.
constexpr std::uint32_t kMaxOverhead = 64 * 1024;

}  // namespace

bool ChunkedDecoder::take_byte(char c) {
  switch (state_) {
    case State::kStart: {
      const int value = hex_value(c);
      if (value < 0) return false;
      left_ = static_cast<std::uint64_t>(value);
      overhead_ = 0;
      state_ = State::kSize;
      return true;
    }
    case State::kSize: {
      if (const int value = hex_value(c); value >= 0) {
        if (left_ > (std::uint64_t{1} << 58)) return false;
        left_ = left_ * 16 + static_cast<std::uint64_t>(value);
        return true;
      }
      if (c == '\r')
        state_ = State::kSizeLf;
      else if (c == '\n')
        state_ = left_ == 0 ? State::kTrailerStart : State::kData;
      else if (c == ';' || c == ' ' || c == '\t')
        state_ = State::kExtension;
      else
        return false;
      return true;
    }
    case State::kExtension:
      if (++overhead_ > kMaxOverhead) return false;
      if (c == '\r')
        state_ = State::kSizeLf;
      else if (c == '\n')
        state_ = left_ == 0 ? State::kTrailerStart : State::kData;
      return true;
    case State::kSizeLf:
      state_ = left_ == 0 ? State::kTrailerStart : State::kData;
      return c == '\n';
    case State::kDataEnd:
      if (c == '\r')
        state_ = State::kDataLf;
      else if (c == '\n')
        state_ = State::kStart;
      else
        return false;
      return true;
    case State::kDataLf:
      state_ = State::kStart;
      return c == '\n';
    case State::kTrailerStart:
      if (c == '\r')
        state_ = State::kEndLf;
      else if (c == '\n')
        state_ = State::kDone;
      else
        state_ = State::kTrailer;
      return ++overhead_ <= kMaxOverhead;
    case State::kTrailer:
      if (c == '\r')
        state_ = State::kTrailerLf;
      else if (c == '\n')
        state_ = State::kTrailerStart;
      return ++overhead_ <= kMaxOverhead;
    case State::kTrailerLf:
      state_ = State::kTrailerStart;
      return c == '\n';
    case State::kEndLf:
      state_ = State::kDone;
      return c == '\n';
    case State::kData:
    case State::kDone:
      break;
  }
  return false;
}

ChunkedDecoder::Result ChunkedDecoder::decode(std::span<char> part) {
  Result result;
  char* body = nullptr;  // where decoded bytes begin
  char* body_end = nullptr;
  std::size_t at = 0;
  while (at < part.size() && state_ != State::kDone) {
    if (state_ != State::kData) {
      if (!take_byte(part[at])) {
        result.status = Status::kInvalid;
        break;
      }
      ++at;
      continue;
    }
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, part.size() - at));
    char* data = part.data() + at;
    if (body == nullptr)
      body = body_end = data;
    else
      std::memmove(body_end, data, size);
    body_end += size;
    at += size;
    left_ -= size;
    if (left_ == 0) state_ = State::kDataEnd;
  }
  if (state_ == State::kDone && result.status != Status::kInvalid) result.status = Status::kEnd;
  result.consumed = at;
  if (body != nullptr) result.body = {body, static_cast<std::size_t>(body_end - body)};
  return result;
}

std::size_t write_chunk_size(std::uint64_t size, char* into) {
  char digits[16];
  std::size_t count = 0;
  do {
    digits[count++] = "0123456789abcdef"[size & 15];
    size >>= 4;
  } while (size != 0);
  for (std::size_t i = 0; i < count; ++i) into[i] = digits[count - 1 - i];
  into[count] = '\r';
  into[count + 1] = '\n';
  return count + 2;
}

}  // namespace poolproof::runtime
