"""Lint and routes tell one truth: what routes calls never, lint finds; what routes calls always, lint leaves alone.

The configurations are those that the differential tests generate and hold against nginx; here no nginx is needed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("POOLPROOF_ROOT", pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tests/differential"))

from _proxies import write_config
from _reuse_generator import Generator
from _shapes import Shapes

POOLPROOF = os.environ.get("POOLPROOF", str(ROOT / "build/release/cli/poolproof"))
PORTS = {"web": [9001, 9002, 9003], "http": [9001, 9002, 9003], "fastcgi": [9011, 9012], "memcached": [9021, 9022],
         "scgi": [9031, 9032], "uwsgi": [9041, 9042]}
VERSIONS = ("1.18.0", "1.22.1", "1.28.0", "1.29.7", "1.31.5")
SEEDS = range(1, 13)

# What each says of the request that a location sends, at the pass or at the header.
SENDING = {"upstream-http-version-not-11", "explicit-http-10-with-pool", "connection-header-not-cleared",
           "inherited-connection-lost", "connection-close-explicit", "upgrade-map-closes-connection",
           "connection-header-from-client"}
POOL = {"keepalive-before-balancer", "upstream-without-keepalive", "keepalive-zero", "upstream-pool-neutralised",
        "keepalive-below-server-count"}


def answer(*arguments):
    done = subprocess.run([POOLPROOF, *arguments, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60)
    return json.loads(done.stdout)


class OneTruth(unittest.TestCase):
    def each_configuration(self):
        for seed in SEEDS:
            for make in (lambda folder: Shapes(seed, [8001, 8002], PORTS, folder).config(),
                         lambda folder: Generator(seed, 8001, PORTS, folder).config()):
                with tempfile.TemporaryDirectory() as name:
                    folder = pathlib.Path(name)
                    config = str(write_config(folder, make(folder), "nginx.conf"))
                    for version in VERSIONS:
                        rows = answer("routes", config, "--nginx-version", version)
                        findings = answer("lint", config, "--isolated", "--nginx-version", version)["diagnostics"]
                        yield f"seed {seed}, {version}", rows, findings

    def test_what_is_never_pooled_is_found(self):
        compared = 0
        for name, rows, findings in self.each_configuration():
            found = {finding["rule"] for finding in findings}
            for row in rows:
                if row["protocol"] != "http" or row["upstream"] is None:
                    continue
                for reason in row["reasons"]:
                    if reason["rule"] in SENDING | POOL:
                        self.assertIn(reason["rule"], found, f"{name}: {row}")
                        compared += 1
        self.assertGreater(compared, 500)

    def test_what_is_always_pooled_is_left_alone(self):
        compared = 0
        for name, rows, findings in self.each_configuration():
            accused = {(finding["file"], finding["line"]) for finding in findings if finding["rule"] in SENDING}
            for row in rows:
                if row["pooled"] == "always":
                    self.assertNotIn((row["file"], row["line"]), accused, f"{name}: {row}")
                    compared += 1
        self.assertGreater(compared, 500)


if __name__ == "__main__":
    unittest.main()
