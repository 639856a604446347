"""Made-up cases for _wire.py: what a client may send, what an upstream may answer, and what stands between them. Mostly
ordinary, with one or two odd things each, so that what is odd is reached and not only refused at its first byte.

Left out is what poolproof does otherwise on purpose (see `intended` in the other wire_* files): interim responses, bodies
that break off late, heads that exactly fill a buffer, and HTTP/0.9 responses to clients that are kept.
"""

import re

LOG = ("$status|$request_length|$upstream_status|$upstream_response_length|$connection_requests|$request_completion|"
       "$request|$uri|$args|$request_method|$server_protocol|$host")
HOST = [b"Host: @HOST@"]
METHODS = [b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"FROB", b"get", b"M-SEARCH", b"A_B", b"TRACE", b"CONNECT", b"", b"G3T", b"PROPFIND"]
PATHS = [b"/", b"//", b"/a", b"/a/b/", b"/./", b"/..", b"/../", b"/a/../b", b"/a/..", b"/%2e%2e/", b"/a/%2e%2e/b", b"%2F", b"%zz", b"%", b"%0", b"%00", b"%0a", b";x=1",
         b"#f", b"?", b"?a=b", b"&c", b"??", b"?a=/../b", b"\x00", b"\x01", b"\x7f", b"\xe4", b" ", b"  b", b"\t", b"+", b"%20", b"%3f", b"%23x", b"\\", b":", b"*", b".", b"..",
         b"...", b"/.a", b"/a.", b"/./a", b"a%2Fb", b"%41", b"%7e", b"\"", b"<", b"'", b"%25", b"%2525", b"@", b"$uri", b"/in/x"]
TARGETS = [b"*", b"a", b"http://@HOST@", b"http://@HOST@/x", b"http://@HOST@?q", b"http://@HOST@:80/", b"HTTP://@HOST@/", b"http:///x", b"http:/x", b"https://@HOST@/", b"http://[::1]/",
           b"http://[::1", b"http://a_b/", b"http://a@b/", b"a-b+c://d.test/", b"http://@HOST@:x/", b"http://@HOST@#f", b"", b"http://127.0.0.1/", b"http://@HOST@/..", b"//@HOST@/x", b"http://@HOST@."]
VERSIONS = [b" HTTP/1.0", b" HTTP/1.2", b" HTTP/2.0", b" HTTP/0.9", b" HTTP/1.10", b" HTTP/01.1", b" HTTP/1.1 ", b" http/1.1", b"", b" ", b" HTTP/1", b" HTTP/1.", b" HTTP/1.1000",
            b" HTTP/1.1x", b" HTTP/1.1 x", b"  HTTP/1.1", b" HTTP/11.1", b" HTTP/1,1", b" HTTP/ 1.1", b" HTTP/1.999", b" HTTP/1.00", b"\tHTTP/1.1"]
HOSTS = [[], [b"Host: @HOST@", b"Host: @HOST@"], [b"Host: "], [b"Host:"], [b"Host: a b"], [b"Host: a/b"], [b"Host: @HOST@:80"], [b"Host: @HOST@."], [b"Host: A..b"], [b"Host: .a"],
         [b"host:@HOST@"], [b"HOST: @HOST@"], [b"Host: a:b:c"], [b"Host: [::1]:80"], [b"Host: [::1"], [b"Host: a\x01"], [b"Host: \xe4"], [b"Host: other.test"], [b"Host: @HOST@:"], [b"Host: @"],
         [b"Host: a,b"], [b"Host: a\\b"], [b"Host : @HOST@"], [b"Host"], [b"Host: a\tb"], [b"Host: :80"], [b"Host: a:80x"], [b"Host: ["]]
