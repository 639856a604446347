"""Configurations as people write them, each with the requests that tell whether a translation does the same.

@PORT@ is where it listens, @ONE@, @TWO@ and @DEAD@ are ports of upstreams, @ROOT@ is a folder with FILES. One statement
stands on a line, so that what a target tells as an error can be left out (`without` of _wide_configs).
"""

FILES = {"index.html": "home", "app.js": "script", "img/logo.gif": "gif", "docs/index.html": "docs", "maintenance.html": "later"}

COMMON = """
events {
}
http {
@TEMP_PATHS@
access_log off;
default_type text/plain;
upstream one {
server 127.0.0.1:@ONE@;
keepalive 8;
}
upstream two {
server 127.0.0.1:@TWO@;
}
upstream spare {
server 127.0.0.1:@DEAD@;
server 127.0.0.1:@TWO@ backup;
}
"""


def get(*targets, fields="", method="GET", body=b"", host="a.test"):
    length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
    return [f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}{length}\r\n".encode() + body
            for target in targets]


UPGRADE = "GET %s HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

# name: (statements of http, requests)
STORIES = {
    "several fields": ("""
server {
listen 127.0.0.1:@PORT@;
location / {
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Cookies "c $http_cookie";
proxy_set_header X-First $http_x_kind;
proxy_set_header X-Ways $http_x_forwarded_for;
proxy_pass http://one;
}
}
""", get("/a", fields="X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n") + get("/b", fields="X-Kind: one\r\nX-Kind: two\r\n")
                       + get("/c", fields="Cookie: a=1\r\nCookie: b=2\r\nCookie: c=3\r\n") + get("/d") + get("/e", fields="X-Forwarded-For: 1, 2\r\n")),
    "names of the upstream": ("""
server {
listen 127.0.0.1:@PORT@;
location / {
client_max_body_size 10;
add_header X-Host $proxy_host always;
add_header X-Port $proxy_port;
if ($http_x_kind) {
return 403;
}
if ($http_x_other) {
return 204;
}
proxy_pass http://one;
}
}
""", get("/") + get("/", fields="X-Kind: a\r\n") + get("/", fields="X-Other: a\r\n") + get("/", method="POST", body=b"x" * 20)),
    "captures beside a map": ("""
map $http_x_kind $kind {
default plain;
~^t(.*)$ text;
}
map $http_x_kind $word {
default plain;
two second;
}
server {
listen 127.0.0.1:@PORT@;
location ~ ^/k/(.*)$ {
proxy_set_header X-Kind $kind;
proxy_set_header X-Rest $1;
proxy_pass http://one;
}
location ~ ^/w/(.*)$ {
proxy_set_header X-Kind $word;
proxy_set_header X-Rest $1;
proxy_pass http://one;
}
}
""", get("/k/a", "/w/a") + get("/k/a", "/w/a", fields="X-Kind: two\r\n")),
    "wordpress": ("""
server {
listen 127.0.0.1:@PORT@;
server_name blog.test www.blog.test;
root @ROOT@;
index index.php index.html;
client_max_body_size 64m;
location / {
try_files $uri $uri/ /index.php$is_args$args;
}
location = /favicon.ico {
log_not_found off;
access_log off;
return 204;
}
location ~ /\\.(?!well-known) {
deny all;
}
location ~* ^/wp-content/uploads/.*\\.php$ {
deny all;
}
location ~ \\.php$ {
try_files $uri =404;
proxy_pass http://one;
}
location ~* \\.(js|css|gif|png)$ {
expires 30d;
add_header X-Static yes;
}
}
""", get("/", "/index.html", "/favicon.ico", "/.git/config", "/wp-content/uploads/x.php", "/app.js", "/img/logo.gif", "/img", "/img/",
         "/pretty/post?p=1", "/docs", "/docs/", "/none.php", host="blog.test")),
    "front controller": ("""
server {
listen 127.0.0.1:@PORT@;
root @ROOT@;
location / {
try_files $uri /front$is_args$args;
}
location /q/ {
try_files $uri /front?q=$uri&$args;
}
location /r/ {
rewrite ^/r/(.*)$ /front?route=$1 break;
proxy_pass http://two;
}
location /front {
proxy_pass http://one;
}
}
""", get("/", "/index.html", "/a/b?x=1&y=2", "/a/b", "/q/a/b:c?x=1", "/q/a", "/r/a/b:c", "/r/a/b?z=1", "/front/x")),
    "websockets": ("""
map $http_upgrade $connection_upgrade {
default upgrade;
'' close;
}
server {
listen 127.0.0.1:@PORT@;
location /ws/ {
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_set_header Host $host;
proxy_read_timeout 1h;
proxy_pass http://one/;
}
location / {
proxy_pass http://two;
}
}
""", get("/ws/a", "/a") + [(UPGRADE % "/ws/chat").encode(), (UPGRADE % "/chat").encode()]),
    "canary": ("""
split_clients $remote_addr$http_x_kind $variant {
50% one;
* two;
}
map $cookie_c $group {
default one;
canary two;
}
server {
listen 127.0.0.1:@PORT@;
location /split/ {
proxy_pass http://$variant;
}
location /group/ {
proxy_pass http://$group;
}
location /if/ {
if ($cookie_c = canary) {
return 302 /canary$request_uri;
}
proxy_pass http://one;
}
location / {
proxy_set_header X-Group $group;
proxy_pass http://two;
}
}
""", get("/split/a", "/group/a", "/if/a", "/a") + get("/split/a", "/group/a", "/if/a?b=c", "/a", fields="Cookie: c=canary\r\n")),
    "rate limits": ("""
limit_req_zone $binary_remote_addr zone=r:1m rate=1000r/s;
limit_conn_zone $binary_remote_addr zone=c:1m;
server {
listen 127.0.0.1:@PORT@;
location /limited/ {
limit_req zone=r burst=100 nodelay;
limit_conn c 10;
limit_req_status 429;
proxy_pass http://one;
}
location / {
proxy_pass http://two;
}
}
""", get("/limited/a", "/a")),
    "sub-requests": ("""
server {
listen 127.0.0.1:@PORT@;
location /private/ {
auth_request /auth;
proxy_pass http://one;
}
location = /auth {
internal;
proxy_pass http://two/check;
proxy_pass_request_body off;
proxy_set_header Content-Length "";
proxy_set_header X-Original-URI $request_uri;
}
location /mirrored/ {
mirror /copy;
proxy_pass http://one;
}
location = /copy {
internal;
proxy_pass http://two$request_uri;
}
location / {
proxy_pass http://two;
}
}
""", get("/private/a", "/auth", "/mirrored/a", "/copy", "/x")),
    "cross origin": ("""
server {
listen 127.0.0.1:@PORT@;
location /api/ {
if ($request_method = OPTIONS) {
add_header Access-Control-Allow-Origin $http_origin;
add_header Access-Control-Allow-Methods "GET, POST";
add_header Content-Length 0;
return 204;
}
add_header Access-Control-Allow-Origin $http_origin always;
add_header Vary Origin;
proxy_pass http://one;
}
location /simple/ {
add_header Access-Control-Allow-Origin "*" always;
add_header Access-Control-Allow-Credentials true;
if ($request_method = OPTIONS) {
return 204;
}
proxy_hide_header Access-Control-Allow-Origin;
proxy_pass http://two/;
}
}
""", get("/api/a", "/simple/a", fields="Origin: http://x.test\r\n") + get("/api/a", "/simple/a", method="OPTIONS", fields="Origin: http://x.test\r\n")
                     + get("/api/a", "/simple/a", fields="X-Want: 404\r\n") + get("/api/a")),
    "maintenance": ("""
map $http_x_kind $closed {
default 0;
closed 1;
}
server {
listen 127.0.0.1:@PORT@;
root @ROOT@;
error_page 503 /maintenance.html;
location = /maintenance.html {
internal;
}
location / {
if ($closed) {
return 503;
}
proxy_pass http://one;
}
location /file/ {
if (-f $document_root/maintenance.html) {
return 503;
}
proxy_pass http://one;
}
location /plain/ {
if ($closed = 1) {
return 503 "closed\\n";
}
proxy_pass http://one;
}
}
""", get("/a", "/file/a", "/plain/a", "/maintenance.html") + get("/a", "/plain/a", fields="X-Kind: closed\r\n")),
    "single page": ("""
server {
listen 127.0.0.1:@PORT@;
root @ROOT@;
location / {
try_files $uri $uri/ /index.html;
}
location /static/ {
alias @ROOT@/img/;
}
location ^~ /api/ {
proxy_pass http://one/v1/;
proxy_set_header Host $host;
}
location = /healthz {
default_type text/plain;
return 200 "ok";
}
location ~* \\.map$ {
return 404;
}
}
""", get("/", "/deep/link?x=1", "/app.js", "/docs", "/docs/", "/static/logo.gif", "/static/none", "/static", "/api/users?id=1", "/api",
         "/api/x.map", "/x.map", "/healthz", "/healthz/") + get("/healthz", method="POST")),
    "to https": ("""
server {
listen 127.0.0.1:@PORT@;
server_name a.test www.a.test;
return 301 https://a.test$request_uri;
}
server {
listen 127.0.0.1:@PORT@;
server_name old.test;
rewrite ^ https://new.test$request_uri? permanent;
}
server {
listen 127.0.0.1:@PORT@;
server_name ~^www\\.(?<bare>.+)$;
return 308 $scheme://$bare$request_uri;
}
server {
listen 127.0.0.1:@PORT@ default_server;
server_name _;
return 444;
}
""", get("/a?b=c", "/%C3%A9") + get("/a?b=c", host="old.test") + get("/a?b=c", host="www.x.test") + get("/", host="else.test")),
    "rewrite chains": ("""
server {
listen 127.0.0.1:@PORT@;
rewrite ^/old/(.*)$ /new/$1;
rewrite ^/new/blog/(\\d+)$ /post?id=$1 last;
rewrite ^/gone/(.*)$ /there/$1 permanent;
location /new/ {
rewrite ^/new/api/(.*)$ /v2/$1 break;
rewrite ^/new/(.*)\\.html$ /page/$1 break;
proxy_pass http://one;
}
location /post {
proxy_pass http://two;
}
location / {
rewrite ^/a/(.*)$ /b/$1;
rewrite ^/b/(.*)$ /c/$1 break;
proxy_pass http://two;
}
}
""", get("/old/x", "/old/api/y?z=1", "/old/q.html", "/old/blog/17", "/new/blog/17?x=y", "/gone/x/y?z", "/a/b", "/b/c", "/c")),
    "named and errors": ("""
server {
listen 127.0.0.1:@PORT@;
error_page 502 504 = @fallback;
location / {
proxy_intercept_errors on;
error_page 404 = /missing;
proxy_pass http://one;
}
location /dead/ {
proxy_pass http://127.0.0.1:@DEAD@;
}
location /spare/ {
proxy_pass http://spare;
}
location = /missing {
internal;
proxy_pass http://two;
}
location @fallback {
proxy_pass http://two;
}
}
""", get("/a", "/dead/a", "/spare/a", "/missing") + get("/a", "/dead/a", fields="X-Want: 404\r\n")),
    "other protocols": ("""
server {
listen 127.0.0.1:@PORT@;
location /cache/ {
set $memcached_key $uri;
memcached_pass 127.0.0.1:@DEAD@;
}
location /rpc.Service/ {
grpc_pass grpc://127.0.0.1:@DEAD@;
}
location /uwsgi/ {
uwsgi_pass 127.0.0.1:@DEAD@;
}
location / {
proxy_pass http://one;
}
}
""", get("/cache/a", "/rpc.Service/Call", "/uwsgi/", "/a")),
    "filters": ("""
gzip on;
gzip_types text/x-said;
server {
listen 127.0.0.1:@PORT@;
sub_filter one two;
sub_filter_once off;
sub_filter_types *;
location / {
proxy_set_header Accept-Encoding "";
proxy_pass http://one;
}
location /plain/ {
proxy_pass http://one;
}
}
""", get("/a", "/plain/a")),
    "uploads": ("""
server {
listen 127.0.0.1:@PORT@;
client_max_body_size 100;
location /up/ {
client_max_body_size 0;
proxy_request_buffering off;
proxy_pass http://one;
}
location /get/ {
limit_except GET POST {
deny all;
}
proxy_pass http://one;
}
location / {
proxy_pass http://two;
}
}
""", get("/up/a", "/get/a", "/a", method="POST", body=b"x" * 300) + get("/up/a", "/get/a", "/a", method="PUT", body=b"x" * 30) + get("/get/a", method="HEAD")),
    "who may": ("""
server {
listen 127.0.0.1:@PORT@;
satisfy all;
location /inside/ {
allow 10.0.0.0/8;
allow 127.0.0.1;
deny all;
proxy_pass http://one;
}
location /outside/ {
deny 127.0.0.1;
allow all;
proxy_pass http://one;
}
location /status/ {
allow 192.168.0.0/16;
deny all;
return 200 "status\\n";
}
location / {
deny 10.0.0.1;
proxy_pass http://one;
}
}
""", get("/inside/a", "/outside/a", "/status/", "/a")),
    "many servers": ("""
server {
listen 127.0.0.1:@PORT@ default_server;
server_name _;
location / {
return 404 "no such host\\n";
}
}
server {
listen 127.0.0.1:@PORT@;
server_name *.shop.test;
set $tenant none;
if ($host ~ ^([a-z0-9-]+)\\.shop\\.test$) {
set $tenant $1;
}
location / {
proxy_set_header X-Tenant $tenant;
proxy_set_header Host $host;
proxy_pass http://one;
}
location /assets/ {
proxy_pass http://two/$tenant/;
}
}
server {
listen 127.0.0.1:@PORT@;
server_name ~^(?<user>[a-z]+)\\.pages\\.test$;
location / {
proxy_set_header X-User $user;
proxy_pass http://two/pages/;
}
}
""", get("/", "/assets/a") + get("/a", "/assets/a", host="blue.shop.test") + get("/a", host="Ann.pages.test") + get("/a", host="x9.pages.test")),
    "cookies and redirects": ("""
server {
listen 127.0.0.1:@PORT@;
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-Proto $scheme;
location /app/ {
proxy_pass http://one/;
proxy_redirect http://up.test/ /app/;
proxy_cookie_path / /app/;
}
location /def/ {
proxy_pass http://two/inner/;
}
location /off/ {
proxy_redirect off;
proxy_pass http://two/inner/;
}
}
""", get("/app/x", "/def/x", "/off/x") + get("/app/x", fields="X-Want: 302 http://up.test/login\r\n")
                              + get("/def/x", "/off/x", fields="X-Want: 301 http://two/inner/y\r\n") + get("/app/x", fields="X-Want: 302 /rel\r\n")),
}
