#!/usr/bin/env python3
"""Request bodies: how nginx reads them, what it sends upstream, and what it does with those that nobody wants."""

from _wire import CLOSE, GET, OK, run

PASS = "location / { proxy_pass http://@UP@; }"
V11 = 'location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://@UP@; }'
STREAM = "proxy_request_buffering off; "
MB = b"0123456789abcdef" * 65536


def location(settings):
    return f"location / {{ {settings} proxy_pass http://@UP@; }}"


def post(*headers, body=b"", method=b"POST", version=b"HTTP/1.1", close=True):
    end = [b"Connection: close"] if close else []
    return b"\r\n".join([method + b" / " + version, b"Host: @HOST@", *headers, *end, b"", b""]) + body


def sized(body, *headers, **more):
    return post(b"Content-Length: %d" % len(body), *headers, body=body, **more)


def chunks(*parts, trailer=b""):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailer + b"\r\n"


def chunked(*parts, headers=(), trailer=b"", **more):
    return post(b"Transfer-Encoding: chunked", *headers, body=chunks(*parts, trailer=trailer), **more)


def case(name, client, conf=PASS, **more):
    return {"name": name, "conf": conf, "client": client, **more}


NEXT = b"GET /next HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n\r\n"
EXPECT = b"Expect: 100-continue"
HELLO = sized(b"hello")
KEPT = sized(b"hello", close=False)
CASES = [
    # --- framing
    case("Content-Length", HELLO),
    case("Content-Length of nothing", sized(b"")),
    case("POST without a length", post()),
    case("GET with a body", sized(b"hello", method=b"GET")),
    case("PUT, PATCH and DELETE with a body", sized(b"a", method=b"PUT", close=False) + sized(b"b", method=b"PATCH", close=False) + sized(b"c", method=b"DELETE")),
    case("a body of HTTP/1.0", sized(b"hello", version=b"HTTP/1.0")),
    case("a body over HTTP/1.1 upstream", HELLO, conf=V11),
    case("a chunked body", chunked(b"abc", b"defgh")),
    case("a chunked body over HTTP/1.1 upstream", chunked(b"abc", b"defgh"), conf=V11),
    case("an empty chunked body", chunked()),
    case("an empty chunked body over HTTP/1.1 upstream", chunked(), conf=V11),
    case("a chunked body with trailers", chunked(b"abc", trailer=b"X-T: 1\r\n"), conf=V11),
    case("a chunked body with extensions", post(b"Transfer-Encoding: chunked", body=b"3;a=b\r\nabc\r\n0;c\r\n\r\n")),
    case("a chunked body with line feeds alone", post(b"Transfer-Encoding: chunked", body=b"3\nabc\n0\n\n")),
    case("a chunk size that is none", post(b"Transfer-Encoding: chunked", body=b"x\r\nabc\r\n0\r\n\r\n")),
    case("a chunk that is longer than its size", post(b"Transfer-Encoding: chunked", body=b"2\r\nabc\r\n0\r\n\r\n")),
    case("a chunk size beyond all numbers", post(b"Transfer-Encoding: chunked", body=b"fffffffffffffffff\r\nabc")),
    case("a negative chunk size", post(b"Transfer-Encoding: chunked", body=b"-1\r\nabc")),
    case("a blank before the chunk size", post(b"Transfer-Encoding: chunked", body=b" 3\r\nabc\r\n0\r\n\r\n")),
    case("Content-Length and chunked", post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=chunks(b"abc"))),
    case("chunked and Content-Length", post(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=chunks(b"abc"))),
    case("chunked of HTTP/1.0", chunked(b"abc", version=b"HTTP/1.0")),
    case("Transfer-Encoding: identity", post(b"Transfer-Encoding: identity", b"Content-Length: 2", body=b"ab")),
    case("Transfer-Encoding: gzip, chunked", post(b"Transfer-Encoding: gzip, chunked", body=chunks(b"abc"))),
    case("Transfer-Encoding: CHUNKED", post(b"Transfer-Encoding: CHUNKED", body=chunks(b"abc"))),
    case("two Content-Lengths", post(b"Content-Length: 2", b"Content-Length: 2", body=b"ab")),
    case("two Transfer-Encodings", post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=chunks(b"abc"))),
    case("an empty Content-Length", post(b"Content-Length:", body=b"ab")),
    case("a negative Content-Length", post(b"Content-Length: -2", body=b"ab")),
    case("a Content-Length with a plus", post(b"Content-Length: +2", body=b"ab")),
    case("a list of Content-Lengths", post(b"Content-Length: 2, 2", body=b"ab")),
    case("a Content-Length in hexadecimal", post(b"Content-Length: 0x2", body=b"ab")),
    case("a Content-Length with leading zeros", post(b"Content-Length: 002", body=b"ab")),
    case("a Content-Length of nineteen digits", post(b"Content-Length: 9223372036854775807", body=b"ab")),
    case("a Content-Length beyond all numbers", post(b"Content-Length: 9223372036854775808", body=b"ab")),
    # --- in pieces
    case("a body in pieces", [post(b"Content-Length: 10"), 0.03, b"01234", 0.03, b"56789"]),
    case("the head and some of the body in one piece", [sized(b"0123456789")[:-4], 0.03, b"6789"]),
    case("a chunked body in pieces", [post(b"Transfer-Encoding: chunked"), 0.02, b"3", 0.02, b"\r", 0.02, b"\na", 0.02, b"bc\r\n0\r\n", 0.02, b"\r\n"], wait=1),
    case("a body in pieces without buffering", [post(b"Content-Length: 10"), 0.03, b"01234", 0.03, b"56789"], conf=STREAM + PASS, wait=1),
    case("a chunked body in pieces without buffering, HTTP/1.1", [post(b"Transfer-Encoding: chunked"), 0.03, b"3\r\nabc\r\n", 0.03, b"2\r\nde\r\n", 0.03, b"0\r\n\r\n"], conf=STREAM + V11, wait=1),
    case("a chunked body without buffering, HTTP/1.0", [post(b"Transfer-Encoding: chunked"), 0.03, b"3\r\nabc\r\n", 0.03, b"0\r\n\r\n"], conf=STREAM + PASS, wait=1),
    case("a chunked body without buffering, in one piece", chunked(b"abc", b"de"), conf=STREAM + V11),
    case("an empty chunked body without buffering", chunked(), conf=STREAM + V11),
    case("an empty body without buffering", sized(b""), conf=STREAM + V11),
    case("a body without buffering, in one piece", HELLO, conf=STREAM + PASS),
    case("a client that stops within the body", [post(b"Content-Length: 10"), b"01234", 0.05, CLOSE]),
    case("a client that stops within the body without buffering", [post(b"Content-Length: 10"), b"01234", 0.05, CLOSE], conf=STREAM + PASS),
    case("a client that says no more within the body", [post(b"Content-Length: 10"), b"01234", 0.03, None]),
    case("a client that says no more within the body without buffering", [post(b"Content-Length: 10"), b"01234", 0.03, None], conf=STREAM + PASS),
    case("a client that says no more within a chunk", [post(b"Transfer-Encoding: chunked"), b"5\r\nabc", 0.03, None], conf=V11),
    case("a client that is too slow", [post(b"Content-Length: 10"), b"01234", 0.5], conf="client_body_timeout 200ms; " + PASS, wait=1),
    case("a client that is too slow without buffering", [post(b"Content-Length: 10"), b"01234", 0.5], conf="client_body_timeout 200ms; " + STREAM + PASS, wait=1),
    case("a bad chunk without buffering", [post(b"Transfer-Encoding: chunked"), b"3\r\nabc\r\n", 0.05, b"x\r\n"], conf=STREAM + V11, wait=1),
    # --- large ones
    case("a body of 1 MB", sized(MB)),
    case("a body of 5 MB", sized(MB * 5), conf="client_max_body_size 10m; " + PASS),
    case("a chunked body of 1 MB", chunked(*[MB[:4096]] * 256)),
    case("a chunked body of 2 MB over HTTP/1.1", chunked(*[MB[:8000]] * 256), conf="client_max_body_size 0; " + V11),
    case("a body of 1 MB without buffering", sized(MB), conf=STREAM + PASS),
    case("a chunked body of 1 MB without buffering", chunked(*[MB[:4096]] * 256), conf=STREAM + V11),
    case("a body beyond client_body_buffer_size", sized(b"x" * 3000), conf="client_body_buffer_size 1k; " + PASS),
    case("a chunked body beyond client_body_buffer_size", chunked(b"x" * 3000, b"y" * 3000), conf="client_body_buffer_size 1k; " + PASS),
    case("a large body behind a large head", sized(MB[:50000], *[b"X-%d: " % i + b"a" * 3000 for i in range(5)])),
    # --- too large ones
    case("a Content-Length beyond client_max_body_size", sized(b"0123456789a"), conf="client_max_body_size 10; " + PASS, any_end=True),
    case("a Content-Length of exactly client_max_body_size", sized(b"0123456789"), conf="client_max_body_size 10; " + PASS),
    case("a chunked body beyond client_max_body_size", chunked(b"01234567", b"89abc"), conf="client_max_body_size 10; " + PASS, any_end=True),
    case("a chunked body of exactly client_max_body_size", chunked(b"01234567", b"89"), conf="client_max_body_size 10; " + PASS),
    case("a chunked body beyond client_max_body_size without buffering", chunked(b"01234567", b"89abc"), conf="client_max_body_size 10; " + STREAM + V11, any_end=True),
    case("too large a body in pieces", [post(b"Transfer-Encoding: chunked"), b"8\r\n01234567\r\n", 0.05, b"5\r\n89abc\r\n"], conf="client_max_body_size 10; " + PASS, wait=1, any_end=True),
    case("too large a body for a kept client", sized(b"0123456789a", close=False), conf="client_max_body_size 10; " + PASS, any_end=True, wait=1),
    case("too large a body for a location that returns", sized(b"0123456789a"), conf="client_max_body_size 10; location / { return 200 hi; }", any_end=True),
    case("too large a body and an error page", sized(b"0123456789a"), conf="client_max_body_size 10; error_page 413 /e; location = /e { return 200 'sorry'; }" + PASS, any_end=True),
    case("too large a body and a named error page that passes", sized(b"0123456789a"), conf="client_max_body_size 10; error_page 413 = @e; location @e { proxy_pass http://@UP@; }" + PASS, any_end=True),
    case("an inner client_max_body_size", sized(b"0123456789a"), conf="client_max_body_size 1; " + location("client_max_body_size 20;")),
    case("too large with Expect", [sized(b"0123456789a", EXPECT)[:-11], 0.1], conf="client_max_body_size 10; " + PASS, wait=1, any_end=True),
    # --- 100-continue
    case("Expect: 100-continue", [post(b"Content-Length: 5", EXPECT), 0.1, b"hello"], wait=1),
    case("Expect: 100-continue with the body at once", sized(b"hello", EXPECT)),
    case("Expect: 100-continue with some of the body at once", [sized(b"hello", EXPECT)[:-3], 0.1, b"llo"], wait=1),
    case("Expect: 100-continue of HTTP/1.0", [post(b"Content-Length: 5", EXPECT, version=b"HTTP/1.0"), 0.1, b"hello"], wait=1),
    case("Expect: 100-continue without a body", post(EXPECT)),
    case("Expect: 100-continue with an empty body", sized(b"", EXPECT)),
    case("Expect: 100-continue with chunks", [post(b"Transfer-Encoding: chunked", EXPECT), 0.1, chunks(b"hello")], wait=1),
    case("Expect: 100-continue without buffering", [post(b"Content-Length: 5", EXPECT), 0.1, b"hello"], conf=STREAM + PASS, wait=1),
    case("Expect: 100-continue to a location that returns", [post(b"Content-Length: 5", EXPECT), 0.1, b"hello"], conf="location / { return 200 hi; }", wait=1, any_end=True),
    case("Expect: 100-CONTINUE", [post(b"Content-Length: 5", b"Expect: 100-CONTINUE"), 0.1, b"hello"], wait=1),
    case("Expect: something else", sized(b"hello", b"Expect: something")),
    case("Expect: 100-continue on GET", post(EXPECT, method=b"GET")),
    # --- what is passed
    case("proxy_pass_request_body off", HELLO, conf=location("proxy_pass_request_body off;")),
    case("proxy_pass_request_body off with the length cleared", HELLO, conf=location('proxy_pass_request_body off; proxy_set_header Content-Length "";')),
    case("proxy_pass_request_body off with a chunked body", chunked(b"abc"), conf=V11.replace("{ ", "{ proxy_pass_request_body off; ", 1)),
    case("proxy_set_body", HELLO, conf=location('proxy_set_body "mine=$arg_x";')),
    case("proxy_set_body of nothing", HELLO, conf=location('proxy_set_body "";')),
    case("proxy_set_body with a chunked body", chunked(b"abc"), conf=V11.replace("{ ", "{ proxy_set_body mine; ", 1)),
    case("proxy_set_body with the body in it", HELLO, conf=location('proxy_set_body "[$request_body]";')),
    case("proxy_set_body with a method that has none", GET, conf=location("proxy_set_body mine; proxy_method POST;")),
    case("proxy_set_header Content-Length is passed over", HELLO, conf=location("proxy_set_header Content-Length 3;")),
    case("$request_body in a header", HELLO, conf=location("proxy_set_header X-Body $request_body;")),
    case("$content_length and $content_type", sized(b"hello", b"Content-Type: a/b"), conf=location("proxy_set_header X-L $content_length; proxy_set_header X-T $content_type;")),
    case("proxy_method GET with a body", HELLO, conf=location("proxy_method GET;")),
    # --- behind a body
    case("a request behind a body", KEPT + NEXT),
    case("a request behind a chunked body", chunked(b"abc", close=False) + NEXT),
    case("a request behind a chunked body with trailers", chunked(b"abc", close=False, trailer=b"X-T: 1\r\n") + NEXT),
    case("a request behind a body without buffering", KEPT + NEXT, conf=STREAM + PASS),
    case("a request behind a chunked body without buffering", chunked(b"abc", close=False) + NEXT, conf=STREAM + V11),
    case("a request behind a chunked body without buffering, in pieces", [post(b"Transfer-Encoding: chunked", close=False), 0.05, chunks(b"abc") + NEXT], conf=STREAM + V11, wait=1),
    case("a request behind a large body", sized(MB[:100000], close=False) + NEXT),
    case("a request behind a body of zeros", sized(b"", close=False) + NEXT),
    case("line breaks behind a body", KEPT + b"\r\n" + NEXT),
    case("three bodies in a row", KEPT + chunked(b"x", close=False) + sized(b"third")),
    # --- nobody wants it
    case("a body on return", HELLO, conf="location / { return 200 hi; }"),
    case("a body on return to a kept client", KEPT, conf="location / { return 200 hi; }"),
    case("a request behind a body that nobody wanted", KEPT + NEXT, conf="location / { return 200 $request_method; }"),
    case("a body that comes after the answer", [post(b"Content-Length: 5", close=False), 0.1, b"hello" + NEXT], conf="location / { return 200 $request_method; }", wait=1),
    case("a chunked body on return", chunked(b"abc", close=False) + NEXT, conf="location / { return 200 $request_method; }"),
    case("a chunked body that comes after the answer", [post(b"Transfer-Encoding: chunked", close=False), 0.1, chunks(b"abc") + NEXT], conf="location / { return 200 $request_method; }", wait=1),
    case("a bad chunk on return", post(b"Transfer-Encoding: chunked", body=b"x\r\n"), conf="location / { return 200 $request_method; }", any_end=True),
    case("a large body on return", sized(MB, close=False) + NEXT, conf="location / { return 200 $request_method; }", any_end=True),
    case("a large chunked body on return", chunked(*[MB[:4096]] * 100, close=False) + NEXT, conf="location / { return 200 $request_method; }", any_end=True),
    case("a body that never comes on return", post(b"Content-Length: 5", close=False), conf="lingering_timeout 200ms; location / { return 200 $request_method; }", wait=1),
    case("a body on a file", KEPT + NEXT, conf="location / { root @DIR@/html; }"),
    case("a GET with a body on a file", sized(b"hello", method=b"GET", close=False) + NEXT, conf="location / { root @DIR@/html; }"),
    case("a body on an error", KEPT + NEXT, conf="location / { return 403; }"),
    case("a body on a status that closes", KEPT + NEXT, conf="location / { return 500; }", any_end=True),
    case("a body on 444", HELLO, conf="location / { return 444; }", any_end=True),
    case("a body on empty_gif", KEPT + NEXT, conf="location / { empty_gif; }"),
    case("lingering_close off and a body that nobody wants", sized(b"x" * 100000), conf="lingering_close off; location / { return 200 hi; }", any_end=True),
    case("lingering_close always", GET, conf="lingering_close always; lingering_timeout 200ms; location / { return 200 hi; }"),
    case("a body and an upstream that is down", KEPT + NEXT, down=True),
    # --- the upstream is early
    case("an upstream that answers at the head", [post(b"Content-Length: 10", close=False), 0.1, b"0123456789", 0.05, NEXT], conf=STREAM + V11, at_head=True, wait=1),
    case("an upstream that answers at the head and closes", [post(b"Content-Length: 10"), 0.1, b"0123456789"], conf=STREAM + PASS, at_head=True,
         upstream=[[OK, None]], wait=1, any_end=True),
    case("an upstream that answers an error at the head of a large body", sized(MB), conf=STREAM + PASS, at_head=True,
         upstream=[[b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno", 0.1, None]], any_end=True, any_body=True),
]

if __name__ == "__main__":
    run(CASES)
