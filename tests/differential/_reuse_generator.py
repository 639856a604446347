"""Generates configurations in which upstream connections are, or are not, reused.

Every server has one place that `GET /probe` reaches; the line of the pass directive that serves it is marked
with `# probe HOST`. Everything is drawn from a seeded generator, so a seed names a configuration.

What nginx itself does not do twice alike is left out: `keepalive_time 0` keeps a connection whose request took
less than a millisecond, and a pool smaller than the number of servers, dealt to at random or by weight, is hit now
and then.
"""

import random

# Methods that pick the same servers whenever they are asked the same.
STEADY = ("", "least_conn;", "ip_hash;", "hash $uri;", "hash $uri consistent;")
HEADER_NAMES = ["Connection", "Connection", "connection", "CONNECTION"]
CONNECTION_VALUES = ['""', '""', "''", "close", "Close", "keep-alive", "Keep-Alive", "upgrade", '"close, te"',
                     '"keep-alive, close"', "closed", "$http_connection", "$to_close", "$to_empty", "$to_client",
                     "$to_keep", "$chained", "$empty_set", "$close_set", "$maybe_set", "$split",
                     '"$to_empty"', "${to_close}", "x-$to_close", "$geo_close"]
OTHER_HEADERS = ["Host $host", "X-Real-IP $remote_addr", "X-Forwarded-For $proxy_add_x_forwarded_for",
                 "Upgrade $http_upgrade", 'X-Empty ""', "X-Connection close", 'Accept-Encoding ""']
MAPS = """
    map $http_upgrade $to_close { default upgrade; '' close; }
    map $http_upgrade $to_empty { default upgrade; '' ''; }
    map $http_connection $to_client { default ''; ~*close close; }
    map $http_upgrade $to_keep { default keep-alive; websocket upgrade; }
    map $to_close $chained { upgrade upgrade; close keep-alive; }
    map $host $target_map { default @OTHER@; ~*^h[0-4] @GROUP@; }
    split_clients $remote_addr $split { 100% ""; }
    geo $geo_close { default close; 127.0.0.0/8 close; }
"""


