#!/usr/bin/env python3
"""What `translate --to haproxy` writes is taken by HAProxy, and does what nginx does.

1. `haproxy -c` accepts the translation of every example, and of every configuration in ../shared/corpus (where that is
   there), that translates without an error diagnostic.
2. nginx and HAProxy run the same configurations side by side over the same upstreams. For requests that hit every
   server and location both give the same status, upstream, path, header fields and redirects.
3. Where `routes` says that connections are reused they are reused by both, where it says never by neither.
"""

import argparse
import concurrent.futures
import json
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import threading

from _proxies import Nginx, Proxy, free_ports, scratch_folder
from reuse_generated import version_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
# Fields that each program writes in its own way, and that no configuration here sets.
OWN_FIELDS = {"connection", "content-length", "accept-encoding", "x-origin-ignored"}


# --- upstreams ---------------------------------------------------------------------------------------------------------

class Origin:
    """Answers with what it was asked, on connections that it keeps as HTTP says."""

    def __init__(self, name):
        self.name, self.connections, self.open = name, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        data, number = b"", 0
        try:
            while True:
                piece = sock.recv(65536)
                if not piece:
                    return
                data += piece
                while b"\r\n\r\n" in data:
                    head, _, rest = data.partition(b"\r\n\r\n")
                    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                    wanted = int(length.group(1)) if length else 0
                    if len(rest) < wanted:
                        break
                    if number == 0:  # a check of health opens connections, too, and asks nothing
                        self.connections += 1
                        number = self.connections
                    data = rest[wanted:]
                    if not self._answer(sock, head.decode("latin-1"), number):
                        return
        except OSError:
            pass
        finally:
            sock.close()

    def _answer(self, sock, head, number):
        line, *fields = head.split("\r\n")
        pairs = sorted((name.strip().lower(), value.strip()) for name, _, value in
                       (field.partition(":") for field in fields))
        method, target, version = line.split(" ", 2)
        said = json.dumps({"origin": self.name, "method": method, "target": target, "fields": pairs,
                           "connection": number}).encode()
        token = dict(pairs).get("connection", "").lower()
        keep = "close" not in token and (version == "HTTP/1.1" or "keep-alive" in token)
        status = "200 OK"
        extra = "Server: origin\r\nX-Pad: x\r\nX-Accel-Limit-Rate: 0\r\nX-Own: 1\r\n"
        if "/moved" in target:
            status, extra = "302 Found", extra + f"Location: http://{dict(pairs).get('host', '')}/elsewhere\r\n"
        if "/broken" in target:
            status = "503 Service Unavailable"
        answer = f"HTTP/1.1 {status}\r\n{extra}Content-Length: {len(said)}\r\n"
        answer += "" if keep else "Connection: close\r\n"
        body = b"" if method == "HEAD" else said
        sock.sendall(answer.encode() + b"\r\n" + body)
        return keep

    def stop(self):
        self.listener.close()
        for sock in self.open:
            sock.close()


# --- one request -------------------------------------------------------------------------------------------------------

def ask(port, request):
    with socket.create_connection(("127.0.0.1", port), 20) as sock:
        sock.sendall(request)
        data = b""
        while piece := sock.recv(65536):
            data += piece
    return data


def bare(fields):
    return {name: value for name, value in fields if name not in OWN_FIELDS}


