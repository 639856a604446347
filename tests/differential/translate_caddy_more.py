#!/usr/bin/env python3
"""nginx and Caddy on the translation of the same configuration, for what only Caddy of the targets can do: files,
certificates for names, FastCGI with its parameters, sockets."""

import re
import shutil
import socket
import ssl
import struct
import sys

from _backends import Backends
from _caddy import Caddy, make_certificate
from _options import options_parser, parse_options
from _proxies import Nginx, Proxy, free_ports, scratch_folder
from _translated import ask
from _translated_configs import http_block

FILES = {"index.html": "home", "a.txt": "a", "sub/index.html": "in sub", "sub/b.txt": "b", "empty/c.txt": "c",
         "app/index.php": "code", "app/x.php": "code", "with space.txt": "s", "main.html": "spa", "deep/er/d.txt": "d"}

FILES_CONFIG = """
    server {
        listen 127.0.0.1:@PORT@;
        server_name files.test;
        root @ROOT@;
        add_header X-Good yes;
        add_header X-All yes always;
        location / { }
        location /text/ { alias @ROOT@/sub/; }
        location /text2 { alias @ROOT@/sub; }
        location /none/ { root @ROOT@/nowhere; }
        location /try/ { root @ROOT@; try_files $uri $uri/ =404; }
        location /sub/try { try_files /sub/b.txt =404; }
        location /deep/ { try_files $uri $uri/ $uri.txt =404; }
        location /app/sub { try_files /deep/ =404; }
        location /gone { try_files $uri =410; }
        location /named/ { try_files $uri @other; }
        location @other { return 200 "other for $uri\\n"; }
        location /spa/ { try_files $uri /main.html; }
        location = /main.html { add_header X-Main yes; }
        location /twice/ { try_files $uri /twice/again/; }
        location /twice/again/ { return 200 "again for $uri of $request_uri\\n"; }
        location /app/ { index index.php index.html; }
        location ~ \\.php$ { return 200 "would run $uri\\n"; }
        location /names/ { alias @ROOT@/; index nothing.html a.txt; }
        location /only/ { alias @ROOT@/sub/; limit_except GET { deny all; } }
        location /closed/ { alias @ROOT@/sub/; deny all; }
    }
"""
FILES_PATHS = ["/", "/a.txt", "/nope", "/sub", "/sub?x=1", "/sub/", "/sub/b.txt", "/empty/c.txt", "/empty/", "/empty", "/try/", "/try/sub", "/sub/", "/with%20space.txt", "/text/b.txt",
               "/text/", "/text/nope", "/text2/b.txt", "/none/", "/none/x", "/try/a.txt", "/sub/try", "/gone/x", "/named/x?y=1", "/spa/x/y",
               "/main.html", "/twice/x", "/twice/again/x", "/app/", "/app", "/app/x.php", "/app/y.php", "/names/", "/only/b.txt",
               "/closed/b.txt", "/deep/er/d.txt", "/deep/er", "/deep/er/", "/deep/er/d", "/app/sub", "/deep//er/d.txt", "/A.txt"]

FASTCGI_CONFIG = """
    server {
        listen 127.0.0.1:@PORT@;
        server_name php.test;
        root @ROOT@;
        index index.php;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_param SCRIPT_NAME $fastcgi_script_name;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param REQUEST_URI $request_uri;
        fastcgi_param SERVER_PORT $server_port;
        fastcgi_param SERVER_NAME $server_name;
        fastcgi_param PATH_INFO $fastcgi_path_info;
        fastcgi_param OWN "a $host b";
        location / { try_files $uri $uri/ /app/index.php?$query_string; }
        location ~ \\.php$ { try_files $uri =404; fastcgi_pass 127.0.0.1:@FASTCGI@; }
        location ~ ^/split/ { fastcgi_split_path_info ^(/split/[^/]+\\.php)(/.*)$; fastcgi_pass 127.0.0.1:@FASTCGI@; }
        location /folder/ { fastcgi_index front.php; fastcgi_pass 127.0.0.1:@FASTCGI@; }
    }
"""
FASTCGI_PATHS = ["/app/x.php?a=b", "/app/", "/pretty/path?id=7", "/app/none.php", "/split/a.php/rest/of", "/split/a.php", "/folder/",
                 "/folder/z.php", "/a.txt"]
