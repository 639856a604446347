"""Does a repaired configuration really reuse its upstream connections?

Broken configurations run under the real nginx, towards an origin that counts connections; then
`poolproof fix --unsafe` repairs them and they run again: ten connections for ten requests before, one
after, and the Host header stays what it was.
Runs: python3 tests/differential/fixed_pools.py --poolproof PATH --nginx PATH
"""

import argparse
import http.server
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

OPTIONS = argparse.Namespace(poolproof='poolproof', nginx='nginx')
PORT, ORIGIN_PORT = 21300, 21301
REQUESTS = 10
GROUP = f'upstream app {{\n server 127.0.0.1:{ORIGIN_PORT};\n %s\n}}'
KEPT = GROUP % 'keepalive 8;'
HTTP11 = 'proxy_pass http://app; proxy_http_version 1.1;'
CASES = {
    'the tutorial': (KEPT, 'proxy_pass http://app;'),
    'no pool, a method, a list above': (GROUP % 'least_conn;' + '\nproxy_set_header Host x;',
                                        'proxy_pass http://app;'),
    'the method below keepalive': (GROUP % 'keepalive 8; least_conn;',
                                   HTTP11 + 'proxy_set_header Connection "";'),
    'an inner list': (KEPT + '\nproxy_set_header Connection "";',
                      HTTP11 + 'proxy_set_header Host $host;'),
    'a literal address': ('', f'proxy_pass http://127.0.0.1:{ORIGIN_PORT};'),
    'the WebSocket map': ("map $http_upgrade $c { default upgrade; '' close; }\n" + KEPT,
                          HTTP11 + 'proxy_set_header Connection $c;'),
    'the header of the client': (KEPT, HTTP11 + 'proxy_set_header Connection $http_connection;'),
}


class Origin(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    connections = 0
    host = None

    def get_request(self):
        self.connections += 1
        return super().get_request()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):  # the name that http.server asks for
        self.server.host = self.headers.get('Host')
        self.send_response(200)
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'ok')

    def log_message(self, *_):
        pass


def get():
    with urllib.request.urlopen(f'http://127.0.0.1:{PORT}/', timeout=5) as answer:
        return answer.read()


def measure(origin, folder):
    """(connections to the origin, Host that it saw) for REQUESTS requests through nginx."""
    nginx = subprocess.Popen(
        [OPTIONS.nginx, '-p', str(folder), '-c', f'{folder}/nginx.conf', '-e', 'stderr',
         '-g', f'daemon off; pid {folder}/nginx.pid; error_log stderr;'], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                get()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        origin.connections = 0
        for _ in range(REQUESTS):
            get()
        return origin.connections, origin.host
    finally:
        nginx.terminate()
        nginx.wait()


class FixedPools(unittest.TestCase):
    def test_one_connection_is_enough_after_the_fix(self):
        with Origin(('127.0.0.1', ORIGIN_PORT), Answer) as origin:
            threading.Thread(target=origin.serve_forever, daemon=True).start()
            for name, (outside, inside) in CASES.items():
                with self.subTest(name=name), tempfile.TemporaryDirectory() as temp:
                    self.check(origin, Path(temp), outside, inside)
            origin.shutdown()

    def check(self, origin, folder, outside, inside):
        (folder / 'nginx.conf').write_text(
            f'events {{}}\nhttp {{\naccess_log off;\n{outside}\nserver {{\nlisten 127.0.0.1:{PORT};\n'
            f'location / {{\n{inside}\n}}\n}}\n}}\n')
        for temp in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'):
            (folder / f'{temp}_temp').mkdir()
        before, host = measure(origin, folder)
        subprocess.run([OPTIONS.poolproof, 'fix', '--unsafe', f'{folder}/nginx.conf'],
                       capture_output=True, timeout=30, check=False)
        after, host_after = measure(origin, folder)
        self.assertEqual(before, REQUESTS)
        self.assertLessEqual(after, 1)  # the first one may be open already
        self.assertEqual(host_after, host)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--poolproof', default='poolproof')
    parser.add_argument('--nginx', default='nginx')
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0]] + rest)