HEADERS = [b"X_A: 1", b"X.A: 1", b"X A: 1", b"X-A : 1", b": 1", b"X-A", b"X-A:", b"X-A:   ", b"X-A: a\x00b", b"X-A: a\rb", b"X-A: a\tb", b"X-A: a  ", b"X-A: \ta", b"\tX: y", b" X: y",
           b"X-A: 1\r\n  continued", b"X-A: 1\r\n\tcontinued", b"X-\xe4: 1", b"X-A: \xe4", b"X(A): 1", b"X-A: a\x01b", b"X\x00: 1", b"-: 1", b"_: 1", b"1: 1", b"X-A: 1\r", b"Cookie: a=1\r\nCookie: b=2",
           b"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8", b"X-Forwarded-For: x", b"Keep-Alive: 5", b"Proxy-Connection: keep-alive", b"TE: trailers", b"Trailer: X-T", b"Upgrade: websocket",
           b"Range: bytes=0-1", b"If-Modified-Since: x", b"If-Match: a", b"If-None-Match: *", b"If-None-Match: a\r\nIf-None-Match: b", b"Range: a\r\nRange: b", b"Authorization: Basic eDp5",
           b"User-Agent: a\r\nUser-Agent: b", b"Referer: a\r\nReferer: b", b"Accept-Encoding: gzip", b"Via: 1.0 x", b"Content-Type: a/b\r\nContent-Type: c/d", b"Expect: x", b"Expect: 100-continue",
           b"Content-Encoding: gzip", b"X-Accel-Redirect: /e", b"Date: x", b"X-A: " + b"l" * 900, b"X-A: " + b"l" * 1100, b"X-A: " + b"l" * 3000, b"X-A: " + b"l" * 8170, b"X-A: " + b"l" * 9000,
           b"\r\n".join(b"X-%d: %s" % (i, b"m" * 1000) for i in range(8)), b"\r\n".join(b"X-%d: %s" % (i, b"m" * 3000) for i in range(12)), b"User-Agent: Mozilla/4.0 (compatible; MSIE 6.0)"]
CONNECTIONS = [b"Connection: close", b"Connection: keep-alive", b"Connection: Keep-Alive, x", b"Connection: CLOSE", b"Connection: ", b"Connection: x\r\nConnection: close", b"Connection: close\r\nConnection: keep-alive",
               b"Connection: upgrade", b"Connection: disclosed", b"Connection: keep-alive, close"]
LENGTHS = [b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: -5", b"Content-Length: +5", b"Content-Length: 0x5", b"Content-Length: 5, 5", b"Content-Length: 5 ",
           b"Content-Length:", b"Content-Length: ", b"Content-Length: 005", b"Content-Length: 99999999999999999999", b"Content-Length: 5x", b"Content-Length: 5\tx", b"Content-Length : 5", b"content-length:5", b"Content_Length: 5"]
CODINGS = [b"Transfer-Encoding: chunked", b"Transfer-Encoding: Chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Transfer-Encoding:",
           b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer_Encoding: chunked",
           b"Transfer-Encoding : chunked", b"transfer-encoding:chunked", b"Transfer-Encoding: \tchunked", b"Transfer-Encoding: chunked\t"]
CHUNKS = [b"5\r\nhello\r\n", b"5 \r\nhello\r\n", b"5;a=b\r\nhello\r\n", b"5;a=\"b\r\n\"\r\nhello\r\n", b"05\r\nhello\r\n", b"5\nhello\n", b"5\r\nhello\n", b"A\r\n0123456789\r\n", b"a\r\n0123456789\r\n", b"5\t\r\nhello\r\n",
          b"5\r\nhello!\r\n", b"5\r\nhell\r\n", b"x\r\n", b"-1\r\n", b"fffffffffffffffff\r\nx", b"7fffffffffffffff\r\nx", b"\r\n", b" 5\r\nhello\r\n", b"5\r\rhello\r\n", b"5\r\nhello\r\r\n", b"0x5\r\nhello\r\n", b"5;\r\nhello\r\n",
          b"00000000000000000005\r\nhello\r\n", b"5\r\n\x00\x01\r\n\n\r\n", b"5,\r\nhello\r\n", b"2\r\nab\r\n3\r\ncde\r\n"]
LAST_CHUNKS = [b"0\r\n\r\n"] * 6 + [b"0\r\nX-T: 1\r\n\r\n", b"0\n\n", b"00\r\n\r\n", b"0;a\r\n\r\n", b"0 \r\n\r\n", b"0\r\n\r", b"0\r\nX\n\r\n", b"0\r\n: \r\n\r\n", b"", b"0\r\n X\r\n\r\n", b"0\r\n\rx"]

