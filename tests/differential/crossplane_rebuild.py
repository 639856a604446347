"""nginx -> JSON -> nginx: nginx judges what comes back as it judged the original.

Cases: acceptance_cases.txt, the examples, the cases of the rules (as they are, and inside of `http`), and the
main files of a corpus (_corpus.py). A payload that says "failed" lacks what was wrong,
so only those that say "ok" are built.
Runs: python3 tests/differential/crossplane_rebuild.py --poolproof PATH --nginx PATH [--seconds N]
"""

import argparse
import concurrent.futures
import json
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import _corpus
from _acceptance import ROOT, Acceptance
from accept_reject import CONTEXTS, cases

BLOCK = re.compile(r'```nginx\n(.*?)\n```', re.DOTALL)
# What the error says of its place, and names that only the scratch folder has.
PLACE = re.compile(r' in \S+:\d+$')


class Rebuild(unittest.TestCase):
    options = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix='poolproof-rebuild-')
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.nginx = Acceptance(self.options.nginx, self.options.poolproof, scratch.name)
        self.end = time.monotonic() + self.options.seconds

    def texts(self):
        for context, statement in cases():
            yield CONTEXTS[context].format(main=self.nginx.main(statement.split(' ', 1)[0].rstrip(';')),
                                           http=self.nginx.http(), it=statement)
        for page in sorted((ROOT / 'tests/lint').glob('*.md')) + sorted((ROOT / 'lint/rules').glob('*.md')):
            for block in BLOCK.findall(page.read_text(encoding='utf-8')):
                is_whole = re.search(r'^http\b', block, re.MULTILINE)
                yield block if is_whole else f'{self.nginx.main()} events {{}}\nhttp {{ {self.nginx.http()}\n{block}\n}}\n'

    def files(self):
        yield from sorted((ROOT / 'examples').glob('*/nginx.conf'))
        for path in _corpus.files():
            if re.search(rb'^\s*(?:http|events)\s*\{', path.read_bytes(), re.MULTILINE):
                yield path

    def poolproof(self, *arguments):
        run = subprocess.run([self.options.poolproof, 'translate', *map(str, arguments)], capture_output=True,
                             timeout=120, check=False)
        return run.returncode, run.stdout, run.stderr.decode('utf-8', 'replace')

    def judge(self, path):
        """Both verdicts of nginx; None if there is nothing to compare."""
        if time.monotonic() > self.end:
            return None
        target = self.folder / f'built{path.stem}{abs(hash(path))}'
        status, text, errors = self.poolproof('--to', 'json', '--include-comments', path)
        self.assertEqual(status, 0, errors)
        if json.loads(text)['status'] != 'ok':
            return None
        target.mkdir()
        payload = target / 'payload.json'
        payload.write_bytes(text)
        status, _, errors = self.poolproof('--from', 'json', '--to', 'nginx', '--dir', target, '--force', payload)
        self.assertEqual(status, 0, f'{path}: {errors}')
        before = self.nginx.ask_nginx(path)
        after = self.nginx.ask_nginx(target / str(path).lstrip('/'))
        return tuple(PLACE.sub('', verdict.replace(str(target), '')) for verdict in (before, after))

    def compare(self, paths):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            verdicts = [each for each in zip(paths, pool.map(self.judge, paths)) if each[1]]
        wrong = [f'{path}:\n    before: {before or "taken"}\n    after:  {after or "taken"}'
                 for path, (before, after) in verdicts if before != after]
        self.assertFalse(wrong, f'{len(wrong)} of {len(verdicts)} differ:\n' + '\n'.join(wrong[:20]))
        print(f'{len(verdicts)} rebuilt, of which nginx takes {sum(not before for _, (before, _) in verdicts)}')
        return len(verdicts)

    def test_cases(self):
        paths = []
        for index, text in enumerate(self.texts()):
            paths.append(self.folder / f'case{index}.conf')
            paths[-1].write_text(text, encoding='utf-8', errors='surrogateescape')
        # Spread over all sources, so that a slow machine sees some of each.
        self.assertGreater(self.compare([path for start in range(7) for path in paths[start::7]]), 30)

    def test_files(self):
        self.assertGreater(self.compare(list(self.files())), 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--poolproof', required=True)
    parser.add_argument('--nginx', default='nginx')
    parser.add_argument('--seconds', type=float, default=8, help='for each of the two tests')
    Rebuild.options, rest = parser.parse_known_args()
    try:
        version = subprocess.run([Rebuild.options.nginx, '-v'], capture_output=True, text=True, check=False).stderr
    except OSError:
        version = ''
    if '/1.22.1' not in version:
        print('nginx 1.22.1 is not here')
        sys.exit(77)
    unittest.main(argv=[sys.argv[0]] + rest)


if __name__ == '__main__':
    main()
