#!/usr/bin/env python3
"""nginx beside HAProxy and Caddy on configurations of shapes that no translator was written along (_wide_configs.py).

What a target tells as an error is left out, line by line, until the translation has none; what is left must behave as
nginx does: upstream, method, path and query, fields that the upstream sees, its body, status and fields that the client sees.

    translate_wide.py --poolproof build/release/cli/poolproof --nginx nginx [--seeds 1:9] [--to caddy] [--keep DIR]
"""

import collections
import pathlib
import re
import shutil
import subprocess
import sys

from _caddy import Caddy
from _options import options_parser, parse_options
from _proxies import TEMP_PATHS, Nginx, Proxy, free_ports, scratch_folder
from _wide_backend import WideOrigin, asked, differences
from _wide_configs import Wide, without
from translate_haproxy import Haproxy

ROUNDS = 60
# Places that requests go to on each seed, at least; seeds 1 to 199 have from 12 to 76.
LEAST_PLACES = 10


def joined(lines, folder):
    """The text; what stands for @TEMP_PATHS@ is one line, too."""
    return "\n".join(lines).replace("@TEMP_PATHS@", TEMP_PATHS.format(folder).replace("\n", " ")) + "\n"


class Run:
    """One target on one seed."""

    def __init__(self, suite, options, seed, origins, dead):
        self.suite, self.options, self.seed, self.origins, self.dead = suite, options, seed, origins, dead
        self.problems, self.compared, self.left_out = [], 0, collections.Counter()

    def make(self):
        return Wide(self.seed, self.origins, self.dead)

    def refused(self, lines, folder):
        """What nginx refuses goes, until it takes the rest."""
        for _ in range(ROUNDS):
            config = folder / "nginx.conf"
            config.write_text(joined(lines, folder))
            done = subprocess.run([self.options.nginx, "-t", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config), "-g",
                                   f"pid {folder}/nginx.pid;"], capture_output=True, text=True)
            if done.returncode == 0:
                return lines
            unknown = re.search(r'unknown "(\w+)" variable', done.stderr)
            at = re.search(r"\[emerg\].* in \S+:(\d+)", done.stderr)
            if unknown:
                name = re.compile(r"\$\{?" + unknown.group(1) + r"\b")
                lines = without(lines, [number for number, line in enumerate(lines, 1) if name.search(line)])
            elif at and int(at.group(1)) < len(lines):
                lines = without(lines, [int(at.group(1))])
            else:
                raise RuntimeError(done.stderr)
        raise RuntimeError("nginx refuses what is left: " + done.stderr)

    def told(self, lines, folder):
        """The lines of which the translation has an error, and the translation."""
        path = folder / "translated.conf"
        path.write_text("\n".join(lines).replace("@TEMP_PATHS@", "") + "\n")
        result = self.suite.translate(path, "--nginx-version", self.suite.version)
        (folder / "translated").write_text(result.stdout, errors="surrogateescape")
        found = re.findall(r"(?m)^\S*translated\.conf:(\d+):\d+: error[: ](.*)$", result.stderr)
        for number, message in found:
            self.left_out[lines[int(number) - 1].split()[0] + ": " + re.sub(r"`[^`]*`|\$\w+|\d+", "~", message)] += 1
        if result.returncode not in (0, 1) or result.returncode == 1 and not found:
            raise RuntimeError(f"translate: {result.returncode} {result.stderr}")
        return sorted({int(number) for number, _ in found})

    def whole(self, lines, folder):
        for _ in range(ROUNDS):
            lines = self.refused(lines, folder)
            numbers = self.told(lines, folder)
            if not numbers:
                return lines
            lines = without(lines, numbers)
        raise RuntimeError("the errors do not end")

    def run(self):
        ports = free_ports(4)
        ours, theirs = ports[:2], ports[2:]
        wide = self.make()
        with scratch_folder() as folder:
            lines = self.whole(wide.config(ours), folder)
            text = joined(lines, folder)
            for ours_port, theirs_port in zip(ours, theirs):
                text = text.replace(f":{ours_port}", f":{theirs_port}")
            if self.options.keep:
                keep = pathlib.Path(self.options.keep)
                shutil.copy(folder / "translated.conf", keep / f"{self.suite.target}{self.seed}.conf")
                shutil.copy(folder / "translated", keep / f"{self.suite.target}{self.seed}.out")
            used = [at for at in range(2) if f":{ours[at]}" in (folder / "translated.conf").read_text()]
            with Nginx(self.options.nginx, folder, text, [theirs[at] for at in used]), \
                    Proxy(self.suite.command(folder / "translated"), folder, [ours[at] for at in used]):
                for at, request in wide.requests(self.options.requests):
                    at = at if at in used else used[0]
                    self.compare(request, theirs[at], ours[at], lines)
            if self.options.keep:
                shutil.copy(folder / "output.log", pathlib.Path(self.options.keep) / f"{self.suite.target}{self.seed}.log")
        return self

    def compare(self, request, theirs, ours, lines):
        request = self.suite.adapt(request)
        pair = [asked(port, request) for port in (theirs, ours)]
        self.compared += 1
        different = differences(self.suite.target, request, *pair)
        if different:
            self.problems.append(f"{self.suite.target} seed {self.seed}: {request!r}\n    nginx, {self.suite.target}: {different}")


def main():
    parser = options_parser()
    parser.add_argument("--to", choices=["haproxy", "caddy"])
    parser.add_argument("--seeds", default="1:9", help="FIRST:END")
    parser.add_argument("--requests", type=int, default=4, help="for each place")
    parser.add_argument("--keep", help="a folder for the configurations and their translations")
    parser.add_argument("-v", action="store_true", help="say what was left out")
    options = parse_options(parser)
    problems, compared, left_out = [], collections.Counter(), collections.Counter()
    first, end = map(int, options.seeds.split(":"))
    for kind in (Haproxy, Caddy):
        if options.to not in (None, kind.target):
            continue
        program = shutil.which(kind.target, path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            print(f"skipped: no {kind.target}")
            continue
        compared[kind.target] = 0
        suite = kind(options.poolproof, options.nginx, program)
        for seed in range(first, end):
            origins = [WideOrigin(f"o{number}") for number in range(4)]
            try:
                run = Run(suite, options, seed, origins, free_ports(1)[0])
                run.run()
            except (RuntimeError, OSError) as error:
                run.problems.append(f"{kind.target} seed {seed}: {error}")
            problems += run.problems
            compared[kind.target] += run.compared
            left_out += run.left_out
            for origin in origins:
                origin.stop()
    if not compared:
        return 77
    least = max(LEAST_PLACES * options.requests * (end - first), 1)
    for target, count in compared.items():
        if count < least:
            problems.append(f"{target}: only {count} requests compared, at least {least} are expected")
    print("\n".join(problems))
    if options.v:
        print("\n".join(f"{count:5} {what}" for what, count in left_out.most_common()))
    print(f"{dict(compared)} requests compared, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
