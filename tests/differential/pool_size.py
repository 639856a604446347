#!/usr/bin/env python3
"""`size` against the nginx of this machine: an open loop of requests, pools of several sizes.

Requests arrive as a Poisson process and take exponential time at a backend that counts its connections. nginx
writes an access log of it; `poolproof size CONF --access-log LOG` reads both and must say how many connections
nginx opened, for each size. Then the same without the log, from the rate and the latency alone.

    pool_size.py --poolproof build/release/cli/poolproof --nginx nginx [--seconds 6]

Stated tolerance, of new connections per request: 0.02 + 8 % from the log, 0.06 + 20 % from the load (the machine that
runs this may be busy with other things, which the log shows and the load does not).
"""

import asyncio
import json
import random
import subprocess
import sys

from _options import options_parser, parse_options
from _proxies import TEMP_PATHS, Proxy, free_ports, scratch_folder, write_config

RATE = 150  # requests per second, each upstream
LATENCY = 0.1  # seconds
# (keepalive, servers)
UPSTREAMS = [(1, 1), (2, 1), (4, 1), (8, 1), (32, 1), (4, 3)]
FROM_LOG = (0.02, 0.08)
FROM_LOAD = (0.06, 0.20)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Backend(asyncio.Protocol):
    """Answers each request after its own time; `opened` counts the connections."""

    def __init__(self, opened, port, dice):
        self.opened, self.port, self.dice, self.data = opened, port, dice, b""

    def connection_made(self, transport):
        self.transport = transport
        self.opened[self.port] += 1

    def data_received(self, data):
        self.data += data
        if self.data.endswith(b"\r\n\r\n"):
            self.data = b""
            asyncio.get_running_loop().call_later(self.dice.expovariate(1 / LATENCY), self.transport.write, ANSWER)


class Client(asyncio.Protocol):
    """A keep-alive connection to nginx; back among the idle ones once its answer is complete."""

    def __init__(self, load):
        self.load, self.data = load, b""

    def connection_made(self, transport):
        self.transport = transport

    def send(self, request):
        self.transport.write(request)

    def data_received(self, data):
        self.data += data
        if self.data.endswith(b"\r\n\r\nok"):
            self.load.done += self.data.startswith(b"HTTP/1.1 200")
            self.data = b""
            self.load.idle.append(self)


class Load:
    """Requests to one location that do not wait for each other."""

    def __init__(self, port, location, dice):
        self.port, self.dice = port, dice
        self.request = f"GET /{location} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
        self.sent, self.done, self.idle = 0, 0, []

    async def run(self, seconds):
        loop = asyncio.get_running_loop()
        now = loop.time()
        end = now + seconds
        tasks = set()
        while (now := now + self.dice.expovariate(RATE)) < end:
            await asyncio.sleep(max(0, now - loop.time()))
            self.sent += 1
            if self.idle:
                self.idle.pop().send(self.request)
                continue
            task = asyncio.ensure_future(self.connect())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def connect(self):
        _, client = await asyncio.get_running_loop().create_connection(lambda: Client(self), "127.0.0.1", self.port)
        client.send(self.request)


def config_of(folder, port, ports, workers):
    upstreams = "".join(
        f"    upstream u{number} {{\n" + "".join(f"        server 127.0.0.1:{server};\n" for server in servers) +
        f"        keepalive {keepalive};\n    }}\n"
        for number, ((keepalive, _), servers) in enumerate(zip(UPSTREAMS, ports)))
    locations = "".join(f"        location /{number} {{ proxy_pass http://u{number}; }}\n"
                        for number in range(len(UPSTREAMS)))
    return f"""worker_processes {workers};
events {{ worker_connections 4096; }}
http {{{TEMP_PATHS.format(folder)}
    log_format timed '$remote_addr [$time_local] "$request" $status $msec rt=$request_time ua="$upstream_addr" '
                     'urt="$upstream_response_time" uct="$upstream_connect_time" pid=$pid';
    access_log {folder}/access.log timed;
    keepalive_requests 1000000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
{upstreams}    server {{
        listen 127.0.0.1:{port};
{locations}    }}
}}
"""


