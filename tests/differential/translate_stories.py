#!/usr/bin/env python3
"""nginx beside HAProxy and Caddy on configurations as people write them (_stories.py).

What a target tells as an error is left out, line by line; what is left must behave as nginx does.

    translate_stories.py --poolproof build/release/cli/poolproof --nginx nginx [--to caddy] [--story wordpress] [-v]
"""

import re
import shutil
import subprocess
import sys

from _caddy import Caddy
from _options import options_parser, parse_options
from _proxies import TEMP_PATHS, Nginx, Proxy, free_ports, scratch_folder
from _stories import COMMON, FILES, STORIES
from _wide_backend import WideOrigin, asked, differences
from _wide_configs import without
from translate_haproxy import Haproxy

ROUNDS = 30


class Story:
    def __init__(self, suite, name, origins, dead, verbose):
        self.suite, self.name, self.origins, self.dead, self.verbose = suite, name, origins, dead, verbose
        self.statements, self.requests = STORIES[name]
        self.problems, self.compared = [], 0

    def lines(self, folder, port):
        text = (COMMON + self.statements + "}\n").replace("@TEMP_PATHS@", TEMP_PATHS.format(folder).replace("\n", " ")) \
            .replace("@PORT@", str(port)).replace("@ONE@", str(self.origins[0].port)).replace("@TWO@", str(self.origins[1].port)) \
            .replace("@DEAD@", str(self.dead)).replace("@ROOT@", str(folder / "root"))
        return text.split("\n")

    def refused(self, lines, folder):
        """What nginx refuses once lines are gone goes, too."""
        for _ in range(ROUNDS):
            path = folder / "nginx.conf"
            path.write_text("\n".join(lines))
            done = subprocess.run([self.suite.nginx, "-t", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(path), "-g",
                                   f"pid {folder}/nginx.pid;"], capture_output=True, text=True)
            at = re.search(r"\[emerg\].* in \S+:(\d+)", done.stderr)
            unknown = re.search(r'unknown "(\w+)" variable', done.stderr)
            if done.returncode == 0:
                return lines
            numbers = [n for n, line in enumerate(lines, 1) if re.search(rf"\$\{{?{unknown.group(1)}\b", line)] if unknown else [int(at.group(1))]
            lines = without(lines, numbers)
        raise RuntimeError(done.stderr)

    def translated(self, lines, folder):
        for _ in range(ROUNDS):
            lines = self.refused(lines, folder)
            path = folder / "translated.conf"
            path.write_text("\n".join(lines))
            result = self.suite.translate(path, "--nginx-version", self.suite.version)
            found = sorted({int(number) for number in re.findall(r"(?m)^\S*translated\.conf:(\d+):\d+: error", result.stderr)})
            if not found:
                (folder / "translated").write_text(result.stdout)
                return lines
            if self.verbose:
                print(f"{self.suite.target}, {self.name}: without", [lines[number - 1] for number in found])
            lines = without(lines, found)
        raise RuntimeError("the errors do not end")

    def run(self):
        ours, theirs = free_ports(2)
        with scratch_folder() as folder:
            for name, text in FILES.items():
                (folder / "root" / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / "root" / name).write_text(text)
            lines = self.translated(self.lines(folder, ours), folder)
            text = "\n".join(lines).replace(f":{ours}", f":{theirs}")
            with Nginx(self.suite.nginx, folder, text, [theirs]), Proxy(self.suite.command(folder / "translated"), folder, [ours]):
                for request in map(self.suite.adapt, self.requests):
                    pair = [asked(port, request) for port in (theirs, ours)]
                    self.compared += 1
                    different = differences(self.suite.target, request, *map(of_files, pair))
                    if different:
                        self.problems.append(f"{self.suite.target}, {self.name}: {request[:200]!r}\n    nginx, {self.suite.target}: {different}")
        return self


def of_files(answer):
    """Without what each program says of a file in its own way."""
    if "etag" in answer.get("fields", {}) and "upstream" not in answer and "x-own" not in answer["fields"]:
        answer["fields"] = {name: value for name, value in answer["fields"].items()
                            if name not in ("etag", "last-modified", "content-type", "accept-ranges")}
    return answer


def main():
    parser = options_parser()
    parser.add_argument("--to", choices=["haproxy", "caddy"])
    parser.add_argument("--story", choices=sorted(STORIES))
    parser.add_argument("-v", action="store_true", help="say what was left out")
    options = parse_options(parser)
    problems, compared = [], 0
    for kind in (Haproxy, Caddy):
        program = shutil.which(kind.target, path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if options.to not in (None, kind.target) or program is None:
            continue
        suite = kind(options.poolproof, options.nginx, program)
        for name in [options.story] if options.story else STORIES:
            origins = [WideOrigin("one"), WideOrigin("two")]
            story = Story(suite, name, origins, free_ports(1)[0], options.v)
            try:
                story.run()
            except (RuntimeError, OSError) as error:
                story.problems.append(f"{kind.target}, {name}: {error}")
            problems += story.problems
            compared += story.compared
            for origin in origins:
                origin.stop()
    if not compared and not problems:
        print("skipped: neither haproxy nor caddy")
        return 77
    print("\n".join(problems))
    print(f"{compared} requests compared, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
