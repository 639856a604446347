// System calls of a stream.
#include "runtime/net/stream.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

#include "runtime/net/event_loop.h"

namespace poolproof::runtime {

void Stream::open(Descriptor socket) {
  socket_ = std::move(socket);
  readable_ = writable_ = hung_up_ = moved_ = false;
}

void Stream::close() {
  socket_.reset();
  readable_ = writable_ = hung_up_ = moved_ = false;
}

void Stream::note(std::uint32_t events) {
  constexpr std::uint32_t kBroken = ready::kError | ready::kHangup | ready::kPeerClosed;
  if ((events & (ready::kReadable | kBroken)) != 0) readable_ = true;
  if ((events & (ready::kWritable | ready::kError | ready::kHangup)) != 0) writable_ = true;
  if ((events & kBroken) != 0) hung_up_ = true;
}

IoResult Stream::failed() {
  const int error = errno;
  if (error == EAGAIN || error == EINTR) return {IoStatus::kWouldBlock, 0, 0};
  return {IoStatus::kError, 0, error};
}

IoResult Stream::read(std::span<char> into) {
  const ssize_t size = ::recv(socket_.get(), into.data(), into.size(), 0);
  if (size > 0) {
    moved_ = true;
    // A short read has emptied the socket: the next byte comes with an edge of its own. After a
    // hang-up no edge comes any more, so the end must still be read.
    if (static_cast<std::size_t>(size) < into.size() && !hung_up_) readable_ = false;
    return {IoStatus::kOk, static_cast<std::size_t>(size), 0};
  }
  if (size == 0) return {IoStatus::kEnd, 0, 0};
  const IoResult result = failed();
  if (result.status == IoStatus::kWouldBlock) readable_ = false;
  return result;
}

IoResult Stream::write(const char* data, std::size_t size) {
  const ssize_t sent = ::send(socket_.get(), data, size, MSG_NOSIGNAL);
  if (sent >= 0) {
    moved_ = true;
    if (static_cast<std::size_t>(sent) < size) writable_ = false;
    return {IoStatus::kOk, static_cast<std::size_t>(sent), 0};
  }
  const IoResult result = failed();
  if (result.status == IoStatus::kWouldBlock) writable_ = false;
  return result;
}

IoResult Stream::write(std::span<const iovec> pieces) {
  if (pieces.size() == 1)
    return write(static_cast<const char*>(pieces[0].iov_base), pieces[0].iov_len);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  std::size_t wanted = 0;
  for (const iovec& piece : pieces) wanted += piece.iov_len;
  const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
  if (sent >= 0) {
    moved_ = true;
    if (static_cast<std::size_t>(sent) < wanted) writable_ = false;
    return {IoStatus::kOk, static_cast<std::size_t>(sent), 0};
  }
  const IoResult result = failed();
  if (result.status == IoStatus::kWouldBlock) writable_ = false;
  return result;
}

IoResult Stream::send_file(int file, std::int64_t offset, std::size_t size) {
  off_t at = offset;
  const ssize_t sent = ::sendfile(socket_.get(), file, &at, size);
  if (sent > 0) {
    moved_ = true;
    if (static_cast<std::size_t>(sent) < size) writable_ = false;
    return {IoStatus::kOk, static_cast<std::size_t>(sent), 0};
  }
  if (sent == 0) return {IoStatus::kError, 0, EIO};  // the file has become shorter
  const IoResult result = failed();
  if (result.status == IoStatus::kWouldBlock) writable_ = false;
  return result;
}

bool Stream::is_silent() const {
  char byte;
  return ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

bool Stream::has_input() {
  if (readable_ && !hung_up_ && is_silent()) readable_ = false;
  return readable_;
}

void Stream::shut_down_writing() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void Stream::reset_on_close() {
  const linger now{1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

int Stream::connect_error() const {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace poolproof::runtime
