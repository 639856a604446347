#!/usr/bin/env python3
"""Files: which is found, its head, conditions, ranges, directories, and what is refused."""

from _wire import run

DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
ETAG = '"6553f100-a"'
FILES = {"a.txt": b"0123456789", "a.html": b"<p>\n", "A.GIF": b"gif", "none": b"x", "b.unknown": b"u", ".hidden": b"h", "x.tar.gz": b"z",
         "dir/index.html": b"index\n", "dir/a.txt": b"in dir\n", "bare/x": b"x", "big": bytes(range(256)) * 8192, "empty": b"",
         "a b%.txt": b"odd\n", "\u00e4": b"uml\n", "link": "a.txt", "dirlink": "dir", "broken": "nowhere", "loop": "loop", "err.html": b"sorry\n"}


def get(path, *headers, method="GET", body=b""):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: @HOST@", *headers, "Connection: close", "", ""]).encode("latin-1") + body


def case(name, conf, *clients, **more):
    return {"name": name, "conf": conf, "clients": [each if isinstance(each, bytes) else get(each) for each in clients], "files": FILES, **more}


def ranges(name, *values, conf="root @ROOT@;", path="/a.txt"):
    return case(name, conf, *[get(path, f"Range: {value}") for value in values])


ROOT = "root @ROOT@; "
CASES = [
    case("files and their types", ROOT, "/a.txt", "/a.html", "/A.GIF", "/none", "/b.unknown", "/.hidden", "/x.tar.gz", "/empty"),
    case("types and default_type", ROOT + "default_type a/b; types { text/plain txt; x/y gz unknown; }", "/a.txt", "/a.html", "/none", "/b.unknown", "/x.tar.gz", "/.hidden"),
    case("types of a location", ROOT + "types { x/outer txt html; } location /a.txt { types { x/inner txt; } }", "/a.txt", "/a.html"),
    case("HEAD", ROOT, get("/a.txt", method="HEAD"), get("/no", method="HEAD"), get("/dir/", method="HEAD"), any_length=True),
    case("what is missing", ROOT, "/no", "/no/", "/no/x", "/a.txt/", "/a.txt/x", "/broken", "/loop", "/dir/no"),
    case("directories", ROOT, "/dir", "/dir?x=1", "/dir/", "/bare", "/bare/", "/dirlink", "/dirlink/", "/"),
    case("symbolic links", ROOT, "/link", "/dirlink/a.txt"),
    case("odd names", ROOT, "/a%20b%25.txt", "/%C3%A4", "/./dir/../a.txt", "//a.txt", "/%61.txt", "/a.txt%00"),
    case("a directory's redirect", ROOT + "absolute_redirect off;", "/dir", "/dirlink?x"),
    case("a directory's redirect with odd names", ROOT + "port_in_redirect off;", "/dir"),
    case("index", ROOT + "index a.txt index.html; location /dirlink { index none.html index.html; }", "/dir/", "/dirlink/", "/bare/", "/dir/?x=1"),
    case("index that is absolute", ROOT + "index none /a.html;", "/bare/", "/dir/"),
    case("index with variables", ROOT + "index $arg_i index.html;", "/dir/?i=a.txt", "/dir/", "/dir/?i=no"),
    case("index leads to another location", ROOT + "location = /dir/index.html { return 200 'found $uri'; } location / { }", "/dir/"),
    case("alias", "location /x/ { alias @ROOT@/dir/; } location /y { alias @ROOT@; } location = /z { alias @ROOT@/a.txt; } location ~ ^/r/(.*)$ { alias @ROOT@/$1; }",
         "/x/a.txt", "/x/", "/x", "/y/a.txt", "/ya.txt", "/y/dir", "/z", "/r/a.txt", "/r/dir", "/r/no"),
    case("root of a location and of nothing", "root /nowhere; location /dir/ { root @ROOT@; } location /a { root @ROOT@/; }", "/dir/a.txt", "/a.txt", "/b"),
    case("root with variables", "location / { root @ROOT@/$arg_d; }", "/a.txt?d=dir", "/a.txt"),
    case("other methods", ROOT, get("/a.txt", "Content-Length: 1", method="POST", body=b"x"), get("/a.txt", method="DELETE"), get("/a.txt", "Content-Length: 0", method="PUT"), get("/a.txt", method="OPTIONS"),
         get("/no", "Content-Length: 0", method="POST"), get("/dir/", "Content-Length: 0", method="POST"), get("/dir", "Content-Length: 0", method="POST"), get("/no/", "Content-Length: 0", method="PUT")),
    case("a body with GET", ROOT, get("/a.txt", "Content-Length: 3", body=b"abc")),
    case("If-Modified-Since", ROOT, *[get("/a.txt", f"If-Modified-Since: {value}") for value in (DATE, "Tue, 14 Nov 2023 22:13:21 GMT", "Tue, 14 Nov 2023 22:13:19 GMT", "nonsense", "")]),
    case("If-None-Match", ROOT, *[get("/a.txt", f"If-None-Match: {value}") for value in (ETAG, "W/" + ETAG, "*", '"x"', f'"x", {ETAG}', f'"x" ,W/{ETAG} ', ETAG[:-1])]),
    case("If-None-Match beats If-Modified-Since", ROOT, get("/a.txt", 'If-None-Match: "x"', f"If-Modified-Since: {DATE}"), get("/a.txt", f"If-None-Match: {ETAG}", "If-Modified-Since: x")),
    case("If-Match and If-Unmodified-Since", ROOT, *[get("/a.txt", value) for value in (f"If-Match: {ETAG}", 'If-Match: "x"', "If-Match: *", f"If-Match: W/{ETAG}", f"If-Unmodified-Since: {DATE}", "If-Unmodified-Since: Tue, 14 Nov 2023 22:13:19 GMT", "If-Unmodified-Since: x")]),
    case("etag off", ROOT + "etag off;", "/a.txt", get("/a.txt", f"If-None-Match: {ETAG}")),
    case("304 keeps add_header", ROOT + "add_header X-A a; add_header Cache-Control c;", "/a.txt", get("/a.txt", f"If-None-Match: {ETAG}")),
    ranges("a range", "bytes=0-3", "bytes=5-", "bytes=-3", "bytes=0-0", "bytes=9-9", "bytes=0-99", "bytes=-99", "bytes= 2 - 4 ", "BYTES=1-2"),
    ranges("ranges that are not", "bytes=", "bytes=x", "bytes=5-3", "bytes=10-", "bytes=-0", "bytes=-", "lines=1-2", "bytes 1-2", "bytes=1", "bytes=1-2x", "bytes=99999999999999999999-"),
    ranges("several ranges", "bytes=0-1,4-5", "bytes=0-0,2-2,4-4,6-6", "bytes=7-,-2", "bytes=0-3 , 20-30, 5-6", "bytes=20-30,5-6", "bytes=0-5,5-9", "bytes=0-6,4-9", "bytes=0-,0-", "bytes=1-2,3-1,5-6", "bytes=1-2,0-0,x", "bytes=0-1,", "bytes=,0-1", "bytes=0-1,99999999999999999999-"),
    ranges("several ranges of a type that is told", "bytes=0-0,2-3", path="/a.html"),
    ranges("several ranges of a file without a type", "bytes=0-0,0-0", "bytes=-0,0-0", path="/none", conf="root @ROOT@; default_type ''; add_header X-A a;"),
    ranges("several ranges of a large file", "bytes=0-0,1000000-1100000,-1", "bytes=0-400000,300000-700000", path="/big"),
    ranges("max_ranges", "bytes=0-0", "bytes=0-0,1-1", "bytes=0-0,1-1,2-2", "bytes=0-0,1-1,x", "bytes=20-30,0-0,21-22,1-1", conf="root @ROOT@; max_ranges 2;"),
    ranges("max_ranges 0", "bytes=0-0", "bytes=20-30", conf="root @ROOT@; max_ranges 0;"),
    ranges("416 and what is added", "bytes=20-30", "bytes=x", conf="root @ROOT@; add_header X-A a; add_header X-B $status always;"),
    ranges("416 and a page for it", "bytes=20-30", conf="root @ROOT@; add_header X-A a; error_page 416 /err.html; location /err { add_header X-C c always; }"),
    ranges("416 and an added ETag", "bytes=20-30", conf="root @ROOT@; add_header ETag '\"a\"'; add_header Last-Modified ''; add_header X-A $sent_http_content_type;"),
    case("several ranges with HEAD", ROOT, get("/a.txt", "Range: bytes=0-1,3-4", method="HEAD"), get("/a.txt", "Range: bytes=0-1,3-4"), any_length=True),
    ranges("a range of an empty file", "bytes=0-0", "bytes=-1", path="/empty"),
    case("a range with HEAD, of a page and of a proxy's like", ROOT, get("/a.txt", "Range: bytes=1-2", method="HEAD"), get("/no", "Range: bytes=1-2"), get("/dir/", "Range: bytes=1-2")),
    case("If-Range", ROOT, *[get("/a.txt", "Range: bytes=1-2", f"If-Range: {value}") for value in (ETAG, '"x"', DATE, "Tue, 14 Nov 2023 22:13:21 GMT", "x")]),
    case("HTTP/0.9", ROOT + "error_page 404 /err.html;", *[f"GET http://@HOST@{path}\r\n".encode() for path in ("/a.txt", "/empty", "/dir/", "/no", "/big", "/dir")]),
    case("a large file", ROOT, "/big", get("/big", "Range: bytes=1000000-1000010"), get("/big", method="HEAD")),
    case("open_file_cache and sendfile", ROOT + "open_file_cache max=10; open_file_cache_valid 1s; sendfile on; tcp_nopush on; aio threads; directio 1m;".replace("aio threads; ", ""), "/a.txt", "/no", "/a.txt"),
    case("error_page with a file", ROOT + "error_page 404 /err.html; error_page 403 =200 /err.html;", "/no", "/bare/", get("/no", f"If-None-Match: {ETAG}"), get("/no", "Range: bytes=1-2"), get("/no", "Content-Length: 1", method="POST", body=b"x")),
    case("try_files over files", ROOT + "location / { try_files $uri $uri.html $uri/ =404; } location /t { try_files /a.txt /none =404; }", "/a", "/a.txt", "/dir", "/dir/", "/no", "/t", "/bare"),
    case("empty_gif", "location = /g { empty_gif; }", "/g", get("/g", method="HEAD"), get("/g", "Content-Length: 0", method="POST")),
    case("add_header and a file's lines", ROOT + "add_header X-A a; add_header Last-Modified ''; add_header ETag '';", "/a.txt"),
    case("add_header sets a file's date", ROOT + "add_header Last-Modified x; add_header X-B $sent_http_last_modified;", "/a.txt"),
    case("keep-alive after files", ROOT, get("/a.txt").replace(b"Connection: close\r\n", b"") + get("/no").replace(b"Connection: close\r\n", b"") + get("/a.html")),
]

if __name__ == "__main__":
    run(CASES)
