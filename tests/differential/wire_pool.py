#!/usr/bin/env python3
"""The pool, as the upstream sees it: which requests come on one connection, and when that is closed."""

from _wire import CLOSE, ECHO, GET, OK, RESET, run

KEPT = b"GET / HTTP/1.1\r\nHost: @HOST@\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: @HOST@\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
UPGRADE = b"GET /ws HTTP/1.1\r\nHost: @HOST@\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nX-A: 1\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
NO = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
V11 = 'proxy_http_version 1.1; proxy_set_header Connection ""; '
TUNNEL = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; "


def group(pool="keepalive 4;", servers="server @UP@;"):
    return f"upstream g@ID@ {{ {servers} {pool} }}"


def pooled(name, *upstream, pool="keepalive 4;", settings=V11, clients=3, servers="server @UP@;", rest="", **more):
    if upstream:
        more["upstream"] = list(upstream)
    return {"name": name, "http": group(pool, servers), "conf": f"location / {{ {settings} proxy_pass http://g@ID@; }} {rest}",
            "clients": [GET] * clients if isinstance(clients, int) else clients, **more}


def answer(*headers, status=b"200 OK", body=b"ok", version=b"HTTP/1.1"):
    return b"\r\n".join([version + b" " + status, *headers, b"Content-Length: %d" % len(body), b"", b""]) + body


