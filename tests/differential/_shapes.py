"""Generates configurations as people write them, of other shapes than _reuse_generator.py's.

A main file with conf.d and snippets, several maps, `set` and `if`, named and nested locations, rewrites, groups
of every kind. The line of each pass directive that a probe reaches ends in `# at N`; `probes` says how to reach
it. Everything is drawn from a seeded generator, so a seed names a configuration. One statement stands on a line,
so that what disagrees can be made smaller line by line.

What nginx itself does not do twice alike is left out, as there.
"""

import random
from dataclasses import dataclass

# Conditions that hold for every probe, those that hold for none, those that the client's Connection decides, those
# that the disk decides (and none of the files is there).
TRUE = ["$request_method = GET", "$request_method !~ ^(POST|PUT|DELETE)$", '$http_upgrade = ""', "$host ~ test$",
        "$request_method != POST", "$http_upgrade !~* websocket", "$server_port"]
FALSE = ["$request_method = POST", "$http_upgrade", "$http_upgrade ~* websocket", "$request_method ~ ^(PUT|PATCH)$",
         "$http_upgrade = websocket"]
NO_FILE, FILE = ["!-f $request_filename", "!-e $document_root/none"], ["-f $request_filename", "!-e /"]
CLIENT = ["$http_connection ~* close", "$http_connection = close", "$http_connection !~ keep", "$http_connection != keep-alive"]

NOISE = ["proxy_buffering off;", "proxy_request_buffering off;", "proxy_ignore_client_abort on;", 
         "proxy_pass_request_headers off;", "proxy_method GET;", "proxy_method HEAD;", "proxy_next_upstream error timeout http_502;",
         "proxy_next_upstream off;", "proxy_read_timeout 30s;", "proxy_connect_timeout 5s;", "proxy_hide_header X-Powered-By;",
         "proxy_redirect off;", "proxy_buffers 8 16k;", "proxy_buffer_size 8k;", "client_max_body_size 10m;",
         "keepalive_timeout 15s;", "keepalive_requests 3;", "add_header X-Frame-Options DENY;", "proxy_socket_keepalive on;",
         "proxy_set_body hello;", "gzip off;", "tcp_nodelay on;", "proxy_pass_header Server;", "chunked_transfer_encoding on;"]

HEADERS = ["Host $host", "Host $http_host", "Host $proxy_host", "X-Real-IP $remote_addr", "X-Forwarded-For $proxy_add_x_forwarded_for",
           "X-Forwarded-Proto $scheme", "Upgrade $http_upgrade", 'Upgrade ""', 'Accept-Encoding ""', "Keep-Alive $http_keep_alive",
           "Proxy-Connection close", 'Cookie ""', "X-Request-Id $request_id", "TE trailers", "Expect $http_expect"]

NAMES = ["Connection"] * 5 + ["connection", "CONNECTION", "ConNection"]
WORDS = ['""', '""', '""', "''", "close", '"close"', "keep-alive", "Keep-Alive", "upgrade", '"upgrade"', "$http_connection",
         '"keep-alive, Upgrade"', "Close", '"te, close"', "closed", "$connection_upgrade", "$connection_upgrade",
         '"${connection_upgrade}"', "$proxy_connection", "$m0", "$m1", "$m2", "$m3", "$from_set", "$from_set", "$unset_here"]

SOURCES = {
    "$http_upgrade": ["''", "websocket", "~*^web", "~.", "h2c", '""'],
    "$http_connection": ["''", "close", "keep-alive", "~*close", "~*keep", "~*upgrade", "Close"],
    "$request_method": ["GET", "POST", "~^(GET|HEAD)$", "HEAD"],
    "$host": ["*.test", "s0.test", "~^s[0-2]\\.", "s.*", "other.example"],
    "$scheme": ["http", "https"],
    "$server_name": ["s0.test", "~^s\\d", "s1.test"],
    "$http_upgrade$http_connection": ["''", "close", "keep-alive", "~*websocket"],
    '"$http_upgrade:$scheme"': ['":http"', "~^:", '"websocket:http"'],
    "$request_method:$http_upgrade": ["GET:", '"GET:websocket"', "~^POST"],
}
RESULTS = ['""', '""', "close", "close", "upgrade", "keep-alive", "$http_connection", "$http_upgrade", "''"]


