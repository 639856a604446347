"""Does poolproof refuse exactly the statements that nginx 1.22.1 refuses, and for the same reason?

The catalogue's own directives are put into every context, with several counts of arguments, as block
and as plain statement, and with sample values; cases from acceptance_cases.txt are judged as a whole.
Runs: python3 tests/differential/accept_reject.py --poolproof PATH --nginx PATH [--share PART] [--seed N]
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

from _acceptance import ROOT, Acceptance, kind_of

ROW = re.compile(r'DIRECTIVE\("([^"]+)", "([^"]+)", ([^,]+), (\d+), (\w+), ([^,]+), \w+, \w+, (\w+), ')

CONTEXTS = {
    'kMain': '{main} {it} events {{}} http {{ {http} }}',
    'kEvents': '{main} events {{ {it} }} http {{ {http} }}',
    'kHttp': '{main} events {{}} http {{ {http} {it} }}',
    'kServer': '{main} events {{}} http {{ {http} server {{ {it} listen 127.0.0.1:21101; }} }}',
    'kLocation': '{main} events {{}} http {{ {http} server {{ listen 127.0.0.1:21101; location / {{ {it} }} }} }}',
    'kUpstream': '{main} events {{}} http {{ {http} upstream u {{ server 127.0.0.1:9; {it} }} }}',
    'kIfInServer': '{main} events {{}} http {{ {http} server {{ listen 127.0.0.1:21101; if ($host) {{ {it} }} }} }}',
    'kIfInLocation': '{main} events {{}} http {{ {http} server {{ listen 127.0.0.1:21101; '
                     'location / {{ if ($host) {{ {it} }} }} }} }}',
    'kLimitExcept': '{main} events {{}} http {{ {http} server {{ listen 127.0.0.1:21101; '
                    'location / {{ limit_except GET {{ {it} }} }} }} }}',
}

# Debian's 1.22.1 has it from a later version, as a security fix.
BACKPORTED = ('max_headers',)

VALUES = {
    'Flag': ['on', 'ON', 'off', 'offf', '1', '"on"'],
    'Number': ['1', '0', '10', '-1', '1k', 'x', 'auto', '""', '99999999999999999999', '500', '16'],
    'Size': ['4096', '1k', '8K', '1m', '1g', '1x', '0', '-1', '1.5k', '""'],
    'Offset': ['4096', '1k', '1m', '1g', '1G', '1t', 'x', '-1'],
    'Msec': ['1', '1s', '500ms', '1h30m', '"1h 30m"', '1M', '1y', '1m1h', 'x', '-1', '""', '1w2d'],
    'Time': ['1', '1s', '500ms', '1M', '1y', 'x', '-1', '""'],
    'Bufs': ['4 8k', '0 8k', '8k 4', '4 1g', '4 0'],
    'Enum': ['ZZZ', '""', 'off', 'OFF', 'on', '1.1', '2'],
    'Bitmask': ['ZZZ', '""', 'off', 'GET', 'error', 'error ZZZ', 'TLSv1.3', 'any', 'http_500 HTTP_502'],
}


def catalogue():
    """(name, type of its values, contexts) of what nginx itself has."""
    rows = []
    for line in (ROOT / 'grammar/catalogue/directives.def').read_text().splitlines():
        row = ROW.match(line)
        if row and not re.search('kThirdParty|kCommercial', row.group(6)):
            rows.append((row.group(1), row.group(7), row.group(3)))
    return rows


def cases():
    """Sections of acceptance_cases.txt: (title, block that they stand in, statements)."""
    text = (ROOT / 'tests/differential/acceptance_cases.txt').read_text()
    for line in text.splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        context, _, statements = line.partition(': ')
        yield context, statements


class AcceptReject(unittest.TestCase):
    options = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='poolproof-accept-')
        cls.both = Acceptance(cls.options.nginx, cls.options.poolproof, cls.folder.name)
        cls.random = random.Random(cls.options.seed)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def text(self, context, statement):
        name = statement.split(' ', 1)[0].rstrip(';')
        return CONTEXTS[context].format(main=self.both.main(name), http=self.both.http(name), it=statement)

    def judge(self, pairs, disagree):
        """Both verdicts on (context, statement) pairs; what nginx does not know is left out."""
        pairs = list(pairs)
        results = self.both.compare([self.text(*pair) for pair in pairs])
        wrong, judged = [], 0
        for pair, (error, ours) in zip(pairs, results):
            if 'unknown directive' in error or pair[1].split(' ')[0].rstrip(';') in BACKPORTED:
                continue
            judged += 1
            if disagree(error, ours):
                wrong.append(f'{pair[0]}: {pair[1]}\n    nginx: {error or "takes it"}\n    ours:  {ours}')
        self.assertFalse(wrong, f'{len(wrong)} of {judged} differ:\n' + '\n'.join(wrong[:200]))
        return judged

    def sample(self, pairs):
        return [pair for pair in pairs if self.random.random() < self.options.share]

    @staticmethod
    def other_reason(error, ours):
        """Where nginx gives one of the common reasons we give the same, and nowhere else."""
        rules = Counter(rule for rule, _ in ours)
        kind = kind_of(error)
        if kind:
            return kind not in rules
        if not error:
            return bool(ours)
        return any(rule in rules for rule in ('misplaced-directive', 'wrong-argument-count',
                                              'missing-block', 'unexpected-block', 'unknown-directive'))

    def test_contexts(self):
        names = sorted({name for name, _, _ in catalogue()})
        pairs = self.sample((context, f'{name} 1;') for name in names for context in CONTEXTS)
        self.assertGreater(self.judge(pairs, self.other_reason), len(pairs) / 2)

    def test_argument_counts(self):
        pairs = []
        for name, _, contexts in catalogue():
            context = contexts.split('|')[0]
            if context not in CONTEXTS:
                continue
            pairs += [(context, f'{name}{" 1" * count};') for count in range(5)]
            pairs += [(context, f'{name}{" 1" * count} {{}}') for count in range(3)]
        self.judge(self.sample(pairs), self.other_reason)

    def test_values(self):
        pairs = []
        for name, kind, contexts in catalogue():
            context = contexts.split('|')[0]
            if context in CONTEXTS:
                pairs += [(context, f'{name} {value};') for value in VALUES.get(kind, ())]
        self.judge(self.sample(pairs), lambda error, ours: bool(error) != bool(ours))

    def test_cases(self):
        self.judge(cases(), lambda error, ours: bool(error) != bool(ours))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--poolproof', required=True)
    parser.add_argument('--nginx', default='nginx')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--share', type=float, default=0.3)
    AcceptReject.options, rest = parser.parse_known_args()
    try:
        version = subprocess.run([AcceptReject.options.nginx, '-v'], capture_output=True, text=True,
                                 check=False).stderr
    except OSError:
        version = ''
    if '/1.22.1' not in version:
        print('nginx 1.22.1 is not here')
        sys.exit(77)
    unittest.main(argv=[sys.argv[0]] + rest)


if __name__ == '__main__':
    main()
