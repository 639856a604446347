#!/usr/bin/env python3
"""When something fails: which peer is asked next, which status and which page the client gets."""

from _wire import GET, OK, RESET, run

KEPT = b"GET / HTTP/1.1\r\nHost: @HOST@\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: @HOST@\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
SHOW = "add_header X-Tried $upstream_addr always; add_header X-Status $upstream_status always; "
V11 = 'proxy_http_version 1.1; proxy_set_header Connection ""; '
REUSED = V11 + "proxy_pass http://g@ID@;"
NO = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"


def fails(status, *headers, body=b"failed"):
    return b"\r\n".join([b"HTTP/1.1 %d Failed" % status, *headers, b"Content-Length: %d" % len(body), b"", b""]) + body


def group(*servers, rest=""):
    return f"upstream g@ID@ {{ {' '.join(f'server {server};' for server in servers)} {rest} }}"


def location(settings, rest="", target="http://g@ID@"):
    return f"location / {{ {settings} proxy_pass {target}; }} {rest}"


def single(settings="", rest=""):
    return location(settings, rest, "http://@UP@")


def case(name, conf, *upstream, http="", **more):
    more.update({"upstream": list(upstream)} if upstream else {})
    return {"name": name, "conf": SHOW + conf, "http": http, **more}


def pair(name, settings, first, second=OK, http=None, **more):
    """Two peers, the first of which answers `first`."""
    return case(name, location(settings), first, upstream2=[second], http=http or group("@UP@", "@UP2@"), **more)


TWO = group("@UP@", "@UP2@")
SLOW = [0.6, OK]
NEXT_ALL = "proxy_next_upstream error timeout invalid_header http_500 http_502 http_503 http_504 http_403 http_404 http_429; "
PAGES = {"return": "location /e { return 200 'page of $request_method $uri'; }"}

STREAMS = "bytes are handed on as they come, also with proxy_buffering on, where nginx waits for a full buffer"

