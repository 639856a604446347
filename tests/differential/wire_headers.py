#!/usr/bin/env python3
"""What is told upstream and to the client: proxy_set_header, variables, the URI of proxy_pass, add_header, Location, cookies."""

from _wire import OK, run

PASS = "proxy_pass http://@UP@;"


def request(path="/", *headers, method="GET", body=b"", version="1.1", end="Connection: close"):
    lines = [f"{method} {path} HTTP/{version}", "Host: @HOST@", *headers, *([end] if end else []), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def case(name, conf, *clients, **more):
    return {"name": name, "conf": conf, "clients": [each if isinstance(each, bytes) else request(each) for each in clients or ["/"]], **more}


def sent(name, variables, *clients, before="", **more):
    """Each variable goes upstream as a header."""
    lines = "".join(f"proxy_set_header V-{i} '[${each}]';" for i, each in enumerate(variables.split()))
    return case(name, f"{before} location / {{ {lines} {PASS} }}", *clients, **more)


def added(name, variables, *clients, before="", place=PASS, **more):
    """Each variable goes to the client as a header."""
    lines = "".join(f"add_header V-{i} '[${each}]' always;" for i, each in enumerate(variables.split()))
    return case(name, f"{before} location / {{ {lines} {place} }}", *clients, **more)


def answer(*headers, status="200 OK", body=b"ok"):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def redirected(name, conf, *locations, path="/a/b", location="/a/", **more):
    return case(name, f"location {location} {{ {conf} }}", *[path for _ in locations],
                upstream=[answer(f"Location: {each}", status="302 Found") for each in locations], **more)


def cookies(name, conf, *values, **more):
    return case(name, f"location / {{ {PASS} {conf} }}", upstream=[answer(*[f"Set-Cookie: {each}" for each in values])], **more)


CASES = [
    # --- proxy_set_header
    case("no proxy_set_header", f"location / {{ {PASS} }}", request("/", "User-Agent: u", "Accept: a, b", "X-A: 1", "x-b: 2", "X-A: 3")),
    case("headers are set in order, then the client's", f"location / {{ proxy_set_header X-B b; proxy_set_header X-A a; {PASS} }}", request("/", "X-C: c", "x-a: gone", "X-B: gone")),
    case("an empty value keeps a header away", f"location / {{ proxy_set_header X-A ''; proxy_set_header Accept ''; proxy_set_header Connection ''; {PASS} }}", request("/", "X-A: 1", "Accept: x")),
    case("a variable that is empty keeps a header away", f"location / {{ proxy_set_header X-A $arg_a; {PASS} }}", request("/?a=1"), request("/", "X-A: 1")),
    case("proxy_set_header Host", f"location /a {{ proxy_set_header Host $host; {PASS} }} location /b {{ proxy_set_header Host $http_host; {PASS} }} location /c {{ proxy_set_header Host ''; {PASS} }} location /d {{ proxy_set_header Host x.test:8; {PASS} }}",
         "/a", "/b", "/c", "/d"),
    case("Host upstream with a dot and a port", f"location /a {{ proxy_set_header Host $host; {PASS} }} location /b {{ proxy_set_header Host $http_host; {PASS} }}",
         *[f"GET {path} HTTP/1.1\r\nHost: @HOST@.:81\r\nConnection: close\r\n\r\n".encode() for path in ("/a", "/b")]),
    case("inheritance: an inner set replaces all", f"proxy_set_header X-S s; proxy_set_header X-T t; location /a {{ {PASS} }} location /b {{ proxy_set_header X-L l; {PASS} }} location /c {{ proxy_set_header X-L l; location /c/d {{ {PASS} }} location /c/e {{ proxy_set_header X-N n; {PASS} }} }}",
         "/a", "/b", "/c/d", "/c/e"),
    case("inheritance into an if", f"proxy_set_header X-S s; location / {{ proxy_set_header X-L l; if ($arg_a) {{ {PASS} }} {PASS} }}", "/?a=1", "/"),
    case("inheritance into a named location and limit_except", f"proxy_set_header X-S s; location / {{ proxy_set_header X-L l; limit_except GET {{ {PASS} }} {PASS} }} location /n {{ try_files /none @n; }} location @n {{ {PASS} }}", "/", request("/", method="DELETE"), "/n"),
    case("the same header twice", f"location / {{ proxy_set_header X-A 1; proxy_set_header x-a 2; {PASS} }}", request("/", "X-A: 3")),
    case("Content-Length and Transfer-Encoding set by hand", f"location / {{ proxy_set_header Content-Length ''; proxy_set_header X-A 1; {PASS} }}", request("/", "Content-Length: 2", method="POST", body=b"ab")),
    case("Connection and Upgrade set", f"location / {{ proxy_http_version 1.1; proxy_set_header Connection upgrade; proxy_set_header Upgrade $http_upgrade; {PASS} }}", request("/", "Upgrade: x"), request("/")),
    case("TE, Keep-Alive and Expect set", f"location / {{ proxy_set_header TE trailers; proxy_set_header Keep-Alive x; proxy_set_header Expect y; {PASS} }}", request("/", "TE: a")),
    case("proxy_pass_request_headers off", f"location / {{ proxy_pass_request_headers off; proxy_set_header X-S s; {PASS} }}", request("/", "X-A: 1", "Content-Length: 1", "Content-Type: t", method="POST", body=b"x")),
    case("proxy_method GET, and a client that wants the head only", f"location / {{ proxy_method GET; {PASS} }}", request("/", method="HEAD"), upstream=[[b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok", 1.5, b"ok"]], wait=0.8),
    case("proxy_method HEAD and an upstream that sends a body all the same", f"location / {{ proxy_method head; {PASS} }}"),
    case("proxy_method", f"location /a {{ proxy_method PUT; {PASS} }} location /b {{ proxy_method $arg_m; {PASS} }}", "/a", "/b?m=DELETE", request("/a", "Content-Length: 1", method="POST", body=b"x")),
    case("proxy_set_header with blanks and quotes", f"location / {{ proxy_set_header X-A ' a \"b\" '; proxy_set_header X-B \"\\\"q\\\"\"; proxy_set_header X-C a\\ b; {PASS} }}"),
    case("the usual set of four", f"location / {{ proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; {PASS} }}",
         request("/"), request("/", "X-Forwarded-For: 1.2.3.4"), request("/", "X-Forwarded-For: 1.2.3.4", "x-forwarded-for: 5.6.7.8"), request("/", "X-Forwarded-For:")),
    # --- variables
    sent("variables of the request", "request request_method request_uri uri document_uri args is_args query_string server_protocol scheme https request_length content_length content_type body_bytes_sent request_completion",
         request("/a%20b?x=1&y=%20"), request("/", "Content-Length: 2", "Content-Type: a/b", method="POST", body=b"ab"), request("//a/../b?"), b"GET / HTTP/1.0\r\nHost: @HOST@\r\n\r\n"),
    sent("variables of the server", "host http_host hostname server_name server_addr server_port nginx_version proxy_host proxy_port document_root request_filename",
         "/x", before="root /tmp;"),
    sent("variables of the client", "remote_addr remote_user connection_requests http_user_agent http_x_a http_referer http_none http_cookie",
         request("/", "User-Agent: u", "X-A: 1", "X-A: 2", "Referer: r", "Cookie: a=1", "Cookie: b=2", "Authorization: Basic dXNlcjpwYXNz"), request("/", "Authorization: Basic eA=="),
         request("/", "Authorization: Digest x"), request("/", "Authorization: basic dTpwOnA="), request("/", "Authorization: Basic !!!")),
    sent("$http_ for names with dashes, digits and capitals", "http_x_a_b http_x1 HTTP_X1 http_X1 http_content_type http_te http_x_forwarded_for http_via",
         request("/", "X-A-B: 1", "X1: 2", "Content-Type: c", "TE: t", "X-Forwarded-For: f", "Via: v"), request("/", "X-A_B: 1", "x1: 3")),
    sent("$arg_", "arg_a arg_b arg_A arg_a_b arg_none", "/?a=1&b=2&a=3", "/?A=1", "/?b", "/?b=", "/?xa=1&a=2", "/?a=1;b=2", "/?a=%20+b", "/?a_b=1&a-b=2", "/?&a=1", "/?a==1", "/?a&a=2", "/?aa=1"),
    sent("$cookie_", "cookie_a cookie_b cookie_A cookie_a_b", *[request("/", *[f"Cookie: {text}" for text in texts]) for texts in
         (["a=1; b=2"], ["a=1;b=2"], ["A=1"], ["b=; a=1"], ["xa=1; a=2"], ["a=1", "b=2"], ["a = 1; b=2"], ["a=1, b=2"], ["a"], ["a=\"q;x\""], ["a=1=2"], [";a=1"], ["b=2;  a=1 ; c"], ["a=1; a=2"], ["a_b=1; a-b=2"])]),
    sent("the shapes of ids and times", "a1 a2 a3 a4 a5 a6 a7", "/", before="set $a1 x; set $a2 x; set $a3 x; set $a4 x; set $a5 x; set $a6 x; set $a7 x;"
         " if ($request_id ~ ^[0-9a-f]{32}$) { set $a1 ok; }".replace("^[0-9a-f]{32}$", "'^[0-9a-f]{32}$'") +
         " if ($time_iso8601 ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d$') { set $a2 ok; } if ($time_local ~ '^\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}$') { set $a3 ok; }"
         " if ($msec ~ '^\\d+\\.\\d{3}$') { set $a4 ok; } if ($request_time ~ '^\\d+\\.\\d{3}$') { set $a5 ok; } if ($connection ~ '^\\d+$') { set $a6 ok; } if ($pid ~ '^\\d+$') { set $a7 ok; }"),
    sent("$request_id stays the same in a request", "same", "/", before="set $r $request_id; set $same no; if ($r = $request_id) { set $same yes; }"),
    sent("$remote_port is a number, $binary_remote_addr four bytes", "a b", "/", before="set $a no; set $b no; if ($remote_port ~ ^\\d+$) { set $a ok; } if ($binary_remote_addr ~ '^\\x7f\\x00\\x00\\x01$') { set $b ok; }"),
    sent("$connections_ are numbers", "a", "/", before="set $a no; set $all $connections_active:$connections_reading:$connections_writing:$connections_waiting; if ($all ~ '^\\d+:\\d+:\\d+:\\d+$') { set $a ok; }"),
    sent("$connection_requests counts", "connection_requests", request("/", end=None) + request("/", end=None) + request("/")),
    sent("variables after a rewrite", "uri request_uri args document_uri request_filename", "/a/x%20y?z", before="root /tmp; rewrite ^/a/(.*) /b/$1?p=1;"),
    sent("$host in its ways", "host http_host server_name", b"GET / HTTP/1.0\r\nHost: @HOST@:80\r\n\r\n", request("http://@HOST@:7/"), request()),
    sent("$proxy_add_x_forwarded_for", "proxy_add_x_forwarded_for", request(), request("/", "X-Forwarded-For: a"), request("/", "X-Forwarded-For: a", "X-Forwarded-For: b")),
    sent("$proxy_host and $proxy_port of a group", "proxy_host proxy_port", "/") | {"http": "upstream g@ID@ { server @UP@; }", "conf": "location / { proxy_set_header V '$proxy_host $proxy_port'; proxy_pass http://g@ID@; }"},
    case("$proxy_host with a port and a variable", "location /a { set $p http://@UP@; proxy_set_header V '$proxy_host $proxy_port'; proxy_pass $p; }", "/a"),
    added("variables in add_header", "status body_bytes_sent sent_http_content_type sent_http_content_length sent_http_location sent_http_connection sent_http_x_up sent_http_date upstream_status upstream_http_x_up upstream_http_server upstream_cookie_c upstream_http_content_length upstream_addr",
          "/", upstream=[answer("X-Up: 1", "X-Up: 2", "Server: s", "Set-Cookie: c=v; path=/", "Content-Type: a/b")]),
    added("$upstream_ times have a shape", "a b c", "/", place="set $a x; set $b x; set $c x; " + PASS),
    added("$upstream_ without an upstream", "upstream_addr upstream_status upstream_response_time upstream_http_x upstream_cache_status upstream_bytes_sent", "/", place="return 200 x;"),
    added("$upstream_ after a retry", "upstream_addr upstream_status upstream_http_x", "/", place="proxy_pass http://g@ID@;", http="upstream g@ID@ { server @DOWN@; server @UP@; }", unordered=True),
    added("$upstream_ when all are down", "upstream_addr upstream_status upstream_bytes_received upstream_response_length", "/", place="proxy_pass http://@DOWN@;"),
    added("$sent_http_ of our own answer", "sent_http_content_type sent_http_location sent_http_connection sent_http_keep_alive sent_http_transfer_encoding sent_http_last_modified sent_http_etag sent_http_server", "/", request("/", end=None), place="return 302 http://o.test/;"),
    added("$status of errors", "status", "/", place="return 404;"),
    case("$upstream_http_ before the upstream", "location / { set $x $upstream_http_a; proxy_set_header V '[$x]'; " + PASS + " }"),
    case("$sent_http_ of an add_header above", "location / { add_header X-A 1; add_header X-B '[$sent_http_x_a]'; " + PASS + " }"),
    case("$arg_ of rewritten arguments", "location / { rewrite ^ /x?a=2 break; proxy_set_header V $arg_a; " + PASS + " }", "/?a=1"),
    # --- the URI of proxy_pass
    case("no URI part", "location /a/ { proxy_pass http://@UP@; }", "/a/b%20c/../d?x#y", "/a/%2f", "//a//b"),
    case("a slash", "location /a/ { proxy_pass http://@UP@/; }", "/a/b%20c/../d?x", "/a/", "/a", "//a//b", "/a/%2f/b", "/a/%3F", "/a/+%2B", "/a/%C3%A4", "/a/\u00e4", "/a/%25", "/a/;:@&=$,", "/a/%22%3C%3E", "/a/\"<>", "/a/%5e|"),
    case("a path, with and without slashes", "location /a/ { proxy_pass http://@UP@/x; } location /b { proxy_pass http://@UP@/x/; } location /c { proxy_pass http://@UP@/x?y=; } location /d/ { proxy_pass http://@UP@?z=; }", "/a/b", "/b/c", "/bc", "/c/q", "/d/r", "/c?k"),
    case("a URI part with variables", "location /a/ { proxy_pass http://@UP@/x$request_uri; } location /b/ { proxy_pass http://@UP@/x/$arg_p; } location /c/ { proxy_pass http://@UP@$uri; } location /d/ { proxy_pass http://@UP@$uri$is_args$args; } location /e/ { proxy_pass http://@UP@/?u=$uri; } location ~ ^/f/(.*) { proxy_pass http://@UP@/$1; }",
         "/a/b%20c?d", "/b/?p=%20", "/c/x%20y?z", "/d/x?z", "/e/x%26y", "/f/x%20y?z"),
    case("a URI part in an exact location", "location = /a { proxy_pass http://@UP@/x/y; } location = /b { proxy_pass http://@UP@/; }", "/a", "/a?b=%20", "/b"),
    case("a URI part in ^~", "location ^~ /a/ { proxy_pass http://@UP@/x/; }", "/a/b"),
    case("a regex, no URI part", "location ~* \\.php$ { proxy_pass http://@UP@; }", "/x%20y.PHP?z"),
    case("a named location, no URI part", "location /a { try_files /none @n; } location @n { proxy_pass http://@UP@; }", "/a/b%20c?d"),
    case("nested locations with URI parts", "location /a/ { proxy_pass http://@UP@/x/; location /a/b/ { proxy_pass http://@UP@/y/; } location ~ z$ { proxy_pass http://@UP@; } }", "/a/1", "/a/b/2", "/a/z"),
    case("a URI part with the whole prefix gone", "location /a { proxy_pass http://@UP@/; }", "/a", "/ab", "/a/b"),
    case("a URI part and an internal redirect", "location /a { rewrite ^/a(.*) /b$1 last; } location /b/ { proxy_pass http://@UP@/x/; }", "/a/%20y%3f?z"),
    case("arguments that are empty", "location /a/ { proxy_pass http://@UP@/x/; } location /b/ { proxy_pass http://@UP@; }", "/a/b?", "/b/b?", "/b/?#"),
    case("a rewrite that keeps the URI but changes arguments", "location /a/ { rewrite ^(.*)$ $1?q=1 break; proxy_pass http://@UP@/x/; }", "/a/b?c"),
    case("proxy_pass to a group with a URI part", "location /a/ { proxy_pass http://g@ID@/x/; }", "/a/b", http="upstream g@ID@ { server @UP@; }"),
    case("the scheme of proxy_pass in capitals", "location / { proxy_pass HTTP://@UP@; }"),
    case("proxy_pass with a variable and no URI", "location /a/ { set $b @UP@; proxy_pass http://$b; }", "/a/b%20c?d", "/a/b/../c"),
    case("proxy_pass with a variable behind a rewrite", "location /a/ { set $b @UP@; rewrite ^/a/(.*) /x/$1 break; proxy_pass http://$b; }", "/a/b%20c?d"),
    case("proxy_pass with a variable and a slash", "location /a/ { set $b @UP@; proxy_pass http://$b/; }", "/a/b?d"),
    case("proxy_pass with a variable that is bad", "location /a { proxy_pass http://$arg_h; } location /b { proxy_pass $arg_h; } location /c { proxy_pass http://$arg_h:$arg_p/; }", "/a", "/b", "/b?h=x", "/c?h=127.0.0.1&p=99999", "/a?h=nohost.invalid", "/c?h=127.0.0.1&p="),
    # --- add_header
    case("add_header with our own 404", "location / { add_header X-A a; add_header X-B b always; return 404; }"),
    *[case(f"add_header with status {status}", f"location / {{ add_header X-A a; add_header X-B b always; {PASS} }}", upstream=[answer(status=f"{status} x", body=b"" if status in (204, 304) else b"ok")])
      for status in (200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 404, 500)],
    case("add_header inheritance", f"add_header X-S s; location /a {{ {PASS} }} location /b {{ add_header X-L l; {PASS} }} location /c {{ add_header X-L l; location /c/d {{ {PASS} }} if ($arg_x) {{ add_header X-I i; }} {PASS} }}", "/a", "/b", "/c", "/c/d", "/c?x=1"),
    case("add_header with empty and variable values", f"location / {{ add_header X-A ''; add_header X-B $arg_b; add_header X-C 'v $uri'; add_header X-D \"a; b=\\\"c\\\"\"; {PASS} }}", "/", "/?b=1"),
    case("add_header twice and beside the upstream's", f"location / {{ add_header X-A 1; add_header X-A 2; {PASS} }}", upstream=[answer("X-A: 0")]),
    case("add_header of names that nginx writes itself", f"location / {{ add_header Content-Type t/t; add_header X-Content-Length 5; {PASS} }}"),
    case("add_header Cache-Control, Link, Last-Modified and ETag", f"location /a {{ add_header Cache-Control no-store; add_header Link '<x>'; {PASS} }} location /b {{ add_header Last-Modified ''; add_header ETag ''; {PASS} }} location /c {{ add_header Last-Modified x; add_header ETag y; {PASS} }} location /d {{ add_header Cache-Control a; add_header Cache-Control b; {PASS} }}", "/a", "/b", "/c", "/d",
         upstream=[answer("Cache-Control: max-age=1", "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT", 'ETag: "x"', "Link: <y>")]),
    case("add_header on our own pages", "add_header X-A a always; location /a { return 200 x; } location /b { return 301 /x; } location /c { return 204; } location /d { deny all; }", "/a", "/b", "/c", "/d"),
    case("add_header of an error page's location", "location /x { add_header X-X x always; error_page 404 /e; return 404; } location /e { add_header X-E e always; return 200 e; }", "/x"),
    # --- Location and Refresh
    redirected("the default proxy_redirect", "proxy_pass http://@UP@;", "http://@UP@/x", "http://@UP@", "/x", "http://@HOST@/x", "http://other/x", "https://@UP@/x", "HTTP://@UP@/x", "x"),
    redirected("the default proxy_redirect with a URI part", "proxy_pass http://@UP@/p/;", "http://@UP@/p/x", "http://@UP@/q/x", "/p/x", "http://@UP@/p"),
    redirected("the default proxy_redirect in a regex", "proxy_pass http://@UP@;", "http://@UP@/x", location="~ ^/a"),
    redirected("the default proxy_redirect of a group", "proxy_pass http://up.test;", "http://up.test/x", "http://up.test:80/x", "http://@UP@/x", http="upstream up.test { server @UP@; }"),
    redirected("proxy_redirect off", "proxy_pass http://@UP@; proxy_redirect off;", "http://@UP@/x", "/x", "x"),
    redirected("proxy_redirect default, written", "proxy_pass http://@UP@/p/; proxy_redirect default;", "http://@UP@/p/x", "/p/x"),
    redirected("proxy_redirect with texts", "proxy_pass http://@UP@; proxy_redirect http://o.test/ /n/; proxy_redirect http://p.test/ http://$host/p/; proxy_redirect /r/ /s/;", "http://o.test/x", "http://p.test/x", "/r/x", "http://@UP@/x", "http://q.test/"),
    redirected("proxy_redirect with regexes", "proxy_pass http://@UP@; proxy_redirect ~^http://([^/]+)/(.*)$ http://$host/$1/$2; proxy_redirect ~*^/(?<w>X.*)$ /found/$w;", "http://o.test/x?y", "/xyz", "/abc"),
    redirected("proxy_redirect default beside others", "proxy_pass http://@UP@; proxy_redirect default; proxy_redirect http://o.test/ /;", "http://@UP@/x", "http://o.test/x"),
    redirected("the first proxy_redirect that fits", "proxy_pass http://@UP@; proxy_redirect /a/ /1/; proxy_redirect /a/b/ /2/;", "/a/b/c"),
    redirected("proxy_redirect inherited", "proxy_pass http://@UP@;", "/a/b", "http://@UP@/x") | {"conf": "proxy_redirect /a/ /inherited/; location /a/ { proxy_pass http://@UP@; }"},
    redirected("proxy_redirect with variables in the text", "proxy_pass http://@UP@; proxy_redirect http://$http_host/ /n/;", "http://@HOST@/x"),
    redirected("Location with status 201", "proxy_pass http://@UP@;", "http://@UP@/x") | {"upstream": [answer("Location: http://@UP@/x", status="201 Created")]},
    redirected("a pass with variables has no default", "set $u http://@UP@; proxy_pass $u;", "http://@UP@/x", "/x"),
    redirected("absolute_redirect off and a path", "absolute_redirect off; proxy_pass http://@UP@;", "/x", "http://@UP@/x"),
    case("Refresh", "location /a/ { proxy_pass http://@UP@/p/; }", "/a/b", "/a/b", "/a/b", upstream=[answer("Refresh: 5; url=http://@UP@/p/x"), answer("Refresh: 5; URL=http://@UP@/p/x"), answer("Refresh: 5")]),
    # --- cookies
    cookies("cookies untouched", "", "a=1; Domain=x.test; Path=/p; Secure", "b"),
    cookies("proxy_cookie_domain", "proxy_cookie_domain x.test $host;", "a=1; Domain=x.test; Path=/", "b=2; domain=.x.test", "c=3; Domain=y.test", "d=x.test", "e=1;domain=X.TEST;path=/"),
    cookies("proxy_cookie_domain with a regex", "proxy_cookie_domain ~\\.?([a-z]+)\\.test$ $1.example;", "a=1; Domain=.x.test", "b=1; Domain=q"),
    cookies("proxy_cookie_path", "proxy_cookie_path /p/ /q/;", "a=1; Path=/p/x", "b=1; path=/p/", "c=1; Path=/p", "d=1; Path=/z; HttpOnly"),
    cookies("proxy_cookie_path with a regex and a variable", "proxy_cookie_path ~^/p/(.*)$ $uri$1;", "a=1; Path=/p/x", "b=1; Path=/z"),
    cookies("several rules for cookies", "proxy_cookie_path /p/ /1/; proxy_cookie_path / /2/; proxy_cookie_domain a.test 1.test; proxy_cookie_domain b.test 2.test;", "a=1; Path=/p/x; Domain=b.test", "b=1; Path=/x; Domain=a.test"),
    cookies("proxy_cookie_path off", "proxy_cookie_path off;", "a=1; Path=/p/x"),
    # --- small things
    {"name": "proxy_bind with a port", "ports": 2, "conf": "location / { proxy_bind 127.0.0.5:@P2@; proxy_pass http://127.0.0.1:@P1@; } "
                                                          "location /any { proxy_bind 127.0.0.6; proxy_pass http://127.0.0.1:@P1@; }",
     "http": "server { listen 127.0.0.1:@P1@; location / { return 200 $remote_addr:$remote_port; } location /any { return 200 $remote_addr; } }",
     "clients": [request("/"), request("/any")]},
    case("server_tokens on", f"server_tokens on; location / {{ {PASS} }} location /b {{ return 404; }}", "/", "/b", any_length=True),
    case("keepalive_timeout with a header", "keepalive_timeout 75s 20s; return 200 x;", request("/", end=None), b"GET / HTTP/1.0\r\nHost: @HOST@\r\nConnection: keep-alive\r\n\r\n"),
    case("keepalive_timeout of a location", "location /a { keepalive_timeout 0; return 200 x; } location /b { keepalive_timeout 5 7; return 200 y; }", request("/b", end=None) + request("/a", end=None), wait=1),
    case("keepalive_disable", "keepalive_disable msie6 safari; return 200 x;", request("/", "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows)", "Content-Length: 1", method="POST", body=b"x", end=None),
         request("/", "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit Safari/1", end=None), request("/", "User-Agent: x", end=None), wait=0.4),
    case("keepalive_disable none", "keepalive_disable none; return 200 x;", request("/", "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows)", "Content-Length: 1", method="POST", body=b"x", end=None), wait=0.4),
    case("keepalive_disable in a location", "keepalive_disable msie6 safari; location / { return 200 x; }", request("/", "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows)", "Content-Length: 1", method="POST", body=b"x", end=None),
         request("/", "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit Safari/1", end=None), request("/", "User-Agent: x", end=None), wait=0.4),
    case("keepalive_timeout 0 and a return of the server", "keepalive_timeout 0; return 200 x;", request("/", end=None), wait=0.4),
    case("keepalive_requests 1 and a return of the server", "keepalive_requests 1; return 200 x;", request("/", end=None), wait=0.4),
    case("a location on the way forbids keep-alive", "location /a { keepalive_timeout 0; rewrite ^ /b last; } location /b { return 200 b; } location /c { keepalive_timeout 0; error_page 404 /b; return 404; }", request("/a", end=None), request("/c", end=None), wait=0.4),
    case("keepalive_requests of the chosen location", "location /a { keepalive_requests 1; return 200 x; } location /b { return 200 y; }", request("/b", end=None) + request("/a", end=None) + request("/b", end=None), wait=0.5),
    case("chunked_transfer_encoding off", f"chunked_transfer_encoding off; location / {{ proxy_http_version 1.1; {PASS} }}", request("/", end=None), upstream=[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"], wait=1),
    case("default_type does not touch the upstream's type", f"default_type a/b; location / {{ {PASS} }}", upstream=[answer(), answer("Content-Type: text/html; charset=utf-8")]),
    case("proxy_hide_header and proxy_pass_header", f"location /a {{ proxy_hide_header X-A; {PASS} }} location /b {{ proxy_pass_header Server; proxy_pass_header Date; proxy_pass_header X-Accel-Buffering; {PASS} }} location /c {{ proxy_hide_header X-A; proxy_pass_header X-A; {PASS} }}", "/a", "/b", "/c",
         upstream=[answer("X-A: 1", "Server: theirs", "X-Accel-Buffering: no", "X-Pad: p", "Status: 200")]),
    case("proxy_hide_header inheritance", f"proxy_hide_header X-A; location /a {{ {PASS} }} location /b {{ proxy_hide_header X-B; {PASS} }} location /c {{ proxy_pass_header Server; {PASS} }}", "/a", "/b", "/c", upstream=[answer("X-A: 1", "X-B: 2", "Server: s")]),
    case("proxy_ignore_headers", f"location / {{ proxy_ignore_headers X-Accel-Redirect X-Accel-Buffering; {PASS} }} location /r {{ return 200 r; }}", upstream=[answer("X-Accel-Redirect: /r", "X-A: 1")]),
    case("proxy_set_body and headers", f"location / {{ proxy_set_body 'uri=$request_uri'; proxy_set_header X-A 1; {PASS} }}", request("/a", "Content-Length: 3", method="POST", body=b"abc"), request("/b")),
    case("proxy_pass_request_body off", f"location / {{ proxy_pass_request_body off; proxy_set_header Content-Length ''; {PASS} }} location /b {{ proxy_pass_request_body off; {PASS} }}", request("/a", "Content-Length: 3", method="POST", body=b"abc"), request("/b", "Content-Length: 3", method="POST", body=b"abc")),
]

if __name__ == "__main__":
    run(CASES)
