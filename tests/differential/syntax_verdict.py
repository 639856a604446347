"""Does poolproof find a syntax error exactly where nginx does?

Generated configurations (random words in a `types` block, which takes any words), real ones with a few
characters changed, and cases around nginx's 4096-byte buffer are given to both. nginx stops at its first
error: where that is not one of syntax, nothing is known about the rest and the case does not count.
Runs: python3 tests/differential/syntax_verdict.py --poolproof PATH --nginx PATH [--seed N] [--count N]
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

# `if` has an unexpected "..." of its own, "in condition", which is no matter of syntax.
SYNTAX = re.compile(
    r'unexpected ".+" in (?!condition)|unexpected end of file|too long parameter', re.DOTALL)

MAIN = """error_log stderr; pid {tmp}/nginx.pid; events {{ }}
http {{
client_body_temp_path {tmp}/t1; proxy_temp_path {tmp}/t2; fastcgi_temp_path {tmp}/t3;
uwsgi_temp_path {tmp}/t4; scgi_temp_path {tmp}/t5; access_log off; types_hash_max_size 8192;
"""

REALISTIC = r'''
log_format main '$remote_addr - "$request" '
                '$status "$http_user_agent"'; # two strings
map $http_upgrade $connection_upgrade { default upgrade; '' close; "~^a\"b" c; }
upstream backend { server 127.0.0.1:8080 weight=2; server 127.0.0.1:8081; keepalive 16; }
server {
    listen 127.0.0.1:21001;
    server_name a.example "b.example" 'c.example';
    root /var/www/${host}x;
    set $message "quo\"ted \\ text; with { braces }";
    location ~ ^/(?<user>[a-z]\{2,3\})/#frag { return 200 'it''s not'; }
    location / {
        # a comment with " and ' and { and ;
        proxy_pass http://backend;
        proxy_set_header Host $host;
        proxy_set_header X "a$b";
        add_header X-A 'b' always;
        if ($request_method = "POST") { return 405; }
    }
}
'''.replace("return 200 'it''s not'", "return 200 'its'").replace('"a$b"', '"a$host"')

SPECIAL = ['"', "'", ';', '{', '}', '#', '\\', ' ', '\n', '$', '${', ')', '\t', '\r', '\r\n', 'x']
PIECES = SPECIAL + ['a', 'b', 'word', '${v}', '\\"', "\\'", '\\\\', '\\ ', '\\;', '"a"', "'b'", '"";',
                    ' ;', '; ', '\n}', '# c\n', '"c d"', '\x00', '\xff', '\ufeff', '(', '$;', '${{', 'é']


def soup(rng):
    body = ''.join(rng.choice(PIECES) for _ in range(rng.randint(1, 25)))
    return 'types {' + rng.choice([' ', '\n', '']) + body + rng.choice(['', ';', ' e;', '\n;']) + '\n}\n'


def mutate(rng, text):
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if not text:
            break
        at = rng.randrange(len(text))
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + rng.choice(SPECIAL) + text[at:]
        elif kind == 1:
            specials = [i for i, c in enumerate(text) if c in ';{}"\'\\#']
            at = rng.choice(specials or [at])
            text = text[:at] + text[at + 1:]
        elif kind == 2:
            text = text[:at] + rng.choice(SPECIAL) + text[at + 1:]
        else:
            text = text[:at]
    return text


def long_tokens():
    """Words, strings and comments around the size of nginx's buffer, at several offsets in it."""
    for size in range(4090, 4101):
        for offset in (0, 1, 1000, 4095):
            pad = '\n' * offset
            for ending in (';', ' ;', '\n;', '{', ' a;'):
                yield pad + 'types { a ' + 'w' * size + ending + '}\n'
                yield pad + 'types { a "' + 'w' * size + '"' + ending + '}\n'
                yield pad + "types { '" + 'w' * size + "'" + ending + '}\n'
            yield pad + '#' * size + '\n'
            yield pad + '#' * size + '\r\n'
            yield pad + 'types { "a\n' + 'w' * size + '"\n;}\n'


HAND_MADE = [
    '', '}', ';', '{', '{ }', '};', 'types { }}', 'types { } ;', 'types{a b;}', 'types\n{\na b;\n}',
    'types { "a""b"; }', 'types { "a"b; }', 'types { "a") b; }', 'types { "a"#c\n; }', 'types { "a"}',
    'types { a}; b c; }', 'types { a b }', 'types { a b', 'types { a b;', 'types { a "b', "types { a 'b",
    'types { a "b; }', 'types { a \\', 'types { a \\; }', 'types { a ${b}; }', 'types { a ${b{; }',
    'types { a $; }', 'types { a #b;\n; }', 'types { a b#c; }', 'types { a\r\nb\r\n;\r\n}\r\n',
    'types { \ufeffa b; }', 'types { a\x00b c; }', 'types { \\} b; }', 'types { \\# b; }', '# c', '#',
    'types { } # c', 'server "x" {', 'types { \\"a b; }', 'types { a "b\\"; }', 'types { a "b\\\\"; }',
    'types { $"a b; }', 'types { a "${"; }', "types { a '\\'; }", 'types { a b;; }', 'server{listen 80}',
]


class SyntaxVerdict(unittest.TestCase):
    options = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='poolproof-syntax-')
        cls.tmp = Path(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def write(self, body, close):
        text = MAIN.format(tmp=self.tmp) + body + close
        path = self.tmp / 'nginx.conf'
        path.write_bytes(text.encode('utf-8', 'surrogateescape'))
        return path

    def nginx_says(self, path):
        """'ok', 'syntax' or 'other', with the message."""
        run = subprocess.run([self.options.nginx, '-t', '-p', str(self.tmp), '-c', str(path)],
                             capture_output=True, timeout=60, check=False)
        if run.returncode == 0:
            return 'ok', ''
        lines = [line for line in run.stderr.decode('utf-8', 'replace').splitlines() if '[emerg]' in line]
        message = lines[0] if lines else f'no message, status {run.returncode}'
        return ('syntax' if SYNTAX.search(message) else 'other'), message

    def we_say(self, path):
        run = subprocess.run([self.options.poolproof, 'lint', '--format', 'json', str(path)],
                             capture_output=True, timeout=60, check=False)
        found = json.loads(run.stdout)['diagnostics']
        return [entry for entry in found if entry['rule'] == 'syntax-error']

    def compare(self, body, close='}\n'):
        """False if nginx stopped at something else than syntax."""
        path = self.write(body, close)
        verdict, message = self.nginx_says(path)
        if verdict == 'other':
            return False
        errors = self.we_say(path)
        # A block where nginx wants plain entries is refused with the same words, but not by the reader
        # of tokens; for us it is a matter of binding.
        if verdict == 'syntax' and not errors and 'unexpected "{"' in message:
            return False
        if (verdict == 'syntax') != bool(errors):
            self.fail(f'nginx: {verdict} {message}\nours: {errors}\n{path.read_bytes()!r}')
        return True

    def compare_all(self, bodies, least):
        bodies = list(bodies)
        conclusive = sum(self.compare(body) for body in bodies)
        self.assertGreaterEqual(conclusive, least * len(bodies),
                                f'only {conclusive} of {len(bodies)} cases say anything')

    def test_valid_configuration(self):
        self.assertTrue(self.compare(REALISTIC))
        self.assertEqual(self.nginx_says(self.write(REALISTIC, '}\n'))[0], 'ok')

    def test_hand_made_cases(self):
        for body in HAND_MADE:
            with self.subTest(body=body):
                self.compare(body)
                self.compare(body, close='')

    def test_random_words(self):
        rng = random.Random(self.options.seed)
        self.compare_all((soup(rng) for _ in range(self.options.count)), 0.8)

    def test_mutated_configurations(self):
        rng = random.Random(self.options.seed + 1)
        self.compare_all((mutate(rng, REALISTIC) for _ in range(self.options.count)), 0.4)

    def test_long_tokens(self):
        cases = list(long_tokens())
        random.Random(self.options.seed + 2).shuffle(cases)
        self.compare_all(cases[:max(self.options.count, 100)], 0.9)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--poolproof', required=True)
    parser.add_argument('--nginx', default='nginx')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=300)
    SyntaxVerdict.options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0]] + rest)


if __name__ == '__main__':
    main()