async def load_all(port, ports, seconds):
    """[(requests, connections opened)] of each upstream."""
    dice = random.Random(42)
    loop = asyncio.get_running_loop()
    opened = {server: 0 for servers in ports for server in servers}
    backends = [await loop.create_server(lambda server=server: Backend(opened, server, dice), "127.0.0.1", server,
                                         backlog=1024) for server in opened]
    loads = [Load(port, number, dice) for number in range(len(UPSTREAMS))]
    await asyncio.gather(*(load.run(seconds) for load in loads))
    for _ in range(100):
        if all(load.done == load.sent for load in loads):
            break
        await asyncio.sleep(0.05)
    for backend in backends:
        backend.close()
    if any(load.done != load.sent for load in loads):
        raise RuntimeError(f"not all answered: {[(load.sent, load.done) for load in loads]}")
    return [(load.sent, sum(opened[server] for server in servers)) for load, servers in zip(loads, ports)]


def size(poolproof, *arguments):
    done = subprocess.run([poolproof, "size", "--format", "json", *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"size failed ({done.returncode}): {done.stderr}")
    return json.loads(done.stdout)


def churn_at(group, keepalive):
    return next(point["opened_per_request"] for point in group["curve"] if point["keepalive"] == keepalive)


def opened_in_log(group, keepalive):
    """With those that fill the pools: nginx's were empty, too."""
    return next(point["opened_in_simulation"] for point in group["curve"] if point["keepalive"] == keepalive)


def compare(what, seen, said, tolerance):
    fixed, share = tolerance
    is_close = abs(seen - said) <= fixed + share * seen
    print(f"  {what}: nginx {seen:.3f}, size {said:.3f}{'' if is_close else '  <- apart'}", flush=True)
    return is_close


def check(options, workers):
    with scratch_folder() as folder:
        port, *rest = free_ports(1 + sum(servers for _, servers in UPSTREAMS))
        ports = [[rest.pop() for _ in range(servers)] for _, servers in UPSTREAMS]
        config = write_config(folder, config_of(folder, port, ports, workers), "nginx.conf")
        # With a master: otherwise there is one worker whatever worker_processes says.
        command = [options.nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config), "-g",
                   f"daemon off; pid {folder}/nginx.pid;"]
        with Proxy(command, folder, [port]):
            measured = asyncio.run(load_all(port, ports, options.seconds))
        report = size(options.poolproof, config, "--nginx-version", "1.22.1", "--access-log",
                      folder / "access.log")
    lines = report["log"]["lines"]
    problems = 0 if lines["unmatched"] == 0 and lines["used"] == sum(sent for sent, _ in measured) else 1
    print(f"{workers} worker(s): {lines}, format {report['log']['format_name']}")
    groups = {group["name"]: group for group in report["upstreams"]}
    for number, ((keepalive, servers), (sent, opened)) in enumerate(zip(UPSTREAMS, measured)):
        group, seen = groups[f"u{number}"], opened / sent
        what = f"keepalive {keepalive}, {servers} server(s)"
        problems += group["requests_per_second"] is None or group["present"]["keepalive"] != keepalive
        problems += group["workers"] != workers
        problems += not compare(f"{what}, from the log", seen, opened_in_log(group, keepalive) / sent, FROM_LOG)
        by_load = size(options.poolproof, "--qps", RATE, "--latency", f"{LATENCY}s", "--servers", servers, "--workers",
                       workers, "--keepalive", keepalive, "--batch", "1ms")
        filling = (keepalive + RATE * LATENCY) / sent  # the pools are empty when nginx starts
        problems += not compare(f"{what}, from the load", seen, churn_at(by_load["upstreams"][0], keepalive),
                                (FROM_LOAD[0] + filling, FROM_LOAD[1]))
    return problems


def main():
    parser = options_parser()
    parser.add_argument("--seconds", type=float, default=6, help="of load, for one worker and again for two")
    options = parse_options(parser)
    problems = sum(check(options, workers) for workers in (1, 2))
    print(f"{problems} disagreements")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