STATUSES = [b"HTTP/1.0 200 OK", b"HTTP/1.1 200", b"HTTP/1.1 200 ", b"HTTP/1.1 201 Made", b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 206 Part", b"HTTP/1.1 302 Found", b"HTTP/1.1 404 Not Found",
            b"HTTP/1.1 500 Oh", b"HTTP/1.1 502 Bad", b"HTTP/1.1 503 Busy", b"HTTP/1.1 401 Who", b"HTTP/1.1 403 No", b"HTTP/1.1 429 Many", b"HTTP/1.1 600 x", b"HTTP/1.1 999 x",
            b"HTTP/1.1  200 OK", b"HTTP/2.0 200 OK", b"HTTP/1.9 200 OK", b"HTTP/1.1 200 \xe4", b"HTTP/1.1 200 a  b ", b"HTTP/1.1 205 Reset", b"HTTP/1.1 418 Tea", b"HTTP/1.1 301 Moved", b"HTTP/1.1 303 See",
            b"HTTP/1.1 200.5 x", b"HTTP/1.11 200 OK", b"HTTP/1.1 413 Large", b"HTTP/1.1 416 Range", b"HTTP/1.1 408 Time", b"HTTP/1.1 499 x", b"HTTP/1.1 444 x", b"HTTP/1.1 200 OK\t"]
RESPONSE_LENGTHS = [b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: -5", b"Content-Length: 5x", b"Content-Length: ", b"content-length:5", b"Content-Length: 005", b"Content-Length: 5 ",
                    b"Content-Length: 99999999999999999999", b"Content-Length: 0", b"Content-Length: +5"]
RESPONSE_CODINGS = [b"Transfer-Encoding: Chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                    b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding:", b"Transfer-Encoding: xchunkedx"]
RESPONSE_HEADERS = [b"Connection: close", b"Connection: keep-alive", b"Connection: x", b"Keep-Alive: timeout=5", b"Location: /x", b"Location: http://@UP@/x", b"Location: http://o.test/x", b"Location: x", b"Location:", b"Location: //x",
                    b"Set-Cookie: a=1\r\nSet-Cookie: b=2; path=/", b"Refresh: 5; url=http://@UP@/x", b"Content-Type: text/html", b"Content-Type: text/html; charset=utf-8", b"Content-Type:", b"Content-Type: a\r\nContent-Type: b", b"Server: s",
                    b"Date: Mon, 23 Nov 2026 13:00:00 GMT", b"X-Accel-Redirect: /e", b"X-Accel-Redirect: @n", b"X-Accel-Redirect: /e?q", b"X-Accel-Redirect: /../e", b"X-Accel-Expires: 5", b"X-Accel-Buffering: no", b"X-Accel-Limit-Rate: 0",
                    b"Upgrade: h2c", b"ETag: \"x\"", b"ETag: x\r\nETag: y", b"Last-Modified: Mon, 23 Nov 2026 13:00:00 GMT", b"Content-Encoding: gzip", b"Trailer: X-T", b"X-Pad: x", b"Accept-Ranges: bytes", b"Expires: x", b"Cache-Control: no-cache",
                    b"Vary: *", b"WWW-Authenticate: Basic", b"X_A: 1", b"X.A: 1", b"X A: 1", b"X-A : 1", b": 1", b"X-A", b"X-A:", b"X-A: \t", b" X: y", b"\tX: y", b"X-A: 1\r\n  y", b"X-A: a\x00b", b"X-A: a\rb", b"X-\xe4: \xe4", b"X-A: a  ",
                    b"X-A: " + b"l" * 3000, b"X-A: " + b"l" * 5000, b"P3P: x", b"Link: </a>", b"Status: 500 x", b"Content-Disposition: x", b"Proxy-Connection: close", b"Age: 1", b"Content-Range: bytes 0-1/2", b"X-Accel-Charset: koi8-r"]

LOCATIONS = ["proxy_buffering off;", "proxy_request_buffering off;", "proxy_next_upstream error timeout invalid_header http_500 http_502 http_503 http_504 http_403 http_404 http_429;", "proxy_next_upstream off;",
             "proxy_next_upstream error non_idempotent http_500;", "proxy_intercept_errors on; error_page 404 500 502 /e;", "error_page 400 404 413 502 =200 /e;", "error_page 404 = @n;", "add_header X-Added $upstream_status always;",
             "client_max_body_size 4;", "client_body_buffer_size 1k;", "keepalive_requests 2;", "chunked_transfer_encoding off;", "proxy_pass_request_headers off;", "proxy_pass_request_body off;", "proxy_method POST;", "proxy_set_body x;",
             "proxy_hide_header X-A; proxy_pass_header Server;", "proxy_ignore_headers X-Accel-Redirect X-Accel-Buffering;", "keepalive_timeout 0;", "proxy_set_header X-All $request|$uri|$args|$http_x_a|$content_length;", "proxy_redirect off;",
             "proxy_buffer_size 1k; proxy_buffers 8 4k;", "absolute_redirect off;", "keepalive_disable none;", "proxy_set_header Host $http_host;", "proxy_next_upstream_tries 1;", "proxy_cookie_path / /c/;", "proxy_pass_header Date;",
             "add_header Last-Modified x; add_header X-B b;", "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header Cookie $http_cookie;", "default_type a/b;", "proxy_ignore_client_abort on;",
             "if ($request_method = POST) { set $p post; }", "limit_except GET { deny all; }", "error_page 403 405 /e;"]
