#!/usr/bin/env python3
"""`show URL` against the nginx of this machine: which server and which location answer a request?

Generated servers with names, wildcards and expressions on several addresses, and locations of every kind, nested and
not; each place of nginx says by `return` who it is.

    show_selection.py --poolproof build/release/cli/poolproof --nginx nginx [--seeds 1:13]
"""

import http.client
import json
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from _options import options_parser, parse_options
from _proxies import Nginx, free_ports, scratch_folder

NAMES = ["a.test", "b.a.test", "*.a.test", "*.test", "www.*", "www.a.*", ".c.test", "x.c.test", "~^w\\w+\\.test$",
         "~B\\.", "~^(x|y)\\.", "*.b.a.test", "~\\d"]
HOSTS = ["a.test", "b.a.test", "x.b.a.test", "c.test", "x.c.test", "y.c.test", "www.test", "www.a.b", "www.a.test",
         "wx.test", "nobody", "x.org", "n1.org", "A.TEST", "a.test."]
PREFIXES = ["/", "/a", "/a/", "/a/b", "/a/b/", "/ab", "/b/c.php", "/b/", "/a/b/c/", "/static/"]
PATTERNS = ["\\.php$", "^/a", "b", "^/b/.*\\.php$", "/c/?$", "\\.(gif|png)$", "^/static"]
PATHS = ["/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/a/b/c/d", "/ab", "/abc", "/b/c.php", "/b/c.PHP", "/b", "/b/",
         "/c/", "/x.gif", "/x.GIF", "/static/x.png", "/static", "//a//b", "/a/../b/c.php", "/%61/b", "/zzz?x=/a", "/a/./b"]


class Generator:
    def __init__(self, seed, ports):
        self.rng, self.ports, self.marks = random.Random(seed), ports, 0

    def says(self, indent):
        self.marks += 1
        return f"{indent}set $mark {self.marks};\n{indent}return 200 $mark; # mark {self.marks}\n"

    def location(self, above, depth, used):
        kind = self.rng.choice(["", "", "", "^~ ", "= ", "~ ", "~* "])
        if kind in ("~ ", "~* "):
            head = kind + self.rng.choice(PATTERNS)
        else:
            inside = [prefix for prefix in PREFIXES if prefix.startswith(above)]
            head = kind + self.rng.choice(inside or [above])
        name = head.removeprefix("^~ ")
        if name in used:
            return ""
        used.add(name)
        indent = "    " * (depth + 2)
        body = ""
        if depth < 2 and kind != "= " and self.rng.random() < 0.4:
            inner = set()
            start = "" if kind in ("~ ", "~* ") else head.split(" ")[-1]
            if start:
                body = "".join(self.location(start, depth + 1, inner) for _ in range(self.rng.randint(1, 3)))
            else:
                body = f"{indent}    location ~ {self.rng.choice(PATTERNS)} {{\n{self.says(indent + '        ')}{indent}    }}\n"
        return f"{indent}location {head} {{\n{body}{self.says(indent + '    ')}{indent}}}\n"

    def server(self):
        port = self.rng.choice(self.ports)
        address = self.rng.choice(["127.0.0.1:", "127.0.0.1:", ""])
        default = " default_server" if (address, port) not in self.defaults and self.rng.random() < 0.2 else ""
        if default:
            self.defaults.add((address, port))
        names = " ".join(self.rng.sample(NAMES, self.rng.randint(0, 3)))
        used = set()
        places = "".join(self.location("/", 0, used) for _ in range(self.rng.randint(2, 8)))
        if "/" not in used:
            places += f"        location / {{\n{self.says('            ')}        }}\n"
        return (f"    server {{\n        listen {address}{port}{default};\n" +
                (f"        server_name {names};\n" if names else "") + places + "    }\n")

    def config(self):
        self.defaults = set()
        servers = "".join(self.server() for _ in range(8))
        every = "".join(f"    server {{\n        listen {port};\n        location / {{\n{self.says('            ')}        }}\n"
                        "    }\n" for port in self.ports)
        return f"worker_processes 1;\nevents {{}}\nhttp {{\n    access_log off;\n@TEMP_PATHS@\n{servers}{every}}}\n"


def asked_of_nginx(port, host, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return text if answer.status == 200 else f"status {answer.status}"


def asked_of_show(binary, config, port, host, path):
    """The mark of the place; what a client asks of 127.0.0.1 by another name is asked through --address."""
    done = subprocess.run([binary, "show", f"http://{host}:{port}{path}", str(config), "--address", "127.0.0.1",
                           "--nginx-version", "1.22.1", "--format", "json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)
    if not done.stdout:
        return done.stderr
    settings = json.loads(done.stdout)["places"][0]["location"]["settings"]
    marks = [item["statements"][0]["words"][1] for item in settings if item["directive"] == "set"]
    return marks[0] if marks else "no mark"


def check_seed(seed, options):
    problems = []
    with scratch_folder() as folder:
        ports = free_ports(2)
        text = Generator(seed, ports).config()
        rng = random.Random(seed)
        wanted = [(port, host, path) for port in ports for host in HOSTS for path in rng.sample(PATHS, 4)]
        with Nginx(options.nginx, folder, text, ports) as proxy:
            truth = [asked_of_nginx(*asked) for asked in wanted]
        config = folder / "nginx.conf"
        with ThreadPoolExecutor(2) as pool:
            ours = list(pool.map(lambda asked: asked_of_show(options.poolproof, config, *asked), wanted))
        for asked, theirs, said in zip(wanted, truth, ours):
            if theirs != said:
                problems.append(f"seed {seed} {asked}: nginx {theirs}, show {said}")
        if problems and options.keep:
            shutil.copy(config, f"{options.keep}/seed{seed}.conf")
    return problems, len(wanted)


def main():
    parser = options_parser()
    parser.add_argument("--seeds", default="1:9", help="FIRST:END")
    parser.add_argument("--keep", help="a folder for the configurations that disagree")
    options = parse_options(parser)
    first, end = map(int, options.seeds.split(":"))
    problems, asked, left_out = [], 0, 0
    for seed in range(first, end):
        try:
            found, count = check_seed(seed, options)
        except RuntimeError as refused:  # two locations of one name, and the like
            if not re.search(r"\[emerg\]", str(refused)):
                raise
            left_out += 1
            continue
        problems += found
        asked += count
    print("\n".join(problems))
    print(f"{asked} requests, {len(problems)} disagreements, {left_out} configurations that nginx refuses")
    return 1 if problems or asked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
