#!/usr/bin/env python3
"""Timeouts: a side that says nothing runs out of time, whatever the other side does meanwhile."""

from _wire import OK, run

GET = b"GET / HTTP/1.1\r\nHost: @HOST@\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: @HOST@\r\nContent-Length: 10\r\nConnection: close\r\n\r\n"
TRICKLE = [0.45, b"\r", 0.45, b"\n"] * 3
STREAM = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; '


def case(name, settings, client, *upstream, target="@UP@", wait=1.1, **more):
    return {"name": name, "conf": f"location / {{ {settings} proxy_pass http://{target}; }}", "client": client,
            "upstream": list(upstream) or [OK], "wait": wait, **more}


def pooled(name, settings, clients, pool):
    return {**case(name, settings, None, target="g@ID@", http=f"upstream g@ID@ {{ server @UP@; keepalive 2; {pool} }}"), "clients": clients}


CASES = [
    case("the upstream's time runs though the client sends", "proxy_read_timeout 900ms;", [GET] + TRICKLE, [2.9, OK]),
    case("a response that comes slowly has time", "proxy_read_timeout 900ms;", [GET], [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", 0.5, b"a", 0.5, b"b", 0.5, b"c", 0.5, b"d"], wait=2.5),
    case("a head has that time as a whole", "proxy_read_timeout 900ms;", [GET], [b"HTTP/1.1 200", 0.5, b" OK\r\n", 0.5, b"Content-Length: 2\r\n", 0.5, b"\r\nok"]),
    case("a connect's time is over when there is a connection", STREAM + "proxy_connect_timeout 500ms;", [HEAD + b"hello", 0.9, b"world"]),
    case("a body's time runs", STREAM + "client_body_timeout 900ms;", [HEAD + b"hello", 1.8, b"world"]),
    case("a body that comes slowly has time", STREAM + "client_body_timeout 900ms;", [HEAD + b"hel", 0.5, b"lo", 0.5, b"wor", 0.5, b"ld"]),
    pooled("idle time is over when a connection is used", STREAM, [GET, [HEAD + b"hello", 0.9, b"world"]], "keepalive_timeout 500ms;"),
    case("a collected body that comes slowly has time", "client_body_timeout 900ms;", [HEAD + b"hel", 0.5, b"lo", 0.5, b"wor", 0.5, b"ld"]),
    case("blank lines are no head", "", [b"\r\n\r\n\n", 0.1, b"\r\n" * 20000, 0.1, GET]),
]

if __name__ == "__main__":
    run(CASES)
