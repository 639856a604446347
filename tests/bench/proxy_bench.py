#!/usr/bin/env python3
"""CPU time per proxied request: `poolproof run` beside nginx, and HAProxy where it is installed.

The same configuration, the same origin, the same load (wrk), in turns, so that the noise of the machine meets all of
them. What counts is the ratio of one run; it is printed, never asserted.

    tests/bench/proxy_bench.py --poolproof build/release/cli/poolproof [--rounds 5] [--seconds 3] [--connections 64]
                               [--size 64] [--calls]

CPU is that of the proxy's process (user and kernel time from /proc); --calls counts its system calls under strace.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "differential"))
from _proxies import Nginx, Poolproof, Proxy, free_ports, scratch_folder, write_config  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")

ORIGIN = """worker_processes 1; error_log stderr crit;
events { worker_connections 4096; }
http {
    access_log off; keepalive_requests 1000000000; @TEMP_PATHS@
    server { listen 127.0.0.1:%d; location / { default_type text/plain; return 200 "%s"; } }
}
"""

CONFIG = """worker_processes 1; error_log stderr crit;
events { worker_connections 4096; }
http {
    access_log off; keepalive_requests 1000000000; @TEMP_PATHS@
    upstream origin { server 127.0.0.1:%d; keepalive 128; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:%d;
        location / {
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
    }
}
"""

HAPROXY = """defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    option forwardfor
    http-reuse always
global
    nbthread 1
    maxconn 4096
frontend all
    bind 127.0.0.1:%d
    default_backend origin
backend origin
    server one 127.0.0.1:%d pool-max-conn 128
"""


def cpu_seconds(pid):
    """User and kernel time of the process, all threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / TICK, int(fields[12]) / TICK


def load(port, seconds, connections):
    """Requests that wrk made, and those that went wrong."""
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}/"],
                         capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return int(re.search(r"(\d+) requests in", out).group(1)), int(failed.group(1)) if failed else 0


def measure(proxy, port, options):
    user, kernel = cpu_seconds(proxy.process.pid)
    requests, failed = load(port, options.seconds, options.connections)
    user_after, kernel_after = cpu_seconds(proxy.process.pid)
    if failed or not requests:
        sys.exit(f"{proxy.command[0]}: {failed} of {requests} requests failed")
    return (user_after - user) / requests * 1e6, (kernel_after - kernel) / requests * 1e6


def system_calls(proxy, port, options):
    """System calls per request, by name."""
    tracer = subprocess.Popen(["strace", "-f", "-c", "-S", "calls", "-p", str(proxy.process.pid)],
                              stderr=subprocess.PIPE, text=True)
    time.sleep(0.5)
    requests, _ = load(port, 1, options.connections)
    tracer.send_signal(signal.SIGINT)
    table = tracer.communicate(timeout=10)[1]
    counts = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", table, re.MULTILINE)
    return ", ".join(f"{name} {int(count) / requests:.2f}" for count, name in counts
                     if name != "total" and int(count) > requests / 100)


def start_all(options, folder, origin_port):
    """Name, port and running proxy of each that is here."""
    names = ["poolproof", "nginx"] + (["haproxy"] if shutil.which("haproxy") else [])
    for name, port in zip(names, free_ports(len(names))):
        if name == "poolproof":
            proxy = Poolproof(options.poolproof, folder, CONFIG % (origin_port, port), [port], options.nginx_version)
        elif name == "nginx":
            proxy = Nginx(options.nginx, folder, CONFIG % (origin_port, port), [port])
        else:
            config = write_config(folder, HAPROXY % (port, origin_port), "haproxy.cfg")
            proxy = Proxy(["haproxy", "-f", str(config), "-db"], folder, [port])
        yield name, port, proxy


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", default="build/release/cli/poolproof")
    parser.add_argument("--nginx", default=shutil.which("nginx") or "/usr/sbin/nginx")
    parser.add_argument("--nginx-version", default="1.31")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--size", type=int, default=64, help="bytes of the response's body")
    parser.add_argument("--calls", action="store_true")
    options = parser.parse_args()
    options.poolproof = os.path.abspath(options.poolproof)
    for tool in ["wrk", options.nginx] + (["strace"] if options.calls else []):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed")
    (origin_port,) = free_ports(1)
    with scratch_folder() as folder, \
            Nginx(options.nginx, folder, ORIGIN % (origin_port, "x" * options.size), [origin_port], "origin.conf"):
        results = {}
        for turn in range(options.rounds):
            for name, port, proxy in start_all(options, folder, origin_port):
                with proxy:
                    load(port, 1, options.connections)
                    results.setdefault(name, []).append(measure(proxy, port, options))
        print_table(results)
        if options.calls:
            for name, port, proxy in start_all(options, folder, origin_port):
                with proxy:
                    print(f"{name}: {system_calls(proxy, port, options)}")


def print_table(results):
    print("us of CPU per request    total    user  kernel   nginx's total / this one's (each round)")
    for name, rows in results.items():
        totals = [sum(row) for row in rows]
        ratios = [sum(n) / total for n, total in zip(results["nginx"], totals)]
        print(f"{name:22} {statistics.median(totals):7.2f} {statistics.median(r[0] for r in rows):7.2f} "
              f"{statistics.median(r[1] for r in rows):7.2f}   {statistics.median(ratios):.2f}   "
              f"({' '.join(f'{ratio:.2f}' for ratio in ratios)})")


if __name__ == "__main__":
    main()
