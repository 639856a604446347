#!/usr/bin/env python3
"""`routes` and `run` against the nginx of this machine, on configurations like those that people write.

Each seed makes a configuration of several files. nginx runs it; every place gets eight requests in a row of a client
that keeps its connection and of one that closes. `routes --nginx-version V` must say of each place that it reuses
connections always, never, or depending on the client or the method, as was seen; `run` must use exactly as many connections, for
these and for other requests (an upgrade, HEAD, POST, HTTP/1.0), to the same backends, with the same statuses.

    shapes_generated.py --poolproof build/release/cli/poolproof --nginx nginx [--seed 1] [--count 40] [--keep DIR]
"""

import re
import shutil
import socket
import sys

import _backends
from _backends import Backends
from _options import options_parser, parse_options, version_of
from _proxies import Nginx, Poolproof, answer_is_complete, free_ports, scratch_folder, write_config
from _reuse import BY_BACKEND
from _shapes import Shapes
from reuse_generated import routes_of

REQUESTS = 8
WEB_BACKENDS = 3

# What an ordinary client sends (these decide the verdict), and what others do.
ORDINARY = {"keep": b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: keep-alive\r\n\r\n",
            "close": b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"}
OTHERS = {"bare": b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
          "upgrade": b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
          "head": b"HEAD %s HTTP/1.1\r\nHost: %s\r\n\r\n",
          "post": b"POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\n\r\nabc",
          "put": b"PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\n\r\nabc",
          "old": b"GET %s HTTP/1.0\r\nHost: %s\r\n\r\n",
          "query": b"GET %s?x=1 HTTP/1.1\r\nHost: %s\r\nCookie: a=b\r\n\r\n"}
METHODS = ["head", "post", "put"]


def serve_web(data):
    """As _backends.serve_http, but some paths are answered in another way: see below."""
    done = _backends.serve_http(data)
    if done is None:
        return None
    used, answer, keep = done
    method, path = data.split(b" ", 2)[:2]
    if method == b"HEAD":
        answer = answer.replace(b"Length: 2", b"Length: 0")  # proxy_method: the client waits for a body
    if b"/fail500" in path:
        answer = answer.replace(b"200 OK", b"500 Broken")
    if b"/empty500" in path:
        answer = answer.replace(b"200 OK", b"500 Broken").replace(b"Length: 2", b"Length: 0").removesuffix(b"ok")
    if b"/accel/" in path:
        answer = answer.replace(b"\r\n", b"\r\nX-Accel-Redirect: " + path[path.index(b"/to"):] + b"\r\n", 1)
    return used, answer, keep


_backends.PROTOCOLS["web"] = serve_web


def make_backends(folder):
    backends = Backends()
    ports = {"web": [backends.listen("web") for _ in range(WEB_BACKENDS)]}
    for protocol in ("fastcgi", "memcached", "scgi", "uwsgi"):
        ports[protocol] = [backends.listen(protocol), backends.listen(protocol)]
    backends.listen("web", path=str(folder / "web.sock"))
    return backends, ports


def ask(probe, request):
    """Status of the answer; 0 if there is none, -1 if it does not end."""
    with socket.create_connection(("127.0.0.1", probe.port), 1.5) as sock:
        sock.sendall(request % (probe.path.encode(), probe.host.encode()))
        data = b""
        head_only = request.startswith(b"HEAD")
        while not answer_is_complete(data) and not (head_only and b"\r\n\r\n" in data):
            try:
                piece = sock.recv(65536)
            except TimeoutError:
                return -1
            if not piece:
                break
            data += piece
    return int(data.split(None, 2)[1]) if data.startswith(b"HTTP/") else 0


def series(backends, probe, request):
    """(statuses, [(backend, connection as a number from 0)]) of the requests in a row."""
    begin = len(backends.log)
    statuses = [ask(probe, request) for _ in range(REQUESTS)]
    seen = {}
    return statuses, [(name, seen.setdefault(number, len(seen))) for name, number in backends.log[begin:]]


def run_all(proxy, backends, probes, kinds):
    with proxy:
        return {(probe.mark, kind): series(backends, probe, kinds[kind]) for probe in probes for kind in kinds}


def reused(result):
    used = [number for _, number in result[1]]
    return len(set(used)) < len(used)


def verdict(results, mark):
    kept, closed = (reused(results[mark, kind]) for kind in ORDINARY)
    return "always" if kept and closed else "depends" if kept or closed else "never"


def verdict_beside(said, reasons, results, mark):
    """What was seen; where `routes` knows of other methods, or of backends that are not here, what these show, too."""
    seen = verdict(results, mark)
    if said != "depends" or seen == "depends":
        return seen
    if seen == "always" and {reason["rule"] for reason in reasons} <= BY_BACKEND:
        return said
    # A value may need a method and an Upgrade both.
    return said if any(reused(results[mark, kind]) != (seen == "always") for kind in METHODS + ["upgrade"]) else seen


def served(results, mark):
    return all(results[mark, kind][0].count(200) == REQUESTS and len(results[mark, kind][1]) == REQUESTS for kind in ORDINARY)


def marked_lines(folder):
    """{(file, line): mark} of the pass directives that probes reach."""
    out = {}
    for path in folder.rglob("*.conf"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := re.search(r"# at (\d+)$", line):
                out[(path.name, number)] = int(found.group(1))
    return out


def check(folder, text, backends, probes, ports, options, version):
    """[(mark, what)] of a configuration whose files are in the folder."""
    config = write_config(folder, text, "nginx.conf")
    places = marked_lines(folder)
    rows = {}
    for row in routes_of(options.poolproof, config, version):
        key = (row["file"].rsplit("/", 1)[-1], row["line"])
        rows.setdefault(places.get(key), row)
    kinds = ORDINARY | OTHERS
    web = [probe for probe in probes if probe.protocol == "proxy"]
    with backends:
        truth = run_all(Nginx(options.nginx, folder, text, ports), backends, probes, kinds)
        ours = run_all(Poolproof(options.poolproof, folder, text, ports, version), backends, web, kinds)
    problems = []
    for probe in probes:
        row = rows.get(probe.mark)
        if probe.judged and served(truth, probe.mark):
            said = row["pooled"] if row else "nothing"
            seen = verdict_beside(said, row["reasons"] if row else [], truth, probe.mark)
            if said != seen:
                problems.append((probe.mark, f"{probe.path}: routes says {said}, nginx {version} does {seen}: "
                                             f"{row and row['target']} {row and row['reasons']}"))
        for kind in kinds if probe in web else ():
            if ours[probe.mark, kind] != truth[probe.mark, kind]:
                problems.append((probe.mark, f"{probe.path} {kind}: run does {ours[probe.mark, kind]}, nginx {truth[probe.mark, kind]}"))
    return problems, sum(served(truth, probe.mark) for probe in probes)


def check_seed(seed, options, version):
    with scratch_folder() as folder:
        backends, ports = make_backends(folder)
        listen_ports = free_ports(2)
        shapes = Shapes(seed, listen_ports, ports, folder)
        text = shapes.config()
        problems, places = check(folder, text, backends, shapes.probes, listen_ports, options, version)
        if options.keep and problems:
            shutil.copytree(folder, f"{options.keep}/seed{seed}", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
    return [f"seed {seed} at {mark} {what}" for mark, what in problems], places


def main():
    parser = options_parser()
    parser.add_argument("--seed", type=int, default=1, help="the first")
    parser.add_argument("--count", type=int, default=40, help="how many")
    parser.add_argument("--keep", help="a folder for the configurations that disagree")
    options = parse_options(parser)
    version = version_of(options.nginx)
    problems, places = [], 0
    for seed in range(options.seed, options.seed + options.count):
        try:
            found, checked = check_seed(seed, options, version)
        except RuntimeError as error:
            found, checked = [f"seed {seed}: {error}"], 0
        problems += found
        places += checked
        print(f"seed {seed}: {checked} places, {len(found)} disagreements", flush=True)
    print("\n".join(problems))
    print(f"{places} places, {len(problems)} disagreements with nginx {version}")
    return 1 if problems or places == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
