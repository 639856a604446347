#!/usr/bin/env python3
"""Paths with escapes beside nginx, byte by byte: what HAProxy and Caddy send upstream, and to what they redirect.

Lines of which a target tells an error are left out, those with a warning are asked without escapes; each of the others
is a promise for every path here.
"""

import json
import re
import shutil
import sys

from _caddy import Caddy
from _options import options_parser, parse_options
from _proxies import Nginx, Proxy, free_ports, scratch_folder
from _translated import Origin, ask
from _translated_configs import http_block
from translate_haproxy import Haproxy

LOCATIONS = r"""
    location /to/ { proxy_pass http://app/up/; }
    location /to/deep/ { proxy_pass http://app; }
    location "/a b/" { proxy_pass http://app/; }
    location /break/ { rewrite ^/break/(.*)$ /rw/$1 break; proxy_pass http://app; }
    location /word/ { rewrite ^/word/([^/]+)/(?<rest>.*)$ /rw/$rest/of/$1 break; proxy_pass http://app; }
    location /any/ { rewrite ^ /rw$uri break; proxy_pass http://app; }
    location /query/ { rewrite ^/query/(.*)$ /rw?x=$1 break; proxy_pass http://app; }
    location /both/ { rewrite ^/both/([^/]*)/(.*)$ /rw/$1?x=$1&y=$2? break; proxy_pass http://app; }
    location /moved/ { rewrite ^/moved/(.*)$ /new/$1 redirect; }
    location /moved/query/ { rewrite ^/moved/query/(.*)$ /new?a=$1 permanent; }
    location /moved/both/ { rewrite ^/moved/both/(.*)$ /new/$1?a=$1 redirect; }
    location /bad/ { rewrite ^/bad/(.*)$ /a%zz%4-%41%20%2f/$1 redirect; }
    location /end/ { rewrite ^/end/ /a%zz%4 redirect; }
    location /host/ { rewrite ^/host/([a-z]+)/(.*)$ http://$1.test/$2 redirect; }
    location /gone/ { rewrite ^/gone/(.*)$ /new/$1? permanent; }
    location /file/ { root /nonexistent; try_files $uri /app; }
    location /file/query { root /nonexistent; try_files $uri /app?x=y; }
    location /app/ { proxy_pass http://app; }
"""
TAILS = ["x", "", "x/y?q=1&r=%2f", "a%3fb", "a%25b", "a%2541", "a%20b", "%c3%a9", "a%2Fb", "a%26b+c", "('x')*![]", "x%3by=,@:", "a//b/./c/../d",
         "%2e%2e%3f/z", "x?", "a%3fb%25//c?q=%3F", "$1", "a%23b", "x+y/z", "a/b&c", "%41%7e", "a%24%31"]
# Bytes that Caddy escapes; a question mark with nothing behind it may stay (docs/translate-caddy.md).
OWN_ESCAPES = re.compile(r"%(22|3C|3E|5C|5E|60|7B|7C|7D|21|27|28|29|2A|5B|5D)")


def told(suite, folder, lines, port):
    """Without the lines of which an error is told, their translation, and those that a warning says escapes of."""
    while True:
        path = folder / "translated.conf"
        path.write_text(text_of(lines, port).replace("@TEMP_PATHS@", ""))
        result = suite.translate(path, "--nginx-version", suite.version)
        whole = path.read_text().splitlines()
        gone = {whole[int(number) - 1] for number in re.findall(r"translated\.conf:(\d+):\d+: error", result.stderr)}
        if not gone:
            warned = re.findall(r"translated\.conf:(\d+):\d+: warning: `rewrite`", result.stderr)
            return lines, result, [whole[int(number) - 1] for number in warned]
        lines = [line for line in lines if line not in gone]


def text_of(lines, port):
    return http_block("\n".join(lines).replace("@PORT@", str(port)))


def said(data, port):
    head, _, body = data.partition(b"\r\n\r\n")
    status = int(head.split()[1]) if head else 0
    location = re.search(rb"(?im)^location: *([^\r]*)", head)
    try:
        target = json.loads(body)["target"]
    except ValueError:
        target = None
    return {"status": status, "location": location and location.group(1).decode("latin-1").replace(f":{port}", ""), "target": target}


def plain(name, answer):
    if name != "caddy":
        return answer
    out = dict(answer)
    for key in ("location", "target"):
        if out[key]:
            out[key] = re.sub(r"%[0-9a-fA-F]{2}", lambda each: each.group().upper(), out[key])
            out[key] = OWN_ESCAPES.sub(lambda each: chr(int(each.group(1), 16)), out[key]).removesuffix("?")
    return out


def main():
    options = parse_options(options_parser())
    problems, compared = [], {}
    origin = Origin("one")
    for kind, least in ((Haproxy, 12), (Caddy, 18)):
        program = shutil.which(kind.target, path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            print(f"skipped: no {kind.target}")
            continue
        suite = kind(options.poolproof, options.nginx, program)
        theirs, ours = free_ports(2)
        lines = ["upstream app { server 127.0.0.1:%d; }" % origin.port, "server {", "listen 127.0.0.1:@PORT@;"]
        lines += [line for line in LOCATIONS.splitlines() if line] + ["}"]
        with scratch_folder() as folder:
            lines, result, warned = told(suite, folder, lines, ours)
            (folder / "translated").write_text(result.stdout)
            places = [(match.group(1), line in warned) for line in lines
                      if (match := re.search(r'location "?([^"{]*[^" {])', line))]
            if len(places) < least:
                problems.append(f"{kind.target}: only {places} are translated")
            with Nginx(options.nginx, folder, text_of(lines, theirs), [theirs]), \
                    Proxy(suite.command(folder / "translated"), folder, [ours]):
                for place, is_told in places:
                    for tail in TAILS:
                        if is_told and re.search("[%+]", tail):
                            continue
                        target = place.replace(" ", "%20") + tail
                        request = f"GET {target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n".encode()
                        pair = [plain(kind.target, said(ask(port, request), port)) for port in (theirs, ours)]
                        compared[kind.target] = compared.get(kind.target, 0) + 1
                        if pair[0] != pair[1]:
                            different = {key: (pair[0][key], pair[1][key]) for key in pair[0] if pair[0][key] != pair[1][key]}
                            problems.append(f"{target}: nginx, {kind.target}: {different}")
    origin.stop()
    if not compared:
        return 77
    print("\n".join(problems))
    print(f"{compared} requests compared, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
