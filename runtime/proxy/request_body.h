// The body of a request: its framing taken off, kept in memory up to a limit and beyond that in a
// file without name, so that it can be sent again to another peer. Knows no sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "grammar/base/descriptor.h"
#include "runtime/http1/chunked.h"

namespace poolproof::runtime {

class RequestBody {
 public:
  /// `content_length` of -1 with `chunked` false: no body.
  void start(std::int64_t content_length, bool chunked, std::size_t memory_limit);

  struct Fed {
    std::string_view body;     // decoded, within the given bytes
    std::size_t consumed = 0;  // the rest belongs to the next request
    bool invalid = false;
  };
  /// Takes the framing off the next bytes.
  Fed feed(std::span<char> bytes);
  bool is_complete() const { return complete_; }
  /// Bytes that are known to follow; 1 if only the framing will tell.
  std::uint64_t wanted() const { return chunked_ ? (complete_ ? 0 : 1) : left_; }

  /// Bytes of the body that are known to follow: the rest of a chunk, or of Content-Length.
  std::uint64_t announced() const { return chunked_ ? decoder_.announced() : left_; }

  /// Keeps decoded bytes for sending. False: the file could not be written (errno).
  bool store(std::string_view bytes);
  std::uint64_t stored_size() const { return stored_; }
  bool in_memory() const { return !file_; }
  std::string_view memory() const { return {memory_.get(), memory_size_}; }

  /// Begins sending what is stored from its start.
  void rewind() { sent_ = 0; }
  bool all_taken() const { return sent_ == stored_; }
  /// The next piece to send; valid until the next call. Empty: all taken, or the file failed.
  std::string_view take_piece();

  /// Room for bytes that are passed on at once instead of being stored.
  std::span<char> transit_buffer();

 private:
  bool spill();
  bool write_file(std::string_view bytes);

  ChunkedDecoder decoder_;
  std::uint64_t left_ = 0;
  bool chunked_ = false;
  bool complete_ = true;
  std::unique_ptr<char[]> memory_;
  std::size_t memory_capacity_ = 0;
  std::size_t memory_size_ = 0;
  std::size_t memory_limit_ = 0;
  Descriptor file_;
  std::uint64_t stored_ = 0, sent_ = 0;
};

}  // namespace poolproof::runtime
