"""Whether nginx takes a configuration, and what poolproof's grammar finds in it: many at a time."""

import concurrent.futures
import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What nginx says, and the rule that says the same. Anything else that it refuses is of no kind.
KINDS = (
    ('is not allowed here', 'misplaced-directive'),
    ('invalid number of arguments', 'wrong-argument-count'),
    ('has no opening "{"', 'missing-block'),
    ('is not terminated by ";"', 'unexpected-block'),
    ('is duplicate', 'duplicate-directive'),
)


def grammar_rules():
    """Names of rules that are not the linter's, each of which has a page of its own; and the one of the
    linter's that says what nginx 1.22.1 refuses."""
    pages = {path.stem.replace('_', '-') for path in (ROOT / 'lint' / 'rules').glob('*.md')}
    return lambda rule: rule == 'keepalive-zero' or rule not in pages | {'unused-suppression'}


class Acceptance:
    """Gives texts to both; `folder` is where they lie."""

    def __init__(self, nginx, poolproof, folder, version='1.22.1'):
        self.nginx, self.poolproof, self.folder, self.version = nginx, poolproof, Path(folder), version
        self.is_grammar = grammar_rules()

    def main(self, omit=''):
        """The statements around every case; a directive under test is left out of them."""
        core = {'error_log': 'stderr', 'pid': f'{self.folder}/nginx.pid'}
        return ' '.join(f'{name} {value};' for name, value in core.items() if name != omit)

    def http(self, omit=''):
        names = ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi')
        paths = {f'{name}_temp_path': f'{self.folder}/{name}' for name in names}
        return ' '.join(f'{name} {value};' for name, value in paths.items() if name != omit)

    def compare(self, texts):
        """For each text a tuple: nginx's error (empty if it takes it), and ours as (rule, message)."""
        paths = []
        for index, text in enumerate(texts):
            path = self.folder / f'case{index}.conf'
            path.write_bytes(text.encode('utf-8', 'surrogateescape'))
            paths.append(path)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            theirs = pool.map(self.ask_nginx, paths)
            ours = self.ask_poolproof(paths)
            return [(error, ours.get(str(path), [])) for path, error in zip(paths, theirs)]

    def ask_nginx(self, path):
        run = subprocess.run([self.nginx, '-t', '-p', str(self.folder), '-c', str(path)],
                             capture_output=True, timeout=60, check=False)
        if run.returncode == 0:
            return ''
        text = run.stderr.decode('utf-8', 'replace')
        found = re.search(r'\[emerg\] \d+#\d+: (.*)', text)
        return found.group(1) if found else f'status {run.returncode}: {text[-200:]}'

    def ask_poolproof(self, paths):
        found = {}
        for begin in range(0, len(paths), 500):
            run = subprocess.run([self.poolproof, 'lint', '--format', 'json', '--nginx-version',
                                  self.version, *map(str, paths[begin:begin + 500])],
                                 capture_output=True, timeout=300, check=False)
            for entry in json.loads(run.stdout)['diagnostics']:
                if entry['severity'] == 'error' and self.is_grammar(entry['rule']):
                    found.setdefault(entry['file'], []).append((entry['rule'], entry['message']))
        return found


def kind_of(error):
    for words, rule in KINDS:
        if words in error:
            return rule
    return None
