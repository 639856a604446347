"""A translation beside nginx: what every target's test does.

1. The program's own checker accepts the translation of every example, and of every file of a corpus (_corpus.py),
   that translates without an error diagnostic.
2. nginx and the program run the same configurations side by side over the same upstreams. For requests that hit every
   server and location both give the same status, upstream, path, header fields and redirects.
3. Where `routes` says that connections are reused they are reused by both, where it says never by neither.
"""

import concurrent.futures
import json
import re
import shutil
import socket
import sys
import threading

import _corpus
from _options import options_parser, parse_options, version_of
from _proxies import Nginx, Proxy, free_ports, scratch_folder
from _translated_configs import SHAPES, Generator, http_block, shapes_requests, upstreams


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


# --- running ---------------------------------------------------------------------------------------------------------

class Suite:
    """What a translation has to stand, whatever it is for. A target says how its program is checked and started."""

    target = ""     # as `--to` takes it; the name of the program as well
    opens = ""      # what every translation that says something holds
    unsaid = ()     # lines of the shapes that hold one of these are told as errors, and left out
    least = 5       # translations of configurations at hand that have no error

    def __init__(self, poolproof, nginx, program):
        self.poolproof, self.nginx, self.program = poolproof, nginx, program
        self.version = version_of(nginx)
        self.failures, self.compared = [], 0

    def checked(self, text, folder):
        """The program's own verdict on a translation: a finished process. None: it cannot be asked."""
        raise NotImplementedError

    def command(self, path):
        raise NotImplementedError

    def adapt(self, asked):
        """A request without what the two programs are documented to treat differently."""
        return asked

    def agree(self, asked, theirs, ours):
        return theirs == ours

    def fail(self, message):
        self.failures.append(message)
        print("FAIL:", message)

    def translate(self, path, *more):
        return _corpus.translate(self.poolproof, self.target, path, *more)

    # 1. ------------------------------------------------------------------------------------------

    def validator(self):
        configs = _corpus.configs()
        with scratch_folder() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
            numbers = iter(range(len(configs)))
            results = list(pool.map(lambda config: _corpus.translate_whole(self.poolproof, self.target, config,
                                                                          folder / f"whole{next(numbers)}.conf"), configs))
            accepted, asked = 0, []
            for config, result in zip(configs, results):
                if result.returncode not in (0, 1):
                    self.fail(f"{config}: exit {result.returncode}: {result.stderr[-300:]}")
                if result.returncode == 0 and self.opens in result.stdout:
                    asked.append((config, result.stdout))
            verdicts = pool.map(lambda each: self.checked(each[1], folder), asked)
            for (config, _), answer in zip(asked, verdicts):
                if answer is None:
                    continue
                accepted += 1
                if answer.returncode != 0:
                    self.fail(f"{config}: {self.target} refuses the translation:\n{answer.stderr[-2000:]}")
        print(f"{accepted} of {len(configs)} configurations translate without an error, and {self.target} takes them")
        if accepted < self.least:
            self.fail("too few configurations translate")

    # 2. ------------------------------------------------------------------------------------------

    def side_by_side(self, name, text_for, requests_for):
        nginx_port, program_port = free_ports(2)
        with scratch_folder() as folder:
            (folder / "translated.conf").write_text(text_for(program_port).replace("@TEMP_PATHS@", ""))
            result = self.translate(folder / "translated.conf", "--nginx-version", self.version)
            if result.returncode != 0:
                return result
            cfg = folder / "translated"
            cfg.write_text(result.stdout)
            text = text_for(nginx_port)
            with Nginx(self.nginx, folder, text, [nginx_port]), \
                    Proxy(self.command(cfg), folder, [program_port]):
                for asked in map(self.adapt, requests_for(text)):
                    theirs = seen(ask(nginx_port, asked), nginx_port)
                    ours = seen(ask(program_port, asked), program_port)
                    self.compared += 1
                    if not self.agree(asked, theirs, ours):
                        self.differ(name, asked, theirs, ours, text, result.stdout)
                        if name != "shapes":
                            return result
        return result

    def differ(self, name, asked, theirs, ours, text, cfg):
        different = {key: (theirs.get(key), ours.get(key)) for key in {**theirs, **ours}
                     if theirs.get(key) != ours.get(key)}
        self.fail(f"{name}: {asked!r}\n  nginx, {self.target}: {different}\n" + (text + cfg if "-v" in sys.argv else ""))

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
        shapes = "\n".join(line for line in SHAPES.split("\n") if not any(word in line for word in self.unsaid))

        def text_for(port):
            return http_block(upstreams(origins) + f"upstream dead {{ server 127.0.0.1:{dead}; }}\n"
                              + shapes.replace("@PORT@", str(port)))

        result = self.side_by_side("shapes", text_for, shapes_requests)
        if result.returncode != 0:
            self.fail(f"the shapes are not translated whole:\n{result.stderr}")
        for origin in origins:
            origin.stop()

    # 3. ------------------------------------------------------------------------------------------

    def counted(self, text_for, paths, times, origins):
        """For each path how many requests each origin got, and on how many connections; nginx's and the program's."""
        nginx_port, program_port = free_ports(2)
        with scratch_folder() as folder:
            (folder / "translated.conf").write_text(text_for(program_port).replace("@TEMP_PATHS@", ""))
            result = self.translate(folder / "translated.conf", "--nginx-version", self.version)
            if result.returncode != 0:
                self.fail(f"not translated:\n{result.stderr}")
                return None
            (folder / "translated").write_text(result.stdout)
            with Nginx(self.nginx, folder, text_for(nginx_port), [nginx_port]), \
                    Proxy(self.command(folder / "translated"), folder, [program_port]):
                return [self.count(port, path, times, origins) for path in paths for port in (nginx_port, program_port)]

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
                self.fail(f"reuse at {path}: nginx {theirs}, {self.target} {ours}")
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
                self.fail(f"balance at {path}: nginx {theirs}, {self.target} {ours}")
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


def run(kind):
    """The whole test, for a class of suite; the status to exit with."""
    parser = options_parser()
    parser.add_argument(f"--{kind.target}", dest="program",
                        default=shutil.which(kind.target, path="/usr/sbin:/usr/local/sbin:/usr/bin"))
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("-v", action="store_true", help="print configurations that differ")
    options = parse_options(parser)
    if options.program is None:
        print(f"skipped: there is no {kind.target} on this machine")
        return 77
    suite = kind(options.poolproof, options.nginx, options.program)
    suite.validator()
    suite.shapes()
    suite.generated(options.seeds)
    suite.reuse()
    suite.balance()
    return 1 if suite.failures else 0