WORKING = [0.15, OK]
CASES = [
    # --- what is kept
    pooled("one connection for all requests"),
    pooled("one connection for the requests of one client", clients=[KEPT + KEPT + GET]),
    pooled("nothing without keepalive", pool=""),
    pooled("nothing without HTTP/1.1", settings=""),
    pooled("nothing with Connection: close, though HTTP/1.1", settings="proxy_http_version 1.1; "),
    pooled("HTTP/1.0 with Connection: keep-alive towards the upstream", settings='proxy_set_header Connection keep-alive; '),
    pooled("HTTP/1.1 with Connection: keep-alive towards the upstream", settings="proxy_http_version 1.1; proxy_set_header Connection keep-alive; "),
    pooled("an upstream of HTTP/1.0", answer(version=b"HTTP/1.0")),
    pooled("an upstream of HTTP/1.0 with keep-alive", answer(b"Connection: keep-alive", version=b"HTTP/1.0")),
    pooled("Connection: close of the upstream", answer(b"Connection: close")),
    pooled("Connection: Close, x of the upstream", answer(b"Connection: Close, x")),
    pooled("Connection: x, close in a second line of the upstream", answer(b"Connection: x", b"Connection: close")),
    pooled("Keep-Alive of the upstream says nothing", answer(b"Keep-Alive: timeout=0, max=1")),
    pooled("Proxy-Connection: close of the upstream says nothing", answer(b"Proxy-Connection: close")),
    pooled("a chunked response", CHUNKED),
    pooled("a chunked response with trailers", CHUNKED[:-2] + b"X-T: 1\r\n\r\n"),
    pooled("a chunked response in pieces", [CHUNKED[:-9], 0.02, CHUNKED[-9:-2], 0.02, CHUNKED[-2:]]),
    pooled("a chunked response whose end comes late", [CHUNKED[:-5], 0.05, CHUNKED[-5:]]),
    pooled("a response until the connection ends", [b"HTTP/1.1 200 OK\r\n\r\nok", None]),
    *[pooled(f"a response of {size} bytes", answer(body=b"b" * (size - len(answer(body=b"x" * 60000)) + 60000))) for size in (4096, 65535, 65536, 65537, 131072)],
    pooled("an empty response", answer(body=b"")),
    pooled("a response to HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", clients=[HEAD] * 3),
    pooled("a response to HEAD without a length", b"HTTP/1.1 200 OK\r\n\r\n", clients=[HEAD] * 3),
    pooled("a chunked response to HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", clients=[HEAD] * 3),
    pooled("204", b"HTTP/1.1 204 No Content\r\n\r\n"),
    pooled("304", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    pooled("304 with a length", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
    pooled("404 and 500", NO, answer(status=b"500 Failed")),
    pooled("bytes behind the response", OK + b"more"),
    pooled("bytes behind the response, later", [OK, 0.03, b"more"], clients=[GET, [0.1, GET], [0.1, GET]]),
    pooled("bytes behind a chunked response", CHUNKED + b"more"),
    pooled("a line break behind the response", OK + b"\r\n"),
    pooled("bytes behind a response without buffering", OK + b"more", settings=V11 + "proxy_buffering off; "),
    pooled("no buffering", settings=V11 + "proxy_buffering off; "),
    pooled("no buffering and a chunked response", CHUNKED, settings=V11 + "proxy_buffering off; "),
    pooled("a second response that nobody asked for", OK + OK),
    pooled("a large response", answer(body=b"x" * 300000), OK),
    pooled("a response that ends too early", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", None], OK),
    pooled("a response with Content-Length 0 and bytes behind it", answer(body=b"") + b"x"),
    pooled("POST with a body", clients=[POST] * 3),
    pooled("POST whose body is not buffered", clients=[POST] * 3, settings=V11 + "proxy_request_buffering off; "),
    pooled("POST whose body is not buffered and comes late", clients=[[POST[:-2], 0.05, b"lo"]] * 2, settings=V11 + "proxy_request_buffering off; ", wait=1),
    pooled("an answer before the body was sent", OK, clients=[[POST[:-2], 0.08, b"lo"], GET], settings=V11 + "proxy_request_buffering off; ", at_head=True, wait=1),
    pooled("methods share the pool", clients=[GET, HEAD.replace(b"HEAD", b"OPTIONS"), POST]),
    # --- errors and redirects inside
    pooled("an intercepted error with a body", NO, settings=V11 + "proxy_intercept_errors on; error_page 404 /e; ", rest="location /e { return 200 e; }"),
    pooled("an intercepted error without a body", answer(status=b"404 No", body=b""), settings=V11 + "proxy_intercept_errors on; error_page 404 /e; ", rest="location /e { return 200 e; }"),
    pooled("an intercepted error for HEAD", b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n", clients=[HEAD] * 3, settings=V11 + "proxy_intercept_errors on; error_page 404 /e; ", rest="location /e { return 200 e; }"),
    pooled("an intercepted error that is chunked", CHUNKED.replace(b"200", b"404"), settings=V11 + "proxy_intercept_errors on; error_page 404 /e; ", rest="location /e { return 200 e; }"),
    pooled("X-Accel-Redirect with a body", answer(b"X-Accel-Redirect: /e"), rest="location /e { return 200 e; }"),
    pooled("X-Accel-Redirect without a body", answer(b"X-Accel-Redirect: /e", body=b""), rest="location /e { return 200 e; }"),
    pooled("a failed status asks the next", answer(status=b"500 Failed"), OK, settings=V11 + "proxy_next_upstream http_500; ", servers="server @UP@ max_fails=0; server @UP@ max_fails=0;"),
    pooled("a failed status without body asks the next", answer(status=b"500 Failed", body=b""), OK, settings=V11 + "proxy_next_upstream http_500; ", servers="server @UP@ max_fails=0; server @UP@ max_fails=0;"),
    pooled("a 404 without body asks the next", answer(status=b"404 No", body=b""), OK, settings=V11 + "proxy_next_upstream http_404; ", servers="server @UP@ max_fails=0; server @UP@ max_fails=0;"),
    # --- limits
    pooled("keepalive_requests 2", pool="keepalive 4; keepalive_requests 2;", clients=5),
    pooled("keepalive_requests 1", pool="keepalive 4; keepalive_requests 1;"),
    pooled("keepalive_timeout", pool="keepalive 4; keepalive_timeout 200ms;", clients=[GET, GET, [0.6, GET], GET]),
    pooled("keepalive_timeout 0", pool="keepalive 4; keepalive_timeout 0;"),
    pooled("keepalive_time", pool="keepalive 4; keepalive_time 200ms;", clients=[GET, [0.3, GET], GET]),
    pooled("keepalive 1 and three requests at once", WORKING, pool="keepalive 1;", clients=[GET] * 3, together=True, unordered=True, wait=1),
    pooled("keepalive 2 and three requests at once", WORKING, pool="keepalive 2;", clients=[GET] * 3, together=True, unordered=True, wait=1),
    pooled("keepalive 4 and three requests at once, twice", WORKING, clients=[[GET], [GET], [GET], [0.5, GET], [0.5, GET], [0.5, GET]], together=True, unordered=True, wait=1),
    pooled("the connection that was used last is used first", [0.1, OK], [0.2, OK], OK, pool="keepalive 2;", clients=[GET, GET, [0.5, GET], [0.6, GET]], together=True, unordered=True, wait=1),
    pooled("two servers share the places", pool="keepalive 1;", servers="server @UP@; server @UP2@;", clients=6),
    pooled("two servers with enough places", pool="keepalive 2;", servers="server @UP@; server @UP2@;", clients=6),
    pooled("max_conns counts the busy ones only", WORKING, servers="server @UP@ max_conns=1;", clients=[GET, [0.4, GET], [0.4, GET]], together=True, wait=1),
    pooled("max_conns reached", WORKING, servers="server @UP@ max_conns=1;", clients=[GET, GET], together=True, wait=1),
    # --- what the other side does
    pooled("the upstream closes an idle connection", [OK, 0.03, None], clients=[GET, [0.1, GET], [0.1, GET]]),
    pooled("the upstream resets an idle connection", [OK, 0.03, RESET], clients=[GET, [0.1, GET], [0.1, GET]]),
    pooled("the upstream closes right behind the response", [OK, None], clients=[GET, [0.1, GET]]),
    pooled("the client goes before the response", [0.3, OK], clients=[[KEPT, 0.05, CLOSE], [0.5, GET]]),
    pooled("the client goes within the response", [b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + b"x" * 1000, 0.3, b"x" * 399000], OK, clients=[[KEPT, 0.1, CLOSE], [0.6, GET]],
           intended="bytes are handed on as they come, also with proxy_buffering on, where nginx waits for a full buffer"),
    pooled("the client goes, and proxy_ignore_client_abort", [0.3, OK], settings=V11 + "proxy_ignore_client_abort on; ", clients=[[KEPT, 0.05, CLOSE], [0.6, GET]]),
    pooled("a client that closes its kept connection", clients=[[KEPT, 0.05, CLOSE], GET]),
    # --- literal addresses and variables
    {"name": "no pool for a literal address", "conf": f"location / {{ {V11} proxy_pass http://@UP@; }}", "clients": [GET] * 2},
    {"name": "a group named by a variable", "http": group(), "conf": f"location / {{ set $g g@ID@; {V11} proxy_pass http://$g; }}", "clients": [GET] * 2},
    {"name": "two locations share a pool", "http": group(), "conf": f"location / {{ {V11} proxy_pass http://g@ID@; }} location /b {{ {V11} proxy_pass http://g@ID@/x; }}",
     "clients": [GET, GET.replace(b" / ", b" /b "), GET]},
    # --- tunnels
    pooled("a tunnel", [SWITCH, ECHO], settings=TUNNEL, clients=[[UPGRADE, 0.1, b"hello", 0.1, b"again"]]),
    pooled("a tunnel with bytes behind both heads", [SWITCH + b"first", ECHO], settings=TUNNEL, clients=[[UPGRADE + b"early", 0.1, b"hello"]]),
    pooled("a tunnel that the upstream ends", [SWITCH, b"bye", 0.05, None], settings=TUNNEL, clients=[[UPGRADE, 0.2]], wait=1),
    pooled("a tunnel that the client ends", [SWITCH, ECHO], settings=TUNNEL, clients=[[UPGRADE, 0.1, b"bye", 0.05, None]], wait=1),
    pooled("a tunnel that the client drops", [SWITCH, ECHO], settings=TUNNEL, clients=[[UPGRADE, 0.1, b"bye", 0.05, CLOSE], [UPGRADE, 0.1, b"hello"]]),
    pooled("a tunnel and proxy_read_timeout", [SWITCH, ECHO], settings=TUNNEL + "proxy_read_timeout 200ms; ", clients=[[UPGRADE, 0.1, b"hello"]], wait=1),
    pooled("a tunnel of large data", [SWITCH, ECHO], settings=TUNNEL, clients=[[UPGRADE, 0.1, b"abcdefgh" * 50000]]),
    pooled("101 with other headers", [SWITCH.replace(b"X-A: 1", b"Sec-WebSocket-Accept: y\r\nDate: d\r\nServer: s\r\nKeep-Alive: k\r\nContent-Length: 0"), ECHO], settings=TUNNEL, clients=[[UPGRADE, 0.1, b"x"]]),
    pooled("101 without an Upgrade header", [SWITCH.replace(b"Upgrade: websocket\r\n", b""), ECHO], settings=TUNNEL, clients=[[UPGRADE, 0.1, b"x"]]),
    pooled("an upgrade that the upstream declines", OK, settings=TUNNEL, clients=[[UPGRADE, 0.1, GET]], wait=1),
    pooled("an upgrade that the upstream declines, and its connection", OK, settings=TUNNEL, clients=[UPGRADE, UPGRADE]),
    pooled("an upgrade that is not passed on", OK, settings=V11, clients=[UPGRADE, UPGRADE]),
    pooled("101 to an upgrade of a POST", [SWITCH, ECHO], settings=TUNNEL, clients=[[UPGRADE.replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc"), 0.1, b"x"]]),
    pooled("101 to an upgrade of HTTP/1.0", [SWITCH, ECHO], settings=TUNNEL, clients=[[UPGRADE.replace(b"HTTP/1.1", b"HTTP/1.0"), 0.1, b"x"]]),
    pooled("requests with Connection taken from the client", settings=TUNNEL, clients=[GET, KEPT, KEPT.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")]),
]

if __name__ == "__main__":
    run(CASES)
