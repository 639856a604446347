"""Starts nginx or `poolproof run` on a configuration, and ends what it started.

    with scratch_folder() as folder:
        with Nginx(binary, folder, text, ports=[8080]) as proxy: ...
        with Poolproof(binary, folder, text, ports=[8080], version="1.22.1") as proxy: ...
"""

import contextlib
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# Where a user who is not root may write; nginx's own defaults are for root.
TEMP_PATHS = """
    client_body_temp_path {0}/client_body;
    proxy_temp_path {0}/proxy;
    fastcgi_temp_path {0}/fastcgi;
    scgi_temp_path {0}/scgi;
    uwsgi_temp_path {0}/uwsgi;
"""


@contextlib.contextmanager
def scratch_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="poolproof-diff-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_ports(count):
    """Ports of 127.0.0.1 that nobody uses now, below those that outgoing connections get: one of theirs may be taken
    again before it is listened on."""
    ports = []
    port = random.randrange(10000, 28000)
    while len(ports) < count:
        port = port + 1 if port < 32000 else 10000
        with contextlib.suppress(OSError), socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
            ports.append(port)
    return ports


class Proxy:
    """A process that listens on `ports`; what it printed is in `output` after it ended."""

    def __init__(self, command, folder, ports):
        self.command, self.folder, self.ports = command, folder, ports
        self.process = None

    def __enter__(self):
        self.log = open(self.folder / "output.log", "ab")
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log)
        try:
            for port in self.ports:
                self._wait_for(port)
        except Exception:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    @property
    def output(self):
        return (self.folder / "output.log").read_text(errors="replace")

    def _wait_for(self, port):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended with {self.process.returncode}:\n{self.output}")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            time.sleep(0.01)
        raise RuntimeError(f"{self.command[0]} does not listen on {port}:\n{self.output}")


class Nginx(Proxy):
    """One process, without a master. `text` may hold @TEMP_PATHS@ in its http block."""

    def __init__(self, binary, folder, text, ports, name="nginx.conf"):
        config = write_config(folder, text, name)
        super().__init__([binary, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config), "-g",
                          f"daemon off; master_process off; pid {folder}/nginx.pid;"], folder, ports)


class Poolproof(Proxy):
    def __init__(self, binary, folder, text, ports, version, name="poolproof.conf"):
        config = write_config(folder, text, name)
        super().__init__([binary, "run", "--no-lint", "--allow-unsupported", "--nginx-version", version, "-p",
                          str(folder), "-e", str(folder / "error.log"), "-c", str(config)], folder, ports)


def write_config(folder, text, name):
    config = folder / name
    config.write_text(text.replace("@TEMP_PATHS@", TEMP_PATHS.format(folder)))
    return config


def fetch(port, host, path="/", connection="keep-alive", timeout=10, method="GET"):
    """Status of one request on a connection of its own; reads the answer to its end."""
    length = "" if method == "GET" else "Content-Length: 0\r\n"
    request = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: {connection}\r\n{length}\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout) as sock:
        sock.sendall(request)
        data = b""
        while not answer_is_complete(data):
            piece = sock.recv(65536)
            if not piece:
                break
            data += piece
    return int(data.split(None, 2)[1]) if data.startswith(b"HTTP/") else 0


def answer_is_complete(data):
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = data[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        return len(data) >= end + 4 + int(head[at + 17:].split(b"\r\n", 1)[0])
    return b"\r\ntransfer-encoding: chunked" in head and data.endswith(b"0\r\n\r\n")
