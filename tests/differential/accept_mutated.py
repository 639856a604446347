"""Do poolproof and nginx 1.22.1 agree on statements that nobody wrote?

The cases of acceptance_cases.txt are mutated: words replaced, dropped, added, doubled, statements moved from
one case into another, single characters changed. Where nginx refuses for what the machine is or has (a host
that does not resolve, a file that is not there), nothing is compared. A seed names a run.
Runs: python3 tests/differential/accept_mutated.py --poolproof PATH --nginx PATH [--seed N] [--cases N]
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter

from _acceptance import Acceptance
from accept_reject import BACKPORTED, CONTEXTS, cases

# Reasons that do not lie in the text, and blocks whose module this nginx may lack.
OF_THE_MACHINE = re.compile(r"host not found|failed \(\d+|cannot load|getpwnam|getgrnam|unknown directive|ENGINE_by_id|"
                            r"unsupported on this platform|not supported on this platform|SSL_CTX|SSL_CONF|invalid event type|"
                            r"is not supported by nginx|status -?\d+:|conf\":|unexpected end of file")
# Names of caches and temporary files are relative to a folder that only nginx knows here.
OF_FOLDERS = re.compile(r"the same path name")

WORDS = """on off ON 0 1 2 -1 10 1k 1m 1g 10s 1d 1ms 1y 30m1h "" $host $nope ${host} $ "$1" a a=b b /x @x http://x.invalid
127.0.0.1 127.0.0.1:80 127.0.0.1:0 [::1]:80 ::1 10.0.0.0/8 1.2.3.4/33 unix:/x unix: *.a .a a.* ~x ~( ~* ^~ = =404 =abc 404 600
any all none default up x:1m zone=z rate=1r/s burst=0 nodelay inactive=1d max=0 weight=0 backup down if=$host gzip=10 buffer=1k
99999999999999999999 4294967296 65536 8k error http_500 GET FOO TLSv1.3 text/html * default_server ssl consistent two volatile
hostnames include 100% 0.5% 101% last permanent if_not_empty secure max epoch modified @1h""".split()
CHARACTERS = 'abz019 .:/=-_$*~@()[]%+,"\'\\#kM'
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\$\{\w*\}|[{};]|[^\s;{}"\']+|["\']')


class Mutator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.seeds = [(context, TOKEN.findall(text)) for context, text in cases() if context in CONTEXTS]
        self.words = sorted({token for _, tokens in self.seeds for token in tokens if token not in ";{}"})

    def word(self):
        return self.rng.choice(WORDS if self.rng.random() < 0.6 else self.words)

    @staticmethod
    def statements(tokens):
        """Pairs of begin and end of each simple statement."""
        found, begin = [], 0
        for index, token in enumerate(tokens):
            if token == ";":
                found.append((begin, index + 1))
            if token in ";{}":
                begin = index + 1
        return found

    def edit_word(self, tokens, index):
        word, place = tokens[index], self.rng.randrange(len(tokens[index]) + 1)
        tail = word[place + self.rng.choice((0, 1)):]
        tokens[index] = word[:place] + self.rng.choice(("", self.rng.choice(CHARACTERS))) + tail

    def change(self, tokens):
        rng = self.rng
        places = [index for index, token in enumerate(tokens) if token not in ";{}"]
        statements = self.statements(tokens)
        if not places:
            return
        index = rng.choice(places)
        kind = rng.choice(("replace", "replace", "edit", "drop", "add", "double", "bring"))
        if kind == "replace":
            tokens[index] = self.word()
        elif kind == "edit":
            self.edit_word(tokens, index)
        elif kind == "drop":
            del tokens[index]
        elif kind == "add":
            tokens.insert(index + 1, self.word())
        elif statements:
            begin, end = rng.choice(statements)
            if kind == "double":
                tokens[end:end] = tokens[begin:end]
            else:
                other = rng.choice(self.seeds)[1]
                found = self.statements(other)
                if found:
                    first, last = rng.choice(found)
                    tokens[begin:begin] = other[first:last]

    def case(self):
        context, tokens = self.rng.choice(self.seeds)
        tokens = list(tokens)
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            self.change(tokens)
        return context, " ".join(tokens)


def verdicts(both, made):
    """For each case what both said (None: not compared), and how they differ."""
    texts = []
    for context, statements in made:
        paths = [part for part in both.http().rstrip(";").split("; ") if part.split()[0] not in statements]
        http = "".join(f"{part}; " for part in paths)
        main = both.main("error_log" if context == "kMain" and "error_log" in statements else "")
        texts.append(CONTEXTS[context].format(main=main, http=http, it=statements))
    for (context, statements), (error, ours) in zip(made, both.compare(texts)):
        if OF_THE_MACHINE.search(error) or OF_FOLDERS.search(error) or any(name in statements for name in BACKPORTED):
            yield None, ""
        elif bool(error) == bool(ours):
            yield "refused" if error else "taken", ""
        else:
            yield "differ", f"{context}: {statements}\n    nginx: {error or 'takes it'}\n    ours:  {ours}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx", default="nginx")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=600)
    options = parser.parse_args()
    try:
        version = subprocess.run([options.nginx, "-v"], capture_output=True, text=True, check=False).stderr
    except OSError:
        version = ""
    if "/1.22.1" not in version:
        print("nginx 1.22.1 is not here")
        sys.exit(77)
    mutator = Mutator(options.seed)
    with tempfile.TemporaryDirectory(prefix="poolproof-mutated-") as folder:
        made = [mutator.case() for _ in range(options.cases)]
        found = list(verdicts(Acceptance(options.nginx, options.poolproof, folder), made))
    counts = Counter(verdict for verdict, _ in found)
    print("\n".join(text for _, text in found if text))
    print(f"{counts['taken']} taken by both, {counts['refused']} refused by both, {counts['differ']} disagreements, "
          f"{counts[None]} not compared")
    # A run that compares next to nothing proves nothing.
    sys.exit(1 if counts["differ"] or min(counts["taken"], counts["refused"]) < options.cases / 10 else 0)


if __name__ == "__main__":
    main()
