// The chunked coding (RFC 9112, 7.1): taken off in place, put on by a line in front and one behind.
// Extensions and trailers are read over, as nginx does (ngx_http_parse_chunked).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace poolproof::runtime {

class ChunkedDecoder {
 public:
  enum class Status : std::uint8_t { kMore, kEnd, kInvalid };
  struct Result {
    Status status = Status::kMore;
    std::string_view body;     // decoded bytes, within the buffer that was given
    std::size_t consumed = 0;  // bytes of the buffer that belong to this message
  };

  void reset() { *this = ChunkedDecoder{}; }
  /// Decodes a part of the message; the bytes of several chunks are moved together in the buffer.
  Result decode(std::span<char> part);
  /// Bytes that are left of the chunk whose size was read.
  std::uint64_t announced() const { return state_ == State::kData ? left_ : 0; }

 private:
  enum class State : std::uint8_t {
    kStart,
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataEnd,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kEndLf,
    kDone
  };
  bool take_byte(char c);

  State state_ = State::kStart;
  std::uint64_t left_ = 0;      // of the chunk's size or data
  std::uint32_t overhead_ = 0;  // bytes of an extension or of trailers
};

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
/// Writes the size line of a chunk; `into` has room for 18 bytes. Returns its length.
std::size_t write_chunk_size(std::uint64_t size, char* into);

}  // namespace poolproof::runtime
