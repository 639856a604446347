"""Configurations as people write them, each with the requests that tell whether a translation does the same.

@PORT@ is where it listens, @ONE@, @TWO@ and @DEAD@ are ports of upstreams, @ROOT@ is a folder with FILES. One statement
stands on a line, so that what a target tells as an error can be left out (`without` of _wide_configs).
"""

from _story_requests import UPGRADE, get
from _stories_more import MORE

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
    **MORE,
}
