#!/usr/bin/env python3
"""`fix` on configurations that nobody tuned for, held against the nginx of this machine.

Each seed makes a configuration with two dozen places. It is fixed twice over, once with --unsafe and once without,
and nginx runs the original and both results. A fix is right if
 - `nginx -t` still accepts, the patch of --diff makes the same bytes, fixing again changes nothing, and no fix that
   fix would apply is left;
 - every place that was served still is, by the same backend, with the same request but for `Connection` and HTTP/1.1 in
   place of 1.0; a WebSocket handshake still goes out as one;
 - a place that reused its connections still does, and after --unsafe so does every place over HTTP that passes to
   something with a name or an address, unless its reason is one that only a person can take away.

    fixed_generated.py --poolproof build/release/cli/poolproof --nginx nginx [--seeds 1:7] [--keep FOLDER]
"""

import json
import re
import shutil
import subprocess
import sys

from _backends import head_fields
from _options import options_parser, parse_options, version_of
from _proxies import Nginx, fetch, free_ports, scratch_folder, write_config
from _reuse import measure, settle
from _reuse_generator import Generator
from reuse_generated import make_backends, probes, routes_of

UPGRADE = "upgrade\r\nUpgrade: websocket"
# What no fix may decide: the target is known only at run time, the protocol keeps nothing.
ONLY_A_PERSON = {"pass-variable-address", "keepalive-useless-protocol"}
WORTH = {"never": 0, "depends": 1, "always": 2}


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)


def files_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.conf"))}


def accepts(nginx, folder):
    return run(nginx, "-t", "-q", "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf", "-g",
               f"pid {folder}/nginx.pid; error_log stderr;")


def copy_of(folder, name):
    """Beside the original, whose sockets it goes on using."""
    copy = folder / name
    copy.mkdir()
    for path in folder.glob("*.conf"):
        shutil.copy(path, copy / path.name)
    return copy


def comparable(request):
    """(what must stay the same, the Connection entries)."""
    if not re.match(rb"(GET|HEAD) \S+ HTTP/1\.[01]\r\n", request):
        # The flag of FastCGI that asks for the connection to be kept is what a fix may set.
        return (request[:10] + b"." + request[11:] if request[:2] == b"\x01\x01" else request), ()
    line, fields = head_fields(request[:request.find(b"\r\n\r\n")])
    rest = sorted(field for field in fields if field[0] != b"connection")
    return (line.rsplit(b" ", 1)[0], tuple(rest)), tuple(value for name, value in fields if name == b"connection")


def is_handshake(requests):
    return [entries for _, entries in requests] == [(b"upgrade",)] and (b"upgrade", b"websocket") in requests[0][0][1]


def observe(backends, port, host):
    """Everything that a fix must keep of a place, and its verdict."""
    verdict, statuses = measure(backends, port, host)
    begin = len(backends.requests)
    status = fetch(port, host, "/probe", UPGRADE)
    settle(backends, begin + (status == 200))
    handshake = [comparable(request) for request in backends.requests[begin:]]
    begin = len(backends.requests)
    status_of_plain = fetch(port, host, "/probe")
    settle(backends, begin + (status_of_plain == 200))
    plain = [comparable(request) for request in backends.requests[begin:]]
    return {"verdict": verdict, "statuses": set(statuses) | {status, status_of_plain}, "plain": plain,
            "handshake": handshake}


def observed(options, folder, backends, port, hosts):
    text = (folder / "nginx.conf").read_text()
    with Nginx(options.nginx, folder, text, [port]):
        return {host: observe(backends, port, host) for host in hosts}


