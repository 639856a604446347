#!/usr/bin/env python3
"""`routes` and `run` against the nginx of this machine, on configurations that nobody tuned for.

Each seed makes a configuration with two dozen places; nginx runs it, and for every place it is counted whether
upstream connections are reused. `routes --nginx-version V` must say the same of each, and `run` do the same.

    reuse_generated.py --poolproof build/release/cli/poolproof --nginx nginx [--seeds 1:9] [--keep]
"""

import json
import re
import shutil
import subprocess
import sys

from _backends import Backends
from _options import options_parser, parse_options, version_of
from _proxies import Nginx, Poolproof, free_ports, scratch_folder, write_config
from _reuse import measure, seen_as
from _reuse_generator import Generator

HTTP_BACKENDS = 3


def make_backends(folder):
    backends = Backends()
    ports = {"http": [backends.listen("http") for _ in range(HTTP_BACKENDS)]}
    for protocol in ("fastcgi", "memcached", "scgi", "uwsgi"):
        ports[protocol] = [backends.listen(protocol), backends.listen(protocol)]
    backends.listen("http", path=str(folder / "http.sock"))
    return backends, ports


def probes(folder):
    """{(file, line): host} of the marked pass directives."""
    out = {}
    for path in folder.glob("*.conf"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if marked := re.search(r"# probe (\S+)$", line):
                out[(path.name, number)] = marked.group(1)
    return out


def routes_of(binary, config, version):
    done = subprocess.run([binary, "routes", str(config), "--nginx-version", version, "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    if not done.stdout.startswith("["):
        raise RuntimeError(f"routes failed ({done.returncode}): {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def measured(proxy, backends, port, hosts):
    with proxy:
        return {host: measure(backends, port, host) for host in hosts}


def judged(proxy, backends, port, hosts, rows):
    """{host: (what was seen, the statuses, what that is in the words of routes)}."""
    out = {}
    with proxy:
        for host in hosts:
            seen, statuses = measure(backends, port, host)
            row = rows.get(host, {})
            out[host] = seen, statuses, seen_as(row.get("pooled"), row.get("reasons", []), seen, backends, port, host)
    return out


def check_seed(seed, options, version):
    problems = []
    with scratch_folder() as folder:
        backends, ports = make_backends(folder)
        port = free_ports(1)[0]
        text = Generator(seed, port, ports, folder).config()
        config = write_config(folder, text, "nginx.conf")
        wanted = probes(folder)
        rows = {wanted[key]: row for row in routes_of(options.poolproof, config, version)
                if (key := (row["file"].rsplit("/", 1)[-1], row["line"])) in wanted}
        hosts = sorted(set(wanted.values()))
        with backends:
            truth = judged(Nginx(options.nginx, folder, text, [port]), backends, port, hosts, rows)
            ours = measured(Poolproof(options.poolproof, folder, text, [port], version), backends, port,
                            [host for host in hosts if rows.get(host, {}).get("protocol") == "http"])
        for host in hosts:
            plain, statuses, seen = truth[host]
            served = statuses.count(200) == len(statuses)
            said = rows[host]["pooled"] if host in rows else "nothing"
            if served and said != seen:
                problems.append(f"seed {seed} {host}: routes says {said}, nginx {version} does {seen}: "
                                f"{rows.get(host, {}).get('target')} {rows.get(host, {}).get('reasons')}")
            if host in ours and ours[host] != (plain, statuses):
                problems.append(f"seed {seed} {host}: run does {ours[host]}, nginx {plain, statuses}: {rows[host]['target']}")
        unserved = sum(statuses.count(200) != len(statuses) for _, statuses, _ in truth.values())
        if unserved * 4 > len(hosts):
            problems.append(f"seed {seed}: nginx serves too few of the places ({unserved} of {len(hosts)} fail)")
        if options.keep and problems:
            shutil.copytree(folder, f"{options.keep}/seed{seed}", dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("*.sock"))
    return problems, len(hosts) - unserved


def main():
    parser = options_parser()
    parser.add_argument("--seeds", default="1:9", help="FIRST:END")
    parser.add_argument("--keep", help="a folder for the configurations that disagree")
    options = parse_options(parser)
    version = version_of(options.nginx)
    first, end = map(int, options.seeds.split(":"))
    problems, places = [], 0
    for seed in range(first, end):
        found, checked = check_seed(seed, options, version)
        problems += found
        places += checked
        print(f"seed {seed}: {checked} places, {len(found)} disagreements", flush=True)
    print("\n".join(problems))
    print(f"{places} places, {len(problems)} disagreements with nginx {version}")
    return 1 if problems or places == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