class Generator:
    def __init__(self, seed, listen_port, ports, folder):
        self.rng = random.Random(seed)
        self.listen_port, self.ports, self.folder = listen_port, ports, folder
        self.groups = []
        self.files = {}

    def chance(self, share):
        return self.rng.random() < share

    # --- upstream blocks -----------------------------------------------------------------------

    def method(self):
        return self.rng.choice(["", "", "", "least_conn;", "ip_hash;", "random;", "random two least_conn;",
                                "hash $uri;", "hash $uri consistent;", "hash $request_id;"])

    def servers(self, protocol, count, weighted):
        ports = self.ports[protocol]
        lines = []
        for _ in range(count):
            weight = self.rng.choice(["", "", "", " weight=2", " weight=5", " max_fails=0", " max_conns=100"])
            if "weight" in weight and not weighted:
                weight = ""
            address = f"127.0.0.1:{self.rng.choice(ports)}"
            if protocol == "http" and self.chance(0.1):
                address = f"unix:{self.folder}/http.sock"
            lines.append(f"server {address}{weight};")
        return lines

    def group(self, index, protocol):
        name = self.rng.choice([f"g{index}", f"g{index}.internal", f"Group-{index}", f"g_{index}"])
        method = self.method()
        count = self.rng.choice([1, 1, 1, 2, 3, 4])
        size = self.rng.choice([1, 1, 2, 3, 8, 32, 300])
        pool = [f"keepalive {size};"] if self.chance(0.75) else []
        if self.chance(0.3):
            pool.append(self.rng.choice(["keepalive_requests 1;", "keepalive_requests 2;", "keepalive_requests 1000;",
                                         "keepalive_timeout 0;", "keepalive_timeout 5m;", "keepalive_timeout 900ms;",
                                         "keepalive_time 2h;"]))
            self.rng.shuffle(pool)
        if size < count and method not in STEADY:
            method = ""
        servers = self.servers(protocol, count, size >= count)
        if len(servers) > 1 and self.chance(0.2):
            servers[-1] = servers[-1].replace(";", " down;")
        elif len(servers) > 1 and self.chance(0.2) and method in ("", "least_conn;"):
            servers[-1] = servers[-1].replace(";", " backup;")
        parts = [part for part in [[method] if method else [], pool, servers] if part]
        self.rng.shuffle(parts)
        body = [line for part in parts for line in part]
        if self.chance(0.15):
            body.insert(self.rng.randrange(len(body) + 1), f"zone z{index} 256k;")
        self.groups.append((name, protocol))
        return f"    upstream {name} {{ {' '.join(body)} }}\n"

    # --- settings ------------------------------------------------------------------------------

    def settings(self, indent, share):
        lines = []
        if self.chance(share):
            lines.append(f"proxy_http_version {self.rng.choice(['1.1', '1.1', '1.1', '1.0'])};")
        if self.chance(share):
            headers = [f"proxy_set_header {self.rng.choice(HEADER_NAMES)} {self.rng.choice(CONNECTION_VALUES)};"
                       for _ in range(self.rng.choice([0, 1, 1, 1, 1, 2]))]
            headers += [f"proxy_set_header {self.rng.choice(OTHER_HEADERS)};" for _ in range(self.rng.choice([0, 0, 1, 2]))]
            self.rng.shuffle(headers)
            lines += headers
        if self.chance(share / 2):
            lines.append(f"fastcgi_keep_conn {self.rng.choice(['on', 'on', 'off'])};")
        if self.chance(0.1):
            lines.append(self.rng.choice(["proxy_buffering off;", "proxy_request_buffering off;",
                                          "proxy_pass_request_headers off;", "proxy_next_upstream off;",
                                          "proxy_ignore_client_abort on;", "proxy_socket_keepalive on;",
                                          "keepalive_timeout 0;", "proxy_intercept_errors on;"]))
        if lines and self.chance(0.2):
            name = f"part{len(self.files)}.conf"
            self.files[name] = "\n".join(lines) + "\n"
            lines = [f"include {name};"]
        return "".join(f"{indent}{line}\n" for line in lines)

    # --- places --------------------------------------------------------------------------------

    def target(self, protocol, uri_allowed):
        name, _ = self.rng.choice([group for group in self.groups if group[1] == protocol])
        address = f"127.0.0.1:{self.rng.choice(self.ports[protocol])}"
        if protocol != "http":
            return self.rng.choice([name, name, name, name.upper(), address])
        forms = [name] * 6 + [name.upper(), address, f"localhost:{self.ports['http'][0]}",
                              f"unix:{self.folder}/http.sock:", "$target_set", "$target_map", f"{name}$request_uri",
                              "$literal_set", "$host_part$host_rest"]
        form = self.rng.choice(forms)
        uri = "/" if uri_allowed and "$" not in form and self.chance(0.2) else ""
        return f"http://{form}{uri}"

    def passes(self, protocol, host, uri_allowed=True):
        return f"{protocol if protocol != 'http' else 'proxy'}_pass {self.target(protocol, uri_allowed)}; # probe {host}\n"

    def params(self, protocol):
        if protocol == "memcached":
            return "set $memcached_key $uri;"
        if protocol in ("scgi", "uwsgi", "fastcgi"):
            return f"{protocol}_param REQUEST_METHOD $request_method;"
        return ""

    def server(self, index):
        host = f"h{index}.test"
        protocol = self.rng.choice(["http"] * 7 + ["fastcgi", "memcached", "scgi", "uwsgi"])
        named = [name for name, kind in self.groups if kind == "http"]
        out = f"    server {{\n        listen 127.0.0.1:{self.listen_port};\n        server_name {host};\n"
        out += f"        set $empty_set \"\";\n        set $close_set {self.rng.choice(['close', 'keep-alive'])};\n"
        out += f"        set $target_set {self.rng.choice(named)};\n        set $literal_set 127.0.0.1:{self.ports['http'][0]};\n"
        prefix = self.rng.choice(named)
        out += f"        set $host_part {prefix[:1]};\n        set $host_rest {prefix[1:]};\n        set $maybe_set \"\";\n"
        if self.chance(0.3):
            out += f"        if ($http_connection = close) {{ set $maybe_set {self.rng.choice(['close', 'x'])}; }}\n"
        out += self.settings("        ", 0.5)
        out += self.place(host, protocol)
        return out + "    }\n"

    def place(self, host, protocol):
        shape = self.rng.choice(["prefix", "prefix", "exact", "regex", "nested", "nested_regex", "if", "if_around", "named",
                                 "error_page", "no_regex", "limit_except", "rewrite", "deep"])
        params = self.params(protocol)
        inner = lambda uri=True, share=0.5: (self.settings("            ", share) +
                                             (f"            {params}\n" if params else "") +
                                             "            " + self.passes(protocol, host, uri))
        if shape == "exact":
            return f"        location = /probe {{\n{inner()}        }}\n        location / {{ return 404; }}\n"
        if shape == "regex":
            return f"        location ~ ^/pro.e$ {{\n{inner(False)}        }}\n        location /probe {{ return 404; }}\n"
        if shape == "no_regex":
            return f"        location ^~ /probe {{\n{inner()}        }}\n        location ~ . {{ return 404; }}\n"
        if shape == "nested":
            return (f"        location / {{\n{self.settings('            ', 0.6)}            location /probe {{\n"
                    f"{inner()}            }}\n        }}\n")
        if shape == "nested_regex":
            return (f"        location /p {{\n{self.settings('            ', 0.6)}            location ~ be$ {{\n"
                    f"{inner(False)}            }}\n            return 404;\n        }}\n".replace("            return 404;\n", ""))
        if shape == "deep":
            return (f"        location / {{\n{self.settings('            ', 0.5)}            location /p {{\n"
                    f"{self.settings('            ', 0.5)}            location = /probe {{\n{inner()}            }}\n"
                    f"            }}\n        }}\n")
        if shape == "if":
            return (f"        location /probe {{\n{self.settings('            ', 0.5)}            {params}\n"
                    f"            if ($request_method = GET) {{\n                {self.passes(protocol, host, False)}"
                    f"            }}\n            return 404;\n        }}\n")
        if shape == "if_around":
            value = self.rng.choice(["close", '""', "keep-alive"])
            return (f"        location /probe {{\n{self.settings('            ', 0.5)}            {params}\n"
                    f"            if ($request_method = GET) {{ set $seen {value}; }}\n"
                    f"            {self.passes(protocol, host, True)}        }}\n")
        if shape == "named":
            return (f"        location /probe {{\n            root {self.folder}/none;\n            try_files $uri @back;\n        }}\n"
                    f"        location @back {{\n{inner(False)}        }}\n")
        if shape == "error_page":
            return (f"        error_page 404 = @back;\n        location /probe {{ return 404; }}\n"
                    f"        location @back {{\n{inner(False)}        }}\n")
        if shape == "limit_except":
            return f"        location /probe {{\n{inner()}            limit_except GET {{ deny all; }}\n        }}\n"
        if shape == "rewrite":
            return (f"        location /probe {{ rewrite ^ /moved last; }}\n        location /moved {{\n{inner()}        }}\n")
        return f"        location /probe {{\n{inner()}        }}\n"

    # --- the whole -----------------------------------------------------------------------------

    def config(self, groups=16, servers=24):
        protocols = ["http"] * (groups - 6) + ["http", "http", "fastcgi", "memcached", "scgi", "uwsgi"]
        blocks = [self.group(i, protocol) for i, protocol in enumerate(protocols)]
        http = [name for name, kind in self.groups if kind == "http"]
        head = self.settings("    ", 0.4)
        hosts = f"    server {{ listen 127.0.0.1:{self.listen_port}; server_name other.test; return 404; }}\n"
        hosts += "".join(self.server(i) for i in range(servers))
        maps = MAPS.replace("@GROUP@", self.rng.choice(http)).replace("@OTHER@", self.rng.choice(http))
        blocks = "".join(blocks)
        after = self.chance(0.3)  # groups may be defined after they are used
        for name, text in self.files.items():
            (self.folder / name).write_text(text)
        return ("worker_processes 1;\nevents { worker_connections 1024; }\nhttp {\n    access_log off;\n@TEMP_PATHS@" +
                maps + ("" if after else blocks) + head + hosts + (blocks if after else "") + "}\n")
