"""What one must be able to rely on in `poolproof run`: listeners, several workers, slow and vanished
clients, and memory that does not grow with what passes through."""

import collections
import re
import signal
import socket
import threading
import time
import unittest

from harness import POOLPROOF
from run_life_test import Life, SlowOrigin, exchange
from run_test import accepts, free_port

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def resident_kb(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def is_sanitized():
    with open(POOLPROOF, "rb") as program:
        return re.search(rb"__[at]san_init", program.read()) is not None


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        return True
    except OSError:
        return False


class Origin:
    """Hands each connection to `serve`, in a thread of its own."""

    def __init__(self, serve, family=socket.AF_INET):
        self.serve = serve
        self.listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0),
                                             family=family)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(client,), daemon=True).start()

    def answer(self, client):
        with client:
            try:
                self.serve(client)
            except OSError:
                pass

    def close(self):
        self.listener.close()


class Trust(Life):
    def origin(self, serve, **options):
        made = Origin(serve, **options)
        self.addCleanup(made.close)
        return made

    def listening_on(self, listens, inside="return 204;", main=""):
        self.write("a.conf", f"{main}events {{}}\nhttp {{\n    access_log off;\n    server {{\n"
                             f"        {listens}\n        {inside}\n    }}\n}}\n")

    def ends_within(self, client, seconds):
        """What the client gets until its connection is closed."""
        client.settimeout(seconds)
        received = b""
        try:
            while data := client.recv(65536):
                received += data
        except ConnectionResetError:
            pass
        return received


class Listeners(Trust):
    def unix_client(self):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(5)
        client.connect(str(self.folder / "s"))
        return client

    def test_unix_socket(self):
        left_over = socket.socket(socket.AF_UNIX)   # of a process that is gone
        left_over.bind(str(self.folder / "s"))
        left_over.close()
        self.listening_on(f"listen unix:{self.folder}/s; listen 127.0.0.1:{self.port};")
        process = self.start("-c", "a.conf")
        self.assertIn(b" 204 ", exchange(self.unix_client()))
        code, _, err = self.poolproof("run", "-c", "a.conf")
        self.assertEqual(code, 2)
        self.assertIn("Address already in use", err)
        self.assertIn(b" 204 ", exchange(self.unix_client()), "the second one took the socket away")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(5), 0)
        self.assertFalse((self.folder / "s").exists())

    @unittest.skipUnless(has_ipv6(), "no IPv6")
    def test_ipv6_on_both_sides(self):
        def serve(client):
            while client.recv(65536):
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nv6")
        origin = self.origin(serve, family=socket.AF_INET6)
        self.listening_on(f"listen [::1]:{self.port}; listen 127.0.0.1:{self.port};",
                          f"location / {{ proxy_pass http://[::1]:{origin.port}; }}")
        self.start("-c", "a.conf", "--no-lint")
        with socket.create_connection(("::1", self.port), 5) as client:
            self.assertTrue(exchange(client).endswith(b"v6"))

    def test_what_cannot_be_bound_is_named_with_its_place(self):
        taken = socket.create_server(("127.0.0.1", self.port))
        self.addCleanup(taken.close)
        for address, reason in ((f"127.0.0.1:{self.port}", "Address already in use"),
                                (f"192.0.2.1:{self.port}", "Cannot assign requested address"),
                                ("unix:/no/such/folder/s", "No such file or directory")):
            with self.subTest(address=address):
                self.listening_on(f"listen {address};", main="pid run.pid; ")
                code, _, err = self.poolproof("run", "-c", "a.conf")
                self.assertEqual(code, 2, err)
                self.assertIn(f"bind() to {address} failed", err)
                self.assertIn(reason, err)
                self.assertIn("a.conf:5", err)
                self.assertFalse((self.folder / "run.pid").exists())

    def test_a_default_log_that_cannot_be_opened_is_no_reason_not_to_serve(self):
        self.write("a.conf", f"error_log errors.log warn; events {{}} http {{ server {{\n"
                             f"listen 127.0.0.1:{self.port}; return 204; }} }}\n")
        self.start("-c", "a.conf")
        self.assertIn(b" 204 ", exchange(self.connect()))
        self.assertIn("logs/access.log", (self.folder / "errors.log").read_text())

    def test_a_log_that_was_asked_for_must_be_there(self):
        self.listening_on(f"listen 127.0.0.1:{self.port};", "access_log none/a.log; return 204;")
        code, _, err = self.poolproof("run", "-c", "a.conf")
        self.assertEqual(code, 2)
        self.assertIn("none/a.log", err)

    def test_t_tries_logs_pid_file_and_user(self):
        for main, what in (("error_log none/e.log;", "none/e.log"), ("pid none/run.pid;", "none/run.pid"),
                           ("", "none/a.log")):
            with self.subTest(main=main):
                log = "" if main else "access_log none/a.log;"
                self.write("a.conf", f"{main} events {{}} http {{ {log} server {{ listen 127.0.0.1:{self.port}; return 204; }} }}\n")
                code, _, err = self.poolproof("run", "-t", "-p", str(self.folder), "-c", "a.conf")
                self.assertEqual(code, 1)
                self.assertIn(what, err)
                self.assertIn("test failed", err)


