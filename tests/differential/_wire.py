"""The same scripted upstream and the same scripted client, once with nginx between them, once with poolproof.

A case is a dictionary:

    name      the behaviour, in words
    conf      what stands in the case's server block; @UP@ is the address of its upstream, @UP2@ of a second one, where
              @DOWN@ points nobody listens
    http      what stands beside it in the http block (optional)
    client    bytes that the client sends; a list sends them piece by piece, a number in it waits so many seconds, None
              says that no more will come (shutdown), CLOSE closes without reading on; @HOST@ is the server's name.
              Without the key: GET / with `Connection: close`
    clients   several such clients, one after another; with `together` each begins a moment after the one before it.
              A client that does not go to 127.0.0.1 and the port of all cases is a dictionary: `send` what it sends,
              `to` an address, `port` the number of one of the case's own ports
    ports     how many ports of its own the case needs: @P1@, @P2@, ...; @PORT@ is the port of all cases
    files     what lies below @ROOT@: path to bytes; None makes a directory, a text a symbolic link to it. All are of
              2023-11-14 22:13:20 GMT
    logs      files that are compared too, below @ROOT@; `log_lines` makes of their bytes what is compared
    upstream  what the upstream answers, request by request and on whatever connection; the last answer stands for
              all later ones. Bytes are sent as they are; a list sends piece by piece, a number waits, None closes,
              RESET resets, ECHO sends back whatever comes from then on.
    upstream2 the same for the second upstream, where it is not as the first
    at_head   the upstream answers when it has seen a request's head, whatever follows
    wait      how long the client reads on after the last byte (seconds), where nobody closes (default 0.25)
    any_end   whether a connection ends orderly or by a reset is left to the kernel: not compared
    any_kept  whether an upstream connection is kept is not compared
    any_length the page is ours, and as long as our name makes it
    any_chunks what a response's chunks are is nobody's business: its body is compared without them
    any_body  how much of the request's body the upstream sees is left to the kernel: only the head is compared
    unordered which upstream connection came first is not compared
    shown     what the case is, for a case that nobody has written down
    intended  why poolproof differs here on purpose; it must differ then

Compared are the bytes that each client saw, and for each upstream connection the bytes that it saw and how it ended.
"""

import concurrent.futures
import difflib
import os
import re
import select
import socket
import struct
import sys
import threading
import time

from _options import options_parser, parse_options, version_of
from _proxies import Nginx, Poolproof, free_ports, scratch_folder
from _wire_messages import all_unchunked, message_length, normalised

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n\r\n"
WORKERS = 16
RETRIES = 2
FILE_TIME = 1700000000  # seconds; Tue, 14 Nov 2023 22:13:20 GMT
CLOSE, RESET, ECHO = "close", "reset", "echo"


class Upstream:
    """Answers each request with the next of `answers`; `seen` holds the bytes of each connection."""

    def __init__(self, port, answers, at_head):
        self.answers, self.at_head, self.index, self.seen = answers, at_head, 0, []
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(64)
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        self.listener.settimeout(0.02)
        while not self.stopping.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                continue
            self.seen.append(b"")
            thread = threading.Thread(target=self._serve, args=(sock, len(self.seen) - 1), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, sock, number):
        sock.settimeout(0.02)
        pending, echo = b"", False
        with sock:
            while not self.stopping.is_set():
                try:
                    data = sock.recv(1 << 16)
                except socket.timeout:
                    continue
                except OSError:
                    self.seen[number] += b"<reset>"
                    return
                if not data:
                    self.seen[number] += b"<closed>"
                    return
                self.seen[number] += data
                if echo:
                    sock.sendall(data.upper())
                    continue
                pending += data
                while length := self._message_length(pending):
                    pending = pending[length:]
                    said = self._answer(sock)
                    if said is None:
                        self.seen[number] += b"<closed by upstream>"
                        return
                    echo = echo or said == ECHO

    def _message_length(self, data):
        return data.find(b"\r\n\r\n") + 4 if self.at_head and b"\r\n\r\n" in data else message_length(data)

    def _answer(self, sock):
        """None: the connection is to end."""
        answer = self.answers[min(self.index, len(self.answers) - 1)]
        self.index += 1
        for piece in answer if isinstance(answer, list) else [answer]:
            if piece is None:
                return None
            if piece == ECHO:
                return ECHO
            if piece == RESET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return None
            if isinstance(piece, (int, float)):
                time.sleep(piece)
                continue
            try:
                sock.settimeout(5)
                sock.sendall(piece)
                sock.settimeout(0.02)
            except OSError:
                return None
        return True

    def stop(self):
        self.stopping.set()
        for thread in list(self.threads):
            thread.join(2)
        self.listener.close()


