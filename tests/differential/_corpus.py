"""The configurations at hand: the examples, and every file of a folder of others, whatever its name.

The folder is the one that POOLPROOF_CORPUS names; without it there are the examples alone.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LARGEST = 1_000_000  # bytes; configurations are smaller

# Fragments get the blocks around them that their includers have.
AROUND = (("", ""), ("http {", "}"), ("http { server {", "} }"), ("http { server { location / {", "} } }"),
          ("http { upstream u {", "} }"))


def folder():
    named = os.environ.get("POOLPROOF_CORPUS")
    if named and not pathlib.Path(named).is_dir():
        raise SystemExit(f"POOLPROOF_CORPUS: {named} is no folder")
    return pathlib.Path(named) if named else None


def files():
    """Of the folder, without those that are hidden."""
    path = folder()
    if path is None:
        return []
    return sorted(each for each in path.rglob("*") if each.is_file() and each.stat().st_size < LARGEST
                  and not any(part.startswith(".") for part in each.relative_to(path).parts))


def configs():
    return sorted(ROOT.glob("examples/*/nginx.conf")) + files()


def translate(poolproof, target, path, *more):
    return subprocess.run([poolproof, "translate", "--to", target, str(path), *more], capture_output=True, text=True,
                          errors="surrogateescape", timeout=120)


def translate_whole(poolproof, target, path, scratch):
    """The translation of a file, or the first one without an error of a file that includes it: `scratch`, which is written."""
    result = translate(poolproof, target, path)
    if result.returncode == 0 or "misplaced" not in result.stderr and "missing-events" not in result.stderr:
        return result
    for before, after in AROUND:
        scratch.write_text(f'events {{}} {before} include "{path}"; {after}\n')
        again = translate(poolproof, target, scratch)
        if again.returncode == 0:
            return again
    return result
