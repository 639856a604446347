#!/usr/bin/env python3
"""`routes` and `run` against recordings of two real nginxes (1.22.1 and 1.31.5).

The recordings are not part of the project: POOLPROOF_REUSE_DATA names their folder, and the test is skipped where it
names none.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from _backends import Backends
from _proxies import Poolproof, free_ports, scratch_folder
from _reuse import BY_BACKEND, measure

VERSIONS = ("1.22.1", "1.31.5")
BACKENDS = {"http": 19100, "fastcgi": 19101, "memcached": 19102, "scgi": 19103, "uwsgi": 19104}


def routes_of(binary, config, version):
    """{host: (verdict of the place that the probe reaches, the rules that are its reasons)}: of several places the last, which is the `if`."""
    done = subprocess.run([binary, "routes", str(config), "--nginx-version", version, "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return {row["server_names"][0]: (row["pooled"], {reason["rule"] for reason in row["reasons"]})
            for row in json.loads(done.stdout)}


def check_routes(binary, folder):
    problems = []
    for version in VERSIONS:
        verdicts = {path.name: routes_of(binary, path, version) for path in sorted(folder.glob("*.conf"))}
        for line in (folder / f"nginx-{version}.jsonl").read_text().splitlines():
            row = json.loads(line)
            said, rules = verdicts[row["config"]].get(row["host"], (None, set()))
            by_backend = said == "depends" and row["reused"] == "always" and rules <= BY_BACKEND
            if said != row["reused"] and not by_backend:
                problems.append(f"routes {version} {row['config']} {row['host']} ({row['shape']}): says {said}, "
                                f"nginx {row['reused']}")
    return problems


def check_run(binary, folder, version="1.31.5"):
    problems = []
    recorded = [json.loads(line) for line in (folder / f"nginx-{version}.jsonl").read_text().splitlines()]
    backends = Backends()
    ports = {19100 + i: backends.listen(protocol) for i, protocol in enumerate(BACKENDS)}
    with backends:
        for config in sorted(folder.glob("*.conf")):
            port = free_ports(1)[0]
            text = config.read_text().replace("127.0.0.1:8080", f"127.0.0.1:{port}")
            for old, new in ports.items():
                text = text.replace(f":{old}", f":{new}")
            with scratch_folder() as scratch, Poolproof(binary, scratch, text, [port], version):
                for row in recorded:
                    if row["config"] != config.name or row["protocol"] != "http":
                        continue
                    seen, statuses = measure(backends, port, row["host"])
                    if seen != row["reused"] or set(statuses) != {200}:
                        problems.append(f"run {version} {row['config']} {row['host']} ({row['shape']}): {seen} "
                                        f"{sorted(set(statuses))}, nginx {row['reused']}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx", help="not used: nginx's answers are recorded")
    options = parser.parse_args()
    folder = pathlib.Path(os.environ.get("POOLPROOF_REUSE_DATA", "no recordings"))
    options.poolproof = os.path.abspath(options.poolproof)
    if not (folder / "nginx-1.31.5.jsonl").exists():
        print("skipped: no recordings")
        return 77
    problems = check_routes(options.poolproof, folder) + check_run(options.poolproof, folder)
    print("\n".join(problems))
    print(f"{len(problems)} disagreements with the recordings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
