#!/usr/bin/env python3
"""rewrite, if, set, return, map, geo, split_clients, try_files, error_page and who may enter: what comes of them."""

from _wire import OK, run

ECHO = "proxy_pass http://@UP@;"
SHOW = "return 200 'uri=$uri args=$args is_args=$is_args\\n';"
REST = f"location / {{ {SHOW} }}"


def request(path, *headers, method="GET", host="@HOST@", body=b""):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def case(name, conf, *uris, **more):
    return {"name": name, "conf": conf, "clients": [request(uri) for uri in uris], **more}


def asked(name, conf, *clients, **more):
    return {"name": name, "conf": conf, "clients": list(clients), **more}


def condition(name, text, *uris, before="", headers=(), files=None):
    """Does `if (text)` hold?"""
    return {"name": name, "conf": f"root @ROOT@; {before} location / {{ if ({text}) {{ return 200 yes; }} return 200 no; }}",
            "clients": [request(uri, *headers) for uri in uris], "files": files or {}}


def mapped(name, body, *uris, source="$arg_a", conf="return 200 '[$m@ID@] 1=$1';", **more):
    return {"name": name, "http": f"map {source} $m@ID@ {{ {body} }}", "conf": conf, "clients": [request(uri) for uri in uris], **more}


FILES = {"a.txt": b"a\n", "dir/index.html": b"dir index\n", "dir/b.txt": b"b\n", "empty": b"", "bare/": None, "link": "a.txt", "broken": "nowhere"}