CASES = [
    # --- nobody there
    case("connection refused", single(), down=True),
    case("connection refused to a kept client", single(), down=True, client=KEPT),
    case("connection refused for HEAD", single(), down=True, client=HEAD, any_length=True),
    case("connection refused for a POST", single(), down=True, client=POST),
    case("connection refused by all of a group", location(""), down=True, http=TWO),
    case("connection refused by the first of a group", location(""), http=group("@DOWN@", "@UP@")),
    case("connection refused for a POST goes on", location(""), http=group("@DOWN@", "@UP@"), client=POST),
    case("connection refused with proxy_next_upstream off", location("proxy_next_upstream off;"), http=group("@DOWN@", "@UP@")),
    case("connection refused with proxy_next_upstream timeout only", location("proxy_next_upstream timeout;"), http=group("@DOWN@", "@UP@")),
    case("proxy_bind with an address that is not ours", location("proxy_bind 192.0.2.1;"), http=TWO),
    case("proxy_bind with an address that is not ours, to a kept client", single("proxy_bind 192.0.2.1:8080;"), client=KEPT),
    case("a group whose only server is down", location(""), http=group("@UP@ down")),
    case("a group whose servers are all down", location(""), http=group("@UP@ down", "@UP2@ down")),
    case("a down server is passed over", location(""), http=group("@UP@ down", "@UP2@"), clients=[GET] * 3),
    case("a backup where the others refuse", location(""), http=group("@DOWN@", "@UP@ backup")),
    case("a backup is not used while others live", location(""), http=group("@UP@", "@UP2@ backup"), clients=[GET] * 3),
    case("a backup where the other fails with 500", location("proxy_next_upstream http_500;"), fails(500), upstream2=[OK], http=group("@UP@", "@UP2@ backup"), clients=[GET] * 3),
    case("a peer whose answer breaks off is not blamed", location(""), [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", None], OK, http=group("@UP@", "@UP2@ backup"), upstream2=[fails(500)], clients=[GET, GET]),
    *[case(f"a {status} page for {agent}", f"location / {{ return {status}; }}", client=GET.replace(b"\r\nC", b"\r\nUser-Agent: " + agent.encode() + b"\r\nC"))
      for status in (404, 302) for agent in ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36", "Mozilla/4.0 (compatible; MSIE 7.0)", "curl/8")],
    case("an error page without msie_padding", "msie_padding off; location / { return 404; }", client=GET.replace(b"\r\nC", b"\r\nUser-Agent: Chrome/1\r\nC")),
    # --- an answer that is none
    # Both close at once where the end comes in one piece with the request, and whether it does is the kernel's.
    case("a client that ends its side right behind its request", single(), [0.5, OK], client=[GET, 0.1, None], wait=1),
    case("a client that ends its side later", single(), [0.6, OK], client=[GET, 0.2, None], wait=1),
    case("a client that ends its side, and that does not matter", single() + "proxy_ignore_client_abort on;", [0.4, OK], client=[GET, None], wait=1),
    case("a client that ends its side within an answer", single(), [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", 0.6, b"cd"], client=[GET, 0.2, None], wait=1,
         intended="an answer is passed on as it comes; nginx holds the first bytes back until its buffer is full"),
    case("an upstream that closes without an answer", single(), [None]),
    case("an upstream that closes without an answer, to a POST", single(), [None], client=POST),
    case("an upstream that resets", single(), [RESET]),
    case("an upstream that closes within the head", single(), [b"HTTP/1.1 200 OK\r\nX-A", None]),
    case("an upstream that closes within the head, after its status", single(), [b"HTTP/1.1 404 No\r\nX-A: 1\r\n", None]),
    pair("a peer that closes without an answer", "", [None]),
    pair("a peer that resets", "", [RESET]),
    pair("a peer that closes within the head", "", [b"HTTP/1.1 200 OK\r\nX-A", None]),
    pair("a peer that closes without an answer, to a POST", "", [None], client=POST),
    pair("a peer that closes without an answer, to a POST that may be repeated", "proxy_next_upstream error non_idempotent;", [None], client=POST),
    pair("a peer that closes without an answer, to PUT and PATCH", "", [None], client=POST.replace(b"POST", b"PUT"), clients=[POST.replace(b"POST", b"PUT"), POST.replace(b"POST", b"PATCH")]),
    pair("a peer that closes without an answer, to a LOCK", "", [None], client=POST.replace(b"POST", b"LOCK")),
    pair("a peer that closes without an answer, to a DELETE", "", [None], client=POST.replace(b"POST", b"DELETE")),
    pair("a peer that closes without an answer, to a POST that proxy_method made a GET", "proxy_method GET;", [None], client=POST),
    pair("a peer that closes without an answer, to a body that is not buffered", "proxy_request_buffering off;", [None], client=[POST.replace(b"POST", b"PUT")[:-2], 0.05, b"lo"]),
    pair("both peers close without an answer", "", [None], [None]),
    pair("a bad header", "proxy_next_upstream invalid_header;", b"HTTP/1.1 200 OK\r\n: x\r\n\r\n"),
    pair("a bad header without the condition", "", b"HTTP/1.1 200 OK\r\n: x\r\n\r\n"),
    pair("too large a head", "proxy_next_upstream invalid_header;", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 5000 + b"\r\n\r\n", any_end=True),
    pair("the answer ends too early, and nobody is asked", "", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 0.02, None]),
    # --- timeouts
    case("proxy_read_timeout", single("proxy_read_timeout 200ms;"), SLOW, wait=1),
    case("proxy_read_timeout within the head", single("proxy_read_timeout 200ms;"), [b"HTTP/1.1 200 OK\r\n", 0.6, b"\r\n"], wait=1),
    case("proxy_read_timeout within the body", single("proxy_read_timeout 200ms;"), [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 0.6], wait=1, intended=STREAMS),
    case("proxy_read_timeout within the body without buffering", single("proxy_read_timeout 200ms; proxy_buffering off;"), [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 0.6], wait=1),
    case("proxy_read_timeout is between two reads", single("proxy_read_timeout 700ms; proxy_buffering off;"), [b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", 0.4, b"ab", 0.4, b"cd", 0.4, b"ef"], wait=1),
    case("proxy_read_timeout for a POST", single("proxy_read_timeout 200ms;"), SLOW, wait=1, client=POST),
    pair("a peer that is too slow", "proxy_read_timeout 200ms;", SLOW, wait=1),
    pair("a peer that is too slow, without the condition", "proxy_read_timeout 200ms; proxy_next_upstream error;", SLOW, wait=1),
    pair("a peer that is too slow, to a POST", "proxy_read_timeout 200ms;", SLOW, wait=1, client=POST),
    pair("both peers are too slow", "proxy_read_timeout 150ms;", SLOW, SLOW, wait=1),
    pair("proxy_next_upstream_timeout", "proxy_read_timeout 200ms; proxy_next_upstream_timeout 100ms;", SLOW, wait=1),
    pair("proxy_next_upstream_timeout that is not over", "proxy_read_timeout 150ms; proxy_next_upstream_timeout 1s;", SLOW, wait=1),
    # --- statuses
    *[pair(f"{status} with its condition", NEXT_ALL, fails(status)) for status in (500, 502, 503, 504, 403, 404, 429)],
    *[pair(f"{status} without its condition", "", fails(status)) for status in (500, 404)],
    pair("501 has no condition", NEXT_ALL, fails(501)),
    pair("both peers fail with a status", NEXT_ALL, fails(500), fails(503, b"X-A: last")),
    pair("500 to a POST", NEXT_ALL, fails(500), client=POST),
    pair("500 to a POST that may be repeated", "proxy_next_upstream http_500 non_idempotent;", fails(500), client=POST),
    pair("500 and off", "proxy_next_upstream http_500 off;", fails(500)),
    pair("proxy_next_upstream_tries 1", NEXT_ALL + "proxy_next_upstream_tries 1;", fails(500)),
    case("proxy_next_upstream_tries 2 of three", location(NEXT_ALL + "proxy_next_upstream_tries 2;"), fails(500), http=group("@UP@", "@UP2@", "@DOWN@")),
    case("all of three", location(NEXT_ALL), fails(500), http=group("@DOWN@", "@UP@", "@UP2@")),
    case("a single server that fails is not asked again", location(NEXT_ALL), fails(500), http=group("@UP@")),
    case("the same server twice", location(NEXT_ALL), fails(500), OK, http=group("@UP@", "@UP@")),
    # --- failures that are remembered
    pair("a peer that has failed is left alone", NEXT_ALL, fails(500), clients=[GET] * 4),
    pair("a 404 is no failure", NEXT_ALL, fails(404), clients=[GET] * 4),
    pair("a 429 is a failure", NEXT_ALL, fails(429), clients=[GET] * 4),
    pair("a 500 without its condition is no failure", "", fails(500), clients=[GET] * 4),
    pair("max_fails 2", NEXT_ALL, fails(500), clients=[GET] * 6, http=group("@UP@ max_fails=2", "@UP2@")),
    pair("max_fails 0", NEXT_ALL, fails(500), clients=[GET] * 4, http=group("@UP@ max_fails=0", "@UP2@")),
    pair("weights", "", OK, clients=[GET] * 6, http=group("@UP@ weight=2", "@UP2@")),
    pair("both peers have failed", NEXT_ALL, fails(500), fails(502), clients=[GET] * 3),
    case("no live upstreams", location(""), [None], clients=[GET] * 3, http=TWO),
    case("no live upstreams and a backup", location(""), [None], clients=[GET] * 3, http=group("@UP@", "@UP2@ backup")),
    case("max_conns", location(""), [0.3, OK], clients=[GET] * 3, together=True, http=group("@UP@ max_conns=1", "@UP2@ max_conns=1"), wait=1),
    case("max_conns of a single server", location(""), [0.3, OK], clients=[GET] * 2, together=True, http=group("@UP@ max_conns=1"), wait=1),
    # --- a connection that had been kept
    case("a kept connection that was closed in between", f"location / {{ {REUSED} }}", [OK, 0.02, None], OK, clients=[GET, [0.1, GET]], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that dies at the request", f"location / {{ {REUSED} }}", OK, [None], OK, clients=[GET, GET], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that resets at the request", f"location / {{ {REUSED} }}", OK, [RESET], OK, clients=[GET, GET], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that dies at a POST", f"location / {{ {REUSED} }}", OK, [None], OK, clients=[GET, POST], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that dies within the head", f"location / {{ {REUSED} }}", OK, [b"HTTP/1.1 200", None], OK, clients=[GET, GET], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that dies, and a new one too", f"location / {{ {REUSED} }}", OK, [None], [None], OK, clients=[GET, GET, GET], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that dies with proxy_next_upstream off", f"location / {{ proxy_next_upstream off; {REUSED} }}", OK, [None], OK, clients=[GET, GET], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection that dies with one try", f"location / {{ proxy_next_upstream_tries 1; {REUSED} }}", OK, [None], OK, clients=[GET, GET], http=group("@UP@", rest="keepalive 4;")),
    case("a kept connection of a group of two that dies", f"location / {{ {REUSED} }}", OK, OK, [None], OK, clients=[GET] * 4, http=group("@UP@", "@UP2@", rest="keepalive 4;")),
    case("a kept connection that times out", f"location / {{ proxy_read_timeout 200ms; {REUSED} }}", OK, SLOW, OK, clients=[GET, GET], http=group("@UP@", rest="keepalive 4;"), wait=1),
    # --- error_page
    case("error_page for a failed upstream", single("error_page 502 /e;", PAGES["return"]), [None]),
    case("error_page with a new status", single("error_page 502 =200 /e;", PAGES["return"]), [None]),
    case("error_page with the page's own status", single("error_page 502 = /e;", "location /e { return 201 made; }"), [None]),
    case("error_page to a file", single("error_page 502 /a.txt;", "location = /a.txt { root @DIR@/html; }"), [None]),
    case("error_page to a file that is not there", single("error_page 502 /none.txt;", "location = /none.txt { root @DIR@/html; }"), [None]),
    case("error_page to a URL", single("error_page 502 http://other.test/sorry;"), [None]),
    case("error_page to a URL with a status", single("error_page 502 =301 http://other.test/sorry;"), [None]),
    case("error_page to a URL with a status that is no redirect", single("error_page 502 =404 http://other.test/sorry;"), [None]),
    case("error_page to a named location", single("error_page 502 @e;", "location @e { return 200 'named $uri'; }"), [None]),
    case("error_page = to a named location", single("error_page 502 = @e;", "location @e { return 202 'named'; }"), [None]),
    case("error_page to a named location that passes", single("error_page 502 = @e;", "location @e { proxy_pass http://@UP2@; }"), [None], upstream2=[OK]),
    case("error_page to a URI that passes", single("error_page 502 /e;", "location /e { proxy_pass http://@UP2@; }"), [None], upstream2=[OK]),
    case("error_page with = to a URI that passes, and a POST", single("error_page 502 = /e;", "location /e { proxy_pass http://@UP2@; }"), [None], upstream2=[OK], client=POST),
    case("error_page to a named location that passes a POST", single("error_page 502 = @e;", "location @e { proxy_pass http://@UP2@; }"), [None], upstream2=[OK], client=POST),
    case("error_page for HEAD", single("error_page 502 /e;", PAGES["return"]), [None], client=HEAD),
    case("error_page with arguments and variables", single("error_page 502 /e?u=$uri&s=$status;", "location /e { return 200 'args $args'; }"), [None]),
    case("error_page of the server", "error_page 502 504 /e; " + single("", PAGES["return"]), [None]),
    case("an inner error_page replaces the outer ones", "error_page 502 /e; " + single("error_page 504 /e;", PAGES["return"]), [None]),
    case("an error page that fails", "error_page 502 /e; " + single("", "location /e { return 502; }"), [None]),
    case("an error page that fails otherwise", "error_page 502 /e; error_page 404 /f; " + single("", "location /e { return 404; } location /f { return 200 f; }"), [None]),
    case("recursive_error_pages", "recursive_error_pages on; error_page 502 /e; error_page 404 /f; " + single("", "location /e { return 404; } location /f { return 200 f; }"), [None]),
    case("recursive_error_pages in a circle", "recursive_error_pages on; error_page 502 /e; " + single("", "location /e { return 502; }"), [None]),
    case("recursive named error pages that pass", "recursive_error_pages on; " + single("error_page 502 = @a;", "location @a { error_page 502 = @b; proxy_pass http://@DOWN@; } location @b { return 200 b; }"), [None]),
    case("error_page 404 for a return", "error_page 404 /e; location / { return 404; } " + PAGES["return"]),
    case("error_page 404 = for a file that is missing", "error_page 404 = @e; location / { root @DIR@/html; } location @e { return 200 '$uri'; }", client=GET.replace(b" / ", b" /none ")),
    case("error_page 404 with add_header", "error_page 404 /e; location / { add_header X-A a always; return 404; } location /e { add_header X-E e always; return 200 e; }"),
    case("error_page 400 for a bad request", "error_page 400 /e; location / { return 200; } " + PAGES["return"], client=b"GET /%zz HTTP/1.1\r\nHost: @HOST@\r\n\r\n"),
    case("POST to a file that is not there", "location / { root @DIR@/html; }", client=POST.replace(b"/ ", b"/none ", 1)),
    case("error_page 405 for a POST on a file", "error_page 405 =200 /a.txt; location / { root @DIR@/html; }", client=POST),
    case("error_page 403 for a denied client", "error_page 403 /e; location / { deny all; } location /e { allow all; return 200 e; }"),
    case("error_page 301", "error_page 301 /e; location / { return 301 /x; } " + PAGES["return"]),
    case("a status that nobody knows", "location / { return 477; }"),
    case("a status that nobody knows, with a text", "location / { return 477 text; }"),
    *[case(f"the page of {status}", f"location / {{ return {status}; }}", client=KEPT, any_end=True) for status in
      (400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 426, 428, 429, 431, 451, 494, 495,
       496, 497, 499, 500, 501, 502, 503, 504, 505, 507, 511)],
    *[case(f"return {status} with a text", f"location / {{ return {status} text; }}", client=KEPT, any_end=True) for status in
      (200, 201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 404, 500)],
    case("return 204 without a text", "location / { return 204; }", client=KEPT),
    case("return 200 without a text", "location / { return 200; }", client=KEPT),
    case("return 304", "location / { return 304; }", client=KEPT),
    case("return 444", "location / { return 444; }", client=KEPT),
    case("return 444 in an error page", single("error_page 502 /e;", "location /e { return 444; }"), [None]),
    # --- proxy_intercept_errors
    case("proxy_intercept_errors", single("proxy_intercept_errors on; error_page 404 /e;", PAGES["return"]), NO),
    case("proxy_intercept_errors without an error page", single("proxy_intercept_errors on;"), NO),
    case("proxy_intercept_errors with a page for another status", single("proxy_intercept_errors on; error_page 500 /e;", PAGES["return"]), NO),
    case("proxy_intercept_errors off", single("error_page 404 /e;", PAGES["return"]), NO),
    case("proxy_intercept_errors of a redirect", single("proxy_intercept_errors on; error_page 302 /e;", PAGES["return"]), fails(302, b"Location: /x")),
    case("proxy_intercept_errors with a named page that passes", single("proxy_intercept_errors on; error_page 404 = @e;", "location @e { proxy_pass http://@UP2@; }"), NO, upstream2=[OK]),
    case("proxy_intercept_errors for HEAD", single("proxy_intercept_errors on; error_page 404 /e;", PAGES["return"]), b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n", client=HEAD),
    case("proxy_intercept_errors of 401 keeps WWW-Authenticate", single("proxy_intercept_errors on; error_page 401 /e;", PAGES["return"]), fails(401, b"WWW-Authenticate: Basic realm=x", b"X-A: 1")),
    case("proxy_intercept_errors of a 204 and 304", single("proxy_intercept_errors on; error_page 304 /e;", PAGES["return"]), b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    case("proxy_intercept_errors within an error page", single("error_page 502 /e;", "location /e { proxy_intercept_errors on; error_page 404 /f; proxy_pass http://@UP2@; } location /f { return 200 f; }"), [None], upstream2=[NO]),
    case("proxy_intercept_errors within an error page, recursive", "recursive_error_pages on; " + single("error_page 502 /e;", "location /e { proxy_intercept_errors on; error_page 404 /f; proxy_pass http://@UP2@; } location /f { return 200 f; }"), [None], upstream2=[NO]),
    case("error_page with a status for an intercepted error", single("proxy_intercept_errors on; error_page 404 =410 /e;", "location /e { return 200 e; }"), NO),
    # --- the client goes
    case("the client goes while the upstream works", single(), SLOW, client=[KEPT, 0.05, "close"]),
    case("the client goes, and proxy_ignore_client_abort", single("proxy_ignore_client_abort on;"), [0.2, OK], client=[KEPT, 0.05, "close"]),
    case("the client says no more while the upstream works", single(), [0.3, OK], client=[KEPT, 0.05, None], wait=1),
    # --- targets of variables
    case("a target of variables that is an address", "location / { set $t @UP@; proxy_pass http://$t; }"),
    case("a target of variables that is a group", "location / { set $t g@ID@; proxy_pass http://$t; }", http=TWO),
    case("a target of variables that is nothing", "location / { set $t ''; proxy_pass http://$t; }"),
    case("a target of variables that is a name", "location / { set $t no.such.host; proxy_pass http://$t; }"),
    case("a target of variables without a scheme", "location / { set $t x; proxy_pass $t; }"),
]

if __name__ == "__main__":
    run(CASES)
