"""Does `poolproof fix` ever make nginx refuse what it took before?

Takes every input of the case files (tests/lint/*.md) and every example of the rules' docs, lets
`poolproof fix` and `fix --unsafe` repair a copy, and asks `nginx -t` before and after: never worse, and
fixing again changes nothing. Runs: python3 tests/differential/fixes.py --poolproof PATH --nginx PATH
"""

import argparse
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = argparse.Namespace(poolproof='poolproof', nginx='nginx')
FENCE = re.compile(r'^```nginx(?: (\S+))?\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def inputs():
    """Yields (name, {path: text}) of every case; the main file is nginx.conf."""
    for folder in ('tests/lint', 'lint/rules'):
        for path in sorted((ROOT / folder).glob('*.md')):
            for section in path.read_text().split('\n## ')[1:]:
                files = {name or 'nginx.conf': text for name, text in FENCE.findall(section)}
                if 'nginx.conf' in files:
                    yield f'{path.name}: {section.splitlines()[0]}', files


def nginx_takes(folder):
    """The verdict of `nginx -t`; what it needs to start anywhere is given with -g and a prefix."""
    (folder / 'run').mkdir(exist_ok=True)
    for name in ('client_body_temp', 'proxy_temp', 'fastcgi_temp', 'uwsgi_temp', 'scgi_temp', 'logs'):
        (folder / 'run' / name).mkdir(exist_ok=True)
    done = subprocess.run(
        [OPTIONS.nginx, '-t', '-q', '-p', f'{folder}/run/', '-c', f'{folder}/nginx.conf', '-e', 'stderr',
         '-g', f'pid {folder}/run/nginx.pid; error_log stderr;'],
        capture_output=True, text=True, timeout=30, check=False)
    return done.returncode == 0, done.stderr


def fix(folder, unsafe):
    command = [OPTIONS.poolproof, 'fix', str(folder / 'nginx.conf')] + (['--unsafe'] if unsafe else [])
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode < 0:
        raise AssertionError(f'poolproof died of signal {-done.returncode}\n{done.stderr}')


def contents(folder, files):
    return {name: (folder / name).read_bytes() for name in files}


class Fixes(unittest.TestCase):
    def check(self, unsafe):
        count = 0
        accepted = 0
        for name, files in inputs():
            with self.subTest(name=name), tempfile.TemporaryDirectory() as temp:
                folder = Path(temp)
                for path, text in files.items():
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_text(text)
                before, _ = nginx_takes(folder)
                fix(folder, unsafe)
                once = contents(folder, files)
                after, message = nginx_takes(folder)
                self.assertTrue(after or not before, f'nginx refuses the result: {message}')
                fix(folder, unsafe)
                self.assertEqual(contents(folder, files), once, 'fixing twice changes something more')
                count += 1
                accepted += after
        self.assertGreater(count, 80)
        self.assertGreater(accepted, count // 2, 'nginx refused nearly everything: wrong set-up?')

    def test_safe_fixes(self):
        self.check(unsafe=False)

    def test_all_fixes(self):
        self.check(unsafe=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--poolproof', default='poolproof')
    parser.add_argument('--nginx', default='nginx')
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0]] + rest)