SERVERS = ["ignore_invalid_headers off;", "underscores_in_headers on;", "merge_slashes off;", "client_header_buffer_size 256;", "large_client_header_buffers 2 2k;", "large_client_header_buffers 4 1k;", "server_name_in_redirect on;", "port_in_redirect off;", "reset_timedout_connection on;"]
TARGET_TAILS = ["", "", "", "/", "/x", "/x?y"]


def comparable(log):
    """What a request line that is none says depends on how much of it was read."""
    return re.sub(rb"^(400\|0\|[^\n]*?OK\|)[^|\n]*", rb"\1", log, flags=re.MULTILINE)


class Maker:
    def __init__(self, rng):
        self.rng = rng

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, items):
        return self.rng.choice(items)

    # --- the client
    def request(self, oddness, last):
        method = self.pick(METHODS) if self.chance(0.15 + oddness) else self.pick([b"GET", b"GET", b"POST"])
        line = method + self.pick([b" "] * 12 + [b"  ", b"\t"]) + self.target(oddness) + (self.pick(VERSIONS) if self.chance(oddness) else self.pick([b" HTTP/1.1"] * 5 + [b" HTTP/1.0"]))
        lines = [line] + (self.pick(HOSTS) if self.chance(oddness) else HOST)
        if self.chance(0.3 + oddness):
            lines += self.rng.sample(HEADERS, self.pick([1, 1, 2]))
        if last or self.chance(0.15):
            lines.append(self.pick(CONNECTIONS[:1] * 3 + CONNECTIONS))
        body = b""
        if method in (b"POST", b"PUT", b"PATCH") or self.chance(0.1):
            framing, body = self.body(oddness)
            lines += framing
        if self.chance(oddness / 2):
            head, *rest = lines
            self.rng.shuffle(rest)
            lines = [head] + rest
        end = self.pick([b"\n", b"\r\r\n", b"\r"]) if self.chance(oddness / 4) else b"\r\n"
        before = self.pick([b"\r\n", b"\n", b"\r\n\r\n", b" "]) if self.chance(oddness / 4) else b""
        return before + end.join(lines) + end + (b"" if self.chance(oddness / 10) else end) + body

    def target(self, oddness):
        if self.chance(oddness / 2):
            return self.pick(TARGETS)
        return self.pick([b"/", b"/a", b"/in/a"]) + b"".join(self.pick(PATHS) for _ in range(self.pick([0, 0, 1, 2, 3]) if self.chance(0.3 + oddness) else 0))

    def body(self, oddness):
        if self.chance(0.5):
            if self.chance(oddness):
                return [self.pick(LENGTHS)], b"hello"
            data = b"b" * self.pick([0, 1, 5, 5, 5, 100, 1500, 20000])
            return [b"Content-Length: %d" % len(data)], data[:-3] if self.chance(oddness / 4) else data
        coding = self.pick(CODINGS) if self.chance(oddness) else CODINGS[0]
        return [coding], self.chunks(oddness)

    def chunks(self, oddness):
        parts = [self.pick(CHUNKS) if self.chance(oddness) else CHUNKS[0] for _ in range(self.pick([0, 1, 1, 2, 3]))]
        return b"".join(parts) + (self.pick(LAST_CHUNKS) if self.chance(oddness) else LAST_CHUNKS[0])

    def pieces(self, data):
        """At most three pieces, with pauses between them."""
        if not self.chance(0.25) or len(data) < 2:
            return [data]
        cuts = sorted(self.rng.sample(range(1, len(data)), min(self.pick([1, 2]), len(data) - 1)))
        out, at = [], 0
        for cut in cuts:
            out += [data[at:cut], 0.04]
            at = cut
        return out + [data[at:]]

    def client(self):
        oddness = self.pick([0.02, 0.05, 0.2])
        count = self.pick([1, 1, 2, 3])
        data = b"".join(self.request(oddness, i == count - 1 and self.chance(0.7)) for i in range(count))
        if count == 1 and self.chance(0.1):
            return [data[:self.rng.randrange(1, len(data))], 0.03, None]
        return self.pieces(data)

    # --- the upstream
    def answer(self):
        oddness = self.pick([0.0, 0.05, 0.3])
        lines = [self.pick(STATUSES) if self.chance(0.2 + oddness) else b"HTTP/1.1 200 OK"]
        if self.chance(0.3 + oddness):
            lines += self.rng.sample(RESPONSE_HEADERS, self.pick([1, 1, 2]))
        framing, data, complete = self.response_body(oddness)
        end = b"\n" if self.chance(oddness / 4) else b"\r\n"
        if not complete:
            framing = framing + [b"Connection: close"]
        whole = end.join(lines + framing) + end + end + data
        if complete:
            return self.pieces(whole)
        return [whole, None]

    def response_body(self, oddness):
        """Header lines, what follows the head, and whether the connection may stay open behind that: a response whose
        end nobody sees is handed on at other times by poolproof than by nginx."""
        data = b"r" * self.pick([0, 2, 5, 5, 300, 5000, 70000])
        way = self.pick(["length", "length", "chunked", "end"])
        if self.chance(oddness):
            framing = self.pick(RESPONSE_LENGTHS if way == "length" else RESPONSE_CODINGS)
            return [framing], self.pick([data, self.chunks(oddness)]), False
        if way == "end":
            return [], data, False
        if way == "chunked":
            framing, data = [b"Transfer-Encoding: chunked"], self.chunks(oddness)
        else:
            framing = [b"Content-Length: %d" % len(data)]
        if self.chance(oddness):
            return framing, data[:-1], False
        if len(data) < 1000 and self.chance(oddness):
            data += self.pick([b"x", b"\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
        return framing, data, oddness == 0 or way == "length"

    # --- what stands between them
    def case(self, number):
        clients = [self.client() for _ in range(self.pick([1, 1, 2]))]
        answers = [self.answer() for _ in range(self.pick([1, 2, 3]))]
        if any(pieces[-1] is None for pieces in clients):  # which of them comes first is a matter of time
            answers = [[b"".join(piece for piece in answer if isinstance(piece, bytes)), None] for answer in answers]
        has_head = any(b"HEAD" in piece for pieces in clients for piece in pieces if isinstance(piece, bytes))
        settings = self.rng.sample(LOCATIONS, self.pick([0, 1, 1, 2]))
        if len({line.split()[0] for line in settings}) < len(settings):
            settings.pop()  # nginx takes most directives once
        pool = self.pick(["", "keepalive 4;", "keepalive 1; keepalive_requests 2;"])
        servers = self.pick(["server @UP@;"] * 3 + ["server @UP@; server @UP2@;", "server @UP@ max_fails=0; server @UP@ max_fails=0;", "server @DOWN@; server @UP@;", "server @UP@; server @UP2@ backup;"])
        version = self.pick(['proxy_http_version 1.1; proxy_set_header Connection "";'] * 3 + [""])
        if "proxy_set_header" in " ".join(settings) and version:
            version = 'proxy_http_version 1.1; proxy_set_header Connection "";'
        tail = self.pick(TARGET_TAILS)
        inner = f"{' '.join(settings)} {version} proxy_pass http://g@ID@"
        conf = (f"listen 127.0.0.1:@P1@; access_log @ROOT@/log f@ID@; {' '.join(self.rng.sample(SERVERS, self.pick([0, 0, 1])))} location / {{ {inner}{tail}; }} location /in/ {{ {inner}/out/; }} "
                "location = /e { return 200 'e $uri $status'; } location @n { return 200 'n $uri'; }")
        shown = "".join(f"\n{name}: {each!r}" for name, each in [("conf", f"{servers} {pool} {conf}"), ("clients", clients), ("upstream", answers)])
        return {"name": f"case {number}", "shown": shown, "http": f"upstream g@ID@ {{ {servers} {pool} }} log_format f@ID@ '{LOG}';", "conf": conf, "ports": 1,
                "clients": [{"send": pieces, "port": 1} for pieces in clients], "any_kept": has_head,
                "upstream": answers, "logs": ["log"], "log_lines": comparable, "wait": 0.3, "any_end": True, "any_length": True, "any_chunks": True}

