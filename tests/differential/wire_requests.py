#!/usr/bin/env python3
"""Requests: what nginx takes, what it refuses, and what of them it sends upstream."""

from _wire import GET, run

PASS = "location / { proxy_pass http://@UP@; }"


def req(line, *headers, body=b""):
    return b"\r\n".join([line, b"Host: @HOST@", *headers, b"Connection: close", b"", b""]) + body


def passed(name, line, *headers, conf=PASS, body=b"", **more):
    return {"name": name, "conf": conf, "client": req(line, *headers, body=body), **more}


def raw(name, client, conf=PASS, **more):
    return {"name": name, "conf": conf, "client": client, **more}


G = b"GET / HTTP/1.1"
CASES = [
    passed("a plain GET", G),
    passed("a HEAD", b"HEAD / HTTP/1.1", upstream=[b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]),
    passed("a method nobody knows", b"FROB / HTTP/1.1"),
    passed("a method in lower case", b"get / HTTP/1.1"),
    passed("DELETE", b"DELETE /x HTTP/1.1"),
    passed("OPTIONS *", b"OPTIONS * HTTP/1.1"),
    passed("TRACE", b"TRACE / HTTP/1.1"),
    passed("CONNECT", b"CONNECT a:1 HTTP/1.1"),
    passed("an absolute URI", b"GET http://@HOST@/x?y=1 HTTP/1.1"),
    passed("an absolute URI without path", b"GET http://@HOST@ HTTP/1.1"),
    passed("arguments", b"GET /a?b=c&d=%20e?f HTTP/1.1"),
    passed("escapes are kept as they were sent", b"GET /%7Ea/%2F/b%20c HTTP/1.1"),
    passed("dot segments are kept without a URI part", b"GET /a/../b/./c//d HTTP/1.1"),
    passed("dot segments above the root", b"GET /../a HTTP/1.1"),
    passed("a bad escape", b"GET /%zz HTTP/1.1"),
    passed("an escaped NUL", b"GET /%00 HTTP/1.1"),
    passed("a fragment", b"GET /a#b HTTP/1.1"),
    passed("a blank in the URI", b"GET /a b HTTP/1.1"),
    passed("bytes beyond ASCII in the URI", "GET /\u00e4 HTTP/1.1".encode()),
    passed("a control byte in the URI", b"GET /\x01 HTTP/1.1"),
    passed("no slash before the path", b"GET a HTTP/1.1"),
    passed("a version of the future", b"GET / HTTP/1.9"),
    passed("HTTP/2.0 in a request line", b"GET / HTTP/2.0"),
    passed("a malformed version", b"GET / HTTQ/1.1"),
    passed("several blanks in the request line", b"GET  /   HTTP/1.1"),
    raw("HTTP/1.0 without Host", b"GET / HTTP/1.0\r\n\r\n"),
    raw("HTTP/1.0 with keep-alive", b"GET / HTTP/1.0\r\nHost: @HOST@\r\nConnection: keep-alive\r\n\r\n"),
    raw("HTTP/1.1 without Host", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
    raw("two Hosts", b"GET / HTTP/1.1\r\nHost: @HOST@\r\nHost: @HOST@\r\nConnection: close\r\n\r\n"),
    raw("a Host without a value", b"GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"),
    raw("a Host with a slash", b"GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n"),
    raw("a Host in upper case with a port and a dot",
        b"GET / HTTP/1.1\r\nHost: C31.TEST.:80\r\nConnection: close\r\n\r\n"),
    raw("a method that cannot become one is answered at once", b"hi", wait=1),
    raw("a TLS handshake is answered at once", b"\x16\x03\x01", wait=1),
    passed("a bad URI and an unknown transfer coding", b"GET /../x HTTP/1.1", b"Transfer-Encoding: x"),
    raw("a bad URI and a body that never comes", b"POST /../x HTTP/1.1\r\nHost: @HOST@\r\nContent-Length: 5\r\n\r\n", wait=1),
    *[raw(f"HTTP/1.0 with Transfer-Encoding {coding.decode()}", b"GET / HTTP/1.0\r\nHost: @HOST@\r\nTransfer-Encoding: " + coding + b"\r\n\r\n")
      for coding in (b"chunked", b"gzip", b"identity")],
    raw("HTTP/0.9", b"GET /\r\n"),
    raw("HTTP/0.9 with a blank behind the URI", b"GET /  \r\n"),
    raw("HTTP/0.9 with a host in the URI", b"GET http://@HOST@/x\r\n"),
    raw("HTTP/0.9 with a host in the URI, and an upstream that chunks", b"GET http://@HOST@/x\r\n", wait=1,
        upstream=[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"]),
    raw("HTTP/0.9 with a method that it does not know", b"POST /\r\n"),
    raw("HTTP/0.9 and HEAD", b"HEAD /\r\n"),
    raw("HTTP/0.9 with a bad URI", b"GET /%zz\r\n"),
    raw("an empty line before the request", b"\r\n" + GET),
    raw("line feeds alone", b"GET / HTTP/1.1\nHost: @HOST@\nConnection: close\n\n"),
    raw("a request in pieces", [b"GE", 0.02, b"T / HT", 0.02, b"TP/1.1\r\nHo", 0.02,
                                b"st: @HOST@\r\nConnection: cl", 0.02, b"ose\r\n\r\n"]),
    raw("a head that never ends is cut by its size",
        b"GET / HTTP/1.1\r\nHost: @HOST@\r\n" + b"X-A: " + b"a" * 9000 + b"\r\nConnection: close\r\n\r\n"),
    raw("a request line that is too long", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: @HOST@\r\n\r\n"),
    raw("many headers within the buffers",
        b"GET / HTTP/1.1\r\nHost: @HOST@\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"v" * 300) for i in range(40)) +
        b"Connection: close\r\n\r\n"),
    raw("not HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n"),
    raw("two requests in one piece", GET.replace(b"Connection: close\r\n", b"") + GET),
    raw("three requests in one piece, answered in turn",
        b"".join(b"GET /%d HTTP/1.1\r\nHost: @HOST@\r\n%s\r\n" % (i, b"" if i < 3 else b"Connection: close\r\n")
                 for i in (1, 2, 3)),
        upstream=[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2",
                  b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3"]),
    raw("a connection that is kept", GET.replace(b"Connection: close\r\n", b"")),
    raw("of two Connection lines the last one counts",
        b"".join(b"GET /%d HTTP/1.1\r\nHost: @HOST@\r\nConnection: %s\r\nConnection: %s\r\n\r\n" % (i, first, second) for i, (first, second) in
                 enumerate([(b"close", b"keep-alive"), (b"close", b"x"), (b"keep-alive", b"close")])), wait=1),
    raw("keepalive_requests ends it", GET.replace(b"Connection: close\r\n", b"") * 3,
        conf="keepalive_requests 2; " + PASS, wait=1),
    raw("keepalive_timeout 0 ends it", GET.replace(b"Connection: close\r\n", b""), conf="keepalive_timeout 0; " + PASS, wait=1),
    raw("keepalive_timeout with a header", GET.replace(b"Connection: close\r\n", b""),
        conf="keepalive_timeout 30s 20s; " + PASS),
    passed("a name with an underscore is dropped", G, b"X_A: 1", b"X-B: 2"),
    passed("underscores_in_headers on", G, b"X_A: 1", conf="underscores_in_headers on; " + PASS),
    passed("a name with a strange character is dropped", G, b"X@A: 1", b"X-B: 2"),
    passed("ignore_invalid_headers off", G, b"X@A: 1", conf="ignore_invalid_headers off; " + PASS),
    raw("underscores_in_headers holds from the Host line on",
        b"GET / HTTP/1.1\r\nX_A: 1\r\nHost: @HOST@\r\nX_B: 2\r\nConnection: close\r\n\r\n", conf="underscores_in_headers on; " + PASS),
    raw("a host in the request line chooses the server before any header",
        b"GET http://@HOST@/ HTTP/1.1\r\nX_A: 1\r\nHost: other\r\nX_B: 2\r\nConnection: close\r\n\r\n",
        conf="underscores_in_headers on; " + PASS),
    passed("a bad header line behind Host gets that server's error page", G, b"X-A: a\x00b",
           conf="error_page 400 /bad; location = /bad { return 400 'mine'; } " + PASS),
    raw("a bad header line before Host gets the default server's error page",
        b"GET / HTTP/1.1\r\nX-A: a\x00b\r\nHost: @HOST@\r\n\r\n",
        conf="error_page 400 /bad; location = /bad { return 400 'mine'; } " + PASS),
    passed("large_client_header_buffers of the server that Host names", G, b"X-A: " + b"a" * 2000,
           conf="large_client_header_buffers 4 1k; " + PASS),
    passed("a line is not split over two large buffers", G, *[b"X-%d: " % i + b"a" * 5000 for i in range(4)]),
    passed("as many lines as there are large buffers, and one more", G,
           *[b"X-%d: " % i + b"a" * 5000 for i in range(5)]),
    passed("a header line of exactly a large buffer", G, b"X-A: " + b"a" * (8192 - 7)),
    passed("a header line of one byte more than a large buffer", G, b"X-A: " + b"a" * (8192 - 6)),
    passed("a request line of exactly a large buffer", b"GET /" + b"a" * (8192 - 16) + b" HTTP/1.1"),
    passed("a request line of one byte more than a large buffer", b"GET /" + b"a" * (8192 - 15) + b" HTTP/1.1"),
    passed("a header without colon", G, b"X-A", b"X-B: 2"),
    passed("a blank before the colon", G, b"X-A : 1"),
    passed("a folded header", G, b"X-A: 1", b" folded"),
    passed("blanks around a value", G, b"X-A: \t  1  \t "),
    passed("an empty value", G, b"X-A:"),
    passed("a NUL in a value", G, b"X-A: a\x00b"),
    passed("a value beyond ASCII", G, "X-A: \u00e4".encode()),
    passed("hop-by-hop headers of the client", G, b"Keep-Alive: 5", b"TE: trailers", b"Upgrade: x", b"Proxy-Connection: a",
           b"Trailer: t", b"Expect: y"),
    passed("X-Forwarded-For and the like are passed", G, b"X-Forwarded-For: 1.2.3.4", b"Via: 1.1 a", b"Authorization: b",
           b"Cookie: c=d", b"Accept-Encoding: gzip"),
    passed("the same header twice", G, b"X-A: 1", b"X-A: 2", b"Cookie: a=b", b"Cookie: c=d"),
    *[passed(f"{name.decode()} twice", G, name + b": 1", name + b": 2") for name in
      (b"If-Modified-Since", b"If-Unmodified-Since", b"If-Match", b"If-None-Match", b"If-Range", b"Range", b"Content-Range", b"Content-Type", b"Expect",
       b"Authorization", b"User-Agent", b"Referer", b"Accept-Encoding", b"Upgrade", b"Via", b"Connection", b"TE", b"Keep-Alive", b"X-Forwarded-For")],
    passed("range and conditional headers are passed", G, b"Range: bytes=0-1", b"If-None-Match: x", b"If-Modified-Since: y"),
    # --- proxy_set_header and its like
    passed("proxy_set_header with variables", G, b"X-Old: 1", conf="""location / { proxy_pass http://@UP@;
        proxy_set_header Host $host; proxy_set_header X-Uri $request_uri; proxy_set_header X-Old "";
        proxy_set_header X-Mixed "a-$request_method-${scheme}b"; }"""),
    passed("proxy_set_header with forwarded addresses", G, b"X-Forwarded-For: 9.9.9.9", conf="""location / {
        proxy_pass http://@UP@; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; }"""),
    passed("proxy_set_header twice with the same name", G,
           conf='location / { proxy_pass http://@UP@; proxy_set_header X-A 1; proxy_set_header x-a 2; }'),
    passed("an empty Host", G, conf='location / { proxy_pass http://@UP@; proxy_set_header Host ""; }'),
    passed("an inner list replaces the outer one", G, conf="""proxy_set_header X-Outer 1; proxy_set_header Host outer;
        location / { proxy_set_header X-Inner 2; proxy_pass http://@UP@; }"""),
    passed("HTTP/1.1 upstream", G, conf="location / { proxy_http_version 1.1; proxy_pass http://@UP@; }"),
    passed("HTTP/1.1 upstream with a cleared Connection", G,
           conf='location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://@UP@; }'),
    passed("the group's name is the Host", G, http="upstream g@ID@ { server @UP@; }",
           conf="location / { proxy_pass http://g@ID@; }"),
    passed("proxy_pass_request_headers off", G, b"X-A: 1",
           conf="location / { proxy_pass_request_headers off; proxy_set_header X-B 2; proxy_pass http://@UP@; }"),
    passed("proxy_method", G, conf="location / { proxy_method POST; proxy_pass http://@UP@; }"),
    passed("proxy_set_body", G, conf='location / { proxy_set_body "b=$arg_a"; proxy_pass http://@UP@; }'),
    # --- the URI that goes upstream
    passed("a URI part replaces the prefix", b"GET /a/b%20c?d HTTP/1.1", conf="location /a/ { proxy_pass http://@UP@/x/; }"),
    passed("a URI part without slash", b"GET /a/b HTTP/1.1", conf="location /a { proxy_pass http://@UP@/x; }"),
    passed("dot segments are resolved with a URI part", b"GET /a/./b/../c//d HTTP/1.1",
           conf="location /a/ { proxy_pass http://@UP@/; }"),
    passed("what must be escaped is escaped again", b"GET /a/%3f%23%25%20%7e%c3%a4 HTTP/1.1",
           conf="location /a/ { proxy_pass http://@UP@/x/; }"),
    passed("a URI part in an exact location", b"GET /a?x=1 HTTP/1.1", conf="location = /a { proxy_pass http://@UP@/b; }"),
    passed("variables make the whole URI", b"GET /a/b?x=1 HTTP/1.1",
           conf="location / { set $u /v; proxy_pass http://@UP@$u; }"),
    passed("variables with request_uri", b"GET /a%20b?x=1 HTTP/1.1", conf="location / { proxy_pass http://@UP@$request_uri; }"),
    passed("a rewrite changes what is sent", b"GET /old/a%20b?x=1 HTTP/1.1",
           conf="location / { rewrite ^/old/(.*) /new/$1?y=2 break; proxy_pass http://@UP@; }"),
    passed("a rewrite with its own arguments only", b"GET /old/a?x=1 HTTP/1.1",
           conf="location / { rewrite ^/old/(.*) /new/$1?y=2? break; proxy_pass http://@UP@; }"),
    passed("a regex location passes the whole URI", b"GET /r/a?x HTTP/1.1", conf="location ~ ^/r { proxy_pass http://@UP@; }"),
]

if __name__ == "__main__":
    run(CASES)