class Workers(Trust):
    def requests_by_worker(self, listen_options):
        self.write("a.conf", "worker_processes 4; error_log errors.log;\nevents {}\nhttp {\n"
                             "    access_log off;\n    server {\n"
                             f"        listen 127.0.0.1:{self.port}{listen_options};\n"
                             "        location / { root none; }\n    }\n}\n")
        self.start("-c", "a.conf")
        clients = [self.connect() for _ in range(256)]
        for client in clients:
            self.assertIn(b" 404 ", exchange(client, b"GET /missing HTTP/1.1\r\nHost: a\r\n\r\n"))
        time.sleep(0.1)
        log = (self.folder / "errors.log").read_text()
        return collections.Counter(re.findall(r"\[error\] \d+#(\d+):", log))

    def test_connections_are_spread_over_the_workers(self):
        for options in ("", " reuseport"):
            with self.subTest(options=options):
                if options:
                    (self.folder / "errors.log").unlink()
                    self.port = free_port()
                counts = self.requests_by_worker(options)
                self.assertEqual(sum(counts.values()), 256)
                # With reuseport the kernel's hash decides; without it the kernel wakes whoever waits, as it does with
                # nginx, and how even that is depends on how busy the machine is.
                self.assertGreaterEqual(len(counts), 4 if options else 2, counts)
                if options:
                    self.assertGreater(min(counts.values()), 16, counts)

    def slow(self, delay, main):
        origin = SlowOrigin(delay)
        self.addCleanup(origin.close)
        self.config(f"location / {{ proxy_pass http://127.0.0.1:{origin.port}; }}", main=main)
        return self.start("-c", "a.conf", "--no-lint")

    def test_after_quit_nobody_can_connect(self):
        process = self.slow(1, "worker_processes 4; ")
        client = self.connect()
        client.sendall(REQUEST)
        time.sleep(0.2)
        process.send_signal(signal.SIGQUIT)
        time.sleep(0.2)
        self.assertFalse(accepts(self.port))
        self.assertIsNone(process.poll())
        self.assertIn(b" 200 ", client.recv(65536))
        self.assertEqual(process.wait(5), 0)

    def test_term_under_load_is_quick_and_clean(self):
        process = self.slow(0, "worker_processes 4; error_log errors.log; ")
        stop = threading.Event()

        def load():
            while not stop.is_set():
                try:
                    with socket.create_connection(("127.0.0.1", self.port), 2) as client:
                        for _ in range(50):
                            if not exchange(client):
                                break
                except OSError:
                    pass
        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            self.assertEqual(process.wait(5), 0)
            self.assertLess(time.monotonic() - begun, 2)
        finally:
            stop.set()
            for thread in threads:
                thread.join(10)
        self.assertNotIn("[crit]", (self.folder / "errors.log").read_text())

    def test_a_broken_pipe_ends_nothing(self):
        self.write("html/big", b"x" * 8_000_000)
        self.config("location / { root html; }")
        process = self.start("-c", "a.conf")
        for _ in range(20):
            with self.connect() as client:
                client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                client.recv(1000)
        process.send_signal(signal.SIGPIPE)
        self.assertEqual(len(self.get("/big")), 8_000_000)

    def test_more_clients_than_connections(self):
        origin = SlowOrigin(1.5)
        self.addCleanup(origin.close)
        self.write("a.conf", "error_log errors.log;\nevents { worker_connections 8; }\nhttp {\n"
                             "    access_log off;\n    server {\n"
                             f"        listen 127.0.0.1:{self.port};\n"
                             f"        location / {{ proxy_pass http://127.0.0.1:{origin.port}; }}\n"
                             "    }\n}\n")
        self.start("-c", "a.conf", "--no-lint")
        clients = [self.connect() for _ in range(4)]
        for client in clients:
            client.sendall(REQUEST)
        time.sleep(0.3)
        self.assertEqual(self.ends_within(self.connect(), 2), b"")
        for client in clients:
            self.assertIn(b" 200 ", client.recv(65536))
        self.assertIn("8 worker_connections are not enough", (self.folder / "errors.log").read_text())


