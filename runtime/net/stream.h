// A non-blocking byte stream over a socket. It remembers what the loop said about readiness, so
// that no call is made that would only say EAGAIN.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "grammar/base/descriptor.h"

namespace poolproof::runtime {

enum class IoStatus : std::uint8_t {
  kOk,
  kWouldBlock,
  kEnd,   // read: the peer sends no more
  kError  // see `error`
};
struct IoResult {
  IoStatus status = IoStatus::kOk;
  std::size_t size = 0;
  int error = 0;  // errno
};

class Stream {
 public:
  void open(Descriptor socket);
  void close();
  bool is_open() const { return static_cast<bool>(socket_); }
  int fd() const { return socket_.get(); }

  /// Takes over what the loop said (bits of ready::).
  void note(std::uint32_t events);
  bool readable() const { return readable_; }
  bool writable() const { return writable_; }
  /// Nothing will follow what is in the socket's buffer, or the connection is broken.
  bool hung_up() const { return hung_up_; }

  IoResult read(std::span<char> into);
  IoResult write(std::span<const iovec> pieces);
  IoResult write(const char* data, std::size_t size);
  /// From a file at `offset`, as sendfile(2).
  IoResult send_file(int file, std::int64_t offset, std::size_t size);

  /// Whether bytes have moved, either way, since this was asked last.
  bool take_progress() { return std::exchange(moved_, false); }

  /// A look at the socket itself: true if it is open and silent. Costs a system call.
  bool is_silent() const;
  /// Whether there is something to read, be it the end. A read that filled its buffer to the last
  /// byte does not know: then it costs a system call.
  bool has_input();
  /// Says that nothing more will be sent.
  void shut_down_writing();
  /// Closing will send a reset instead of an orderly end.
  void reset_on_close();
  /// The error of a connect that has ended; 0: connected.
  int connect_error() const;

 private:
  IoResult failed();

  Descriptor socket_;
  bool readable_ = false;
  bool writable_ = false;
  bool hung_up_ = false;
  bool moved_ = false;
};

}  // namespace poolproof::runtime
