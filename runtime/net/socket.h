// Making sockets: listeners, accepted connections, connections to upstreams. Turns Address into
// what the kernel takes and back.
#pragma once

#include <string>

#include "grammar/base/descriptor.h"
#include "runtime/address.h"
#include "runtime/plan.h"

namespace poolproof::runtime {

struct SocketResult {
  Descriptor socket;  // empty: see error
  int error = 0;      // errno
};

/// A listener with all the options of its plan, non-blocking. A stale unix socket is removed only
/// when nobody listens on it.
SocketResult make_listener(const ListenSocket& plan);

/// Takes a listener out of service while others may still use its descriptor: connecting to it is
/// refused, accepting from it fails.
void stop_listening(int listener);

/// The next connection of a listener, non-blocking. EAGAIN if there is none.
SocketResult accept_connection(int listener, Address& remote);
Address local_address(int socket);

struct ConnectOptions {
  const Address* bind = nullptr;  // proxy_bind; a port of 0 is any
  bool socket_keepalive = false;
};
struct ConnectResult {
  Descriptor socket;
  int error = 0;
  bool bind_failed = false;  // `error` is that of bind()
  bool in_progress = false;  // writable, or in error, when it has ended
};
/// Begins a connection, non-blocking.
ConnectResult connect_to(const Address& address, const ConnectOptions& options);

/// Small writes are sent at once. Does nothing on unix sockets.
void set_no_delay(int socket);

/// "Connection refused" for errno values; thread-safe.
std::string error_text(int error);

}  // namespace poolproof::runtime
