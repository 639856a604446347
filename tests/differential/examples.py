#!/usr/bin/env python3
"""What the examples' READMEs say that nginx does with them, nginx is made to do.

Lines of the form

    - nginx 1.22.1, ten requests to http://HOST/PATH: N upstream connections before, M after
    - nginx 1.22.1, ten requests to http://HOST/PATH: M upstream connections after
    - nginx 1.22.1 refuses it before and accepts it after

are measured with this machine's nginx if it is of that version, before and after `poolproof fix --unsafe`.
"""

import pathlib
import re
import shutil
import subprocess
import sys

from _backends import Backends
from _options import options_parser, parse_options, version_of
from _proxies import Nginx, fetch, free_ports, scratch_folder


ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNTS = re.compile(r"^- nginx (\S+), ten requests to http://([^/]+)(/\S*): "
                    r"(?:(\d+) upstream connections? before, )?(\d+)(?: upstream connections?)? after$", re.MULTILINE)
REFUSED = re.compile(r"^- nginx (\S+) refuses it before and accepts it after$", re.MULTILINE)
PROTOCOLS = ["http", "fastcgi", "memcached", "scgi", "uwsgi"]


def protocol_of(text, address):
    """By the pass directive that names the group in which the address stands."""
    for group in re.finditer(r"upstream\s+(\S+)\s*{([^}]*)}", text):
        if address in group.group(2):
            passed = re.search(rf"(proxy|fastcgi|memcached|scgi|uwsgi)_pass[\s\u00a0]+(?:http://)?{group.group(1)}\b", text)
            return "http" if passed is None or passed.group(1) == "proxy" else passed.group(1)
    return "http"


def with_own_ports(folder, backends, port):
    """Puts free ports in the place of the example's, in all of its files."""
    files = list(folder.rglob("*.conf"))
    whole = "\n".join(path.read_text() for path in files)
    ports = {"127.0.0.1:8080": f"127.0.0.1:{port}"}
    for address in sorted(set(re.findall(r"server\s+(127\.0\.0\.1:\d+)", whole))):
        ports[address] = f"127.0.0.1:{backends.listen(protocol_of(whole, address))}"
    for path in files:
        text = path.read_text()
        for old, new in ports.items():
            text = text.replace(old, new)
        path.write_text(text.replace("http {", "http {\n@TEMP_PATHS@", 1))


def count(nginx, folder, requests):
    """Connections opened for ten requests to each (host, path); a fresh nginx for each."""
    out = {}
    for host, path in requests:
        with scratch_folder() as scratch:
            shutil.copytree(folder, scratch, dirs_exist_ok=True)
            backends, port = Backends(), free_ports(1)[0]
            with_own_ports(scratch, backends, port)
            text = (scratch / "nginx.conf").read_text()
            with backends, Nginx(nginx, scratch, text, [port]):
                statuses = [fetch(port, host, path) for _ in range(10)]
                out[host, path] = len(set(backends.log)) if set(statuses) == {200} else f"statuses {statuses}"
    return out


def accepts(nginx, folder):
    done = subprocess.run([nginx, "-t", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g",
                           f"pid {folder}/nginx.pid;"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0


def check(readme, options, version):
    text = readme.read_text()
    claims = [claim for claim in COUNTS.findall(text) if claim[0] == version]
    refused = version in REFUSED.findall(text)
    problems = []
    with scratch_folder() as before, scratch_folder() as after:
        shutil.copytree(readme.parent, before, dirs_exist_ok=True)
        shutil.copytree(readme.parent, after, dirs_exist_ok=True)
        subprocess.run([options.poolproof, "fix", "--unsafe", "nginx.conf"], cwd=after, stdout=subprocess.DEVNULL)
        if refused and (accepts(options.nginx, before) or not accepts(options.nginx, after)):
            problems.append(f"{readme}: nginx -t does otherwise")
        for folder, index in ((before, 3), (after, 4)):
            wanted = {(claim[1], claim[2]): int(claim[index]) for claim in claims if claim[index]}
            for place, seen in count(options.nginx, folder, wanted).items():
                if seen != wanted[place]:
                    problems.append(f"{readme}: {place} {'before' if folder == before else 'after'}: {seen}, not "
                                    f"{wanted[place]}")
    return problems, len(claims) + refused


def main():
    options = parse_options(options_parser())
    version = version_of(options.nginx)
    problems, claims = [], 0
    for readme in sorted(ROOT.glob("examples/*/README.md")):
        found, counted = check(readme, options, version)
        problems += found
        claims += counted
    print("\n".join(problems))
    print(f"{claims} claims about nginx {version}, {len(problems)} wrong")
    if claims == 0:
        return 77
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
