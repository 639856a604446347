"""What the integration tests share: a scratch folder, the built program, and small configurations."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("POOLPROOF_ROOT", pathlib.Path(__file__).resolve().parents[2]))
POOLPROOF = os.environ.get("POOLPROOF", str(ROOT / "build/release/cli/poolproof"))

BROKEN = """\
events {}
http {
    upstream app {
        server 127.0.0.1:9001;
        keepalive 8;
    }
    server {
        listen 127.0.0.1:%d;
        location / {
            proxy_pass http://app;
        }
    }
}
"""

HEALTHY = """\
events {}
http {
    server {
        listen 127.0.0.1:%d;
        location / {
            return 200 "ok\\n";
        }
    }
}
"""


class Scratch(unittest.TestCase):
    """Each test runs in an empty folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="poolproof-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
        return path

    def poolproof(self, *arguments, stdin=b"", timeout=60, folder=None, user=None, **environment):
        """(exit status, standard output, standard error)."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run([POOLPROOF, *map(str, arguments)], cwd=folder or self.folder, input=stdin,
                              timeout=timeout, user=user,
                              capture_output=True, env={**os.environ, **environment}, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def shell(self, command):
        """(exit status, standard error) of a line of shell, in which $POOLPROOF is the program."""
        done = subprocess.run(["sh", "-c", command], cwd=self.folder, env={**os.environ, "POOLPROOF": POOLPROOF},
                              capture_output=True, timeout=60, check=False)
        return done.returncode, done.stderr.decode("utf-8", "replace")

    def lint(self, *arguments, **options):
        """(exit status, the JSON report)."""
        code, out, err = self.poolproof("lint", "--format", "json", *arguments, **options)
        try:
            return code, json.loads(out)
        except ValueError:
            self.fail(f"no JSON (exit {code}): {out!r} {err!r}")

    def rules(self, *arguments, **options):
        return [entry["rule"] for entry in self.lint(*arguments, **options)[1]["diagnostics"]]
