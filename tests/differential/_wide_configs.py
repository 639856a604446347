"""Generated configurations of shapes that no translator was written along, for the programs that poolproof translates to.

One statement stands on a line, so that what a target tells as an error can be left out line by line (`without`), and
the rest be held against nginx. `Wide.config` remembers in `probes` how each place is reached.
"""

import random
import re

NAMES = ["a.test", "b.test", "www.a.test", "*.a.test", "*.deep.a.test", ".dot.test", "mail.*", "*.test", "www.deep.*",
         "~^n(\\d+)\\.num\\.test$", "~^(?<sub>[a-z]+)\\.cap\\.test$", "~*UP", "Mixed.Test", '""', "b.a.test"]
HOSTS = ["a.test", "b.test", "www.a.test", "x.a.test", "x.deep.a.test", "dot.test", "q.dot.test", "mail.org", "mail.a.test",
         "www.deep.x", "n42.num.test", "abc.cap.test", "sup.x", "mixed.test", "nobody.else", "b.a.test", "q.test"]
VARIABLES = ["$host", "$http_host", "$uri", "$request_uri", "$args", "$is_args", "$scheme", "$request_method", "$remote_addr",
             "$server_name", "$server_port", "$http_x_kind", "$http_x_other", "$cookie_c", "$cookie_none", "$kind", "$pair", "$flag",
             "$content_type", "$content_length", "$server_protocol", "$arg_q", "$arg_none",
             "$http_user_agent", "$http_cookie", "$query_string", "$document_uri", "$https", "$server_addr", "$http_referer",
             "$request", "$request_filename", "$document_root", "$proxy_add_x_forwarded_for", "$http_x_forwarded_for", "$by_host",
             "$bodied", "$nginx_version", "$hostname", "$tcp_nothing"]
TEXTS = ["v", "a b", "100%", "semi;colon", 'quo"te', "it's", "{x}", "back\\\\slash", "a=1&b=2", "#hash", "ünïcode", "`tick`",
         "<b>", "%{x}", "%[src]", "{http.x}", "~x", "@at", "/path", "!no"]
MAPS = """
map $http_x_kind $kind {
default plain;
one first;
TWO second;
~^t(hree|wo)$ "re $1";
~*^four$ fourth;
"" none;
}
map "$host:$http_x_kind" $pair {
"a.test:one" both;
default $http_x_other;
}
map $kind $by_host {
first 1;
none "";
default "k:$kind";
}
map $request_method $bodied {
POST yes;
default no;
}
"""


