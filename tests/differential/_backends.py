"""Backends that follow their protocol and say which connection served which request.

One thread serves any number of listeners: HTTP/1.x, FastCGI, memcached, SCGI and uwsgi. Each keeps a
connection exactly when its protocol allows it, so that reuse is decided by the proxy alone. `log` holds
one (listener, connection number) per request, in order; `requests` the bytes of each.
"""

import selectors
import socket
import struct
import threading


class Connection:
    def __init__(self, sock, number, serve, name):
        self.sock, self.number, self.serve, self.name = sock, number, serve, name
        self.data = b""


def head_fields(head):
    lines = head.split(b"\r\n")
    fields = [tuple(part.strip() for part in line.split(b":", 1)) for line in lines[1:] if b":" in line]
    return lines[0], [(name.lower(), value) for name, value in fields]


def serve_http(data):
    """(bytes used, answer, keep) of the first complete request in `data`, or None."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    line, fields = head_fields(data[:end])
    length = sum(int(value) for name, value in fields if name == b"content-length")
    if len(data) < end + 4 + length:
        return None
    tokens = {token.strip().lower() for name, value in fields if name == b"connection" for token in value.split(b",")}
    keep = b"close" not in tokens and (line.endswith(b"HTTP/1.1") or b"keep-alive" in tokens)
    close = b"" if keep else b"Connection: close\r\n"
    body = b"" if line.startswith(b"HEAD ") else b"ok"
    return end + 4 + length, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + close + b"\r\n" + body, keep


def serve_memcached(data):
    end = data.find(b"\r\n")
    if end < 0:
        return None
    key = data[:end].split(b" ", 1)[-1]
    return end + 2, b"VALUE " + key + b" 0 2\r\nok\r\nEND\r\n", True


def serve_fastcgi(data):
    """Answers when the empty STDIN record has come (FastCGI specification, section 5)."""
    at, keep, identity = 0, False, 1
    while len(data) - at >= 8:
        _, kind, identity, length, padding = struct.unpack("!BBHHB", data[at:at + 7])
        if len(data) - at < 8 + length + padding:
            return None
        content = data[at + 8:at + 8 + length]
        at += 8 + length + padding
        if kind == 1:
            keep = bool(content[2] & 1)
        if kind == 5 and length == 0:
            break
    else:
        return None
    body = b"Status: 200\r\nContent-Type: text/plain\r\n\r\nok"
    record = lambda number, content: struct.pack("!BBHHBB", 1, number, identity, len(content), 0, 0) + content
    return at, record(6, body) + record(6, b"") + record(3, bytes(8)), keep


def serve_scgi(data):
    colon = data.find(b":")
    if colon < 0 or len(data) < colon + 2 + int(data[:colon]):
        return None
    return len(data), b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nok", False


def serve_uwsgi(data):
    if len(data) < 4 or len(data) < 4 + struct.unpack("<H", data[1:3])[0]:
        return None
    return len(data), b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nok", False


PROTOCOLS = {"http": serve_http, "fastcgi": serve_fastcgi, "memcached": serve_memcached, "scgi": serve_scgi,
             "uwsgi": serve_uwsgi}


class Backends:
    """`with Backends() as b: port = b.listen("http")`."""

    def __init__(self):
        self.log = []
        self.requests = []
        self._selector = selectors.DefaultSelector()
        self._wake, wake = socket.socketpair()
        self._selector.register(wake, selectors.EVENT_READ, None)
        self._wake_end = wake
        self._count = 0
        self._listeners = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def listen(self, protocol, port=0, path=None):
        """Must be called before the thread is started by `with`. Returns the port (0 for a path)."""
        if path is None:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", port))
        else:
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(path)
        sock.listen(256)
        sock.setblocking(False)
        name = sock.getsockname()[1] if path is None else path
        self._listeners.append(sock)
        self._selector.register(sock, selectors.EVENT_READ, (PROTOCOLS[protocol], name))
        return 0 if path else name

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._wake.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()
        self._wake.close()

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                if isinstance(key.data, tuple):
                    self._accept(key.fileobj, *key.data)
                else:
                    self._read(key.data)

    def _accept(self, listener, serve, name):
        sock, _ = listener.accept()
        sock.setblocking(False)
        self._count += 1
        self._selector.register(sock, selectors.EVENT_READ, Connection(sock, self._count, serve, name))

    def _read(self, connection):
        try:
            data = connection.sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            return self._close(connection)
        connection.data += data
        while (done := connection.serve(connection.data)) is not None:
            used, answer, keep = done
            self.requests.append(connection.data[:used])
            connection.data = connection.data[used:]
            self.log.append((connection.name, connection.number))
            try:
                connection.sock.sendall(answer)
            except OSError:
                keep = False
            if not keep:
                return self._close(connection)
            if not connection.data:
                return None
        return None

    def _close(self, connection):
        self._selector.unregister(connection.sock)
        connection.sock.close()
