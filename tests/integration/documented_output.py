#!/usr/bin/env python3
"""Every ```console block of README.md and examples/*/README.md is run and must print what it shows.

Lines that begin with `$ ` are commands, run one after the other by bash in a scratch copy of the file's
folder with `poolproof` on the PATH; what follows is their expected output (stdout and stderr together).
A line `...` stands for any number of lines. Rewrite all blocks with POOLPROOF_REWRITE=1, then read the diff.

    documented_output.py --poolproof build/release/cli/poolproof [--root .] [FILE...]
"""

import argparse
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def split_commands(block):
    """[(command, expected output)] of a console block; a trailing backslash continues a command."""
    steps = []
    continued = False
    for line in block.splitlines():
        if line.startswith("$ ") or continued:
            if continued:
                steps[-1][0] += "\n" + line
            else:
                steps.append([line[2:], []])
            continued = line.endswith("\\")
        elif steps:
            steps[-1][1].append(line)
    return [(command, output) for command, output in steps]


def run(command, folder, environment):
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.rstrip("\n").split("\n") if done.stdout else []


def matches(expected, actual):
    """Does `actual` fit `expected`, in which a line `...` takes any number of lines?"""
    if not expected:
        return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and expected[0].rstrip() == actual[0].rstrip() and matches(expected[1:], actual[1:])


def check(path, environment, rewrite):
    text = path.read_text(encoding="utf-8")
    problems = []
    with tempfile.TemporaryDirectory(prefix="poolproof-doc-") as scratch:
        folder = pathlib.Path(scratch) / "work"
        if path.parent.name == "examples" or path.parent.parent.name == "examples":
            shutil.copytree(path.parent, folder)
        else:  # the top README speaks of paths below the project
            folder.mkdir()
            shutil.copytree(path.parent / "examples", folder / "examples")

        def replace(match):
            pieces = []
            for command, expected in split_commands(match.group(1)):
                actual = run(command, folder, environment)
                pieces.append("$ " + command)
                fits = matches(expected, actual)
                pieces.extend(expected if fits else actual)
                if not fits:
                    diff = difflib.unified_diff(expected, actual, "documented", "printed", lineterm="")
                    problems.append(f"{path}: $ {command}\n" + "\n".join(diff))
            return "```console\n" + "\n".join(pieces) + "\n```"

        fresh = FENCE.sub(replace, text)
    if rewrite and fresh != text:
        path.write_text(fresh, encoding="utf-8")
        return []
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--root", default=str(pathlib.Path(__file__).resolve().parents[2]))
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    root = pathlib.Path(options.root)
    files = [pathlib.Path(name).resolve() for name in options.files]
    files = files or [root / "README.md", *sorted(root.glob("examples/*/README.md"))]
    binary = pathlib.Path(options.poolproof).resolve()
    environment = dict(os.environ, PATH=f"{binary.parent}:{os.environ['PATH']}", NO_COLOR="1", LC_ALL="C.UTF-8")
    problems, blocks = [], 0
    for path in files:
        blocks += len(FENCE.findall(path.read_text(encoding="utf-8")))
        problems += check(path, environment, os.environ.get("POOLPROOF_REWRITE") == "1")
    print("\n\n".join(problems))
    print(f"{blocks} console blocks in {len(files)} files, {len(problems)} differ")
    return 1 if problems or blocks == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