class SlowClients(Trust):
    def test_a_head_that_does_not_end(self):
        self.config("client_header_timeout 1s; return 204;")
        self.start("-c", "a.conf")
        silent, trickling = self.connect(), self.connect()
        begun = time.monotonic()
        trickling.sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(3):   # a byte now and then does not lengthen it
            time.sleep(0.3)
            trickling.sendall(b"X")
        self.ends_within(trickling, 3)
        self.assertEqual(self.ends_within(silent, 3), b"")
        self.assertLess(time.monotonic() - begun, 3)

    def test_a_body_that_does_not_come(self):
        origin = SlowOrigin(0)
        self.addCleanup(origin.close)
        self.config(f"client_body_timeout 1s; location / {{ proxy_pass http://127.0.0.1:{origin.port}; }}")
        self.start("-c", "a.conf", "--no-lint")
        client = self.connect()
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        begun = time.monotonic()
        self.ends_within(client, 4)
        self.assertGreater(time.monotonic() - begun, 0.8)

    def test_an_answer_that_nobody_reads(self):
        self.write("html/big", b"x" * 30_000_000)
        self.config("send_timeout 1s; location / { root html; }")
        self.start("-c", "a.conf")
        client = self.connect()
        client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(2.5)
        self.assertLess(len(self.ends_within(client, 5)), 30_000_000)


class Memory(Trust):
    SIZE = 100_000_000
    ALLOWED_KB = 6_000   # more than before, for a whole transfer of SIZE

    def setUp(self):
        if is_sanitized():
            self.skipTest("a sanitizer keeps what is freed")
        super().setUp()

    def test_idle_connections_cost_little(self):
        self.config("keepalive_timeout 60s; return 204;")
        process = self.start("-c", "a.conf")
        text = (self.folder / "a.conf").read_text()
        process.kill()
        process.wait(5)
        self.write("a.conf", text.replace("events {}", "events { worker_connections 4000; }"))
        process = self.start("-c", "a.conf")
        exchange(self.connect())
        before = resident_kb(process)
        for _ in range(800):
            self.assertIn(b" 204 ", exchange(self.connect()))
        self.assertLess((resident_kb(process) - before) * 1024 / 800, 2048, "bytes for a connection")

    def test_a_long_answer_for_a_slow_client(self):
        def serve(client):
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self.SIZE)
            piece = b"x" * 1_000_000
            for _ in range(self.SIZE // len(piece)):
                client.sendall(piece)
        origin = self.origin(serve)
        self.config(f"location / {{ proxy_pass http://127.0.0.1:{origin.port}; }}")
        process = self.start("-c", "a.conf", "--no-lint")
        before = resident_kb(process)
        client = self.connect()
        client.sendall(REQUEST)
        time.sleep(0.5)   # the client does not read, the origin could send all
        self.assertLess(resident_kb(process) - before, self.ALLOWED_KB)
        left, buffer = self.SIZE, bytearray(1 << 20)
        while left > 0:
            count = client.recv_into(buffer)
            self.assertGreater(count, 0, f"{left} bytes are missing")
            left -= count
        self.assertLess(resident_kb(process) - before, self.ALLOWED_KB)

    def test_a_long_body_for_a_slow_origin(self):
        for buffering in ("on", "off"):
            with self.subTest(buffering=buffering):
                self.long_body(buffering)

    def long_body(self, buffering):
        received, go = [0], threading.Event()

        def serve(client):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1000)
            received[0] = len(head) - head.index(b"\r\n\r\n") - 4
            go.wait(8)
            while received[0] < self.SIZE:
                received[0] += len(client.recv(1 << 20))
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
        origin = self.origin(serve)
        self.port = free_port()
        self.config(f"client_max_body_size 0; proxy_request_buffering {buffering};"
                    f"location / {{ proxy_pass http://127.0.0.1:{origin.port}; }}")
        process = self.start("-c", "a.conf", "--no-lint")
        before = resident_kb(process)
        client = self.connect()
        client.settimeout(20)

        def send():
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % self.SIZE)
            piece = b"x" * 1_000_000
            for _ in range(self.SIZE // len(piece)):
                client.sendall(piece)
        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        time.sleep(0.7)
        self.assertLess(resident_kb(process) - before, self.ALLOWED_KB)
        go.set()
        sender.join(20)
        self.assertIn(b"done", client.recv(65536))
        self.assertEqual(received[0], self.SIZE)
        self.assertLess(resident_kb(process) - before, self.ALLOWED_KB)


if __name__ == "__main__":
    unittest.main()
