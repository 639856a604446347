"""Made-up servers for _wire.py: locations of all kinds within each other, rewrites, conditions, maps, files and error
pages, and the URIs that are asked of them. Settings that nginx refuses are not made up; what is compared is the answer.
"""

WORDS = ["a", "b", "ab", "a.html", "img", "x.php", "A", "a b", "%61", "index.html", "dir"]
FILES = {"a/index.html": b"a index", "a/b/index.html": b"ab index", "a.html": b"a html", "dir/file.txt": b"file", "img/x.php": b"php", "b": b"plain b", "up/index.html": b"up", "a/404.html": b"a 404"}
REGEXES = [r"^/a/(.*)$", r"\.html$", r"^/(?<first>[^/]+)/", r"\.php$", r"/b", r"^/a.*/b$", r"(a|b)+$", r"^/[A-Z]"]
TARGETS = ["/a/b", "/b", "/b?q=1", "/x/$1", "/dir/", "/a.html?", "/$arg_k", "/img/x.php", "/none"]
VARIABLES = ["$uri", "$args", "$request_uri", "$document_uri", "$is_args", "$arg_k", "$v", "$m@ID@", "$request_filename", "$document_root", "$request_method", "$status", "$1", "$first", "$query_string", "$http_x_k", "$host"]
CONDITIONS = ["$arg_k", "$arg_k = 1", "$arg_k != 1", "$uri ~ ^/a", "$uri !~ b", "$request_method = POST", "-f $request_filename", "!-e $request_filename", "-d $request_filename", "$http_x_k ~* (y)(.*)", "$v = set", "$m@ID@ = one"]


class RoutingMaker:
    def __init__(self, rng):
        self.rng = rng
        self.names = 0

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, items):
        return self.rng.choice(items)

    def path(self, low=0):
        words = [self.pick(WORDS[:6]) for _ in range(self.rng.randint(low, 2))]
        return "/" + "/".join(words) + self.pick(["", "", "/"]) * bool(words)

    def text(self):
        self.names += 1
        return f"{self.names}:" + "|".join(self.rng.sample(VARIABLES, 3))

    def rewrite(self):
        flag = self.pick(["", "last", "break", "redirect", "permanent", "last", "break"])
        return f"rewrite '{self.pick(REGEXES)}' {self.pick(TARGETS)} {flag};"

    def inner(self):
        """What may stand in an `if`, and elsewhere."""
        return self.pick([lambda: f"return 200 '{self.text()}';", lambda: f"return {self.pick([204, 301, 302, 403, 404, 410, 500])};", lambda: f"return 302 {self.pick(TARGETS)};", lambda: f"set $v '{self.pick(['set', '$uri', '$1', ''])}';",
                          self.rewrite, lambda: "break;", lambda: f"add_header X-In {self.pick(VARIABLES)} always;", lambda: f"return {self.pick([404, 200, 500])} '{self.text()}';"])()

    def statements(self, count):
        out, seen = [], set()
        for _ in range(count):
            made = self.pick([self.inner, self.inner, lambda: f"if ({self.pick(CONDITIONS)}) {{ {self.inner()} }}", lambda: f"error_page {self.pick(['404', '403 404', '500', '410 404', '302'])} {self.pick(['', '=200', '=', '=404'])} {self.pick(['/a.html', '@n', '/none', '/err?e=1', 'http://o.test/'])};",
                              lambda: f"try_files {' '.join(self.rng.sample(['$uri', '$uri/', '/b', '$uri.html', '/a$uri', '/none'], self.rng.randint(1, 2)))} {self.pick(['=404', '@n', '/b', '/err?$args', '=403'])};", lambda: f"index {self.pick(['index.html', 'none index.html', '/b', 'x.php'])};",
                              lambda: f"root @ROOT@{self.pick(['', '/a', '/none'])};", lambda: "proxy_pass http://@UP@;", lambda: f"add_header X-Out {self.pick(VARIABLES)};", lambda: f"default_type {self.pick(['a/b', 'text/plain'])};", lambda: "internal;",
                              lambda: f"{self.pick(['absolute_redirect off', 'recursive_error_pages on', 'port_in_redirect off', 'server_name_in_redirect on', 'log_not_found off'])};"])()
            once = made.split()[0]
            if once in ("try_files", "root", "proxy_pass", "default_type", "internal;", "absolute_redirect", "recursive_error_pages", "port_in_redirect", "server_name_in_redirect", "log_not_found") and once in seen:
                continue
            seen.add(once)
            out.append(made)
        return out

    def location(self, taken, prefix="", depth=0):
        kind = self.pick(["", "", "", "= ", "^~ ", "~ ", "~* "])
        name = f"'{self.pick(REGEXES)}'" if "~ " in kind and "^" not in kind or kind == "~* " else f"{prefix}{self.path(1 if prefix else 0)[prefix.endswith('/'):]}"
        key = name if kind in ("", "^~ ") else kind + name
        if key in taken:
            return ""
        taken.add(key)
        body = self.statements(self.rng.randint(0, 3))
        if kind == "^~ " or kind == "":
            if self.chance(0.1) and not any(each.startswith(("root", "proxy_pass", "try_files")) for each in body):
                body.append(f"alias @ROOT@{self.pick(['/a/', '/dir/', '/'])};")
            if depth < 2 and self.chance(0.2):
                body += [self.location(taken, name, depth + 1) for _ in range(self.rng.randint(1, 2))]
        return f"location {kind}{name} {{ {' '.join(body)} }}"

    def case(self, number):
        self.names = 0
        taken = set()
        body = [each for each in self.statements(self.pick([0, 0, 1, 2])) if "X-In" not in each and not each.startswith(("proxy_pass", "internal", "root", "return 2", "break", "return 3", "return 4", "return 5"))]
        locations = [self.location(taken) for _ in range(self.rng.randint(2, 6))]
        conf = f"root @ROOT@; set $v ''; {' '.join(body)} {' '.join(locations)} location @n {{ {' '.join(self.statements(1))} return 200 '{self.text()}'; }}"
        uris = [self.uri() for _ in range(10)]
        clients = [f"{self.pick(['GET', 'GET', 'GET', 'HEAD', 'POST'])} {uri} HTTP/1.1\r\nHost: @HOST@\r\n{self.pick(['', '', 'X-K: yes'])}".rstrip("\r\n").encode() + b"\r\nConnection: close\r\n\r\n" for uri in uris]
        shown = f"\nconf: {conf}\nclients: {clients!r}"
        return {"name": f"routing {number}", "shown": shown, "http": "map $arg_k $m@ID@ { default none; 1 one; ~^(?<first>z.*) $first; }", "conf": conf, "files": FILES, "clients": clients, "any_end": True, "any_length": True,
                "upstream": [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno"], "unordered": True}

    def uri(self):
        path = "/" + "/".join(self.pick(WORDS) .replace(" ", "%20") for _ in range(self.rng.randint(0, 3))) + self.pick(["", "", "/"])
        return path + self.pick(["", "", "?k=1", "?k=zed&q", "?"])
