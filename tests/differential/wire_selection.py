#!/usr/bin/env python3
"""Which server and which location answers a request, and the redirects that add a slash."""

from _wire import run


def get(path, host="@HOST@", *headers):
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def says(text):
    """What stands in a server or location that only has to be told from others."""
    return f"return 200 '{text} $uri|$request_uri|$args\\n';"


def names(name, servers, hosts, conf="return 200 own;", listen="listen 127.0.0.1:@P1@;", ports=1, **more):
    """`servers`: the texts of servers on a port of the case's own; each host is asked for once."""
    http = "".join(f"server {{ {listen} {text} }}\n" for text in servers)
    return {"name": name, "conf": conf, "http": http, "ports": ports,
            "clients": [{"send": get("/x", host), "port": 1} for host in hosts], **more}


def server(server_name, number):
    return f"server_name {server_name}; return 200 '{number} $server_name $host';"


def paths(name, locations, uris, **more):
    return {"name": name, "conf": locations, "clients": [get(uri) for uri in uris], **more}


def slashes(name, server, uris):
    """On a port of its own: nginx merges by the default server's setting, whatever Host says."""
    return {"name": name, "ports": 1, "conf": "return 200 own;", "http": f"server {{ listen 127.0.0.1:@P1@; {server} }}",
            "clients": [{"send": get(uri), "port": 1} for uri in uris]}


def location(head, body=None):
    return f"location {head} {{ {body or says(head.replace('$', '').replace(chr(39), ''))} }}\n"


