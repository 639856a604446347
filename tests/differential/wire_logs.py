#!/usr/bin/env python3
"""Access logs: formats, escaping, conditions, and what the usual variables say once a request is over.

$bytes_sent is left out: it has the length of the product's name in it.
"""

import re

from _wire import OK, run

PASS = "location / { proxy_pass http://@UP@; }"


def get(path="/", *headers, method="GET", body=b""):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: @HOST@", *headers, "Connection: close", "", ""]).encode("latin-1") + body


def without_times(data):
    data = re.sub(rb"\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]", b"[time]", data)
    return re.sub(rb"\b\d+\.\d{3}\b", b"0.000", data)


def case(name, text, *clients, escape="", conf=PASS, **more):
    return {"name": name, "http": f"log_format f@ID@ {escape} '{text}';", "conf": f"access_log @ROOT@/log f@ID@; {conf}",
            "clients": list(clients) or [get()], "logs": ["log"], "log_lines": without_times, **more}


ODD = get('/a"b\\c?d=%20', "User-Agent: q\"\\\x01\u00e4\t", "Referer: ")
CASES = [
    case("the request and its answer", "$request|$status|$body_bytes_sent|$request_length|$request_completion|$uri|$args|$host|$server_name", get("/a%20b?c"), get("/"),
         get("/", "Content-Length: 3", method="POST", body=b"abc"), get("/", method="HEAD")),
    case("upstream variables", "$upstream_addr|$upstream_status|$upstream_response_length|$upstream_response_time|$upstream_connect_time|$upstream_header_time|$request_time|$upstream_bytes_received"),
    case("upstream variables without an upstream", "$upstream_addr|$upstream_status|$upstream_response_time|$upstream_http_x|$upstream_cache_status", conf="return 200 x;"),
    case("upstream variables after a retry", "$upstream_addr|$upstream_status|$upstream_response_length", conf="location / { proxy_pass http://@UP@; proxy_next_upstream http_503; } location /g { proxy_pass http://g@ID@; }",
         upstream=[OK]) | {"http": "upstream g@ID@ { server @DOWN@; } log_format f@ID@ '$upstream_addr|$upstream_status';", "clients": [get("/g"), get("/")]},
    case("escape=default", "$http_user_agent|$http_referer|$http_none|$request", ODD),
    case("escape=json", "$http_user_agent|$http_referer|$http_none|$request", ODD, escape="escape=json"),
    case("escape=none", "$http_user_agent|$http_referer|$http_none|$request", ODD, escape="escape=none"),
    case("combined", "x") | {"conf": "access_log @ROOT@/log; access_log @ROOT@/log2 combined; " + PASS, "logs": ["log", "log2"],
                             "clients": [get("/", "User-Agent: u", "Referer: r", "Authorization: Basic dXNlcjpw"), get("/x y"), b"nonsense\r\n\r\n"]},
    case("if=", "$request", get("/?l=1"), get("/?l=0"), get("/")) | {"conf": "access_log @ROOT@/log f@ID@ if=$arg_l; " + PASS},
    case("off in a location, and another log in one", "$request", get("/"), get("/off"), get("/own")) | {
        "conf": "access_log @ROOT@/log f@ID@; location /off { access_log off; return 200 x; } location /own { access_log @ROOT@/log2 f@ID@; return 200 y; }" + PASS, "logs": ["log", "log2"]},
    case("the location that answered writes the log", "$request|$uri|$status", get("/x")) | {
        "conf": "error_page 404 /err; location /x { access_log @ROOT@/log f@ID@; return 404; } location /err { access_log @ROOT@/log2 f@ID@; return 200 e; }", "logs": ["log", "log2"]},
    case("errors", "$status|$body_bytes_sent|$sent_http_location|$sent_http_content_type", get("/r"), get("/c"), get("/d"), conf="location /r { return 301 http://o.test/; } location /c { return 444; } location /d { return 204; }", any_length=True)
    | {"http": "log_format f@ID@ '$status|$sent_http_location|$sent_http_content_type';"},
    case("requests that are none", "$status|$request_length|$request|$uri|$request_method|$server_protocol", b"G3T / HTTP/1.1\r\n\r\n", b"GET /a HTTP/1.1\r\nHost: @HOST@\r\nX: \0\r\n\r\n", b"GET /%zz HTTP/1.1\r\nHo", b"GET /\x01",
         b"HEAD / HTTP/1.2 \r\nHost: @HOST@\r\nConnection: close\r\n\r\n", b"GET http://@HOST@/9\r\n") | {"conf": "listen 127.0.0.1:@P1@; access_log @ROOT@/log f@ID@; return 200 x;", "ports": 1},
    case("clients that go, or wait too long", "$status|$request_length|$request|$uri|$pipe", *[{"port": 1, "send": send} for send in
         ([b"GE", 0.03, None], [b"GET /b", 0.6], [b"\r\n", 0.03, None], [b"GET /c HTTP/1.1\r\nHost: @HOST@", 0.03, None], [b"GET / HTTP/1.1\r\nHost: @HOST@\r\n\r\nGE", 0.03, None], [b"", 0.6])]) | {
         "conf": "listen 127.0.0.1:@P1@; client_header_timeout 300ms; access_log @ROOT@/log f@ID@; return 200 x;", "ports": 1, "wait": 1},
    case("$content_length of chunks, and of what nobody reads", "$content_length|$request_length", *[get(path, "Transfer-Encoding: chunked", method="POST", body=b"3\r\nabc\r\n0\r\n\r\n") for path in ("/", "/r")],
         get("/", "Content-Length: 003", method="POST", body=b"abc"), conf="location /r { return 200 x; } " + PASS),
    case("$upstream_response_length counts the framing", "$upstream_response_length|$request_completion", get(), get("/", method="HEAD"), upstream=[[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", None]]),
    case("$request_completion of what breaks off", "$status|$request_completion|$upstream_response_length", get(), get(), upstream=[[b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", None], [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx", None]]),
    case("variables of set and map", "$s@ID@|$http_x_a|$cookie_c|$arg_a", get("/?a=1", "X-A: 2", "Cookie: c=3"), conf="set $s@ID@ value; " + PASS),
]

if __name__ == "__main__":
    run(CASES)
