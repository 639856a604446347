"""More of _stories.py: what is asked of clients, errors and other protocols."""

from _story_requests import get

MORE = {
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
