#!/usr/bin/env python3
"""What stub_status and $connections_* say while clients do one thing after another: nginx with its workers beside
poolproof with as many."""

import re
import socket
import sys
import threading
import time

from _options import options_parser, parse_options, version_of
from _proxies import Poolproof, Proxy, free_ports, scratch_folder, write_config

GET = b"GET %s HTTP/1.1\r\nHost: h\r\n\r\n"
SETTLE = 0.15  # seconds, until what was sent has arrived everywhere


def config_of(port, upstream, workers):
    return f"""worker_processes {workers};
events {{ worker_connections 64; }}
http {{
@TEMP_PATHS@
access_log off;
upstream u {{ server 127.0.0.1:{upstream}; keepalive 4; }}
server {{
    listen 127.0.0.1:{port};
    location /status {{ stub_status; }}
    location /counts {{ return 200 "$connections_active $connections_reading $connections_writing $connections_waiting\\n"; }}
    location /ok {{ return 200 ok; }}
    location /linger {{ lingering_close always; keepalive_timeout 0; return 200 ok; }}
    location /up {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; }}
}}
}}
"""


class Upstream:
    """Answers each request, those for /up/slow only when it is let go."""

    def __init__(self, port):
        self.go = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with sock:
            while data := sock.recv(65536):
                if b"/slow" in data:
                    self.go.wait(10)
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def stop(self):
        self.go.set()
        self.listener.shutdown(socket.SHUT_RDWR)  # a thread waits in accept()
        self.listener.close()


class Client:
    def __init__(self, port, data=b""):
        self.sock = socket.create_connection(("127.0.0.1", port), 5)
        self.send(data)

    def send(self, data):
        self.sock.sendall(data)

    def answer(self):
        data = b""
        while not (head := re.search(rb"Content-Length: (\d+)\r\n(?s:.*?)\r\n\r\n", data)) or \
                len(data) < head.end() + int(head.group(1)):
            piece = self.sock.recv(65536)
            if not piece:
                break
            data += piece
        return data.partition(b"\r\n\r\n")[2].decode()

    def close(self):
        self.sock.close()


class Observer:
    """Asks for the numbers by a connection of its own each time."""

    def __init__(self, port):
        self.port, self.seen = port, []

    def look(self, what):
        time.sleep(SETTLE)
        for path in (b"/status", b"/counts"):
            client = Client(self.port, GET % path)
            self.seen.append((f"{what}: {path.decode()}", client.answer()))
            client.close()
            time.sleep(SETTLE)


def story(port, upstream):
    observer = Observer(port)
    look = observer.look
    look("nothing")
    silent = [Client(port) for _ in range(3)]
    look("three clients that say nothing")
    silent[0].send(b"GET /ok HT")
    look("one has begun")
    silent[0].send(b"TP/1.1\r\nHost: h\r\n")
    look("one has half a head")
    silent[0].send(b"\r\n")
    silent[0].answer()
    look("one was answered and is kept")
    silent[0].send(GET % b"/ok" + b"GET /ok HTTP/1.1\r\n")
    silent[0].answer()
    look("one was answered and has begun again in the same breath")
    silent[0].send(b"Host: h\r\n\r\n" + GET % b"/ok")
    silent[0].answer()
    look("one has sent two at once")
    kept = [Client(port, GET % b"/up") for _ in range(2)]
    for client in kept:
        client.answer()
    look("upstream connections are idle")
    kept[0].send(GET % b"/up/slow")
    look("one waits for its answer")
    silent[1].send(b"POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
    look("one has half a body")
    kept[1].close()
    look("one has gone")
    upstream.go.set()
    kept[0].answer()
    look("one was answered")
    silent[1].close()
    look("one has gone with half a body")
    bad = Client(port, b"GET / HTTP/7.1\r\n\r\n")
    bad.answer()
    look("one was refused")
    half = Client(port, b"GET / HTTP/1.1\r\nHo")
    half.close()
    look("one has gone with half a head")
    lingering = Client(port, GET % b"/linger")
    lingering.answer()
    look("one lingers")
    lingering.close()
    for client in (silent[0], silent[2], kept[0], bad):
        client.close()
    look("all have gone")
    return observer.seen


def observe(proxy, port, upstream_port):
    upstream = Upstream(upstream_port)
    try:
        with proxy:
            time.sleep(SETTLE)
            return story(port, upstream)
    finally:
        upstream.stop()


def check(options, version, workers):
    with scratch_folder() as folder:
        port, upstream = free_ports(2)
        text = config_of(port, upstream, workers)
        # With a master: otherwise there is one worker whatever worker_processes says.
        command = [options.nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c",
                   str(write_config(folder, text, "nginx.conf")), "-g", f"daemon off; pid {folder}/nginx.pid;"]
        theirs = observe(Proxy(command, folder, [port]), port, upstream)
        ours = observe(Poolproof(options.poolproof, folder, text, [port], version), port, upstream)
    problems = 0
    for (what, their), (_, our) in zip(theirs, ours):
        if their != our:
            problems += 1
            print(f"{workers} worker(s), {what}\n  nginx:     {their!r}\n  poolproof: {our!r}")
    print(f"{workers} worker(s): {len(theirs)} looks, {problems} differences from nginx {version}")
    return problems


def main():
    options = parse_options(options_parser())
    version = version_of(options.nginx)
    return 1 if sum(check(options, version, workers) for workers in (1, 4)) else 0


if __name__ == "__main__":
    sys.exit(main())