FASTCGI_PARAMS = re.findall(r"fastcgi_param (\w+)", FASTCGI_CONFIG)

TLS_CONFIG = """
    upstream inner { server 127.0.0.1:@INNER@; keepalive 2; }
    server { listen 127.0.0.1:@PORT@ ssl default_server; server_name one.test; ssl_certificate @DIR@/one.crt; ssl_certificate_key @DIR@/one.key;
             location / { return 200 "one $scheme $https $server_port\\n"; }
             location /through { proxy_pass https://inner; proxy_ssl_name two.test; proxy_ssl_server_name on; proxy_set_header Host two.test;
                                 proxy_http_version 1.1; proxy_set_header Connection ""; } }
    server { listen 127.0.0.1:@PORT@ ssl; server_name two.test *.two.test; ssl_certificate @DIR@/two.crt; ssl_certificate_key @DIR@/two.key;
             location / { return 200 "two $host\\n"; } }
    server { listen unix:@DIR@/@PORT@.sock; server_name unix.test; location / { return 200 "socket\\n"; } }
    server { listen 127.0.0.1:@INNER@ ssl; server_name two.test; ssl_certificate @DIR@/two.crt; ssl_certificate_key @DIR@/two.key;
             location / { return 200 "inner $host\\n"; } }
"""


def answer_of(data, port):
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    out = {"status": int(lines[0].split()[1]) if head else 0, "location": fields.get("location", "").replace(f":{port}", ":PORT")}
    for name in fields:
        if name.startswith("x-"):
            out[name] = sorted(line.partition(":")[2].strip() for line in lines if line.lower().startswith(name + ":"))
    if out["status"] == 200:
        out["body"] = joined(body) if "chunked" in fields.get("transfer-encoding", "") else body
    return out


def joined(body):
    """Without the sizes of its chunks."""
    out = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        out += rest[:int(size, 16)]
        body = rest[int(size, 16) + 2:] if int(size, 16) else b""
    return out


def params_of(data):
    """The parameters of a FastCGI request (FastCGI specification, section 3.4)."""
    at, stream = 0, b""
    while len(data) - at >= 8:
        _, kind, _, length, padding = struct.unpack("!BBHHB", data[at:at + 7])
        stream += data[at + 8:at + 8 + length] if kind == 4 else b""
        at += 8 + length + padding
    out, at = {}, 0
    while at < len(stream):
        sizes = []
        for _ in range(2):
            size = stream[at]
            width = 4 if size & 0x80 else 1
            sizes.append(int.from_bytes(stream[at:at + width], "big") & (0x7fffffff if width == 4 else 0x7f))
            at += width
        name, value = stream[at:at + sizes[0]], stream[at + sizes[0]:at + sum(sizes)]
        out[name.decode()] = value.decode()
        at += sum(sizes)
    return {name: out.get(name, "") for name in FASTCGI_PARAMS}