class Checker:
    def __init__(self, options, version, seed):
        self.options, self.version, self.seed = options, version, seed
        self.problems, self.counts = [], {"places": 0, "mended": 0}

    def problem(self, where, what):
        self.problems.append(f"seed {self.seed} {where}: {what}")

    def fix(self, folder, *flags):
        return run(self.options.poolproof, "fix", folder / "nginx.conf", *self.settings(), *flags)

    def settings(self):
        # What that rule is about is the host: here it must be the same before and after.
        return ["--nginx-version", self.version, "--ignore", "upstream-name-sent-as-host"]

    def check_texts(self, folder, flags):
        """Fixes in place; what can be said of the result without running it."""
        where = f"fix {' '.join(flags)}"
        before = files_of(folder)
        patch = self.fix(folder, "--diff", *flags).stdout
        done = self.fix(folder, *flags)
        if done.returncode not in (0, 1):
            self.problem(where, f"ended with {done.returncode}: {done.stderr}")
        if "taken back" in done.stdout + done.stderr or "rejected" in done.stdout + done.stderr:
            self.problem(where, f"a fix was taken back: {done.stdout}{done.stderr}")
        after = files_of(folder)
        self.check_patch(folder, where, before, patch, after)
        refused = accepts(self.options.nginx, folder)
        if refused.returncode != 0:
            self.problem(where, f"nginx refuses the result: {refused.stderr}")
        self.fix(folder, *flags)
        if files_of(folder) != after:
            self.problem(where, "fixing again changes something more")
        self.check_silence(folder, where, flags)

    def check_patch(self, folder, where, before, patch, after):
        patched = folder / "patched"
        patched.mkdir()
        for name, content in before.items():
            (patched / name).write_bytes(content)
        if patch:
            subprocess.run(["patch", "-s", "-d", str(patched), f"-p{len(folder.parts)}"], input=patch, text=True,
                           capture_output=True, timeout=30)
        if files_of(patched) != after:
            self.problem(where, "the patch does not make what fix makes")

    def check_silence(self, folder, where, flags):
        done = run(self.options.poolproof, "lint", folder / "nginx.conf", *self.settings(), "--format", "json")
        wanted = {"safe", "unsafe"} if flags else {"safe"}
        for finding in json.loads(done.stdout)["diagnostics"]:
            if (finding.get("fix") or {}).get("applicability") in wanted:
                self.problem(where, f"left: {finding['rule']} line {finding['line']}: {finding['message']}")

    def compare(self, where, host, before, after):
        if before["statuses"] != {200}:
            return
        where = f"{where} {host}"
        if after["statuses"] != {200}:
            return self.problem(where, f"was served, now answers {after['statuses']}")
        for kind in ("plain", "handshake"):
            if [request[0] for request in before[kind]] != [request[0] for request in after[kind]]:
                self.problem(where, f"{kind} request changed from {before[kind]} to {after[kind]}")
        if is_handshake(before["handshake"]) and not is_handshake(after["handshake"]):
            self.problem(where, f"a handshake goes out as {after['handshake']}")
        if WORTH[after["verdict"]] < WORTH[before["verdict"]]:
            self.problem(where, f"reused connections {before['verdict']}, now {after['verdict']}")

    def check_mended(self, folder, hosts, truth, after):
        """After --unsafe: what is not reused has a reason that no fix may take away."""
        marked = probes(folder)
        for row in routes_of(self.options.poolproof, folder / "nginx.conf", self.version):
            host = marked.get((row["file"].rsplit("/", 1)[-1], row["line"]))
            if host not in hosts or truth[host]["statuses"] != {200}:
                continue
            self.counts["places"] += 1
            if after[host]["verdict"] == "always":
                self.counts["mended"] += truth[host]["verdict"] != "always"
                continue
            if not self.is_for_a_person(row):
                self.problem(f"fix --unsafe {host}", f"{row['protocol']} {row['target']} is reused {after[host]['verdict']}: "
                             f"{[(reason['rule'], reason['message'], reason['line']) for reason in row['reasons']]}")

    @staticmethod
    def is_for_a_person(row):
        rules = {reason["rule"] for reason in row["reasons"]}
        if "pass-literal-address" in rules and "$" in row["target"]:
            return True
        # Nobody asked FastCGI to keep connections: whether it has the processes for that is not known.
        unasked = row["protocol"] == "fastcgi" and rules & {"pass-literal-address", "upstream-without-keepalive"}
        return bool(rules & ONLY_A_PERSON or unasked)

    def check(self):
        with scratch_folder() as folder:
            backends, ports = make_backends(folder)
            port = free_ports(1)[0]
            write_config(folder, Generator(self.seed, port, ports, folder).config(), "nginx.conf")
            # A Host that an inner list has lost is given back first: here it must be the same before and after.
            self.fix(folder, "--unsafe", "--rule", "set-header-drops-inherited-host")
            hosts = sorted(set(probes(folder).values()))
            safe, unsafe = copy_of(folder, "safe"), copy_of(folder, "unsafe")
            self.check_texts(safe, [])
            self.check_texts(unsafe, ["--unsafe"])
            with backends:
                truth = observed(self.options, folder, backends, port, hosts)
                for copy in (safe, unsafe):
                    after = observed(self.options, copy, backends, port, hosts)
                    for host in hosts:
                        self.compare(copy.name, host, truth[host], after[host])
                self.check_mended(unsafe, hosts, truth, after)
            if self.options.keep and self.problems:
                shutil.copytree(folder, f"{self.options.keep}/seed{self.seed}", dirs_exist_ok=True,
                                ignore=shutil.ignore_patterns("*.sock"))


def main():
    parser = options_parser()
    parser.add_argument("--seeds", default="1:7", help="FIRST:END")
    parser.add_argument("--keep", help="a folder for the configurations with problems")
    options = parse_options(parser)
    version = version_of(options.nginx)
    first, end = map(int, options.seeds.split(":"))
    problems, places, mended = [], 0, 0
    for seed in range(first, end):
        checker = Checker(options, version, seed)
        checker.check()
        problems += checker.problems
        places += checker.counts["places"]
        mended += checker.counts["mended"]
        print(f"seed {seed}: {checker.counts}, {len(checker.problems)} problems", flush=True)
    print("\n".join(problems))
    print(f"{places} places, {mended} mended, {len(problems)} problems with nginx {version}")
    return 1 if problems or mended == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
