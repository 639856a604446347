"""Configurations and requests for the programs that poolproof translates to: generated ones, and one with all shapes."""

import random
import re


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


