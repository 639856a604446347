#!/usr/bin/env python3
"""`translate --to nginx` against the nginx of this machine and against `routes`.

Of every configuration at hand, and of generated ones: nginx judges the translation as it judged the original, a
translated one translates to itself, `--flatten` changes no value, and moved to another version each place reuses its
connections as it did. What was written for a newer nginx and moved to this one is run by it.

    translate_nginx.py --poolproof build/release/cli/poolproof --nginx nginx
"""

import json
import pathlib
import shutil
import subprocess
import sys

import _corpus
import shapes_generated
from _options import options_parser, parse_options, version_of
from _proxies import Nginx, free_ports, scratch_folder, write_config
from _reuse import measure, seen_as
from _reuse_generator import Generator
from _shapes import Shapes
from reuse_generated import make_backends, probes

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEW, OLD = ["1.29.7", "1.30.0", "1.31.5"], ["1.18.0", "1.28.0"]
SEEDS, WIRE_SEEDS, FROM_CORPUS = range(1, 5), range(21, 24), 50
PLACE_KEYS = {"origin", "file", "line", "level"}


class Checks:
    def __init__(self, options):
        self.options, self.problems, self.counts = options, [], {}
        self.here = version_of(options.nginx)

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def poolproof(self, *arguments):
        return subprocess.run([self.options.poolproof, *map(str, arguments)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)

    def translate(self, config, version, *more):
        """(text, everything could be said); no text if nginx refuses the configuration."""
        done = self.poolproof("translate", "--to", "nginx", "--nginx-version", version, *more, config)
        return done.stdout, done.returncode == 0

    def verdicts(self, config, version):
        done = self.poolproof("routes", config, "--nginx-version", version, "--format", "json")
        return [[row["server_names"], row["location"], row["target"], row["pooled"]] for row in json.loads(done.stdout)]

    def effective(self, config, version):
        return without_places(json.loads(self.poolproof("translate", "--to", "effective", "--nginx-version", version,
                                                        config).stdout))

    def accepted(self, folder, config):
        done = subprocess.run([self.options.nginx, "-t", "-q", "-p", str(folder), "-e", str(folder / "error.log"), "-c",
                               str(config), "-g", f"pid {folder}/nginx.pid;"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=30)
        return done.returncode == 0, done.stderr.decode(errors="replace")

    def check(self, name, config):
        """`config` is the main file; what is translated is written beside it."""
        folder, beside = config.parent, config.parent / "translated.conf"
        for more in ([], ["--flatten"]):
            text, complete = self.translate(config, self.here, *more)
            if not text or not complete:
                return
            beside.write_bytes(text)
            self.same_file(name, more, config, beside, text)
            before, after = self.accepted(folder, config), self.accepted(folder, beside)
            if before[0] and not after[0]:
                self.problems.append(f"{name} {more}: nginx takes the original, and not the translation: {after[1]}")
            self.count("judged by nginx" if before[0] else "refused by nginx, as before")
        for old, new in [(self.here, version) for version in NEW + OLD] + [(version, self.here) for version in NEW]:
            for more in ([], ["--flatten"]):
                self.moved(name, config, beside, old, new, more)

    def same_file(self, name, more, config, beside, text):
        if self.effective(config, self.here) != self.effective(beside, self.here):
            self.problems.append(f"{name} {more}: the values are not the same")
        if self.translate(beside, self.here, *more)[0] != text:
            self.problems.append(f"{name} {more}: a second translation changes something")

    def moved(self, name, config, beside, old, new, more):
        text, complete = self.translate(config, old, "--target-version", new, *more)
        if not text or not complete:
            self.count("moves with something lost")
            return
        beside.write_bytes(text)
        before, after = self.verdicts(config, old), self.verdicts(beside, new)
        if before != after:
            different = [pair for pair in zip(before, after) if pair[0] != pair[1]]
            self.problems.append(f"{name}: {old} to {new} {more}: {different[:2]}")
        self.count("moves")
        if new == self.here and self.accepted(config.parent, config)[0]:
            accepted, why = self.accepted(config.parent, beside)
            if not accepted:
                self.problems.append(f"{name}: {old} to {new} {more}: refused: {why}")


def without_places(value):
    """Values alone: where they were set is what a translation may change."""
    if isinstance(value, list):
        return [without_places(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without_places(item) for key, item in value.items() if key not in PLACE_KEYS}


def check_wire(checks, seed):
    """A configuration for the newest nginx does under this one, once translated, what it did."""
    with scratch_folder() as folder:
        backends, ports = make_backends(folder)
        port = free_ports(1)[0]
        config = write_config(folder, Generator(seed, port, ports, folder).config(), "nginx.conf")
        wanted = probes(folder)
        rows = {wanted[key]: row for row in json.loads(
            checks.poolproof("routes", config, "--nginx-version", "1.31.5", "--format", "json").stdout)
            if (key := (row["file"].rsplit("/", 1)[-1], row["line"])) in wanted}
        text, complete = checks.translate(config, "1.31.5", "--target-version", checks.here)
        if not text or not complete:
            checks.count("not run: something is lost")
            return
        with backends, Nginx(checks.options.nginx, folder, text.decode(), [port], "moved.conf"):
            for host, row in sorted(rows.items()):
                seen, statuses = measure(backends, port, host)
                said, seen = row["pooled"], seen_as(row["pooled"], row["reasons"], seen, backends, port, host)
                if statuses.count(200) == len(statuses):
                    checks.count("places run")
                    if seen != said:
                        checks.problems.append(f"seed {seed} {host}: 1.31.5 does {said}, the translation {seen}")


def check_generated(checks, seed):
    with scratch_folder() as folder:
        _, ports = make_backends(folder)
        text = Generator(seed, free_ports(1)[0], ports, folder).config()
        checks.check(f"seed {seed}", write_config(folder, text, "nginx.conf"))


def check_shapes(checks, seed):
    with scratch_folder() as folder:
        _, ports = shapes_generated.make_backends(folder)
        text = Shapes(seed, free_ports(2), ports, folder).config()
        checks.check(f"shapes {seed}", write_config(folder, text, "nginx.conf"))


def check_copy(checks, config):
    with scratch_folder() as folder:
        shutil.copytree(config.parent, folder / "copy", symlinks=True, ignore_dangling_symlinks=True)
        checks.check(str(config), folder / "copy" / config.name)


def corpus():
    """Files that stand alone, evenly from all of them."""
    files = [path for path in _corpus.files() if path.stat().st_size < 100_000]
    return files[::max(1, len(files) // FROM_CORPUS)]


def check_single(checks, config):
    with scratch_folder() as folder:
        shutil.copy(config, folder / "nginx.conf")
        checks.check(str(config), folder / "nginx.conf")


def main():
    options = parse_options(options_parser())
    checks = Checks(options)
    for config in sorted((ROOT / "examples").glob("*/nginx.conf")):
        check_copy(checks, config)
    for seed in SEEDS:
        check_generated(checks, seed)
        check_shapes(checks, seed)
    for seed in WIRE_SEEDS:
        check_wire(checks, seed)
    for config in corpus():
        check_single(checks, config)
    print("\n".join(checks.problems))
    print(checks.counts, f"{len(checks.problems)} disagreements")
    return 1 if checks.problems or not checks.counts.get("places run") else 0


if __name__ == "__main__":
    sys.exit(main())
