#!/usr/bin/env python3
"""`poolproof lint`, all rules and all versions, beside `nginx -t` on the same files: wall clock, CPU time, memory.

A file of 1.3 MB and a tree of 1,000 included files, both healthy. The runs alternate, the median of each counts;
the ratio is what to compare between machines.

    lint_bench.py --poolproof build/release/cli/poolproof --nginx nginx [--runs 9]
"""

import argparse
import os
import pathlib
import shutil
import statistics
import tempfile
import time

SERVER = """    server {{
        listen 8080;
        server_name host{0}.example.com;
        location / {{
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Connection "";
        }}
        location /static/{0}/ {{
            root /var/www;
            expires 30d;
        }}
    }}
"""
HEAD = "events {}\nhttp {\n    upstream app {\n        server 127.0.0.1:9000;\n        keepalive 32;\n    }\n"
LARGE_BYTES = 1_300_000
FILES = 1000


def write_large(folder):
    servers = []
    size = 0
    while size < LARGE_BYTES:
        servers.append(SERVER.format(len(servers)))
        size += len(servers[-1])
    path = folder / "large.conf"
    path.write_text(HEAD + "".join(servers) + "}\n")
    return path


def write_tree(folder):
    (folder / "conf.d").mkdir()
    for number in range(FILES):
        (folder / f"conf.d/{number:04}.conf").write_text(SERVER.format(number))
    path = folder / "tree.conf"
    path.write_text(HEAD + "    include conf.d/*.conf;\n}\n")
    return path


def run(command):
    """Wall clock and CPU time in milliseconds, and the largest resident size in MB."""
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return (time.monotonic() - started) * 1000, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx", default="nginx")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    nginx = shutil.which(options.nginx) or shutil.which(options.nginx, path="/usr/sbin:/usr/local/sbin")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print(f"{'':<22}{'wall':>10}{'CPU':>10}{'memory':>10}")
        for title, path in (("1.3 MB in one file", write_large(folder)), (f"{FILES:,} included files", write_tree(folder))):
            commands = {"poolproof lint": [options.poolproof, "lint", "--isolated", str(path)]}
            if nginx:
                commands["nginx -t"] = [nginx, "-t", "-q", "-p", name, "-c", str(path), "-g", f"pid {name}/pid;"]
            seen = {tool: [] for tool in commands}
            for _ in range(options.runs):
                for tool, command in commands.items():
                    seen[tool].append(run(command))
            print(title)
            for tool, runs in seen.items():
                wall, cpu, memory = (statistics.median(values) for values in zip(*runs))
                print(f"  {tool:<20}{wall:>7.1f} ms{cpu:>7.1f} ms{memory:>7.1f} MB")


if __name__ == "__main__":
    main()