@dataclass
class Probe:
    mark: int
    port: int
    host: str
    path: str
    protocol: str
    judged: bool  # routes speaks of it: the backend answers in an ordinary way


class Shapes:
    def __init__(self, seed, listen_ports, ports, folder):
        self.rng = random.Random(seed)
        self.listen_ports, self.ports, self.folder = listen_ports, ports, folder
        self.groups, self.files, self.probes, self.maps = [], {}, [], []
        self.marks = 0

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, *options):
        return self.rng.choice(options)

    # --- groups --------------------------------------------------------------------------------

    def server_line(self, protocol):
        port = self.rng.choice(self.ports[protocol])
        address = self.rng.choice([f"127.0.0.1:{port}"] * 5 + [f"unix:{self.folder}/web.sock" if protocol == "web" else f"127.0.0.1:{port}"])
        more = self.rng.choice([""] * 5 + [" weight=2", " max_conns=10", " max_fails=3 fail_timeout=5s", " max_fails=0"])
        return f"server {address}{more};"

    def group(self, index, protocol):
        name = self.pick(f"app{index}", f"backend-{index}", f"api_{index}.local", f"Service{index}", f"node{index}.svc.cluster.local")
        method = self.pick("", "", "", "least_conn;", "ip_hash;", "hash $host;", "hash $uri consistent;", "random;", "random two;")
        servers = [self.server_line(protocol) for _ in range(self.pick(1, 1, 1, 2, 2, 3))]
        size = self.pick(1, 2, 4, 16, 32, 64)
        if method.startswith("random"):
            servers, size = servers[:1], max(size, 4)
        elif method.startswith(("ip", "hash")):
            size = max(size, 4)
        if method in ("", "least_conn;") and self.chance(0.25):
            servers.append(self.server_line(protocol).replace(";", " backup;"))
        if self.chance(0.2) and not method.startswith("random"):
            servers.append(self.server_line(protocol).replace(";", " down;"))
        lines = [[method]] if method else []
        if self.chance(0.8):
            pool = [f"keepalive {size};"]
            if self.chance(0.3):
                few = ["keepalive_requests 2;", "keepalive_requests 3;"] if len(servers) < 3 else []
                pool.append(self.pick("keepalive_requests 1;", "keepalive_requests 10000;", "keepalive_requests 0;", *few))
            if self.chance(0.2):
                pool.append(self.pick("keepalive_timeout 0;", "keepalive_timeout 30s;", "keepalive_timeout 0s;", "keepalive_timeout 1m30s;"))
            if self.chance(0.15):
                pool.append(self.pick("keepalive_time 1h;", "keepalive_time 10m;"))
            self.rng.shuffle(pool)
            lines.append(pool)
        elif self.chance(0.3):
            lines.append(["keepalive_requests 100;", "keepalive_timeout 60s;"])
        lines.append(servers)
        if self.chance(0.7):
            self.rng.shuffle(lines)
        if self.chance(0.3):
            lines.insert(0, [f"zone {name} 128k;"])
        self.groups.append((name, protocol))
        return block(f"upstream {name}", [line for part in lines for line in part])

    # --- maps ----------------------------------------------------------------------------------

    def map(self, name, results, earlier=()):
        sources = list(SOURCES) + list(earlier)
        source = self.rng.choice(sources)
        keys = SOURCES.get(source, ["upgrade", "close", "''", "keep-alive", "~*c"])
        lines = [f"{key} {self.rng.choice(results)};" for key in dedupe(self.rng.sample(keys, self.rng.randint(1, min(3, len(keys)))))]
        if self.chance(0.75):
            lines.insert(self.rng.randrange(len(lines) + 1), f"default {self.rng.choice(results)};")
        if source == "$host":
            lines.insert(0, "hostnames;")
        if self.chance(0.15):
            lines.insert(0, "volatile;")
        return block(f"map {source} ${name}", lines)

    def all_maps(self):
        usual = self.pick(["default upgrade;", "'' close;"], ["default upgrade;", "'' '';"], ["default upgrade;", '"" "";'], ["'' close;", "websocket upgrade;"],
                          ["default upgrade;", "'' keep-alive;"], ["default keep-alive;", "'websocket' upgrade;"], ["default 'upgrade';", "'' 'close';"],
                          ["~*^websocket$ upgrade;", 'default "";'], ["default $http_connection;", "websocket upgrade;"])
        out = block("map $http_upgrade $connection_upgrade", usual)
        out += block("map $connection_upgrade $proxy_connection", self.pick(["default '';", "upgrade upgrade;"], ["default close;", "upgrade upgrade;"],
                                                                            ["close '';", "default $connection_upgrade;"]))
        earlier = ["$connection_upgrade"]
        for index in range(4):
            out += self.map(f"m{index}", RESULTS, earlier)
            earlier.append(f"$m{index}")
        webs = self.webs()
        places = [self.rng.choice(webs), self.rng.choice(webs), f"127.0.0.1:{self.ports['web'][0]}"]
        out += self.map("where0", places) if self.chance(0.7) else block("map $host $where0", [f"default {places[0]};"])
        return out

    def webs(self):
        return [name for name, protocol in self.groups if protocol == "web"]

    # --- settings ------------------------------------------------------------------------------

    def connection(self):
        return f"proxy_set_header {self.rng.choice(NAMES)} {self.rng.choice(WORDS)};"

    def settings(self, share=0.5):
        lines = []
        if self.chance(share):
            lines.append(f"proxy_http_version {self.pick('1.1', '1.1', '1.1', '1.1', '1.0')};")
        if self.chance(share):
            fields = [self.connection() for _ in range(self.pick(0, 1, 1, 1, 1, 1, 2))]
            fields += [f"proxy_set_header {header};" for header in self.rng.sample(HEADERS, self.pick(0, 0, 1, 2))]
            self.rng.shuffle(fields)
            lines += fields
        if self.chance(share / 3):
            lines.append(f"fastcgi_keep_conn {self.pick('on', 'on', 'off')};")
        if self.chance(0.2):
            lines.append(self.rng.choice(NOISE))
        if lines and self.chance(0.3):
            name = f"snippets/part{len(self.files)}.conf"
            self.files[name] = "".join(f"{line}\n" for line in lines)
            return [f"include {self.pick(name, name, name.replace('.conf', '.con*'))};"]
        return lines

    def sets(self, breaks=True):
        """`set` and `if`, of one level."""
        value = lambda: self.pick("close", '""', "upgrade", "keep-alive", "$http_connection", "$connection_upgrade", "$m0")
        lines = []
        if self.chance(0.7):
            lines.append(f"set $from_set {value()};")
        while self.chance(0.5):
            condition = self.rng.choice(self.rng.choice([TRUE, FALSE, FALSE, CLIENT]))
            lines += block(f"if ({condition})", [f"set $from_set {value()};"] + (["break;"] if breaks and self.chance(0.1) else []))
        return lines

    # --- places --------------------------------------------------------------------------------

    def target(self, uri):
        name = self.rng.choice(self.webs())
        port = self.rng.choice(self.ports["web"])
        forms = [name] * 8 + [name.upper(), f"127.0.0.1:{port}", f"localhost:{port}", "$where_set", "${where_set}", "$where0",
                              f"{name}$request_uri", f"{name}$uri$is_args$args", f"$where_set$request_uri", f"unix:{self.folder}/web.sock",
                              "$by_if"]
        form = self.rng.choice(forms)
        scheme = self.pick("http://", "http://", "http://", "HTTP://") if "$" not in form else self.pick("http://", "$scheme://")
        tail = self.pick("", "", "", "/", "/v1/") if uri and "$" not in form else ""
        if tail and form.startswith("unix"):
            tail = ":" + tail
        return scheme + form + tail

    def passes(self, uri=True, protocol="web", mark=None):
        if mark is None:
            self.marks += 1
            mark = self.marks
        if protocol == "web":
            return mark, [f"proxy_pass {self.target(uri)}; # at {mark}"]
        name = self.rng.choice([group for group, kind in self.groups if kind == protocol] + [f"127.0.0.1:{self.ports[protocol][0]}"])
        lines = [f"{protocol}_pass {self.pick(name, name.upper())}; # at {mark}"]
        if protocol == "memcached":
            lines.insert(0, "set $memcached_key $uri;")
        else:
            lines.append(f"{protocol}_param REQUEST_METHOD $request_method;")
        return mark, lines

    def body(self, uri=True, protocol="web", share=0.45):
        mark, lines = self.passes(uri, protocol)
        inner = self.settings(share) + (self.sets() if self.chance(0.25) else [])
        if self.chance(0.5):
            return mark, inner + lines
        return mark, lines + inner

    def place(self, at, path):
        """(mark, lines, judged) of something that serves `path`."""
        shape = self.pick("prefix", "prefix", "exact", "regex", "regex_nocase", "no_regex", "nested", "nested3", "nested_regex", "nested_exact",
                          "if_true", "if_false", "if_client", "if_set_target", "if_noise", "limit_inner", "limit_outer", "try_named",
                          "try_uri", "error_named", "error_uri", "rewrite_last", "rewrite_break", "if_rewrite", "set_rewrite", "named_set", "protocol",
                          "protocol", "intercept", "accel", "slash", "internal_error")
        return getattr(self, "at_" + shape)(f"@n{at}", path)

    def simple(self, head, path_kind_uri):
        mark, inner = self.body(path_kind_uri)
        return mark, block(head, inner), True

    def at_prefix(self, _, path):
        return self.simple(f"location {path}", True)

    def at_slash(self, _, path):
        return self.simple(f"location {path}/", True)

    def at_exact(self, _, path):
        return self.simple(f"location = {path}/x", True)

    def at_regex(self, _, path):
        return self.simple(f"location ~ ^{path}(/|$)", False)

    def at_regex_nocase(self, _, path):
        return self.simple(f'location ~* "{path.upper()}/[a-z]{{1,9}}$"', False)

    def at_no_regex(self, _, path):
        return self.simple(f"location ^~ {path}", True)

    def at_nested(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location {path}", self.settings(0.6) + block(f"location {path}/", inner)), True

    def at_nested3(self, _, path):
        mark, inner = self.body()
        _, outer = self.passes()
        middle = block(f"location {path}/", self.settings(0.4) + block(f"location {path}/x", inner))
        return mark, block(f"location {path}", self.settings(0.6) + outer + middle), True

    def at_nested_regex(self, _, path):
        mark, inner = self.body(False)
        _, outer = self.passes()
        return mark, block(f"location {path}", self.settings(0.6) + outer + block("location ~ /[xyz]$", inner)), True

    def at_nested_exact(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location ^~ {path}", self.settings(0.6) + block(f"location = {path}/x", inner)), True

    def at_if_true(self, _, path):
        mark, inner = self.passes(False)
        _, outer = self.passes()
        return mark, block(f"location {path}", self.settings() + outer + self.sets(breaks=False) +
                           block(f"if ({self.rng.choice(TRUE + NO_FILE)})", inner)), True

    def at_if_false(self, _, path):
        mark, outer = self.passes()
        _, inner = self.passes(False)
        return mark, block(f"location {path}", self.settings() + block(f"if ({self.rng.choice(FALSE + FILE)})", inner) + outer), True

    def at_if_client(self, _, path):
        mark, outer = self.passes()
        return mark, block(f"location {path}", self.settings() + ["set $from_set $http_connection;"] + block(
            f"if ({self.rng.choice(CLIENT)})", [f"set $from_set {self.pick('close', 'keep-alive')};"]) + outer), True

    def at_if_set_target(self, _, path):
        self.marks += 1
        webs = self.webs()
        condition = self.rng.choice(self.rng.choice([TRUE, FALSE]))
        return self.marks, block(f"location {path}", self.settings() + [f"set $pool {self.rng.choice(webs)};"] + block(
            f"if ({condition})", [f"set $pool {self.rng.choice(webs + ['127.0.0.1:' + str(self.ports['web'][0])])};"]) +
            [f"proxy_pass http://$pool; # at {self.marks}"]), True

    def at_if_noise(self, _, path):
        mark, outer = self.passes()
        return mark, block(f"location {path}", outer + block(f"if ({self.rng.choice(TRUE)})", ["add_header X-Seen 1;"]) + self.settings() +
                           block(f"if ({self.rng.choice(FALSE + FILE)})", ["return 403;"])), True

    def at_limit_inner(self, _, path):
        mark, inner = self.passes(False)
        _, outer = self.passes()
        return mark, block(f"location {path}", self.settings() + block("limit_except POST PUT", inner) + outer), True

    def at_limit_outer(self, _, path):
        mark, outer = self.passes()
        return mark, block(f"location {path}", self.settings() + outer + block(
            self.pick("limit_except GET", "limit_except GET POST", "limit_except POST"), [self.pick("deny 10.0.0.1;", "allow all;")])), True

    def at_try_named(self, name, path):
        mark, inner = self.body(False)
        return mark, block(f"location {path}", self.settings(0.3) + [f"root {self.folder}/none;", f"try_files {self.pick('$uri', '$uri $uri/')} {name};"]) + block(
            f"location {name}", inner), True

    def at_try_uri(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location {path}", [f"root {self.folder}/none;", f"try_files $uri /to{path};"]) + block(
            f"location /to{path}", inner), True

    def at_error_named(self, name, path):
        mark, inner = self.body(False)
        code = self.pick(404, 418, 403, 502)
        return mark, block(f"location {path}", [f"error_page {code} = {name};", f"return {code};"]) + block(f"location {name}", inner), True

    def at_error_uri(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location {path}", [f"error_page 404 =200 /to{path};", "return 404;"]) + block(
            f"location = /to{path}", self.pick(["internal;"], []) + inner), True

    def at_internal_error(self, name, path):
        mark, inner = self.body(False)
        return mark, block(f"location {path}", [f"recursive_error_pages on;", f"error_page 405 = {name};", f"error_page 404 = {name};", "return 405;"]) + block(
            f"location {name}", ["internal;"] + inner), True

    def at_rewrite_last(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location {path}", [f"rewrite ^{path}(.*)$ /to{path}$1 last;"]) + block(f"location /to{path}", inner), True

    def at_rewrite_break(self, _, path):
        mark, inner = self.body(False)
        return mark, block(f"location {path}", inner + [f"rewrite ^{path}/(.*)$ /$1 break;"]), True

    def at_if_rewrite(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location {path}", block(f"if ({self.rng.choice(TRUE + NO_FILE)})", [f"rewrite ^ /to{path} last;"]) + ["return 404;"]) + block(
            f"location /to{path}", inner), True

    def at_set_rewrite(self, _, path):
        mark, inner = self.body()
        return mark, block(f"location {path}", self.sets() + [f"rewrite ^ /to{path} last;"]) + block(
            f"location /to{path}", ["internal;"] + inner), False

    def at_named_set(self, name, path):
        mark, inner = self.body(False)
        return mark, block(f"location {path}", self.sets() + [f"try_files /none {name};"]) + block(f"location {name}", inner), True

    def at_protocol(self, _, path):
        protocol = self.pick("fastcgi", "memcached", "scgi", "uwsgi")
        mark, inner = self.body(True, protocol)
        if self.chance(0.5):
            return mark, block(f"location {path}", self.settings(0.5) + block(f"location {path}/", inner)), True
        return mark, block(f"location {path}", inner), True

    def at_intercept(self, name, path):
        mark, inner = self.body(False)
        _, outer = self.passes(False)
        outer = [line.replace("$is_args$args", "") for line in outer]
        return mark, block(f"location {path}", ["proxy_intercept_errors on;", f"error_page 500 = {name};",
                                                f"rewrite ^ /{self.pick('fail500', 'empty500')} break;"] + self.settings(0.4) + outer) + block(
            f"location {name}", ["rewrite ^ /fine break;"] + inner), False

    def at_accel(self, _, path):
        mark, inner = self.body()
        _, outer = self.passes(False)
        return mark, block(f"location {path}", [f"rewrite ^ /accel/to{path} break;"] + self.settings(0.4) + outer) + block(
            f"location /to{path}", ["internal;", "rewrite ^ /fine break;"] + [line for line in inner]), False

    # --- the whole -----------------------------------------------------------------------------

    def server(self, index, port, is_default):
        host = f"s{index}.test"
        webs = self.webs()
        lines = [f"listen 127.0.0.1:{port}{' default_server' if is_default else ''};",
                 f"server_name {host};",
                 f"set $where_set {self.rng.choice(webs)};", f"set $by_if {self.rng.choice(webs)};"]
        if self.chance(0.4):
            lines += block(f"if ({self.rng.choice(TRUE + FALSE)})", [f"set $by_if {self.pick(self.rng.choice(webs), '127.0.0.1:' + str(self.ports['web'][0]))};"])
        lines += self.sets() if self.chance(0.5) else []
        lines += self.settings(0.4)
        for _ in range(self.pick(2, 3, 4)):
            path = f"/p{len(self.probes)}"
            mark, body, judged = self.place(len(self.probes), path)
            lines += body
            protocol = next(line for line in body_lines(body) if line.endswith(f"# at {mark}")).strip().split("_", 1)[0]
            self.probes.append(Probe(mark, port, host, path + "/x", protocol, judged))
        if self.chance(0.5):
            lines += block("location /", ["return 404;"])
        if index == 0:
            lines += block("location = /never", ['set $from_set "";', "return 404;"])  # nginx wants it set somewhere
        lines.append("error_page 500 502 503 504 /50x.html;" if self.chance(0.2) else "server_tokens off;")
        return block("server", lines)

    def config(self):
        upstreams = []
        for index in range(self.pick(3, 4, 6)):
            upstreams += self.group(index, "web")
        for index, protocol in enumerate(("fastcgi", "memcached", "scgi", "uwsgi")):
            upstreams += self.group(10 + index, protocol)
        maps = self.all_maps()
        servers = [self.server(index, self.listen_ports[index % 2], index < 2 and self.chance(0.5)) for index in range(self.pick(3, 4, 5))]
        start = ["default_type text/plain;", "access_log off;", "log_not_found off;", "map_hash_bucket_size 128;", "server_names_hash_bucket_size 128;",
                 "variables_hash_bucket_size 128;", "@TEMP_PATHS@"]
        start += [f"geo $unset_here {{ default ''; }}"]
        parts = [maps, upstreams] if self.chance(0.6) else [upstreams, maps]
        if self.chance(0.5):
            for number, part in enumerate(parts):
                self.files[f"conf.d/{number}0-part.conf"] = text_of(part)
            for number, server in enumerate(servers):
                self.files[f"conf.d/site{number}.conf"] = text_of(server)
            http = start + self.settings(0.4) + ["include conf.d/*.conf;"]
        else:
            tail = [line for server in servers for line in server]
            http = start + parts[0] + self.settings(0.4) + (parts[1] + tail if self.chance(0.7) else tail + parts[1])
        for name, text in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return text_of(["worker_processes 1;"] + block("events", ["worker_connections 512;"]) + block("http", http))


def block(head, lines):
    return [head + " {"] + ["    " + line for line in lines] + ["}"]


def body_lines(lines):
    return [line.strip() for line in lines]


def text_of(lines):
    return "".join(line + "\n" for line in lines)


def dedupe(keys):
    """Without keys that nginx takes for the same."""
    return list({key.strip("'\"").lower(): key for key in keys}.values())
