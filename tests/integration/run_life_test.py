"""The life of `poolproof run`: users, limits, logs that are opened again, stopping under load."""

import contextlib
import os
import pwd
import re
import resource
import signal
import socket
import threading
import time
import unittest

from run_test import Run, accepts




def exchange(sock, text=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
    sock.sendall(text)
    return sock.recv(65536)


def status(process, field):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as lines:
        return next(line.split()[1] for line in lines if line.startswith(field + ":"))


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as line:
        fields = line.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class SlowOrigin:
    """Answers each request after `delay` seconds."""

    def __init__(self, delay):
        self.delay = delay
        self.listener = socket.create_server(("127.0.0.1", 0))
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
        with client, contextlib.suppress(OSError):
            while client.recv(65536):
                time.sleep(self.delay)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow")

    def close(self):
        self.listener.close()


class Life(Run):
    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), 5)
        self.addCleanup(client.close)
        return client


class HostileClients(Life):
    """What one client does costs the others nothing, and ends in time."""

    def served(self, settings=""):
        (self.folder / "html").mkdir()
        (self.folder / "html/big").write_bytes(b"b" * (64 << 20))
        self.config(f"root html; {settings}")
        return self.start("-p", str(self.folder), "-c", "a.conf", "--no-lint")

    def test_blank_lines_without_end_take_no_memory(self):
        process = self.served()
        before = int(status(process, "VmRSS"))
        client = self.connect()
        blank = b"\r\n" * 32768
        for _ in range(400):  # 26 MB
            client.sendall(blank)
        other = self.connect()
        self.assertIn(b" 404 ", exchange(other, b"GET /no HTTP/1.1\r\nHost: a\r\n\r\n"))
        self.assertLess(int(status(process, "VmRSS")) - before, 4096)
        client.sendall(b"GET /no HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertIn(b" 404 ", client.recv(65536))

    def stalled(self, settings, sends):
        """How a client that reads nothing sees its connection end."""
        self.served("send_timeout 1s; " + settings)
        client = self.connect()
        client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        ends = time.monotonic() + 2.5
        while time.monotonic() < ends:
            time.sleep(0.3)
            if sends:
                with contextlib.suppress(OSError):
                    client.sendall(b"\r\n")
        size = 0
        try:
            while data := client.recv(1 << 20):
                size += len(data)
        except ConnectionResetError:
            return "reset", size
        return "end", size

    def test_a_client_that_sends_but_does_not_read_is_not_waited_for(self):
        _, size = self.stalled("", sends=True)
        self.assertLess(size, 64 << 20)

    def test_such_a_connection_is_reset_where_that_is_asked_for(self):
        self.assertEqual(self.stalled("reset_timedout_connection on; ", sends=False)[0], "reset")

    def test_it_ends_in_order_where_it_is_not(self):
        self.assertEqual(self.stalled("", sends=False)[0], "end")

    def test_buffers_of_many_clients_are_given_back(self):
        process = self.served()
        with open(f"/proc/{process.pid}/maps", encoding="utf-8") as maps:
            if re.search("lib[at]san", maps.read()):
                self.skipTest("a sanitizer keeps what is freed")
        clients = [self.connect() for _ in range(600)]
        before = int(status(process, "VmRSS"))
        for client in clients:
            client.sendall(b"GET /no HTTP/1.1\r\nX: " + b"x" * 7000 + b"\r\nY: " + b"y" * 7000)
        time.sleep(0.5)
        peak = int(status(process, "VmRSS")) - before
        self.assertGreater(peak, 5000)
        for client in clients:
            client.close()
        ends = time.monotonic() + 3
        while int(status(process, "VmRSS")) - before > peak * 0.65 and time.monotonic() < ends:
            time.sleep(0.1)
        self.assertLess(int(status(process, "VmRSS")) - before, peak * 0.65)


class Stopping(Life):
    def proxied(self, delay, main=""):
        origin = SlowOrigin(delay)
        self.addCleanup(origin.close)
        self.config(f"location / {{ proxy_pass http://127.0.0.1:{origin.port}; }}", main=main)
        return self.start("-c", "a.conf", "--no-lint")

    def test_quit_answers_what_is_under_way_and_takes_nothing_new(self):
        process = self.proxied(0.4, main="worker_processes 4; ")
        clients = [self.connect() for _ in range(20)]
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        idle = self.connect()
        time.sleep(0.15)
        process.send_signal(signal.SIGQUIT)
        time.sleep(0.1)
        self.assertEqual(idle.recv(1), b"")   # an idle connection is closed at once
        for client in clients:
            answer = client.recv(65536)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)
            self.assertIn(b"\r\nConnection: close\r\n", answer)  # no further request is lost
            self.assertEqual(client.recv(1), b"")
        self.assertEqual(process.wait(5), 0)

    def test_term_does_not_wait(self):
        process = self.proxied(5)
        client = self.connect()
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(5), 0)
        self.assertLess(time.monotonic() - begun, 2)

    def test_a_second_signal_ends_a_graceful_stop(self):
        process = self.proxied(5)
        client = self.connect()
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        process.send_signal(signal.SIGQUIT)
        time.sleep(0.2)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(5), 0)

    def test_worker_shutdown_timeout_bounds_a_graceful_stop(self):
        process = self.proxied(8, main="worker_shutdown_timeout 500ms; ")
        client = self.connect()
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        process.send_signal(signal.SIGQUIT)
        self.assertEqual(process.wait(4), 0)

    def test_hangup_does_not_end_it(self):
        self.config("return 204;", main="error_log errors.log; ")
        process = self.start("-c", "a.conf")
        process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
        self.assertTrue(accepts(self.port))
        self.assertIn("not read again", (self.folder / "errors.log").read_text())


