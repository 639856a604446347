// How many bytes per second are parsed, on one core: the goal is 150 MB/s for ordinary
// configurations.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "grammar/syntax/syntax_tree.h"

namespace poolproof {
namespace {

constexpr std::string_view kTypical = R"(
# One of many virtual hosts.
upstream backend_17 {
    least_conn;
    server 10.0.17.1:8080 max_fails=3 fail_timeout=10s;
    server 10.0.17.2:8080 max_fails=3 fail_timeout=10s;
    keepalive 32;
}

server {
    listen 443 ssl;
    server_name app-17.example.com www.app-17.example.com;
    ssl_certificate /etc/ssl/app-17/fullchain.pem;
    ssl_certificate_key /etc/ssl/app-17/privkey.pem;
    access_log /var/log/nginx/app-17.access.log combined;

    location / {
        proxy_pass http://backend_17;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Connection "";
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_read_timeout 30s;
    }

    # Static files are served from disk.
    location ~* \.(css|js|png|jpg|svg|woff2)$ {
        root /srv/app-17/public;
        expires 30d;
        add_header Cache-Control "public, max-age=2592000";
    }
}
)";

std::string repeat(std::string_view piece, std::size_t size) {
  std::string text;
  text.reserve(size + piece.size());
  while (text.size() < size) text += piece;
  return text;
}

void parse_text(benchmark::State& state, std::string_view piece) {
  SourceMap sources;
  const FileId file = sources.add("bench.conf", repeat(piece, 10 << 20));
  for (auto _ : state) benchmark::DoNotOptimize(parse(sources, file));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * sources[file].size()));
}

void BM_ParseTypical(benchmark::State& state) {
  parse_text(state, kTypical);
}
BENCHMARK(BM_ParseTypical)->Unit(benchmark::kMillisecond);

void BM_ParseComments(benchmark::State& state) {
  parse_text(state, "# a comment that says what nobody reads, as most of them do\n");
}
BENCHMARK(BM_ParseComments)->Unit(benchmark::kMillisecond);

void BM_ParseShortWords(benchmark::State& state) {
  parse_text(state, "a b;\n");
}
BENCHMARK(BM_ParseShortWords)->Unit(benchmark::kMillisecond);

void BM_ParseLua(benchmark::State& state) {
  parse_text(state, "content_by_lua_block {\n  local t = { a = \"b\" } -- c\n  ngx.say(t.a)\n}\n");
}
BENCHMARK(BM_ParseLua)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace poolproof
