"""Ten times the input takes about ten times the time: configurations of a kind grow, the program's CPU time is counted.
What is no configuration at all, or one that nobody writes, is held against healthy servers instead."""

import os
import random
import subprocess
import unittest

from harness import POOLPROOF, Scratch

POOL = 'upstream app { server 127.0.0.1:9000; keepalive 32; }'
PASS = 'proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;'


def repeated(line, count):
    return "\n".join(line.replace("#", str(number)) for number in range(count))


KINDS = {
    "servers": lambda n: POOL + repeated("server { listen 80; server_name h#; location / { %s } }" % PASS, n),
    "locations": lambda n: POOL + "server { listen 80; %s }" % repeated("location /l#/ { %s }" % PASS, n),
    "findings": lambda n: POOL + repeated("server { server_name h#; location / { proxy_pass http://app; } }", n),
    "upstreams": lambda n: repeated("upstream u# { server 127.0.0.1:1; keepalive 16; } server { server_name h#; location / "
                                    "{ %s } }" % PASS.replace("app", "u#"), n),
    "servers of an upstream": lambda n: "upstream app { %s keepalive 4; } server { location / { %s } }" % (
        repeated("server h#:80;", n), PASS),
    "entries of a map": lambda n: "map $host $x { default 0; %s } server { return 200 $x; }" % repeated("h#.example #;", n),
    "hosts that choose": lambda n: "map $host $to { %s } %s" % (repeated("h# u#;", n), repeated(
        "upstream u# { server 127.0.0.1:1; keepalive 16; } server { server_name h#; location / { %s } }"
        % PASS.replace("app", "$to"), n)),
    "comments that silence": lambda n: POOL + "server { %s }" % repeated(
        "\n# poolproof: ignore[connection-header-not-cleared] why\nlocation /l#/ { proxy_pass http://app; }", n),
    "comments on backends": lambda n: repeated(
        "upstream u# { server 127.0.0.1:1; # poolproof: backend=node22\n keepalive 16; } server { server_name h#; location / "
        "{ %s } }" % PASS.replace("app", "u#"), n),
    "sizes of hash tables": lambda n: POOL + "server { %s }" % repeated(
        "location /l#/ { proxy_headers_hash_bucket_size 128; %s }" % PASS, n),
    "long names of headers": lambda n: POOL + "proxy_headers_hash_bucket_size 128; server { %s }" % repeated(
        "location /l#/ { %s proxy_set_header %s #; }" % (PASS, "X-" + "a" * 60), n),
    "passes beside a group": lambda n: POOL.replace("app", "pooled") + repeated(
        "server { server_name h#; location / { %s } location /past/ { proxy_pass http://127.0.0.1:9000; } }"
        % PASS.replace("app", "pooled"), n),
    "ranges of ports": lambda n: repeated("server { listen 127.0.0.1:1-65535; server_name h#; } "
                                          "server { listen [::1:#]:1-65535; }", n),
    "headers": lambda n: POOL + "server { location / { %s %s } }" % (PASS, repeated("proxy_set_header X-# #;", n)),
}


def http(text):
    return ("events {}\nhttp { %s }\n" % text).encode()


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def nested_ranges(count):
    return "".join(f"{address(i << 17)}-{address(0xffffffff - (i << 17))} {i};" for i in range(count))


CHOOSING = "server { server_name s#; location / { proxy_pass http://$to; } }"

#: What is read, the command, and how many times as long it may take as 5,000 healthy servers do: several times what it
#: takes, and much less than it took by counting, comparing or compiling each for each.
JUNK = {
    "semicolons": (lambda: b";" * 80_000, ("fix", "--diff"), 25),
    "two errors in each line": (lambda: b"a b;;\n" * 5_000, ("fix", "--diff"), 25),
    "random bytes": (lambda: random.Random(7).randbytes(2_000_000), ("fix", "--diff"), 25),
    "names that nobody knows": (lambda: b"".join(b"unknown_thing%d value;\n" % i for i in range(40_000)), ("lint",), 30),
    "hosts that choose by expressions": (lambda: http("map $host $to { default u; %s } upstream u { server 127.0.0.1:1; } %s" % (
        repeated("~^h#x u#;", 700), repeated(CHOOSING, 700))), ("lint",), 25),
    "hosts that choose by wildcards": (lambda: http("map $host $to { hostnames; default u; %s } upstream u { server 127.0.0.1:1; "
                                                    "} %s" % (repeated("*.h#.x u#;", 3000), repeated(CHOOSING, 3000))),
                                       ("lint",), 25),
    "wide ranges of addresses": (lambda: http("geo $g { ranges; %s } server { return 200 $g; }" % nested_ranges(5000)),
                                 ("lint",), 3),
}

SMALL, LARGE = 500, 5000
#: Linear is ten; quadratic would be a hundred. Start and caches blur it.
MOST = 25


class Scale(Scratch):
    def cpu_seconds(self, *arguments):
        process = subprocess.Popen([POOLPROOF, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, 1), arguments)
        return usage.ru_utime + usage.ru_stime

    def assert_linear(self, kind, *command):
        seconds = [min(self.cpu_seconds(*command, self.write_kind(kind, size)) for _ in range(tries))
                   for size, tries in ((SMALL, 3), (LARGE, 2))]
        self.assertLess(seconds[1], MOST * max(seconds[0], 0.01), (kind, seconds))

    def write_kind(self, kind, size, one_line=False):
        text = "events {}\nhttp { %s }\n" % KINDS[kind](size)
        return str(self.write(f"{size}.conf", text.replace("\n", " ") if one_line else text))

    def test_lint(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.assert_linear(kind, "lint", "--isolated", "--format", "json")

    def test_junk(self):
        healthy = min(self.cpu_seconds("lint", "--isolated", self.write_kind("servers", LARGE)) for _ in range(3))
        for title, (make, command, most) in JUNK.items():
            with self.subTest(junk=title):
                (self.folder / "junk.conf").write_bytes(make())
                seconds = self.cpu_seconds(command[0], "--isolated", *command[1:], str(self.folder / "junk.conf"))
                self.assertLess(seconds / max(healthy, 0.01), most)

    def test_one_long_line(self):
        seconds = [self.cpu_seconds("lint", "--isolated", "--format", "json", self.write_kind("findings", size, True))
                   for size in (SMALL, LARGE)]
        self.assertLess(seconds[1], MOST * max(seconds[0], 0.01), seconds)

    def test_fix(self):
        for kind in ("findings", "comments that silence"):
            with self.subTest(kind=kind):
                self.assert_linear(kind, "fix", "--isolated", "--diff")


if __name__ == "__main__":
    unittest.main()