CASES = [
    # --- rewrite
    case("rewrite last finds another location", "location /a { rewrite ^/a(.*)$ /b$1 last; return 200 no; } location /b { " + SHOW + " }", "/a/x?y=1", "/a", "/b"),
    case("rewrite break stays", "location /a { rewrite ^/a(.*)$ /b$1 break; rewrite .* /c; " + SHOW + " } location /b { return 200 no; }", "/a/x?y=1"),
    case("rewrite break and a pass", "location /a/ { rewrite ^/a/(.*)$ /b/$1 break; " + ECHO + " }", "/a/x%20y?z", "/a/", "/a/%3f"),
    case("rewrite break and a pass with a URI part", "location /a/ { rewrite ^/a/(.*)$ /b/$1 break; proxy_pass http://@UP@/part/; }", "/a/x?z", "/a/x%20y"),
    case("a rewrite that does not match keeps the URI part", "location /a/ { rewrite ^/zzz /b break; proxy_pass http://@UP@/part/; }", "/a/x?z"),
    case("rewrite without a flag goes on, then finds a location", "location /a { rewrite ^/a(.*) /b$1; rewrite ^/b(.*) /c$1; } location /c { " + SHOW + " } " + REST, "/a/x"),
    case("rewrite without a flag, then return", "location /a { rewrite ^/a(.*) /b$1; " + SHOW + " } " + REST, "/a/x"),
    case("rewrite without a flag, then break", "location /a { rewrite ^/a(.*) /b$1; break; " + ECHO + " } " + REST, "/a/x"),
    case("a rewrite in the server", "rewrite ^/a(.*)$ /b$1; rewrite ^/b/x /c; location /c { return 200 c; } location /b { return 200 b; }" + REST, "/a/y", "/a/x", "/d"),
    case("last in the server ends its rewrites", "rewrite ^/a(.*)$ /b$1 last; rewrite ^/b /c; location /b { " + SHOW + " } " + REST, "/a/x", "/b"),
    case("break in the server ends its rewrites", "rewrite ^/a(.*)$ /b$1 break; rewrite ^/b /c; location /b { " + SHOW + " } " + REST, "/a/x"),
    case("break in the server and a pass", "rewrite ^/a(.*)$ /b$1 break; location /b { proxy_pass http://@UP@/part; } location / { proxy_pass http://@UP@; }", "/a/x?y"),
    case("break alone in the server", "break; rewrite ^ /c; location /b { proxy_pass http://@UP@/part; }" + REST, "/b/x", "/x"),
    case("redirect and permanent", "location /r { rewrite ^/r(.*)$ /new$1 redirect; } location /p { rewrite ^/p(.*)$ /new$1 permanent; }", "/r/x", "/r/x?y=1", "/p", "/p?a"),
    case("redirects with arguments of their own", "rewrite ^/a(.*) /n$1?x=1 redirect; rewrite ^/b(.*) /n$1?x=1? redirect; rewrite ^/c(.*) /n$1? redirect; rewrite ^/d /n? permanent;", "/a?y=2", "/b?y=2", "/c?y=2", "/d?y", "/a", "/b", "/c"),
    case("a replacement with a scheme redirects", "rewrite ^/a(.*) http://other.test/x$1; rewrite ^/b https://$host/b last; rewrite ^/c $scheme://$host/c; rewrite ^/d http://other.test permanent;", "/a/y?z", "/b", "/c", "/d"),
    case("redirects of escaped URIs", "rewrite ^/a/(.*) /n/$1 redirect; rewrite ^/b/(.*) /n?x=$1 redirect; rewrite ^/c/(.*) http://o.test/$1 redirect;",
         "/a/%20x%3Fy", "/b/%20x%26y", "/c/%20x%3f", "/a/x+y", "/b/x+y", "/a/%C3%A4", "/b/%25", "/a/%25", "/a/%22", "/a/%7e%41"),
    case("arguments are added in front", "location /a { rewrite ^/a/(.*) /b?p=$1 last; } location /b { " + SHOW + " }", "/a/1", "/a/1?q=2", "/a/x%26y?q=2", "/a/x%20y", "/a/x+y"),
    case("a question mark at the end drops arguments", "rewrite ^/a /b? last; rewrite ^/c /b?x=1? last; location /b { " + SHOW + " }", "/a?q=2", "/c?q=2", "/a", "/c"),
    case("arguments of the replacement alone", "rewrite ^/a ?x=1 last; " + REST, "/a", "/a?b"),
    case("a replacement without slash", "rewrite ^/a b last; location /b { return 200 b; }" + REST, "/a"),
    case("a rewrite matches without arguments", "rewrite x=1 /found last; rewrite ^/a$ /a-found last; " + REST, "/a?x=1"),
    case("a rewrite matches the decoded URI", "rewrite '^/a b$' /found last; " + REST, "/a%20b", "/a+b"),
    case("capitals matter to rewrite, unless told", "rewrite ^/A /found last; rewrite (?i)^/b /nocase last;" + REST, "/a", "/A", "/B"),
    case("groups and named groups of rewrite", "rewrite ^/(?<first>[^/]+)/([^/]+)$ /x/$2/$first last; " + REST, "/a/b", "/a/b?c"),
    case("a group that took no part", "rewrite ^/a(x)?(y)?$ /n-$1-$2-$3 last; " + REST, "/a", "/ax", "/ay"),
    case("groups live until the next match", "location / { rewrite ^/(.*)$ /$1 break; if ($arg_q ~ (.)$) { set $z $1; } return 200 '1=$1 z=$z'; }", "/abc?q=xyz", "/abc"),
    case("braces and variables side by side", "rewrite ^/(..)$ /$11-${host}x last; " + REST, "/ab"),
    case("more than nine groups", "rewrite ^/(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)$ /$9-$10 last; " + REST, "/abcdefghij"),
    case("a cycle ends with 500", "location / { rewrite ^ /x last; }", "/"),
    case("ten times is not yet a cycle", "location / { if ($uri ~ ^/xxxxxxxxxx$) { return 200 ten; } rewrite ^(.*)$ $1x last; }", "/", "/x", "/xxxxxxxxxxx"),
    case("a cycle in the server", "rewrite ^(.*)$ $1x; " + REST, "/"),
    case("the URI is not normalised again", "rewrite ^/a /b/../c//d last; " + REST, "/a"),
    case("rewrite and then the URI part of a pass", "rewrite ^/a/(.*) /b/$1; location /b/ { proxy_pass http://@UP@/part/; }", "/a/x%20y?z"),
    case("rewrite in a location, last into a pass", "location /a { rewrite ^/a/(.*) /b/$1 last; } location /b { " + ECHO + " }", "/a/x%20y?z", "/a/x%3fy", "/a/%C3%A4"),
    case("rewrite in a nested location", "location /a { rewrite ^/a/(.*) /c/$1 last; location /a/b { rewrite ^/a/b(.*) /d$1 last; } } " + REST, "/a/x", "/a/bx"),
    # --- if
    condition("if of a variable", "$arg_a", "/", "/?a", "/?a=", "/?a=0", "/?a=00", "/?a=1", "/?a=x", "/?A=1"),
    condition("if =", "$arg_a = x", "/", "/?a=x", "/?a=X", "/?a=xy"),
    condition("if = with a variable", "$arg_a = $arg_b", "/?a=1&b=1", "/?a=1&b=2", "/", "/?a=1"),
    condition("if = with an empty text", "$arg_a = ''", "/", "/?a=x", "/?a="),
    condition("if !=", "$arg_a != x", "/", "/?a=x", "/?a=y"),
    condition("if ~", "$arg_a ~ ^x.$", "/", "/?a=xy", "/?a=XY", "/?a=x"),
    condition("if ~*", "$arg_a ~* ^x.$", "/", "/?a=xy", "/?a=XY"),
    condition("if !~", "$arg_a !~ ^x.$", "/", "/?a=xy", "/?a=XY"),
    condition("if !~*", "$arg_a !~* ^x.$", "/", "/?a=xy", "/?a=XY"),
    condition("if with quoted words", '$http_user_agent ~ "a b"', "/", headers=("User-Agent: xa bx",)),
    condition("if with blanks around", " $arg_a = x ", "/?a=x", "/"),
    condition("if -f", "-f $document_root$uri", "/a.txt", "/dir", "/none", "/link", "/broken", files=FILES),
    condition("if !-f", "!-f $document_root$uri", "/a.txt", "/dir", "/none", "/link", "/broken", files=FILES),
    condition("if -d", "-d $document_root$uri", "/a.txt", "/dir", "/dir/", "/none", "/broken", files=FILES),
    condition("if !-d", "!-d $document_root$uri", "/a.txt", "/dir", "/none", files=FILES),
    condition("if -e", "-e $document_root$uri", "/a.txt", "/dir", "/none", "/broken", "/a.txt/x", files=FILES),
    condition("if !-e", "!-e $document_root$uri", "/a.txt", "/dir", "/none", "/broken", files=FILES),
    condition("if -x", "-x $document_root$uri", "/a.txt", "/dir", "/none", files=FILES),
    condition("if !-x", "!-x $document_root$uri", "/a.txt", "/dir", "/none", files=FILES),
    condition("if -f of request_filename", "-f $request_filename", "/a.txt", "/none", files=FILES),
    condition("if of the method", "$request_method = GET", "/"),
    condition("if of invalid_referer's like: the referer", "$http_referer ~* ^https?://x\\.test", "/", headers=("Referer: HTTP://X.test/",)),
    case("groups of an if", "location / { if ($arg_a ~ (.)(?<second>.)) { return 200 '1=$1 second=$second'; } return 200 'no $1 $second'; }", "/?a=xy", "/?a=x"),
    case("groups of a negative if", "location / { if ($arg_a !~ (.)(.)) { return 200 'no [$1]'; } return 200 'yes $1 $2'; }", "/?a=xy", "/?a=x"),
    case("a rewrite that does not match drops the groups", "location ~ ^/(.*)$ { set $a $1; rewrite ^/never$ /x; return 200 '$a [$1]'; }", "/xy"),
    case("several ifs in a row, the last one's settings hold", "location / { add_header X-A 0; if ($arg_a) { add_header X-A a; } if ($arg_b) { add_header X-A b; } " + ECHO + " }", "/", "/?a=1", "/?b=1", "/?a=1&b=1"),
    case("an if inherits the pass", "location /x/ { " + ECHO + " if ($arg_a) { add_header X-If 1; } proxy_set_header X-Out 1; add_header X-Out 1; }", "/x/y?a=1", "/x/y"),
    case("an if inherits the pass with its URI part", "location /x/ { proxy_pass http://@UP@/part/; if ($arg_a) { set $z 1; } }", "/x/y%20z?a=1", "/x/y"),
    case("a pass in an if", "location / { if ($arg_a) { proxy_pass http://@UP2@; } proxy_pass http://@UP@; }", "/y%20z?a=1", "/y", upstream2=[OK.replace(b"ok", b"UP")]),
    case("a pass with variables in an if", "location / { if ($arg_a) { proxy_pass http://@UP@/v$uri; } return 404; }", "/y?a=1", "/y"),
    case("a file where the location passes on", "location / { root @ROOT@; if ($arg_a) { proxy_pass http://@UP@; } }", "/a.txt", "/a.txt?a=1", files=FILES),
    case("break in an if keeps what it set", "location / { if ($arg_a) { set $z 1; break; } set $z 2; if ($z = 1) { return 200 never; } proxy_set_header X-Z $z; " + ECHO + " }", "/?a=1", "/"),
    case("set behind an if still works", "location / { set $z 1; if ($arg_a) { set $z 2; } set $y $z; return 200 'z=$z y=$y'; }", "/?a=1", "/"),
    case("an if in the server", "if ($arg_a) { return 403; } if ($arg_b) { set $b 1; rewrite ^ /changed; } " + REST, "/", "/?a=1", "/?b=1"),
    case("rewrite in an if", "location / { if ($arg_a) { rewrite ^/(.*)$ /b/$1 last; } return 200 rest; } location /b/ { " + SHOW + " }", "/x?a=1", "/x"),
    case("rewrite break in an if with a pass outside", "location / { if ($arg_a) { rewrite ^/(.*)$ /b/$1 break; } " + ECHO + " }", "/x%20y?a=1", "/x"),
    case("the return of an if under other settings", "location / { if ($arg_a) { add_header X-A a always; return 404; } add_header X-B b always; return 404; }", "/?a=1", "/"),
    # --- set
    case("set and texts with variables", "set $a 1; set $b \"$a-${a}2\"; location / { set $a 3; return 200 '$a $b'; }", "/"),
    case("a variable that was never set is empty", "location / { if ($arg_x) { set $never 1; } return 200 '[$never]'; }", "/", "/?x=1"),
    case("set $args", "location / { set $args x=1; " + ECHO + " }", "/a?b=2"),
    case("set $args to nothing", "location / { set $args ''; return 200 '$uri$is_args$args [$query_string]'; }", "/a?b=2"),
    case("set $args before a rewrite", "location / { set $args z=9; rewrite ^/a /b?y=1 last; } location /b { " + SHOW + " }", "/a?b=2"),
    case("set twice in one text", "set $a x; location / { set $a $a$a; set $a $a$a; return 200 $a; }", "/"),
    case("variables keep their case", "set $aB 1; location / { return 200 '[$aB] [$ab]'; }", "/"),
    # --- return
    case("return of a code", "location /204 { return 204; } location /404 { return 404; } location /500 { return 500; } location /200 { return 200; } location /302 { return 302 /x; } location /418 { return 418; }"
         " location /599 { return 599; } location /999 { return 999; } location /600 { return 600 text; } location /000 { return 000 zero; } location /304 { return 304; } location /100 { return 201; }",
         "/204", "/404", "/500", "/200", "/302", "/418", "/599", "/600", "/304", "/100", "/999"),
    case("return of a code with text", "location / { return 404 'not $uri here'; } location /200 { return 200 ''; } location /204 { return 204 text; } location /503 { return 503 \"$arg_a\"; } location /301 { return 301; } location /304 { return 304 x; }",
         "/x", "/200", "/204", "/503", "/503?a=b", "/301", "/304"),
    case("the redirects of return", "".join(f"location /{code} {{ return {code} http://o.test$uri?$args; }}" for code in (301, 302, 303, 307, 308)), "/301?a", "/302", "/303", "/307", "/308"),
    case("return of a URL alone", "location /a { return http://o.test/x; } location /b { return https://o.test$request_uri; } location /c { return $scheme://o.test; }", "/a", "/b?c=%20", "/c"),
    case("return of a path with variables", "location / { return 301 $uri/; } location /q { return 302 '?x'; } location /e { return 302 ''; }", "/a%20b", "/q", "/e"),
    case("return 444 closes", "return 444;", "/"),
    case("return with default_type and types", "default_type application/json; location / { return 200 '{}'; } location /a.html { return 200 x; } location /b { default_type text/css; return 200 y; } location /c { types { } default_type ''; return 200 z; }",
         "/", "/a.html", "/b", "/c", "/x.gif"),
    asked("return to HEAD and POST", "location / { return 200 text; } location /404 { return 404; }", request("/", method="HEAD"), request("/404", method="HEAD"),
          request("/", "Content-Length: 3", method="POST", body=b"abc"), request("/404", "Content-Length: 3", method="PUT", body=b"abc"), any_length=True),
    case("return in the server comes first", "return 200 server; location / { return 200 location; }", "/"),
    case("return after set in the server", "set $x 1; if ($arg_a) { return 200 'a$x'; } location / { return 200 'l$x'; }", "/?a=1", "/"),
    # --- map
    mapped("map", "default d; x 1; y 2; '' empty;", "/?a=x", "/?a=y", "/?a=", "/", "/?a=z", "/?a=X"),
    mapped("map without default", "x 1;", "/?a=x", "/?a=z"),
    mapped("map with regexes", "default d; ~^x(.)$ one-$1; ~*^Y two; ~^xx late; xx exact;", "/?a=xz", "/?a=yz", "/?a=xx", "/?a=XZ", "/?a=xxx", "/?a=q"),
    mapped("map with named groups", "default d; '~^(?<k>[a-z]+)-(?<v>\\d+)$' '$v:$k';", "/?a=ab-12", "/?a=x", conf="return 200 '[$m@ID@] [$k]';"),
    mapped("map of hostnames", "hostnames; default d; a.test 1; *.a.test 2; .b.test 3; www.* 4; *.x.a.test 5;", "/?a=a.test", "/?a=A.TEST", "/?a=z.a.test", "/?a=b.test", "/?a=q.b.test", "/?a=www.q", "/?a=y.x.a.test", "/?a=a.test.", "/?a=q"),
    mapped("map without hostnames takes stars as they are", "default d; *.a 1; .b 2; '\\hostnames' 3; hostname 4;", "/?a=x.a", "/?a=*.a", "/?a=.b", "/?a=b", "/?a=hostnames", "/?a=hostname"),
    mapped("map to variables", "default $uri; x $arg_b; y 'a${arg_b}c';", "/p?a=x&b=1", "/p?a=y&b=1", "/p?a=z"),
    mapped("map of several variables", "default d; '1:2' both; ':' none;", "/?a=1&b=2", "/", source='"$arg_a:$arg_b"'),
    mapped("map is evaluated once", "default $z;", "/", source="x", conf="location / { set $z 1; set $y $m@ID@; set $z 2; return 200 '$m@ID@ $y'; }"),
    mapped("a volatile map is evaluated each time", "volatile; default $z;", "/", source="x", conf="location / { set $z 1; set $y $m@ID@; set $z 2; return 200 '$m@ID@ $y'; }"),
    mapped("a key that is escaped", "default d; '\\default' esc; '\\~x' tilde;", "/?a=default", "/?a=~x", "/?a=x"),
    mapped("a map as the condition of an if", "default 0; x 1;", "/?a=x", "/?a=y", conf="location / { if ($m@ID@) { return 200 yes; } return 200 no; }"),
    mapped("a map of a map", "default d; x 1; y 2;", "/?a=x", "/?a=y", "/", conf="return 200 '$n@ID@';") | {"http": "map $arg_a $m@ID@ { default d; x 1; y 2; } map $m@ID@ $n@ID@ { default dd; 1 one; 2 $m@ID@; }"},
    mapped("a map chooses the upstream", "default @UP@; b @UP2@;", "/?a=b", "/", conf="location / { proxy_pass http://$m@ID@; }", upstream2=[OK.replace(b"ok", b"UP")]),
    mapped("a map with a group in the location", "default d; ~^(.)y g-$1;", "/q?a=xy", conf="location ~ ^/(.)$ { set $first $1; set $m $m@ID@; return 200 '$first $m $1'; }"),
    # --- geo and split_clients
    case("geo of the client", "return 200 '$g@ID@';", "/", http="geo $g@ID@ { default d; 127.0.0.0/8 local; 127.0.0.1 one; 10.0.0.0/8 ten; }"),
    case("geo of a variable", "return 200 '$g@ID@';", "/?a=10.1.2.3", "/?a=10.1.2.4", "/?a=192.168.1.1", "/?a=x", "/", "/?a=2001:db8::1",
         http="geo $arg_a $g@ID@ { default d; 10.0.0.0/8 ten; 10.1.2.3 one; 10.1.2.0/24 net; 2001:db8::/32 six; }"),
    case("what stands in a map above hostnames is no wildcard", "return 200 '$m@ID@';", *[f"/?c={c}" for c in ("x.foo.com", ".foo.com", "*.foo.com", "x.bar.com", "bar.com.", "y.org", "www.y.org.")], http="map $arg_c $m@ID@ { default d; *.foo.com W; hostnames; .bar.com D; www.* P; }"),
    case("keys of a map with two tildes or two backslashes", "return 200 '$m@ID@';", "/?c=~x", "/?c=x", "/?c=\\x", "/?c=a~x", http=r"map $arg_c $m@ID@ { default d; ~^~x$ R; ~~x S; \\\\x B; }"),
    case("maps that need each other", "return 200 '$a@ID@ $b@ID@';", "/", http="map $b@ID@ $a@ID@ { default 1; } map $a@ID@ $b@ID@ { default 2; }"),
    case("geo and split_clients are evaluated once", "set $x@ID@ $g@ID@$s@ID@; rewrite ^ /y?a=10.0.0.1&k=b; return 200 '$x@ID@ $g@ID@$s@ID@';", "/?a=10.0.0.5&k=a", http="geo $arg_a $g@ID@ { default d; 10.0.0.1 one; 10.0.0.5 five; } split_clients $arg_k $s@ID@ { 50% x; * y; }"),
    case("geo with ranges", "return 200 '$g@ID@';", "/?a=10.0.0.5", "/?a=10.0.0.11", "/?a=10.0.0.1", http="geo $arg_a $g@ID@ { ranges; default d; 10.0.0.1-10.0.0.10 low; 10.0.0.11-10.0.0.20 high; }"),
    case("geo without default", "return 200 '[$g@ID@]';", "/?a=10.0.0.5", "/?a=1.1.1.1", http="geo $arg_a $g@ID@ { 10.0.0.0/8 ten; }"),
    case("split_clients", "return 200 '$s@ID@';", *[f"/?a={word}" for word in ("a", "b", "cc", "ddd", "eeee", "fffff", "10.0.0.1", "10.0.0.2", "x", "")],
         http="split_clients $arg_a $s@ID@ { 10% ten; 0.5% half; 33.33% third; * rest; }"),
    case("split_clients without a rest", "return 200 '[$s@ID@]';", *[f"/?a={word}" for word in "abcdefgh"], http="split_clients ${arg_a}salt $s@ID@ { 50% half; }"),
    case("the status within the text", "error_page 404 =201 /e; location / { return 202 $status; } location /n { return 404; } location /e { return 200 $status; }", "/", "/n"),
    *[asked(f"{header} of what is returned", "location / { return 200 hi; } location /g { empty_gif; }", *[request(path, header) for path in ("/", "/g")])
      for header in ("If-None-Match: *", "If-None-Match: x", "If-Match: *", "If-Match: x", "If-Modified-Since: Mon, 28 Sep 1970 06:00:00 GMT", "If-Unmodified-Since: Mon, 28 Sep 1970 06:00:00 GMT")],
    case("index with a path keeps the arguments", "root @ROOT@; index /a; location /a { " + SHOW + " }", "/?x=1", "/dir/?y", files=FILES),
    # --- try_files
    case("try_files finds files", "root @ROOT@; location / { try_files $uri $uri/ =404; }", "/a.txt", "/dir/b.txt", "/none", "/link", "/broken", "/dir/", "/dir", "/bare/", "/empty", files=FILES),
    case("try_files with a file that stands for another", "root @ROOT@; location / { try_files $uri.txt /dir/b.txt =404; }", "/a", "/none", files=FILES),
    case("try_files ends in a URI", "root @ROOT@; location / { try_files $uri /fall?x=$uri&$args; } location /fall { " + SHOW + " }", "/none?y", "/a.txt", files=FILES),
    case("try_files ends in a URI without arguments", "root @ROOT@; location / { try_files $uri /fall; } location /fall { " + SHOW + " }", "/none?y", files=FILES),
    case("try_files ends in a named location", "root @ROOT@; location / { try_files $uri @app; } location @app { " + ECHO + " }", "/none%20x?y", "/a.txt", files=FILES),
    case("try_files ends in a named location that returns", "root @ROOT@; location / { try_files $uri @app; } location @app { " + SHOW + " }", "/none?y", files=FILES),
    case("try_files ends in a named location that rewrites", "root @ROOT@; location / { try_files $uri @app; } location @app { rewrite ^/(.*)$ /index.php?q=$1 last; } location /index.php { " + ECHO + " }", "/none?y", "/no%20ne", files=FILES),
    case("the codes of try_files", "root @ROOT@; location / { try_files /x =403; } location /b { try_files /x =500; } location /c { try_files /x =204; } location /d { try_files /x =302; } location /f { try_files /x =444; }",
         "/", "/b", "/c", "/d", "/f", files=FILES),
    case("try_files =200", "root @ROOT@; location / { try_files /x =200; }", "/",
         intended="nginx finishes the request without sending a byte; ours is an answer without a body"),
    case("try_files and a pass", "root @ROOT@; location / { try_files /dir/b.txt =404; " + ECHO + " }", "/x%20y?z", files=FILES),
    case("try_files of a directory alone", "root @ROOT@; location / { try_files /dir/ =404; }", "/x", files=FILES),
    case("try_files of a directory with index", "root @ROOT@; index b.txt index.html; location / { try_files $uri/ =404; }", "/dir", "/dir/", "/bare", "/a.txt", files=FILES),
    case("try_files in the server", "root @ROOT@; try_files $uri @up; location @up { return 200 up; }", "/a.txt", "/none", files=FILES),
    case("try_files in the server beside a location", "root @ROOT@; try_files $uri @up; location /x { return 200 x; } location @up { return 200 up; } location /dir { }", "/x", "/none", "/dir/b.txt", "/dir/none", files=FILES),
    case("try_files under alias", "location /al/ { alias @ROOT@/; try_files $uri $uri/ =404; }", "/al/a.txt", "/al/dir/", "/al/none", "/al/dir", files=FILES),
    case("try_files under alias, last a URI", "location /al/ { alias @ROOT@/; try_files $uri /fall; } location /fall { " + SHOW + " }", "/al/none", files=FILES),
    case("try_files in a regex with an alias", "location ~ ^/al/(.*)$ { alias @ROOT@/$1; try_files '' =404; }", "/al/a.txt", "/al/none", files=FILES),
    case("a cycle of try_files", "root @ROOT@; location / { try_files $uri /none; }", "/x", files=FILES),
    case("a named location that does not exist", "root @ROOT@; location / { try_files $uri @nobody; }", "/x", files=FILES),
    case("index.php behind try_files", "root @ROOT@; index index.php index.html; location / { try_files $uri $uri/ /index.php?$args; } location ~ \\.php$ { " + ECHO + " }", "/a/b?c=1", "/dir/", "/a.txt", files=FILES),
    case("try_files inside an if is the location's", "root @ROOT@; location / { if ($arg_a) { set $x 1; } try_files $uri =404; }", "/none?a=1", "/none", "/a.txt?a=1", files=FILES),
    # --- error_page
    case("error_page with a URI", "error_page 404 /err; location /x { return 404; } location /err { return 200 'err $uri $request_uri $args $status'; }", "/x?y"),
    case("error_page with =", "error_page 404 = /err; location /x { return 404; } location /err { return 201 'err'; }", "/x"),
    case("error_page with =200", "error_page 404 500 =200 /err; location /x { return 404; } location /y { return 500; } location /err { return 201 'err'; }", "/x", "/y"),
    case("error_page with an upstream's status", "error_page 404 = /err; location /x { return 404; } location /err { " + ECHO + " }", "/x", upstream=[b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"]),
    case("error_page keeps the status of a page that is passed on", "error_page 404 /err; location /x { return 404; } location /err { " + ECHO + " }", "/x"),
    case("error_page with a named location", "error_page 404 @err; location /x { return 404; } location @err { return 200 'err $uri $args'; }", "/x?y=1"),
    case("error_page with = and a named pass", "error_page 404 = @err; location /x { return 404; } location @err { " + ECHO + " }", "/x?y=1"),
    case("error_page with a URL", "error_page 404 http://o.test/x; error_page 403 =301 http://o.test$uri; error_page 500 =404 http://o.test/; location /x { return 404; } location /y { return 403; } location /z { return 500; }", "/x", "/y", "/z"),
    case("error_page with arguments", "error_page 404 /err?a=1; location /x { return 404; } location /err { " + SHOW + " }", "/x?y"),
    case("error_page with variables", "error_page 404 /err$uri?$args; location /x { return 404; } location /err { " + SHOW + " }", "/x?y"),
    case("an error in the error page", "error_page 404 /err; error_page 403 /err2; location /x { return 404; } location /err { return 403; } location /err2 { return 200 two; }", "/x"),
    case("recursive_error_pages", "recursive_error_pages on; error_page 404 /err; error_page 403 /err2; location /x { return 404; } location /err { return 403; } location /err2 { return 200 two; }", "/x"),
    case("recursive_error_pages without end", "recursive_error_pages on; error_page 404 /err; location / { return 404; }", "/x"),
    case("an inner error_page replaces all outer ones", "error_page 404 /err; error_page 403 /err; location /x { error_page 404 /err2; return 403; } location /y { error_page 403 /err2; return 403; } location /err { return 200 one; } location /err2 { return 200 two; }", "/x", "/y"),
    case("error_page to a file", "root @ROOT@; error_page 404 /a.txt; location / { }", "/none", files=FILES),
    case("error_page to an internal location", "error_page 404 /err; location /err { internal; return 200 x; } location /x { return 404; }", "/x", "/err"),
    case("error_page of 405", "error_page 405 =200 $uri; root @ROOT@; location / { }", "/a.txt", files=FILES),
    asked("POST to a file with error_page 405", "error_page 405 =200 $uri; root @ROOT@; location / { }", request("/a.txt", "Content-Length: 1", method="POST", body=b"x"), files=FILES),
    asked("error_page makes a GET of a POST", "error_page 404 /err; location /x { return 404; } location /err { " + ECHO + " }", request("/x", "Content-Length: 1", method="POST", body=b"x"),
          request("/x", method="HEAD"), request("/x", method="FROB")),
    asked("a named error page keeps the method", "error_page 404 @err; location /x { return 404; } location @err { " + ECHO + " }", request("/x", "Content-Length: 1", method="POST", body=b"x")),
    case("error_page 404 of return with text", "error_page 404 /err; location /x { return 404 text; } location /err { return 200 err; }", "/x"),
    case("error_page for redirects", "error_page 302 /err; location /x { return 302 /y; } location /err { return 200 err; }", "/x"),
    case("error_page for 502", "error_page 502 504 /err; location /x { proxy_pass http://@DOWN@; } location /err { return 200 'err $upstream_status'; }", "/x"),
    case("error_page of upstream's 404 only if intercepted", "error_page 404 /err; location /x { " + ECHO + " } location /y { proxy_intercept_errors on; " + ECHO + " } location /err { return 200 err; }", "/x", "/y", upstream=[b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nno"]),
    case("error_page 301 of an intercepted redirect", "error_page 301 = @follow; location /y { proxy_intercept_errors on; " + ECHO + " } location @follow { return 200 'to $upstream_http_location'; }", "/y", upstream=[b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: /z\r\n\r\n"]),
    case("a rewrite in the error page's location", "error_page 404 /err; location /x { return 404; } location /err { rewrite ^ /err2 last; } location /err2 { return 200 'two $uri'; }", "/x"),
    case("add_header on the way to an error page", "error_page 404 /err; location /x { add_header X-A a always; return 404; } location /err { add_header X-B b; return 200 err; } location /c { add_header X-C c; return 404; }", "/x", "/c"),
    # --- who may enter
    case("deny", "location /a { deny all; } location /b { allow 127.0.0.1; deny all; return 200 never; } location /c { deny 127.0.0.0/8; " + ECHO + " } location /d { deny 10.0.0.0/8; " + ECHO + " } location /e { allow 10.0.0.1; deny all; " + ECHO + "}", "/a", "/b", "/c", "/d", "/e"),
    case("return comes before deny", "location / { deny all; return 200 x; }", "/"),
    case("deny in the server, allow inside", "deny all; location /a { allow all; " + ECHO + " } location /b { " + ECHO + " } error_page 403 /err; location /err { allow all; " + ECHO + " }", "/a", "/b"),
    case("deny comes before try_files", "root @ROOT@; location / { deny all; try_files $uri =404; }", "/none", files=FILES),
    case("deny with an error page", "error_page 403 = @no; location / { deny all; " + ECHO + " } location @no { return 200 no; }", "/"),
    case("deny in the error page's own location is not asked again", "deny all; error_page 403 /a.txt; root @ROOT@; location / { }", "/x", files=FILES),
    asked("limit_except", "location / { limit_except GET { deny all; } " + ECHO + " }", *[request("/", method=method) for method in ("GET", "HEAD", "DELETE", "OPTIONS", "FROB")]),
    asked("limit_except POST", "location / { limit_except POST PUT { deny 10.0.0.0/8; deny 127.0.0.1; } " + ECHO + " }", *[request("/", "Content-Length: 0", method=method) for method in ("GET", "POST", "PUT")]),
    asked("limit_except with a pass of its own", "location / { limit_except GET { proxy_pass http://@UP2@; } " + ECHO + " }", request("/"), request("/", method="DELETE"), upstream2=[OK.replace(b"ok", b"UP")]),
    asked("limit_except beside return", "location / { limit_except GET { deny all; } return 200 x; }", request("/"), request("/", method="DELETE")),
    case("internal by rewrite, try_files and error_page", "root @ROOT@; location /i { internal; return 200 'i $uri'; } location /r { rewrite ^ /i/r last; } location /t { try_files /none /i/t; } location /e { error_page 404 /i/e; return 404; }", "/i", "/r", "/t", "/e", files=FILES),
    case("internal in a regex location", "location ~ \\.inc$ { internal; return 200 x; } location / { rewrite ^/x$ /x.inc last; return 200 y; }", "/a.inc", "/x"),
    case("satisfy all is the default", "location / { satisfy all; deny all; " + ECHO + " }", "/"),
    # --- odd places
    case("variables of rewrite in other directives", "location / { set $root @ROOT@; root $root; }", "/a.txt", files=FILES),
    case("a host name redirect as it is often written", "if ($host != 'www.x.test') { return 301 $scheme://www.x.test$request_uri; }", "/a?b=%20"),
    case("a front controller as it is often written", "root @ROOT@; location / { if (!-e $request_filename) { rewrite ^(.*)$ /index.php?q=$1 last; } } location = /index.php { " + ECHO + " }", "/a/b?x=1", "/a.txt", "/no%20ne", files=FILES),
    case("an www-less redirect by a server's regex", "location / { rewrite ^/(.*)/$ /$1 permanent; " + SHOW + " }", "/a/", "/a/b/?x", "/", "//"),
    case("if with request_uri", "location / { if ($request_uri ~ ^/(.*)/index\\.html$) { return 301 /$1/; } return 200 ok; }", "/a/b/index.html", "/a%20b/index.html", "/"),
    case("nested captures: location, if, map", "location ~ ^/(\\w)(\\w)$ { if ($arg_a ~ ^(\\w)) { set $c $1; } return 200 '$1 $2 $c'; }", "/xy?a=q", "/xy"),
]

if __name__ == "__main__":
    run(CASES)
