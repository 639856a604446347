#!/usr/bin/env python3
"""What `translate --to gateway-api` writes, against the published schemas of the API.

The schemas are those of the npm package @kubernetes-models/gateway-api and of kubernetes-models; where there is no
node or they cannot be fetched the test is skipped. Each example and each configuration at hand is translated; every
document must be valid, whatever could not be said.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import _corpus

PACKAGES = ["@kubernetes-models/gateway-api@0.5", "kubernetes-models@4", "js-yaml@4"]
LEAST = 4  # translations that have something to say; the examples alone have more

CHECK = r"""
import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { Gateway, HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
import { Service } from "kubernetes-models/v1";
import { EndpointSlice } from "kubernetes-models/discovery.k8s.io/v1";

const kinds = { Gateway, HTTPRoute, Service, EndpointSlice };
const problems = [];
for (const { name, text } of JSON.parse(readFileSync(0, "utf8"))) {
  const names = new Set();
  for (const document of loadAll(text).filter((each) => each !== null)) {
    const key = `${document.kind} ${document.metadata.name}`;
    if (names.has(key)) problems.push(`${name}: ${key} is there twice`);
    names.add(key);
    try {
      new kinds[document.kind](document).validate();
    } catch (error) {
      problems.push(`${name}: ${key}: ${error.message}`);
    }
  }
}
console.log(JSON.stringify(problems));
"""

WRONG = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a}
spec: {rules: [{matches: [{path: {type: Somehow, value: /}}]}]}
"""


def install(folder):
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "no node"
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "check.mjs").write_text(CHECK)
    try:
        done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--fetch-retries=1", *PACKAGES],
                              cwd=folder, timeout=120, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired:
        return "the schemas cannot be fetched in time"
    return "" if done.returncode == 0 else "the schemas cannot be fetched"


def problems_of(folder, documents):
    done = subprocess.run(["node", "check.mjs"], cwd=folder, input=json.dumps(documents), text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return [done.stderr]
    return json.loads(done.stdout)


def translated(binary):
    out = []
    with tempfile.TemporaryDirectory() as name:
        for path in _corpus.configs():
            done = _corpus.translate_whole(binary, "gateway-api", path, pathlib.Path(name) / "whole.conf")
            text = done.stdout if done.returncode in (0, 1) else f"kind: exit {done.returncode}\nmetadata: {{name: a}}\n"
            if text:
                out.append({"name": str(path), "text": text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")})
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if missing := install(folder):
            print(f"skipped: {missing}")
            return 77
        found = problems_of(folder, [{"name": "wrong", "text": WRONG}])
        if not any(each.startswith("wrong: HTTPRoute a") for each in found):
            print("the check does not find a path type that there is not", *found)
            return 1
        documents = translated(os.path.abspath(options.poolproof))
        problems = problems_of(folder, documents)
    routes = sum("kind: HTTPRoute" in each["text"] for each in documents)
    print("\n".join(problems[:40]))
    print(f"{len(documents)} translations, {routes} with routes, {len(problems)} problems")
    return 1 if problems or routes < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