class Logs(Life):
    def test_usr1_opens_them_again(self):
        self.config("access_log access.log; location / { return 204; } location /e { root none; }",
                    main="error_log errors.log; ")
        process = self.start("-c", "a.conf")
        with self.connect() as client:
            exchange(client)
            exchange(client, b"GET /e HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(0.3)  # the line of a request is written when it has ended, behind its answer
            (self.folder / "access.log").rename(self.folder / "access.old")
            (self.folder / "errors.log").rename(self.folder / "errors.old")
            process.send_signal(signal.SIGUSR1)
            deadline = time.monotonic() + 5
            while not (self.folder / "errors.log").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            exchange(client, b"GET /new HTTP/1.1\r\nHost: a\r\n\r\n")
            exchange(client, b"GET /e/new HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(0.1)
        self.assertEqual((self.folder / "access.old").read_text().count("\n"), 2)
        self.assertIn("GET /new", (self.folder / "access.log").read_text())
        self.assertIn("e/new", (self.folder / "errors.log").read_text())
        self.assertNotIn("e/new", (self.folder / "errors.old").read_text())

    def test_pid_file_comes_and_goes(self):
        self.config("return 204;", main="pid run.pid; ")
        process = self.start("-c", "a.conf")
        self.assertEqual((self.folder / "run.pid").read_text().strip(), str(process.pid))
        process.send_signal(signal.SIGTERM)
        process.wait(5)
        self.assertFalse((self.folder / "run.pid").exists())


class Limits(Life):
    def test_open_files_are_limited_as_asked(self):
        self.config("return 204;", main="worker_rlimit_nofile 300; ")
        process = self.start("-c", "a.conf")
        self.assertEqual(resource.prlimit(process.pid, resource.RLIMIT_NOFILE)[0], 300)

    def test_out_of_descriptors_it_waits_and_goes_on(self):
        self.config("return 204;", main="worker_rlimit_nofile 40; error_log errors.log; ")
        process = self.start("-c", "a.conf")
        clients = [self.connect() for _ in range(60)]
        time.sleep(0.3)
        before = cpu_seconds(process)
        time.sleep(1.2)
        self.assertLess(cpu_seconds(process) - before, 0.3, "it spins")
        self.assertLess((self.folder / "errors.log").read_text().count("accept4()"), 20)
        for client in clients:
            client.close()
        time.sleep(0.8)
        self.assertIn(b"204", exchange(self.connect()))

    def test_idle_clients_make_room_for_new_ones(self):
        self.config("return 204;", main="events { worker_connections 16; } ")
        (self.folder / "a.conf").write_text((self.folder / "a.conf").read_text().replace("events {}\n", ""))
        self.start("-c", "a.conf")
        clients = []
        for _ in range(40):
            client = self.connect()
            self.assertIn(b"204", exchange(client))
            clients.append(client)   # stays open

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_root_becomes_the_user(self):
        self.config("return 204;", main="user nobody; ")
        process = self.start("-c", "a.conf")
        exchange(self.connect())   # the port is open earlier; workers answer when all is done
        self.assertEqual(status(process, "Uid"), str(pwd.getpwnam("nobody").pw_uid))
        self.assertEqual(status(process, "Gid"), str(pwd.getpwnam("nobody").pw_gid))

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_an_unknown_user_is_an_error(self):
        self.config("return 204;", main="user no-such-user; pid run.pid; ")
        code, _, err = self.poolproof("run", "-c", "a.conf")
        self.assertNotEqual(code, 0)
        self.assertIn('getpwnam("no-such-user") failed', err)
        self.assertFalse((self.folder / "run.pid").exists())


if __name__ == "__main__":
    unittest.main()
