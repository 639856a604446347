#!/usr/bin/env python3
"""Connections to upstreams after a translation, beside what `routes` says of each location for the same version of nginx.

Each location gets requests one after another, each on a client's connection of its own. Where `routes` says "always", the
upstreams see fewer connections than requests: one for each server, or as many as `keepalive_requests` asks for. Where it
says "never" they see one for each request. nginx itself runs the configurations of its own version, and must agree.
"""

import argparse
import math
import shutil
import sys

from _caddy import Caddy
from _options import version_of
from _proxies import Nginx, Proxy, free_ports, scratch_folder
from _translated import Origin, Suite
from _translated_configs import http_block
from reuse_generated import routes_of
from translate_haproxy import Haproxy

TIMES = 6
VERSIONS = ["1.22.1", "1.28.0", "1.29.7", "1.31.5"]
# A pool for each location that has its own copy of an upstream; since 1.29.7.
LOCAL = ("1.29.7", "1.31.5")
# What is told as differing, and so not looked at: (target, upstream).
TOLD = {("caddy", "few"), ("haproxy", "few")}

UPSTREAMS = {
    "plain": "",
    "pool": "keepalive 4;",
    "zero": "keepalive 0;",
    "local": "keepalive 4 local;",
    "few": "keepalive 4; keepalive_requests 3;",
    "least": "least_conn; keepalive 4;",
    "two": "server 127.0.0.1:@TWO@; keepalive 4;",
}
SETTINGS = {
    "default": "",
    "kept": 'proxy_http_version 1.1; proxy_set_header Connection "";',
    "headers": 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-A b;',
    "lost": "proxy_set_header X-A b;",
    "version": "proxy_http_version 1.1;",
    "old": "proxy_http_version 1.0;",
    "close": "proxy_http_version 1.1; proxy_set_header Connection close;",
    "upgrade": "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrading;",
    "upgrade11": "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $clearing;",
}


def text_of(version, port, origins):
    ports = dict(zip(("@ONE@", "@TWO@"), (str(origin.port) for origin in origins)))
    upstreams = {name: body for name, body in UPSTREAMS.items()
                 if name not in ("zero", "local") or version in LOCAL}
    out = "map $http_upgrade $upgrading { default upgrade; '' close; }\nmap $http_upgrade $clearing { default upgrade; '' ''; }\n"
    out += "".join(f"upstream {name} {{ server 127.0.0.1:@ONE@; {body} }}\n" for name, body in upstreams.items())
    out += f"server {{ listen 127.0.0.1:{port};\n"
    for setting, lines in SETTINGS.items():
        out += "".join(f"location /{setting}/{name}/ {{ {lines} proxy_pass http://{name}; }}\n" for name in upstreams)
        out += f"location /{setting}/address/ {{ {lines} proxy_pass http://127.0.0.1:@TWO@; }}\n"
    out += "}\n"
    for name, value in ports.items():
        out = out.replace(name, value)
    return http_block(out)


def promised(verdict, path, requests):
    """The least and the most connections for so many requests to one location; None: nothing is promised."""
    upstream = path.split("/")[2]
    if verdict == "never":
        return requests, requests
    if verdict != "always":
        return None
    if upstream == "few":
        return (math.ceil(requests / 3),) * 2
    return (2, 2) if upstream == "two" else (1, 1)


def look(suite, proxy, port, rows, origins, who):
    """How many locations were compared."""
    seen = 0
    with proxy:
        for row in rows:
            path = row["location"]
            wanted = promised(row["pooled"], path, TIMES)
            if wanted is None or (who, path.split("/")[2]) in TOLD:
                continue
            counted = Suite.count(port, path, TIMES, origins)
            connections = sum(each for _, each in counted["origins"].values())
            requests = sum(each for each, _ in counted["origins"].values())
            seen += 1
            if counted["statuses"] != {200} or requests != TIMES or not wanted[0] <= connections <= wanted[1]:
                suite.fail(f"{suite.version}: {path}: `routes` says {row['pooled']}, {who} has {connections} connections for {requests} "
                           f"requests, expected are {wanted}; {counted}")
    return seen


def check(suite, version, with_nginx):
    seen = 0
    origins = [Origin("one"), Origin("two")]
    theirs, ours = free_ports(2)
    suite.version = version
    with scratch_folder() as folder:
        path = folder / "translated.conf"
        path.write_text(text_of(version, ours, origins).replace("@TEMP_PATHS@", ""))
        rows = routes_of(suite.poolproof, path, version)
        result = suite.translate(path, "--nginx-version", version)
        if result.returncode != 0:
            suite.fail(f"{version}: not translated whole:\n{result.stderr}")
            return 0
        (folder / "translated").write_text(result.stdout)
        seen += look(suite, Proxy(suite.command(folder / "translated"), folder, [ours]), ours, rows, origins, suite.target)
        if with_nginx:
            seen += look(suite, Nginx(suite.nginx, folder, text_of(version, theirs, origins), [theirs]), theirs, rows, origins, "nginx")
    for origin in origins:
        origin.stop()
    return seen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx", required=True)
    options = parser.parse_args()
    own = version_of(options.nginx) if shutil.which(options.nginx) else None
    compared, failures, places = 0, 0, len(SETTINGS) * 4
    for kind in (Haproxy, Caddy):
        program = shutil.which(kind.target, path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            print(f"skipped: no {kind.target}")
            continue
        suite = kind(options.poolproof, options.nginx, program) if own else None
        if suite is None:
            print("skipped: no nginx")
            return 77
        for version in VERSIONS:
            seen = check(suite, version, version == own)
            compared += seen
            if seen < places:
                suite.fail(f"{version}: only {seen} locations compared for {kind.target}, at least {places} are expected")
        failures += len(suite.failures)
    if not compared and not failures:
        return 77
    print(f"{compared} locations compared, {failures} problems")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