def seen(answer, port):
    """What both programs have to agree on."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        return {"status": 0}
    lines = head.decode("latin-1").split("\r\n")
    fields = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), []).append(value.strip())
    out = {"status": int(lines[0].split()[1])}
    if out["status"] == 400:  # before any server is chosen
        return out
    for name, values in fields.items():
        if name.startswith("x-") or name in ("location", "server") and not (name == "server" and values[0] != "origin"):
            out[name] = sorted(value.replace(f":{port}", ":PORT") for value in values)
    with_body = fields.get("content-type", [""])[0].startswith("text/plain")
    try:
        said = json.loads(body)
        out["upstream"] = {key: said[key] for key in ("origin", "method", "target")}
        out["fields"] = {name: value.replace(f":{port}", ":PORT") for name, value in bare(said["fields"]).items()}
    except ValueError:
        if with_body:
            out["body"] = body.decode("latin-1").replace(f":{port}", ":PORT")
    return out


# --- configurations ----------------------------------------------------------------------------------------------------

def http_block(inner):
    return ("worker_processes 1;\nevents { worker_connections 512; }\nhttp {\n@TEMP_PATHS@\naccess_log off;\n"
            "default_type text/plain;\n" + inner + "}\n")


def upstreams(origins, pooled="keepalive 8;"):
    return "".join(f"upstream {origin.name} {{ server 127.0.0.1:{origin.port}; {pooled} }}\n" for origin in origins)


class Generator:
    NAMES = ["a.test", "b.test", "www.a.test", "*.a.test", "*.deep.a.test", ".c.test", "www.*", "~^x\\d+\\.test$",
             "~long", "B.Mixed.Test", "_"]
    PIECES = ["a", "b", "api", "img", "x.php", "deep", "UP", "a%20b", "q(1)"]

    def __init__(self, seed, origins):
        self.random, self.origins = random.Random(seed), origins

    def config(self, port):
        names = self.random.sample(self.NAMES, self.random.randint(3, 6))
        servers, index = [], 0
        while names:
            some, names = names[:2], names[2:]
            default = " default_server" if index == 1 else ""
            servers.append(f"server {{\nlisten 127.0.0.1:{port}{default};\nserver_name {' '.join(some)};\n"
                           + self.level_settings() + self.server_script() + self.locations() + "}\n")
            index += 1
        self.hosts = ["a.test", "b.test", "www.a.test", "x.deep.a.test", "q.a.test", "c.test", "z.c.test", "www.zz",
                      "x7.test", "longest", "b.mixed.test", "unknown"]
        return http_block(upstreams(self.origins) + self.level_settings() + "".join(servers))

    def path(self, depth=2):
        return "/" + "/".join(self.random.choice(self.PIECES) for _ in range(self.random.randint(1, depth)))

    def level_settings(self):
        choices = ["proxy_http_version 1.1;", 'proxy_set_header Connection "";', "proxy_set_header Host $host;",
                   "proxy_set_header Host $http_host;", "proxy_set_header X-Real-IP $remote_addr;",
                   "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", 'proxy_set_header X-None "";',
                   "proxy_set_header X-Uri $request_uri;", "proxy_set_header X-Name \"n=$server_name;h=$proxy_host\";",
                   "proxy_set_header X-Agent $http_user_agent;", "proxy_set_header X-Path $uri;",
                   "proxy_set_header X-Scheme $scheme://$host;", "add_header X-Added \"it is $request_method\";",
                   "add_header X-Always yes always;", "proxy_hide_header X-Own;", "client_max_body_size 10;",
                   "proxy_set_header X-Args $is_args$args;", "proxy_set_header X-Cookie $cookie_c;"]
        some = self.random.sample(choices, self.random.randint(0, 4))
        hosts = [line for line in some if line.startswith("proxy_set_header Host")]
        return "\n".join(line for line in some if line not in hosts[1:]) + "\n"

    def server_script(self):
        if self.random.random() > 0.3:
            return ""
        return self.random.choice([
            "if ($request_method = DELETE) { return 405; }\n",
            "if ($http_x_block) { return 403; }\n",
            "rewrite ^/old/(.*)$ /api/$1 last;\n",
            "rewrite ^/gone/(.*)$ http://elsewhere.test/$1 permanent;\n",
            "rewrite ^/gone2/ /a redirect;\n",
            "set $flag one; if ($host ~* ^B) { set $flag two; }\nadd_header X-Flag $flag;\n",
        ])

    def body(self, pattern, regex=False):
        origin = self.random.choice(self.origins).name
        kind = self.random.random()
        settings = self.level_settings() if self.random.random() < 0.5 else ""
        if kind < 0.12:
            return self.random.choice(["return 204;", "return 403;", "return 200 \"said: $request_method\\n\";",
                                       "return 301 /new$request_uri;", "return 302 https://$host$request_uri;",
                                       "return 307 http://o.test/;"]) + settings
        uri = "" if regex or kind < 0.55 else self.random.choice(["/", "/up/", "/up", pattern.replace(" ", "")])
        extra = self.random.choice(["", "", "", "rewrite ^/a/(.*)$ /re/$1 break;", "deny 10.0.0.0/8; allow all;",
                                    "deny all;"])
        return f"{settings}{extra} proxy_pass http://{origin}{uri};"

    def locations(self):
        out, known = "", set()
        for _ in range(self.random.randint(2, 7)):
            modifier = self.random.choice(["", "", "", "^~ ", "= ", "~ ", "~* "])
            if modifier in ("~ ", "~* "):
                pattern = self.random.choice(["\\.php$", "^/api/", "/a", "(?<!x)b$", "up|img", "^/(deep|b)/"])
            else:
                pattern = self.path().replace("%20", " ") + self.random.choice(["", "/"])
            key = pattern if modifier in ("", "^~ ") else modifier + pattern
            if key in known:
                continue
            known.add(key)
            regex = "~" in modifier and "^~" not in modifier
            nested = ""
            if modifier in ("", "^~ ") and self.random.random() < 0.3:
                inner = pattern.rstrip("/") + self.path(1).replace("%20", " ")
                if inner not in known:
                    nested = f'location "{inner}" {{ {self.body(inner)} }}\n'
            out += f'location {modifier}"{pattern}" {{ {self.body(pattern, regex)}\n{nested}}}\n'
        if self.random.random() < 0.8:
            out += f"location / {{ {self.body('/')} }}\n"
        return out

    def requests(self, text):
        paths = {"/", "/old/a", "/gone/x?y=1", "/gone2/", "/moved", "/broken", "/a//b", "/a/./b/../c", "/%61pi/x",
                 "/API/X", "/a/%c3%a9?q=%20", "/x.php?a=b", "/a/../..", "/deep/%2e%2e/b", "/b/x%2Fy", "/a%3fb/c"}
        for pattern in re.findall(r'location [=~^* ]*"(/[^"]*)"', text):
            path = pattern.replace(" ", "%20")
            paths |= {path, path + "x", path.rstrip("/") + "/tail/?k=v", path.rstrip("/") or "/", path + "y.php"}
        paths = sorted(paths)
        out = []
        for host in self.hosts:
            for path in self.random.sample(paths, min(len(paths), 14)):
                out.append(request(host, path, self.random))
        return out


def request(host, path, chosen):
    method = chosen.choice(["GET"] * 6 + ["HEAD", "POST", "DELETE"])
    spelled = chosen.choice([host, host.upper(), host + ":81", host + "."])
    extra = chosen.choice(["", "X-Forwarded-For: 1.2.3.4\r\n", "User-Agent: me\r\nCookie: c=1; d=2\r\n",
                           "X-Block: 1\r\n", "Bad_Name: x\r\nTE: trailers\r\n", "Upgrade: websocket\r\nX-Args: 5\r\n"])
    body = chosen.choice([b"short", b"longer than ten bytes"]) if method == "POST" else b""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {spelled}\r\nConnection: close\r\n{extra}{length}\r\n".encode() + body


SHAPES = """
    map $http_x_kind $kind { default plain; one first; "~^t(w)o" second; "" none; }
    map "$host:$http_x_kind" $pair { default other; "a.test:one" both; }
    server {
        listen 127.0.0.1:@PORT@;
        server_name a.test *.wild.test;
        add_header X-Kind $kind always;
        location / { proxy_set_header X-Kind "$kind/$pair"; proxy_set_header X-Id "a${http_x_id}b";
                     proxy_pass http://one; }
        location ~ ^/user/(\\d+)/(.*)$ { return 302 /u?id=$1&rest=$2; }
        location ~* ^/get/([a-z]+) { return 200 "got $1 of $request_uri\\n"; }
        location /text { default_type application/x-text; return 200 "quote \\" dollar and 100% #\\n"; }
        location /none { return 404; }
        location /teapot { return 418; }
        location /plain { return http://o.test/?x=1; }
        location /if { if ($kind = first) { return 410; } if ($args ~* "^n=(\\d+)") { return 200 "n is $1\\n"; }
                       if ($http_x_kind != one) { rewrite ^/if/(.*)$ /was/$1 break; } proxy_pass http://two; }
        location /up/ { rewrite ^/up/a(.*)$ /A$1 break; rewrite ^/up/b(.*)$ /B$1? break; proxy_pass http://two/else/; }
        location /re { rewrite ^/re/(.*)$ https://$host/$1?r=1; rewrite ^/re2 /x permanent; return 403; }
        location /set { set $a "v-$http_x_id"; proxy_set_header X-A $a; proxy_pass http://two; }
        location /moved { proxy_pass http://three; proxy_set_header Host three; }
        location /sub/ { proxy_pass http://three/moved/; proxy_set_header Host three; }
        location /off/ { proxy_pass http://three/moved/; proxy_redirect off; }
        location /own/ { proxy_pass http://three/moved/; proxy_redirect http://three/else /over; }
        location /keep-server { proxy_pass http://three; proxy_pass_header Server; proxy_hide_header X-Own; }
        location /only-get { limit_except GET { deny all; } proxy_pass http://one; }
        location /deny { deny 127.0.0.0/8; proxy_pass http://one; }
        location /allow { allow 127.0.0.1; deny all; proxy_pass http://one; }
        location /method { proxy_method PUT; proxy_pass http://one; }
        location /broken { proxy_next_upstream error timeout http_503; proxy_pass http://one; }
        location /secret { internal; proxy_pass http://one; }
        location /dead { proxy_pass http://dead; }
        location /double { proxy_set_header X-D 1; proxy_set_header X-D 2; proxy_pass http://one; }
        location /empty { proxy_set_header X-Forwarded-For ""; proxy_set_header X-E $http_x_id; proxy_pass http://one; }
    }
    server { listen 127.0.0.1:@PORT@; server_name closed.test; return 444; }
    server { listen 127.0.0.1:@PORT@; server_name go.test; return 301 https://$host$request_uri; }
    server { listen 127.0.0.1:@PORT@; server_name ~^(?<who>.+)\\.re\\.test$ ""; location / { proxy_pass http://two; } }
    server { listen 127.0.0.1:@PORT@ default_server; server_name d.test; location = /x/ { proxy_pass http://two/y; }
             location ^~ /x { proxy_pass http://three; } location /x/deep/ { proxy_pass http://one/; }
             location / { proxy_set_header Host $host; proxy_pass http://one; } }
"""
SHAPES_PATHS = ["/", "/user/17/a/b", "/user/x", "/get/Ab?c=d", "/GET/ab", "/text", "/text.html", "/none", "/teapot", "/plain",
                "/if/x?n=12", "/if/x", "/if/y?m=1", "/up/a1?q=2", "/up/b1?q=2", "/up/c%20d", "/up", "/up/", "/re/z", "/re/z?a=b",
                "/re2/x?y=z", "/re3", "/set", "/moved", "/sub/x", "/sub", "/off/x", "/own/x", "/keep-server", "/only-get",
                "/deny", "/allow", "/method", "/broken", "/secret", "/dead", "/double", "/empty", "/x/", "/x", "/x/deep",
                "/x/deep/%41%2fb?c", "/x/deep/../y", "/%", "/a%00b", "/a b", "/..", "/../..", "/a/../../b", "//", "/x//deep//q",
                "/./x/.", "/x/deep/..", "/x/..deep", "/x/.../a", "/a\\b", "/%23x", "/%C3%A9%20'(x)~"]


def shapes_requests(_):
    hosts = ["a.test", "A.Test:8080", "x.wild.test", "wild.test", "closed.test", "go.test", "me.re.test", "other", "go.test."]
    extras = ["", "X-Kind: one\r\nX-Id: 7\r\n", "X-Kind: two\r\nX-Id:\r\n", "X-Kind: ONE\r\n"]
    for host in hosts:
        for number, path in enumerate(SHAPES_PATHS):
            for extra in extras if host == "a.test" else extras[number % 4:number % 4 + 1]:
                method = "POST" if number % 7 == 3 else "GET"
                yield f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{extra}\r\n".encode()
    for path in ("/", "/x/deep/z", "/user/1/2"):
        yield f"GET {path} HTTP/1.0\r\n\r\n".encode()
        yield f"GET {path} HTTP/1.0\r\nHost: go.test\r\n\r\n".encode()
        yield f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode()
        yield f"GET http://a.test{path}?q HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n".encode()


# --- running -----------------------------------------------------------------------------------------------------------

class Suite:
    def __init__(self, poolproof, nginx, haproxy):
        self.poolproof, self.nginx, self.haproxy = poolproof, nginx, haproxy
        self.version = version_of(nginx)
        self.failures, self.compared = [], 0

    def fail(self, message):
        self.failures.append(message)
        print("FAIL:", message)

    def translate(self, path, *more):
        return subprocess.run([self.poolproof, "translate", "--to", "haproxy", str(path), *more], capture_output=True,
                              text=True, errors="surrogateescape")

    def checked(self, text, folder):
        path = folder / "checked.cfg"
        path.write_text(text, errors="surrogateescape")
        return subprocess.run([self.haproxy, "-c", "-f", str(path)], capture_output=True, text=True, errors="replace")

    # 1. ------------------------------------------------------------------------------------------

    def validator(self):
        configs = sorted(ROOT.glob("examples/*/nginx.conf"))
        if CORPUS.is_dir():
            configs += sorted(CORPUS.rglob("*.conf"))
        with scratch_folder() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
            pem = make_certificate(folder)
            numbers = iter(range(len(configs)))
            results = list(pool.map(lambda config: self.translate_whole(config, folder / f"whole{next(numbers)}.conf"),
                                    configs))
            accepted = 0
            for config, result in zip(configs, results):
                if result.returncode not in (0, 1):
                    self.fail(f"{config}: exit {result.returncode}: {result.stderr[-300:]}")
                if result.returncode != 0 or "frontend" not in result.stdout:
                    continue
                text = with_files(result.stdout, pem)
                if text is None:
                    continue
                answer = self.checked(text, folder)
                accepted += 1
                if answer.returncode != 0:
                    self.fail(f"{config}: haproxy -c refuses the translation:\n{answer.stderr}")
        print(f"{accepted} of {len(configs)} configurations translate without an error, and haproxy -c takes them")
        if accepted < 5:
            self.fail("too few configurations translate")

    def translate_whole(self, config, path):
        """Fragments get the blocks around them that their includers have."""
        result = self.translate(config)
        if result.returncode == 0 or "misplaced" not in result.stderr and "missing-events" not in result.stderr:
            return result
        for before, after in (("", ""), ("http {", "}"), ("http { server {", "} }"),
                              ("http { server { location / {", "} } }")):
            path.write_text(f'events {{}} {before} include "{config}"; {after}\n')
            again = self.translate(path)
            if again.returncode == 0:
                return again
        return result

    # 2. ------------------------------------------------------------------------------------------

    def side_by_side(self, name, text_for, requests_for):
        nginx_port, haproxy_port = free_ports(2)
        with scratch_folder() as folder:
            (folder / "haproxy.conf").write_text(text_for(haproxy_port).replace("@TEMP_PATHS@", ""))
            result = self.translate(folder / "haproxy.conf", "--nginx-version", self.version)
            if result.returncode != 0:
                return result
            cfg = folder / "haproxy.cfg"
            cfg.write_text(result.stdout)
            text = text_for(nginx_port)
            with Nginx(self.nginx, folder, text, [nginx_port]), \
                    Proxy([self.haproxy, "-db", "-f", str(cfg)], folder, [haproxy_port]):
                for asked in requests_for(text):
                    theirs = seen(ask(nginx_port, asked), nginx_port)
                    ours = seen(ask(haproxy_port, asked), haproxy_port)
                    self.compared += 1
                    if ours != theirs:
                        self.differ(name, asked, theirs, ours, text, result.stdout)
                        if name != "shapes":
                            return result
        return result

    def differ(self, name, asked, theirs, ours, text, cfg):
        different = {key: (theirs.get(key), ours.get(key)) for key in {**theirs, **ours}
                     if theirs.get(key) != ours.get(key)}
        self.fail(f"{name}: {asked!r}\n  nginx, haproxy: {different}\n" + (text + cfg if "-v" in sys.argv else ""))

    def generated(self, count):
        origins = [Origin(name) for name in ("one", "two", "three")]
        said = 0
        for seed in range(count):
            def text_for(port, seed=seed):
                return Generator(seed, origins).config(port)

            def requests_for(text, seed=seed):
                generator = Generator(seed, origins)
                generator.config(1)
                return generator.requests(text)

            result = self.side_by_side(f"seed {seed}", text_for, requests_for)
            said += result.returncode == 0
            if result.returncode != 0 and "-v" in sys.argv:
                print(f"seed {seed} is not translated whole:\n{result.stderr}")
        for origin in origins:
            origin.stop()
        print(f"{said} of {count} generated configurations translate whole; {self.compared} requests compared")
        if said * 2 < count:
            self.fail("too few generated configurations translate")


    def shapes(self):
        origins = [Origin(name) for name in ("one", "two", "three")]
        dead = free_ports(1)[0]

        def text_for(port):
            return http_block(upstreams(origins) + f"upstream dead {{ server 127.0.0.1:{dead}; }}\n"
                              + SHAPES.replace("@PORT@", str(port)))

        result = self.side_by_side("shapes", text_for, shapes_requests)
        if result.returncode != 0:
            self.fail(f"the shapes are not translated whole:\n{result.stderr}")
        for origin in origins:
            origin.stop()

    # 3. ------------------------------------------------------------------------------------------

    def counted(self, text_for, paths, times, origins):
        """For each path how many requests each origin got, and on how many connections; nginx's and HAProxy's."""
        nginx_port, haproxy_port = free_ports(2)
        with scratch_folder() as folder:
            (folder / "haproxy.conf").write_text(text_for(haproxy_port).replace("@TEMP_PATHS@", ""))
            result = self.translate(folder / "haproxy.conf", "--nginx-version", self.version)
            if result.returncode != 0:
                self.fail(f"not translated:\n{result.stderr}")
                return None
            (folder / "haproxy.cfg").write_text(result.stdout)
            with Nginx(self.nginx, folder, text_for(nginx_port), [nginx_port]), \
                    Proxy([self.haproxy, "-db", "-f", str(folder / "haproxy.cfg")], folder, [haproxy_port]):
                return [self.count(port, path, times, origins) for path in paths for port in (nginx_port, haproxy_port)]

    @staticmethod
    def count(port, path, times, origins):
        used, statuses = {origin.name: [] for origin in origins}, set()
        for _ in range(times):
            answer = seen_raw(ask(port, f"GET {path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n".encode()))
            statuses.add(answer["status"])
            if "origin" in answer:
                used[answer["origin"]].append(answer["connection"])
        return {"statuses": statuses,
                "origins": {name: (len(all), len(set(all))) for name, all in used.items() if all}}

    def reuse(self):
        origins = [Origin("one"), Origin("two")]
        kept = 'proxy_http_version 1.1; proxy_set_header Connection "";'
        bodies = [kept, "", "proxy_http_version 1.1;", 'proxy_set_header Connection "";',
                  "proxy_http_version 1.1; proxy_set_header Connection $upgrading;",
                  kept + "proxy_set_header X-A b;", "proxy_http_version 1.1; proxy_set_header Connection close;"]
        locations = "".join(f"location /p{i}/ {{ {body} proxy_pass http://pool; }}\n"
                            f"location /n{i}/ {{ {body} proxy_pass http://plain; }}\n"
                            f"location /l{i}/ {{ {body} proxy_pass http://127.0.0.1:{origins[1].port}; }}\n"
                            for i, body in enumerate(bodies))

        def text_for(port):
            return http_block("map $http_upgrade $upgrading { default upgrade; '' close; }\n"
                              f"upstream pool {{ server 127.0.0.1:{origins[0].port}; keepalive 4; }}\n"
                              f"upstream plain {{ server 127.0.0.1:{origins[0].port}; }}\n"
                              f"server {{ listen 127.0.0.1:{port}; {locations} }}\n")

        paths = [f"/{kind}{i}/" for i in range(len(bodies)) for kind in "pnl"]
        counts = self.counted(text_for, paths, 5, origins) or []
        for path, theirs, ours in zip(paths, counts[::2], counts[1::2]):
            reused = [any(connections < requests for requests, connections in each["origins"].values())
                      for each in (theirs, ours)]
            if reused[0] != reused[1] or theirs["statuses"] != ours["statuses"]:
                self.fail(f"reuse at {path}: nginx {theirs}, haproxy {ours}")
        for origin in origins:
            origin.stop()
        print(f"{len(paths)} locations compared for reuse")

    def balance(self):
        """Who gets how many of 24 requests; a server that is down; backups; dead servers."""
        origins = [Origin(name) for name in ("one", "two", "three")]
        one, two, three = (f"127.0.0.1:{origin.port}" for origin in origins)
        dead = f"127.0.0.1:{free_ports(1)[0]}"
        groups = {
            "turns": f"server {one}; server {two}; server {three};",
            "weights": f"server {one} weight=5; server {two}; server {three} weight=2;",
            "backup": f"server {one}; server {two} backup;",
            "down": f"server {one} down; server {two}; server {three};",
            "failing": f"server {dead} max_fails=0; server {two};",
            "marked": f"server {dead}; server {two}; server {three};",
            "only_backup": f"server {dead}; server {three} backup;",
            "all_dead": f"server {dead};",
        }

        def text_for(port):
            return http_block("".join(f"upstream {name} {{ {body} }}\n" for name, body in groups.items())
                              + f"server {{ listen 127.0.0.1:{port};\n"
                              + "".join(f"location /{name} {{ proxy_pass http://{name}; }}\n" for name in groups) + "}\n")

        paths = [f"/{name}" for name in groups]
        counts = self.counted(text_for, paths, 24, origins) or []
        for path, theirs, ours in zip(paths, counts[::2], counts[1::2]):
            shares = [{name: requests for name, (requests, _) in each["origins"].items()} for each in (theirs, ours)]
            if theirs["statuses"] != ours["statuses"] or not alike(*shares):
                self.fail(f"balance at {path}: nginx {theirs}, haproxy {ours}")
        for origin in origins:
            origin.stop()
        print(f"{len(groups)} upstreams compared for their balance")


def alike(theirs, ours):
    return theirs.keys() == ours.keys() and all(abs(theirs[name] - ours[name]) <= 2 for name in theirs)


def seen_raw(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    out = {"status": int(head.split()[1]) if head else 0}
    try:
        out.update(json.loads(body))
    except ValueError:
        pass
    return out


def make_certificate(folder):
    if shutil.which("openssl") is None:
        return None
    pem, key = folder / "all.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", str(key),
                    "-out", str(pem)], check=True, capture_output=True)
    pem.write_text(pem.read_text() + key.read_text())
    return pem


def with_files(text, pem):
    """The files that a configuration names are not here: ours stand for them."""
    if pem is None and re.search(r" (crt|ca-file) ", text):
        return None
    return re.sub(r" (crt|ca-file) (?!@)\S+", lambda match: f" {match.group(1)} {pem}", text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--poolproof", required=True)
    parser.add_argument("--nginx", required=True)
    parser.add_argument("--haproxy", default=shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin"))
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("-v", action="store_true", help="print configurations that differ")
    options = parser.parse_args()
    if options.haproxy is None or shutil.which(options.nginx) is None:
        print("skipped: there is no haproxy, or no nginx, on this machine")
        return 77
    suite = Suite(options.poolproof, options.nginx, options.haproxy)
    suite.validator()
    suite.shapes()
    suite.generated(options.seeds)
    suite.reuse()
    suite.balance()
    return 1 if suite.failures else 0


if __name__ == "__main__":
    sys.exit(main())