class Wide:
    def __init__(self, seed, origins, dead):
        self.random, self.origins, self.dead = random.Random(seed), origins, dead
        self.probes, self.groups, self.paths, self.count = [], [], [], 0

    def chance(self, share):
        return self.random.random() < share

    def pick(self, *options):
        return self.random.choice(options)

    def some(self, options, most):
        return self.random.sample(options, self.random.randint(0, min(most, len(options))))

    # --- texts -------------------------------------------------------------------------------------------------------

    def text(self, more=()):
        kind = self.random.random()
        if kind < 0.25:
            return self.quoted(self.random.choice(TEXTS))
        if kind < 0.6:
            return self.random.choice(VARIABLES + list(more) * 6)
        pieces = [self.random.choice(VARIABLES + list(more) * 6 + ["x-", "/", "=", ":", " and "]) for _ in range(self.random.randint(2, 3))]
        return self.quoted("".join(re.sub(r"^\$(\w+)$", r"${\1}", piece) for piece in pieces))

    @staticmethod
    def quoted(text):
        return '"' + text.replace('"', '\\"') + '"' if not text.startswith("$") or "$$" in text else text

    # --- upstreams -----------------------------------------------------------------------------------------------------

    def upstreams(self):
        out = []
        for number, origin in enumerate(self.origins):
            lines = [f"server 127.0.0.1:{origin.port}{self.pick('', '', ' weight=3', ' max_fails=0', ' max_conns=50', ' fail_timeout=3s')};"]
            extra = self.random.random()
            if extra < 0.2:
                lines.append(f"server 127.0.0.1:{self.dead} down;")
            elif extra < 0.4:
                lines.append(f"server 127.0.0.1:{self.dead} backup;")
            elif extra < 0.5:
                lines.append(f"server 127.0.0.1:{origin.port} weight=2;")
            if self.chance(0.4):
                lines.insert(0, self.pick("least_conn;", "random;", "random two;", "hash $uri;", "hash $http_x_kind consistent;", "ip_hash;"))
                lines = [line.replace(" backup", " down") for line in lines]
            if self.chance(0.7):
                lines.append(self.pick("keepalive 8;", "keepalive 1;", "keepalive 100;"))
                if self.chance(0.3):
                    lines.append(self.pick("keepalive_requests 3;", "keepalive_requests 1;", "keepalive_timeout 5s;", "keepalive_timeout 0;"))
            name = self.pick(f"g{number}", f"G{number}.Up", f"g_{number}", f"g-{number}.internal")
            self.groups.append(name)
            out += [f"upstream {name} {{"] + lines + ["}"]
        return out

    # --- settings ------------------------------------------------------------------------------------------------------

    def settings(self, most=4, more=()):
        text = lambda: self.text(more)
        choices = [
            "proxy_http_version 1.1;", 'proxy_set_header Connection "";', "proxy_set_header Connection close;",
            "proxy_set_header Host $host;", "proxy_set_header Host $http_host;", f"proxy_set_header Host {self.pick('fixed.test', '$proxy_host', '$server_name', '$http_x_kind', 'h-$http_x_kind.test', '$host:$server_port')};",
            f"proxy_set_header X-A {text()};", f"proxy_set_header X-B {text()};", f"proxy_set_header X-C {text()};", "proxy_set_header X-P $proxy_host:$proxy_port;",
            'proxy_set_header X-Other "";', 'proxy_set_header Cookie "";', "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            "proxy_set_header X-Forwarded-Proto $scheme;", f"proxy_set_header X-Forwarded-Host {text()};", "proxy_set_header Range $http_range;",
            "proxy_set_header Accept-Encoding \"\";", "proxy_set_header User-Agent me;", "proxy_set_header Authorization $http_authorization;",
            f"add_header X-D {text()};", f"add_header X-E {text()} always;", f"add_header Cache-Control {self.pick('no-store', '$kind')};",
            "add_header X-Status $status always;", "add_header X-Up $upstream_http_x_own;", "add_header X-Sent $sent_http_x_said;",
            "proxy_hide_header X-Own;", "proxy_hide_header Set-Cookie;", "proxy_pass_header Server;", "proxy_hide_header Cache-Control;",
            "client_max_body_size 10;", "client_max_body_size 0;", "default_type text/html;", "default_type application/json;",
            "absolute_redirect off;", "port_in_redirect off;", "proxy_redirect off;", "proxy_redirect default;", "proxy_redirect / /pre/;",
            f"proxy_redirect http://{self.random.choice(self.groups or ['x'])}/ /mine/;", "proxy_redirect http://up.test/ $scheme://$host/;",
            "proxy_redirect ~^http://up\\.test/(.*)$ /re/$1;", "proxy_cookie_path / /c/;", "proxy_cookie_domain up.test a.test;",
            "proxy_next_upstream error timeout http_502;", "proxy_next_upstream off;", "proxy_buffering off;", "proxy_read_timeout 10s;",
            "proxy_connect_timeout 3s;", "proxy_method POST;", "proxy_method $request_method;", "proxy_set_body hello;", "proxy_pass_request_headers off;",
            "proxy_pass_request_body off;", "server_tokens off;", "etag off;", "expires 1h;", "expires -1;", "error_page 404 /x404;", "error_page 500 502 = @fallback;",
            "proxy_intercept_errors on;", "merge_slashes off;", "underscores_in_headers on;", "ignore_invalid_headers off;", "server_name_in_redirect on;",
            "chunked_transfer_encoding off;", "proxy_force_ranges on;", "add_trailer X-T t;", "recursive_error_pages on;", "proxy_ignore_headers X-Accel-Redirect;",
            "if_modified_since off;", "keepalive_timeout 5s;", "keepalive_requests 2;", "proxy_request_buffering off;", "charset utf-8;"]
        out = self.some(choices, most)
        once, seen = [], set()
        for line in out:  # nginx refuses most of them twice, and two hosts
            key = line.split()[0] if line.split()[0] not in ("proxy_set_header", "add_header", "proxy_hide_header", "proxy_redirect") else \
                line.split()[1].lower() if line.startswith("proxy_set_header Host") else line
            if key not in seen:
                once.append(line)
            seen.add(key)
        return once

    # --- the rewrite module ----------------------------------------------------------------------------------------------

    def condition(self):
        return self.pick("$request_method = POST", "$http_x_kind", "$http_x_kind = one", "$http_x_kind != one", "$kind ~ ^f",
                         "$args ~* q=(\\w+)", "$http_cookie !~ c=1", "$flag = set", "$host ~ ^(\\w+)\\.", "$uri ~ /(t[a-z]*)", "$arg_q = 1",
                         "$http_x_none", "$request_uri ~* \\?", "$scheme = https", "$bodied = yes", "$content_length", "-f $request_filename",
                         "$http_x_kind = $http_x_other", '$http_x_kind ~ "^(one|two)$"', "$http_user_agent ~* (me|you)")

    def answer(self):
        return self.pick("return 204;", "return 403;", "return 404;", "return 405;", "return 200;", "return 444;", "return 500;", "return 503;", "return 429;", "return 451;",
                         f"return 200 {self.text(['$1'])};", f"return 404 {self.text()};", f"return 503 {self.text()};", f"return 201 {self.text()};",
                         "return 301 /new$request_uri;", "return 302 $scheme://$host$request_uri;", "return 301 https://$host/x;", "return 307 /t?a=$arg_q;",
                         "return 308 rel/path;", "return 302 //proto/x;", f"return 302 /v/{self.random.choice(['$uri', '$args', '$kind', '$1'])};", "return https://$host$uri;",
                         'return 200 "";', 'return 301 "";', "return 302 /a?$args;")

    def rewrite(self, place):
        kind = self.random.random()
        start = place.rstrip("/") if re.fullmatch(r"[/a-z.-]+", place) else ""
        pattern = self.pick(f"^{start}/(.*)$", f"^{start}/([a-z]+)(.*)$", "^(.*)/tail(.*)$", "^", "t(a)il", f"^{start}/(?<named>[a-z]+)", "(?i)TAIL$", "^/(.*)\\.php$")
        target = self.pick("/rw/$1", "/rw/$1$2", "/rw", "/rw?x=$1", "/rw/$1?", "/rw?y=1?", "$uri/more", "/rw/$kind", "/rw/%20x", "/rw/$1 b", "/rw/$args")
        flag = self.pick("break", "break", "break", "last", "", "redirect", "permanent")
        if kind < 0.2:
            target = self.pick("http://o.test/$1", "https://$host/$1", "http://o.test/$1?", "$scheme://o.test$uri", "http://o.test/?u=$1")
        return f"rewrite {self.quoted_word(pattern)} {self.quoted_word(target)} {flag}".rstrip() + ";"

    @staticmethod
    def quoted_word(text):
        return f'"{text}"' if re.search(r'[\s{};]', text) else text

    def script(self, place, depth=0):
        out = []
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.random()
            if kind < 0.3:
                out.append(f"set $flag {self.text(['$1'])};")
            elif kind < 0.5:
                out.append(self.rewrite(place))
            elif kind < 0.9 and depth == 0:
                inner = [self.pick(self.answer(), "set $flag set;", "set $flag $1;", self.rewrite(place), "break;", self.answer(), "add_header X-If yes;",
                                   f"proxy_pass http://{self.random.choice(self.groups)};", "proxy_set_header X-If yes;", "set $flag \"$flag-more\";")
                         for _ in range(self.random.randint(1, 2))]
                out += [f"if ({self.condition()}) {{"] + inner + ["}"]
            elif kind < 0.92:
                out.append("break;")
            elif kind < 0.95:
                out.append(self.answer())
        return out

    # --- places --------------------------------------------------------------------------------------------------------

    def passes(self, pattern, regex):
        group = self.random.choice(self.groups)
        if self.chance(0.08):
            return f"proxy_pass http://{self.pick('$to', group + '$request_uri', group + '/v$uri', '127.0.0.1:$port_of', group + '/re/$1')};"
        if self.chance(0.08):
            return f"proxy_pass http://127.0.0.1:{self.random.choice(self.origins).port}{'' if regex else self.pick('', '/', '/lit')};"
        uri = "" if regex or self.chance(0.5) else self.pick("/", "/up/", "/up", pattern, "/up%20x/", "/a//b/", "/up?z=1", "/./up/", "/UP/", "/up$", "/up'x/")
        if " " in uri or "$" in uri or "'" in uri:
            uri = "/up/"
        return f"proxy_pass http://{group}{uri};"

    def body(self, pattern, regex=False):
        more = ["$1", "$1", "$2"] if regex else ["$1"]
        out = self.settings(3, more) if self.chance(0.5) else []
        if self.chance(0.35):
            out += self.script(pattern)
        if self.chance(0.08):
            out += [self.pick("deny all;", "deny 127.0.0.1;", "allow 127.0.0.1;", "deny 10.0.0.0/8;", "internal;", "satisfy any;", "auth_basic x;")]
        if self.chance(0.06):
            out += [f"limit_except {self.pick('GET', 'GET POST', 'POST', 'HEAD', 'PUT')} {{", self.pick("deny all;", "deny 10.0.0.1;", "allow 127.0.0.1;"), "}"]
        kind = self.random.random()
        if kind < 0.18:
            out.append(self.answer())
        elif kind < 0.22:
            out.append(f"try_files {self.pick('$uri @fallback', '$uri =404', '$uri $uri/ /index.html', '/x @fallback', '$uri /a?q=$args')};")
        elif kind < 0.25:
            out.append("root /nonexistent;")
        if kind > 0.12:
            out.append(self.passes(pattern, regex))
        return out

    def location(self, above, depth, known):
        head = self.pick("", "", "", "^~ ", "= ", "~ ", "~* ", "~ ")
        self.count += 1
        if head in ("~ ", "~* "):
            start = above if above != "/" and self.chance(0.5) else ""
            pattern = self.pick("\\.php$", "^/api/(v\\d+)/(.*)$", "/(img|pics)/", "^/([a-z]+)/tail$", "a", "(?i)Case", "^/u/(?<id>\\d+)", "\\.(gif|jpe?g)$", "^/(a|b)(/.*)?$",
                                "[^/]+\\.html$", "^/x{2,3}y", "(?<!q)z$", "^/sp ace", "/$")
            if start and pattern.startswith("^"):
                pattern = f"^{start.rstrip('/')}{pattern[1:]}"
            path = (start or above).rstrip("/") + self.pick("/x.php", "/api/v2/rest/of", "/img/p", "/abc/tail", "/Case/b", "/u/17/x", "/p.gif", "/a/b", "/q.html", "/xxy", "/xz", "/sp%20ace/", "/")
        else:
            tail = self.pick("a", "a/", "b", "api/", "img", "x.php", "UP", "sp ace/", "q(1)", "a+b", "pct%", "deep/er/", "~tilde", "u", "c.d", "star*", "é", "a&b", "{n}", "a$b")
            pattern = above.rstrip("/") + "/" + tail
            path = pattern.replace("%", "%25").replace(" ", "%20")
        key = pattern if head in ("", "^~ ") else head + pattern
        if key in known:
            return []
        known.add(key)
        self.paths.append(path)
        regex = "~ " in head and head != "^~ " or head == "~* "
        nested = []
        if depth < 2 and head != "= " and self.chance(0.3):
            inner = set()
            for _ in range(self.random.randint(1, 2)):
                nested += self.location("/" if regex else pattern, depth + 1, inner)
        shown = '"' + pattern.replace("\\", "\\\\").replace("$b", "\\$b") + '"' if re.search(r"[\s{}]", pattern) else pattern
        return [f"location {head}{shown} {{"] + self.body(pattern, regex) + nested + ["}"]

    def server(self, names, ports, default):
        out = ["server {"]
        out += [f"listen 127.0.0.1:{port}{' default_server' if default and port == ports[0] else ''};" for port in ports]
        out += [f"server_name {' '.join(names)};"] if names else []
        out += ["set $flag \"\";", "set $to g0;", f"set $port_of {self.origins[0].port};"]
        out += self.settings(4)
        if self.chance(0.3):
            out += self.script("/")
        known = set()
        for _ in range(self.random.randint(2, 6)):
            out += self.location("/", 0, known)
        if self.chance(0.8) and "/" not in known:
            out += ["location / {"] + self.body("/") + ["}"]
        if self.chance(0.3):
            out += ["location @fallback {"] + [f"proxy_pass http://{self.random.choice(self.groups)};"] + ["}"]
        return out + ["}"]

    def config(self, ports):
        """Lines."""
        out = ["worker_processes 1;", "events {", "worker_connections 512;", "}", "http {", "@TEMP_PATHS@", "access_log off;", "default_type text/plain;"]
        out += [line for line in MAPS.split("\n") if line]
        out += self.upstreams() + self.settings(4)
        names = self.random.sample(NAMES, self.random.randint(4, 8))
        which = [ports, ports[:1], ports[:1], ports[1:]]
        number = 0
        while names:
            take = self.random.randint(1, 2)
            out += self.server(names[:take], self.random.choice(which), number == 1)
            names, number = names[take:], number + 1
        out += self.server([], ports, False) if self.chance(0.5) else self.server(["last.test"], ports, False)
        return out + ["}"]

    # --- requests ------------------------------------------------------------------------------------------------------

    EXTRAS = ["", "", "X-Kind: one\r\n", "X-Kind: two\r\nX-Other: o\r\n", "X-Kind: four\r\nCookie: c=1; d=2\r\n", "X-Kind: One\r\nX-Other: One\r\n",
              "X-Kind: three\r\nX-Forwarded-For: 1.2.3.4\r\n", "X-Want: 404\r\n", "X-Want: 503\r\n", "X-Want: 302 http://up.test/a?b\r\n",
              "X-Want: 301 /plain\r\n", "X-Want: 201 rel\r\n", "X-Want: 500\r\nX-Kind: one\r\n", "X-Want: 204\r\n", "X-Want: 304\r\n", "X-Kind: \r\nUser-Agent: me/1\r\n", "Cookie: c=\r\n", "Cookie: c=5\r\nCookie: e=6\r\n",
              "X-Kind: one\r\nX-Kind: two\r\n", "Referer: http://r/?x=1\r\nX-Other: a, b\r\n", "Authorization: Basic eDp5\r\n", "Range: bytes=0-1\r\n",
              "X_Odd: under\r\nTE: trailers\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", "Content-Type: a/b\r\nX-Other: 0\r\n",
              "Keep-Alive: 3\r\n", "X-Forwarded-Host: spoof\r\nX-Forwarded-Proto: ftp\r\n", "If-None-Match: \"e\"\r\n", "Accept-Encoding: gzip\r\n"]

    def requests(self, how_many):
        tails = ["", "", "", "x", "/tail", "/tail?q=1&b=%20", "?q=1", "?", "/tail.php", "//y/./z/../w", "/%C3%A9%2f?q=a/b", "/TAIL", "/a%3fb", "/x%25y", "/sp%20x?q=a b".replace("a b", "a+b"),
                 "/abc/tail", "/p.gif", "/tail%23x", "/(x)'!*", "/a;b=c,d", "/api/v1/z", "/u/5", "?q=%3C%22%3E", "/~x|y", "/%7e", "/+", "/x%0ay"]
        out = []
        for path in self.paths + ["/", "/index.html", "/new", "/none"]:
            for _ in range(how_many):
                host = self.random.choice(HOSTS)
                host = self.pick(host, host, host, host.upper(), host + ":81")
                method = self.pick("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
                target = path + self.random.choice(tails)
                body = self.pick(b"", b"short", b"longer than ten") if method in ("POST", "PUT", "PATCH") else b""
                length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT") else ""
                target = target.replace("é", "%C3%A9").replace(" ", "%20")
                extra = self.random.choice(self.EXTRAS)
                close = "" if "Connection:" in extra.replace("Proxy-Connection", "") else "Connection: close\r\n"
                out.append((self.random.randrange(2), f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{close}{extra}{length}\r\n".encode() + body))
        return out


# --- leaving out ---------------------------------------------------------------------------------------------------------

def without(lines, numbers):
    """The configuration without these lines (from 1), each with the block that it opens."""
    gone = set()
    for number in numbers:
        at, depth = number - 1, 0
        while True:
            gone.add(at)
            depth += opens(lines[at]) - (lines[at].strip() == "}")
            if depth <= 0:
                break
            at += 1
    return [line for at, line in enumerate(lines) if at not in gone]


def opens(line):
    return line.endswith("{")