class More(Caddy):
    def start(self, folder, name, text_for, more_ports=0):
        """nginx and Caddy on a configuration: the two processes, to be entered, and their ports."""
        ports = free_ports(2 * (1 + more_ports))
        ours, theirs = ports[:1 + more_ports], ports[1 + more_ports:]
        config = folder / f"{name}.conf"
        config.write_text(text_for(*ours).replace("@TEMP_PATHS@", ""))
        result = self.translate(config, "--nginx-version", self.version)
        if result.returncode != 0:
            self.fail(f"{name} is not translated whole:\n{result.stderr}")
        (folder / name).write_text(result.stdout)
        (folder / "nginx").mkdir(exist_ok=True)
        return (Nginx(self.nginx, folder, text_for(*theirs), theirs, name=f"{name}-nginx.conf"),
                Proxy(self.command(folder / name), folder, ours), theirs[0], ours[0])

    def compare(self, what, theirs, ours):
        self.compared += 1
        if theirs != ours:
            self.fail(f"{what}:\n  nginx {theirs}\n  caddy {ours}")

    def files(self, folder):
        root = make_files(folder)
        nginx, caddy, theirs, ours = self.start(
            folder, "files", lambda port: http_block(FILES_CONFIG.replace("@PORT@", str(port)).replace("@ROOT@", str(root))))
        with nginx, caddy:
            for method in ("GET", "HEAD", "POST", "DELETE"):
                for path in FILES_PATHS:
                    asked = f"{method} {path} HTTP/1.1\r\nHost: files.test\r\nConnection: close\r\n\r\n".encode()
                    self.compare(f"{method} {path}", *(answer_of(ask(port, asked), port) for port in (theirs, ours)))

    def fastcgi(self, folder):
        root = make_files(folder)
        backends = Backends()
        port_of_backend = backends.listen("fastcgi")

        def text_for(port):
            return http_block(FASTCGI_CONFIG.replace("@PORT@", str(port)).replace("@ROOT@", str(root))
                              .replace("@FASTCGI@", str(port_of_backend)))

        with backends:
            nginx, caddy, theirs, ours = self.start(folder, "fastcgi", text_for)
            with nginx, caddy:
                for path in FASTCGI_PATHS:
                    seen = []
                    for port in (theirs, ours):
                        before = len(backends.requests)
                        asked = f"GET {path} HTTP/1.1\r\nHost: php.test\r\nConnection: close\r\n\r\n".encode()
                        answer = answer_of(ask(port, asked), port)
                        params = [params_of(each) for each in backends.requests[before:]]
                        for each in params:
                            each["SERVER_PORT"] = each["SERVER_PORT"].replace(str(port), "PORT")
                        seen.append((answer, params))
                    self.compare(f"FastCGI {path}", *seen)

    def tls(self, folder):
        for name in ("one", "two"):
            pair = make_certificate(folder)
            pair[0].rename(folder / f"{name}.crt")
            pair[1].rename(folder / f"{name}.key")

        def text_for(port, inner):
            return http_block(TLS_CONFIG.replace("@PORT@", str(port)).replace("@INNER@", str(inner)).replace("@DIR@", str(folder)))

        nginx, caddy, theirs, ours = self.start(folder, "tls", text_for, more_ports=1)
        with nginx, caddy:
            for sni in ("one.test", "two.test", "x.two.test", "three.test", None):
                self.compare(f"certificate for {sni}", *(certificate(port, sni) for port in (theirs, ours)))
            for sni, host, path in (("one.test", "one.test", "/"), ("two.test", "two.test", "/"), ("one.test", "two.test", "/"),
                                    (None, "x.two.test", "/"), ("two.test", "other", "/"), ("one.test", "one.test", "/through")):
                asked = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
                self.compare(f"TLS {sni} {host} {path}", *(
                    {**answer, "body": answer.get("body", b"").replace(str(port).encode(), b"PORT")}
                    for port in (theirs, ours) for answer in [answer_of(ask_tls(port, sni, asked), port)]))
            asked = b"GET / HTTP/1.1\r\nHost: unix.test\r\nConnection: close\r\n\r\n"
            self.compare("socket", *(answer_of(ask_socket(folder / f"{port}.sock", asked), port) for port in (theirs, ours)))


def make_files(folder):
    root = folder / "www"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def connect_tls(port, sni):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), 20), server_hostname=sni)


def certificate(port, sni):
    with connect_tls(port, sni) as sock:
        return sock.getpeercert(binary_form=True)


def ask_tls(port, sni, request):
    with connect_tls(port, sni) as sock:
        sock.sendall(request)
        return read_all(sock)


def ask_socket(path, request):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect(str(path))
        sock.sendall(request)
        return read_all(sock)


def read_all(sock):
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


def main():
    options = parse_options(options_parser())
    caddy = shutil.which("caddy")
    if caddy is None or shutil.which("openssl") is None:
        print("skipped: there is no caddy or no openssl on this machine")
        return 77
    suite = More(options.poolproof, options.nginx, caddy)
    for part in (suite.files, suite.fastcgi, suite.tls):
        with scratch_folder() as folder:
            part(folder)
    print(f"{suite.compared} answers compared")
    return 1 if suite.failures else 0


if __name__ == "__main__":
    sys.exit(main())
