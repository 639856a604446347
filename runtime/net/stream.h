// A non-blocking byte stream: a socket, and above it a Layer where the bytes are not the socket's
// own (TLS). It remembers what the loop said about readiness, so that no call is made that would
// only say EAGAIN.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "runtime/net/descriptor.h"

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

/// What transforms bytes between the user and the socket: a TLS session.
class Layer {
 public:
  virtual ~Layer() = default;
  virtual IoResult read(int fd, std::span<char> into) = 0;
  virtual IoResult write(int fd, std::span<const iovec> pieces) = 0;
  /// Bytes that were taken from the socket and not read yet.
  virtual bool has_buffered_input() const = 0;
};

class Stream {
 public:
  void open(Descriptor socket);
  void close();
  bool is_open() const { return static_cast<bool>(socket_); }
  int fd() const { return socket_.get(); }
  void set_layer(std::unique_ptr<Layer> layer) { layer_ = std::move(layer); }
  /// sendfile() may be used on the descriptor.
  bool is_plain() const { return layer_ == nullptr; }

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

  /// A look at the socket itself: true if it is open and silent. Costs a system call.
  bool is_silent() const;
  /// Says that nothing more will be sent.
  void shut_down_writing();
  /// Closing will send a reset instead of an orderly end.
  void reset_on_close();
  /// The error of a connect that has ended; 0: connected.
  int connect_error() const;

 private:
  IoResult failed();

  Descriptor socket_;
  std::unique_ptr<Layer> layer_;
  bool readable_ = false;
  bool writable_ = false;
  bool hung_up_ = false;
};

}  // namespace poolproof::runtime