def connect(address):
    """A proxy that listens on one of its ports may not do so on all of them yet."""
    deadline = time.monotonic() + 2
    while True:
        try:
            return socket.create_connection(address, 5)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def talk(address, pieces, wait):
    """What the client sees until the connection ends, or until nothing has come for `wait` seconds."""
    with connect(address) as sock:
        seen = b""
        try:
            for piece in pieces:
                if isinstance(piece, (int, float)):
                    ready, _, _ = select.select([sock], [], [], piece)
                    if ready:
                        seen += sock.recv(1 << 16)
                elif piece is None:
                    sock.shutdown(socket.SHUT_WR)
                elif piece == CLOSE:
                    return seen + b"<gone>"
                else:
                    sock.sendall(piece)
        except OSError:
            pass
        while select.select([sock], [], [], wait)[0]:
            try:
                data = sock.recv(1 << 16)
            except OSError:
                return seen + b"<reset>"
            if not data:
                return seen + b"<end>"
            seen += data
        return seen + b"<still open>"


def lines(data):
    return repr(data)[2:-1].replace("\\r\\n", "\\r\\n\n").split("\n")


class Suite:
    def __init__(self, cases):
        self.cases = cases
        names = [case["name"] for case in cases]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"cases of the same name: {twice}")
        own = [case.get("ports", 0) for case in cases]
        ports = free_ports(2 + 2 * len(cases) + sum(own))
        self.dead = ports.pop()
        self.own = [[ports.pop() for _ in range(count)] for count in own]
        self.port, self.ups = ports[0], list(zip(ports[1::2], ports[2::2]))

    def config(self, folder):
        servers = ""
        for number, case in enumerate(self.cases):
            first, second = self.ups[number]
            text = f"{case.get('http', '')}\nserver {{ listen 127.0.0.1:{self.port}; server_name c{number}.test;\n{case['conf']}\n}}\n"
            servers += (self.with_ports(number, text).replace("@UP2@", f"127.0.0.1:{second}")
                        .replace("@DOWN@", f"127.0.0.1:{self.dead}").replace("@ID@", str(number))
                        .replace("@ROOT@", f"{folder}/c{number}").replace("@DIR@", str(folder)))
        return ("worker_processes 1;\nevents { worker_connections 1024; }\nhttp {\n@TEMP_PATHS@\naccess_log off; server_tokens off;\n"
                f"server {{ listen 127.0.0.1:{self.port}; server_name default.test; return 404; }}\n{servers}}}\n")

    def with_ports(self, number, text):
        """@UP@, @PORT@ and the case's own ports."""
        text = text.replace("@UP@", f"127.0.0.1:{self.ups[number][0]}").replace("@PORT@", str(self.port))
        for index, port in enumerate(self.own[number]):
            text = text.replace(f"@P{index + 1}@", str(port))
        return text

    def filled(self, number, data):
        if b"@" not in data:
            return data
        return self.with_ports(number, data.replace(b"@HOST@", b"c%d.test" % number).decode("latin-1")).encode("latin-1")

    def run_case(self, number):
        case = self.cases[number]
        answers = [[self.filled(number, piece) if isinstance(piece, bytes) else piece
                    for piece in (answer if isinstance(answer, list) else [answer])] for answer in case.get("upstream", [OK])]
        upstreams = [Upstream(port, each, case.get("at_head")) for port, each in
                     zip(self.ups[number], (answers, case.get("upstream2", answers)))] if not case.get("down") else []
        clients = case.get("clients", [case.get("client", GET)])
        try:
            if case.get("together"):
                with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
                    running = []
                    for client in clients:
                        running.append(pool.submit(self.run_client, number, client))
                        time.sleep(0.03)
                    seen = [each.result() for each in running]
            else:
                seen = [self.run_client(number, client) for client in clients]
            time.sleep(0.06)  # what becomes of the upstream's connections
        finally:
            for upstream in upstreams:
                upstream.stop()
        connections = [data for upstream in upstreams for data in upstream.seen]
        return seen, sorted(connections, key=normalised) if case.get("unordered") else connections

    def run_client(self, number, client):
        client = client if isinstance(client, dict) else {"send": client}
        pieces = client["send"] if isinstance(client["send"], list) else [client["send"]]
        pieces = [self.filled(number, piece) if isinstance(piece, bytes) else piece for piece in pieces]
        last = pieces[-1]
        ends = isinstance(last, bytes) and b"close" in last
        port = self.own[number][client["port"] - 1] if "port" in client else self.port
        return talk((client.get("to", "127.0.0.1"), port), pieces, self.cases[number].get("wait", 2.0 if ends else 0.25))

    def make_files(self, folder):
        for number, case in enumerate(self.cases):
            root = folder / f"c{number}"
            root.mkdir()
            for name, content in case.get("files", {}).items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if content is None:
                    path.mkdir(exist_ok=True)
                elif isinstance(content, str):
                    path.symlink_to(content)
                else:
                    path.write_bytes(content)
                    os.utime(path, (FILE_TIME, FILE_TIME))

    def run(self, proxy, numbers):
        """What each case saw, and its logs as they are once the proxy has ended; the logs are gone then."""
        with proxy, concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            seen = dict(zip(numbers, pool.map(self.run_case, numbers)))
        for number in numbers:
            paths = [proxy.folder / f"c{number}" / name for name in self.cases[number].get("logs", [])]
            seen[number] += ({path.name: path.read_bytes() if path.exists() else b"<no file>" for path in paths},)
            for path in paths:
                path.unlink(missing_ok=True)
        return seen