CASES = [
    # --- servers
    names("an exact name wins, the first server is the default",
          [server("a.test", 1), server("b.test", 2)], ["a.test", "b.test", "c.test", "B.TEST", "b.test.", "b.test:99"]),
    names("default_server need not be the first",
          [server("a.test", 1), "listen 127.0.0.1:@P1@ default_server; " + server("b.test", 2)],
          ["c.test", "a.test", "b.test"], listen=""),
    names("a leading wildcard takes any depth, the longest wins",
          [server("d.test", 0), server("*.a.test", 1), server("*.b.a.test", 2)],
          ["x.a.test", "y.x.a.test", "x.b.a.test", "b.a.test", "a.test", ".a.test"]),
    names("a trailing wildcard",
          [server("d.test", 0), server("www.*", 1), server("www.a.*", 2)], ["www.x", "www.a.b.c", "www.a", "www", "www."]),
    names("a leading wildcard beats a trailing one, an exact name both",
          [server("d.test", 0), server("www.*", 1), server("*.a.test", 2), server("www.b.a.test", 3)],
          ["www.a.test", "www.b.a.test", "www.c.test"]),
    names("a name with a leading dot stands for itself and all below",
          [server("d.test", 0), server(".a.test", 1), server("x.a.test", 2)], ["a.test", "b.a.test", "x.a.test", "c.b.a.test"]),
    names("an exact name of a later server beats the dotted one", [server("d.test", 0), server(".a.test", 1), server("b.a.test", 2)],
          ["b.a.test"]),
    names("regexes come last and in order",
          [server("d.test", 0), server("~^w.*\\.test$", 1), server("~^ww.*$", 2), server("*.x.test", 3), server("www.test", 4)],
          ["wa.test", "ww.x.test", "www.test", "wwz", "zzz"]),
    names("the groups of a server's regex are variables",
          [server("d.test", 0), "server_name ~^(?<who>[a-z]+)-(\\d+)\\.test$; return 200 'who=$who 1=$1 2=$2 name=$server_name';"],
          ["bob-12.test", "BOB-3.test", "bob.test"]),
    names("a server's regex is matched without case where it holds capitals",
          [server("d.test", 0), server("~^Bob\\.test$", 1)], ["bob.test", "BOB.TEST", "Bob.test"]),
    names("the groups of a server's regex live on in a location",
          [server("d.test", 0), "server_name ~^(.+)\\.test$; location /x { return 200 \"$1\"; } location /y { return 200 y; }"], ["bob.test"]),
    names("several names, the first is server_name", [server("d.test", 0), server("a.test *.b.test ~^c\\d$", 1)],
          ["a.test", "x.b.test", "c5"]),
    names("server_name without a usable name", [server("_", 0), server("a.test", 1)], ["a.test", "_", "zzz"]),
    names("no server_name at all", ["return 200 '0 $server_name.';", server("a.test", 1)], ["a.test", "zzz"]),
    {"name": "an empty server_name takes requests without Host", "ports": 1, "conf": "return 200 own;",
     "http": "server { listen 127.0.0.1:@P1@; server_name a.test; return 200 '1'; } server { listen 127.0.0.1:@P1@; server_name ''; return 200 'empty [$host]'; }",
     "clients": [{"send": b"GET / HTTP/1.0\r\n\r\n", "port": 1}, {"send": get("/", "zzz"), "port": 1}]},
    {"name": "two names one of which is empty", "ports": 1, "conf": "return 200 own;",
     "http": "server { listen 127.0.0.1:@P1@; server_name a.test; return 200 '1'; } server { listen 127.0.0.1:@P1@; server_name b.test ''; return 200 'b [$host] $server_name'; }",
     "clients": [{"send": b"GET / HTTP/1.0\r\n\r\n", "port": 1}, {"send": get("/", "b.test"), "port": 1}, {"send": get("/", "zzz"), "port": 1}]},
    names("a host with a port in brackets", [server("d.test", 0), server("[::1]", 1)], ["[::1]", "[::1]:80", "::1"]),
    names("strange hosts are no names", [server("d.test", 0), server("a.test", 1)],
          ["a..test", "a.test..", "a/test", "a test", ".", "..", ":80", "a.test:", "a.test:http", "[::1", "a_b.test", "-", "*.test", "a.test\x7f"]),
    {"name": "the host of an absolute URI beats the header", "ports": 1, "conf": "return 200 own;",
     "http": "".join(f"server {{ listen 127.0.0.1:@P1@; server_name {n}.test; return 200 '{n} $host $http_host $request_uri'; }}" for n in "ab"),
     "clients": [{"send": get("http://b.test/x", "a.test"), "port": 1}, {"send": get("http://b.test:8/x?y", "a.test"), "port": 1},
                 {"send": get("HTTP://B.test", "a.test"), "port": 1}, {"send": get("https://b.test?z", "a.test"), "port": 1}]},
    {"name": "an absolute URI with arguments only is passed on with its slash", "conf": "proxy_set_header X-U $uri; location / { proxy_pass http://@UP@; }",
     "client": get("http://@HOST@?z")},
    {"name": "each port has servers and a default of its own", "ports": 2, "conf": "return 200 own;",
     "http": "server { listen 127.0.0.1:@P1@; server_name a.test; return 200 '1 $server_port'; }"
             "server { listen 127.0.0.1:@P2@; server_name b.test; return 200 '2 $server_port'; }"
             "server { listen 127.0.0.1:@P1@; listen 127.0.0.1:@P2@; server_name c.test; return 200 '3 $server_port'; }",
     "clients": [{"send": get("/", host), "port": port} for port in (1, 2) for host in ("a.test", "b.test", "c.test", "d.test")]},
    {"name": "an address of its own beside the wildcard of the port", "ports": 1, "conf": "return 200 own;",
     "http": "server { listen @P1@; server_name a.test; return 200 'any $server_addr'; }"
             "server { listen 127.0.0.2:@P1@; server_name b.test; return 200 'two $server_addr'; }",
     "clients": [{"send": get("/", host), "port": 1, "to": to} for to in ("127.0.0.1", "127.0.0.2", "127.0.0.3") for host in ("a.test", "b.test")]},
    {"name": "default_server of one address only", "ports": 1, "conf": "return 200 own;",
     "http": "server { listen 127.0.0.1:@P1@; listen 127.0.0.2:@P1@; server_name a.test; return 200 '1'; }"
             "server { listen 127.0.0.1:@P1@; listen 127.0.0.2:@P1@ default_server; server_name b.test; return 200 '2'; }",
     "clients": [{"send": get("/", "zzz"), "port": 1, "to": to} for to in ("127.0.0.1", "127.0.0.2")]},
    {"name": "the same name on wildcard and address", "ports": 1, "conf": "return 200 own;",
     "http": "server { listen *:@P1@; server_name a.test; return 200 'any'; } server { listen 127.0.0.1:@P1@; server_name a.test; return 200 'one'; }",
     "clients": [{"send": get("/", "a.test"), "port": 1, "to": to} for to in ("127.0.0.1", "127.0.0.2")]},
    {"name": "a listener of its own by `bind`", "ports": 1, "conf": "return 200 own;",
     "http": "server { listen 127.0.0.2:@P1@ bind; server_name b.test; return 200 'two'; } server { listen 127.0.0.1:@P1@; server_name a.test; return 200 'one'; }",
     "clients": [{"send": get("/", "a.test"), "port": 1, "to": to} for to in ("127.0.0.1", "127.0.0.2")]},
    {"name": "a second request on the connection may go to another server", "ports": 1, "conf": "return 200 own;",
     "http": "".join(f"server {{ listen 127.0.0.1:@P1@; server_name {n}.test; return 200 '{n}'; }}" for n in "ab"),
     "client": {"send": get("/", "b.test").replace(b"Connection: close\r\n", b"") + get("/", "a.test"), "port": 1}},
    # --- locations
    paths("the longest prefix wins", location("/") + location("/a") + location("/a/b") + location("/a/b/c"),
          ["/", "/a", "/ab", "/a/b", "/a/bc", "/a/b/c/d", "/z", "/A"]),
    paths("an exact location beats all", location("= /a") + location("/a") + location("~ ^/a") + location("^~ /a/"),
          ["/a", "/a?x", "/ab", "/a/b", "/a/"]),
    paths("^~ keeps regexes away, a longer plain prefix does not", location("^~ /a/") + location("/a/b/") + location("~ b") + location("/"),
          ["/a/b", "/a/b/", "/a/b/c", "/a/x", "/xb", "/x"]),
    paths("regexes are tried in order, after prefixes", location("/a") + location("~ \\.php$") + location("~* \\.PHP") + location("~ ^/a"),
          ["/a", "/a.php", "/b.PHP", "/a.PHP", "/b.phpx", "/b"]),
    paths("~* knows no case", location("~ ^/Foo") + location("~* ^/foo") + location("/"), ["/Foo", "/foo", "/FOO", "/bar"]),
    paths("a regex's groups in the location", location("~ ^/(\\w+)/(?<rest>.*)$", "return 200 '1=$1 2=$2 rest=$rest';") + location("/", "return 200 '1=$1 rest=$rest.';"),
          ["/ab/cd", "/x/", "/"]),
    paths("named groups beyond the ninth", location("~ ^/(a)(b)(c)(d)(e)(f)(g)(h)(?<nine>i)(?<ten>j+)(k)?(?<none>l)?$", "return 200 '9=$9 nine=$nine ten=$ten none=$none';") +
          location("~ ^/" + "(x)" * 40 + "(?<last>.*)$", "return 200 '1=$1 last=$last';"),
          ["/abcdefghijjj", "/abcdefghijkl", "/abcdefghijl", "/" + "x" * 40 + "end"]),
    paths("location = / and location /", location("= /") + location("/"), ["/", "/?a", "//", "/x", "/."]),
    paths("no location matches", location("/a") + location("= /b"), ["/c", "/b", "/", "/a.txt", "/bb"]),
    paths("nested prefixes", location("/a/", says("outer") + location("/a/b/", says("inner") + location("/a/b/c/", says("innermost")))),
          ["/a/", "/a/x", "/a/b/", "/a/b/x", "/a/b/c/d", "/a/b"]),
    paths("nested exact and regex locations", location("/a/", location("= /a/x") + location("~ \\.gif$") + says("outer")) + location("~ gif", says("outer regex")),
          ["/a/x", "/a/y.gif", "/a/y", "/b.gif", "/a/gif"]),
    paths("a nested regex comes before the outer ones", location("/a/", location("~ x") + says("outer")) + location("~ y") + location("~ x"),
          ["/a/x", "/a/y", "/a/xy", "/a/z", "/x"]),
    paths("^~ outside, regexes inside", location("^~ /a/", location("~ x") + says("outer")) + location("~ y"), ["/a/x", "/a/y", "/y"]),
    paths("a location nested in a regex", location("~ ^/a", location("~ b") + says("outer")) + location("~ c"), ["/ab", "/ac", "/a", "/c"]),
    paths("a nested prefix is shorter than nothing", location("/a", location("/ab") + says("outer")), ["/a", "/ab", "/abc", "/ac"]),
    paths("settings of the server hold in nested locations", "add_header X-S s; " + location("/a", location("/a/b", "return 200 x;") + "add_header X-L l; return 200 y;"), ["/a", "/a/b"]),
    paths("a named location is not reached by a URI", location("@x") + location("/"), ["/@x", "@x"]),
    paths("a quoted name, blanks and braces", location("'/a b'", "return 200 blank;") + location('"~^/x{2}$"', "return 200 no;") + location('~ "^/y{2}$"', "return 200 braces;") + location("/", "return 200 rest;"),
          ["/a%20b", "/a b", "/yy", "/yyy", "/xx"]),
    paths("a location with percent signs is compared as it stands", location("/a%20b", "return 200 escaped;") + location("/", "return 200 rest;"), ["/a%20b", "/a%2520b"]),
    paths("a modifier without a blank", location("=/a", "return 200 exact;") + location("~^/b", "return 200 regex;") + location("~*^/c", "return 200 nocase;") + location("^~/d", "return 200 prefix;") + location("~ d", "return 200 d;"),
          ["/a", "/ab", "/b", "/C", "/d", "/xd"]),
    paths("locations do not begin with a slash", location("a", "return 200 a;"), ["/a", "/"]),
    # --- normalising
    paths("escapes are decoded before a location is chosen", location("/a/") + location("/"), ["/%61/", "/a%2Fb", "/a%2fb", "/%41/", "/a%3Fb", "/a%23b", "/a/%C3%A4"]),
    paths("dot segments are resolved", location("/a/") + location("/"), ["/b/../a/", "/a/..", "/a/../", "/a/.", "/./a/", "/a/b/../../c", "/...", "/a/.../b", "/a/..b", "/.a", "/a/%2e%2e/b", "/a/%2e", "/%2e%2e/a"]),
    paths("above the root", location("/"), ["/..", "/../", "/a/../..", "/a/../../b", "/%2e%2e"]),
    paths("slashes are merged", location("/a/") + location("/"), ["//a//b", "/a///", "//", "/a//../b", "//../b", "/a/.//b", "/%2F/a"]),
    slashes("merge_slashes off", "merge_slashes off; " + location("/a/") + location("/"), ["//a//b", "/a///", "//", "/a//../b", "//..", "/a/.//b", "/%2F/a", "/a//./b", "/a//%2e/b"]),
    paths("merge_slashes of the server that Host names says nothing", "merge_slashes off; " + location("/a/") + location("/"), ["//a//b"]),
    paths("arguments are left alone", location("/"), ["/?a=%20/../b", "/?", "/??", "/?a#b", "/a#b?c", "/a%3Fb?c", "/?a?b", "/#", "/a?#"]),
    paths("a plus sign and odd characters", location("/"), ["/a+b", "/a%2Bb", "/a;b", "/a,b", "/a:b", "/a&b", "/a'b", "/a~b", "/a\\b", "/a|b", "/a\"b", "/<a>", "/a^b", "/a`b", "/{a}"]),
    paths("bad escapes", location("/"), ["/%", "/%2", "/%g0", "/%0g", "/a%00b", "/%%", "/?%zz", "/%2"]),
    # --- redirects that add a slash
    paths("a prefix location with a pass gets its slash", location("/a/", "proxy_pass http://@UP@;") + location("/", "return 200 rest;"), ["/a", "/a?x=1", "/ab", "/a/", "/%61"]),
    paths("not where the name is a location itself", location("/a/", "proxy_pass http://@UP@;") + location("/a", "return 200 own;"), ["/a", "/a/"]),
    paths("not where an exact one is", location("/a/", "proxy_pass http://@UP@;") + location("= /a", "return 200 own;"), ["/a", "/a/"]),
    paths("not for a location without a pass", location("/a/", "return 200 a;") + location("/", "return 200 rest;"), ["/a", "/a/"]),
    paths("the slash of an exact location", location("= /a/", "proxy_pass http://@UP@;") + location("/", "return 200 rest;"), ["/a", "/a/", "/a/b"]),
    paths("the slash of a ^~ location", location("^~ /a/", "proxy_pass http://@UP@;") + location("~ a", "return 200 regex;"), ["/a", "/a/"]),
    paths("the slash comes before regexes", location("/a/", "proxy_pass http://@UP@;") + location("~ a", "return 200 regex;"), ["/a", "/a/"]),
    paths("the slash of a nested location", location("/a/", location("/a/b/", "proxy_pass http://@UP@;") + "return 200 outer;"), ["/a/b", "/a/b/", "/a"]),
    paths("a pass in an `if` adds no slash", location("/a/", "if ($arg_x) { proxy_pass http://@UP@; } return 200 a;"), ["/a", "/a?x=1", "/a/?x=1"]),
    paths("a name with bytes to escape", location("'/a b/'", "proxy_pass http://@UP@;") + location("/\u00e4/", "proxy_pass http://@UP@;"), ["/a%20b", "/%C3%A4"]),
    paths("a pass with variables adds the slash too", location("/a/", "set $u http://@UP@; proxy_pass $u;"), ["/a"]),
    paths("absolute_redirect off", "absolute_redirect off; " + location("/a/", "proxy_pass http://@UP@;"), ["/a", "/a?x"]),
    paths("port_in_redirect off", "port_in_redirect off; " + location("/a/", "proxy_pass http://@UP@;"), ["/a"]),
    paths("server_name_in_redirect on", "server_name_in_redirect on; " + location("/a/", "proxy_pass http://@UP@;"), ["/a"]),
    paths("the settings of the location that redirects", location("/a/", "absolute_redirect off; add_header X-A a always; proxy_pass http://@UP@;"), ["/a"]),
    {"name": "the host of a redirect is the client's", "conf": location("/a/", "proxy_pass http://@UP@;"),
     "clients": [get("/a", "@HOST@:1234"), get("/a", "@HOST@."), b"GET /a HTTP/1.0\r\n\r\n", get("http://@HOST@/a", "other"), get("/a", "@HOST@".upper())]},
    paths("return of a path becomes absolute", location("/", "return 302 /new?x;") + location("/p", "return 301 new;"), ["/", "/p"]),
    paths("an internal location is not found", location("/i", "internal; return 200 x;") + location("= /j", "internal; return 200 x;"), ["/i", "/j", "/ii"]),
]

if __name__ == "__main__":
    run(CASES)