def sides(case, result):
    """What to compare: who saw it, and what."""
    for i, data in enumerate(result[0]):
        yield f"client {i + 1} sees" if len(result[0]) > 1 else "client sees", data
    for i, data in enumerate(result[1]):
        yield f"upstream connection {i + 1} sees", data
    for name, data in result[2].items():
        yield f"{name} says", case["log_lines"](data) if "log_lines" in case else data


def difference(case, theirs, ours):
    out = []
    left, right = dict(sides(case, theirs)), dict(sides(case, ours))
    for what in list(left) + [each for each in right if each not in left]:
        a, b = left.get(what, b"<none>"), right.get(what, b"<none>")
        if case.get("any_chunks") and what.startswith("client"):
            a, b = all_unchunked(a), all_unchunked(b)
        a, b = normalised(a), normalised(b)
        if case.get("any_end"):
            a, b = (re.sub(rb"<(reset|end|closed|closed by upstream)>$", b"<end>", each) for each in (a, b))
        if case.get("any_kept") and what.startswith("upstream"):
            a, b = (re.sub(rb"<(end|closed|closed by upstream)>$", b"", each) for each in (a, b))
        if case.get("any_body") and what.startswith("upstream"):
            a, b = (re.sub(rb"(?s)(?<=\r\n\r\n).*(?=<)", b"", each) for each in (a, b))
        if case.get("any_length"):
            a, b = (re.sub(rb"\r\nContent-Length: \d+", b"\r\nContent-Length: x", each) for each in (a, b))
        if a != b:
            diff = list(difflib.unified_diff(lines(a), lines(b), "nginx", "poolproof", lineterm="", n=1))
            out.append(f"{case['name']}: {what}\n" + "\n".join(line[:300] for line in diff[:24]))
    return out


def compared(suite, folder, text, options, version, numbers):
    """{number: what is wrong} of the cases that are not as they should be."""
    theirs = suite.run(Nginx(options.nginx, folder, text, [suite.port]), numbers)
    ours = suite.run(Poolproof(options.poolproof, folder, text, [suite.port], version), numbers)
    problems = {}
    for number in numbers:
        case, found = suite.cases[number], difference(suite.cases[number], theirs[number], ours[number])
        if "intended" in case:
            found = [] if found else [f"{case['name']}: does not differ any more, though it should: {case['intended']}"]
        if found:
            problems[number] = found + ([case["shown"]] if "shown" in case else [])
    return problems


def main(cases):
    parser = options_parser()
    parser.add_argument("--only", help="cases whose name holds this")
    options = parse_options(parser)
    version = version_of(options.nginx)
    suite = Suite(cases)
    numbers = [i for i, case in enumerate(cases) if not options.only or options.only in case["name"]]
    with scratch_folder() as folder:
        (folder / "html").mkdir()
        (folder / "html/index.html").write_text("index\n")
        (folder / "html/a.txt").write_text("0123456789\n")
        (folder / "html/dir").mkdir()
        suite.make_files(folder)
        text = suite.config(folder)
        problems = compared(suite, folder, text, options, version, numbers)
        for _ in range(RETRIES):
            # Pieces that wait for each other meet a busy machine now and then; what is different is so each time.
            if not problems:
                break
            problems = compared(suite, folder, text, options, version, sorted(problems))
    problems = [text for found in problems.values() for text in found]
    print("\n\n".join(problems))
    print(f"{len(numbers)} cases, {len(problems)} differences from nginx {version}")
    return 1 if problems or not numbers else 0


def run(cases):
    sys.exit(main(cases))
