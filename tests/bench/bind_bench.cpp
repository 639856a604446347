// How many bytes per second are parsed and bound to the catalogue, on one core: the goal is 100
// MB/s.
#include <benchmark/benchmark.h>

#include <string>

#include "grammar/config/effective_config.h"

namespace poolproof {
namespace {

constexpr std::string_view kServer = R"(
  upstream backend_@ {
    least_conn;
    server 10.0.17.1:8080 max_fails=3 fail_timeout=10s;
    server 10.0.17.2:8080 max_fails=3 fail_timeout=10s;
    keepalive 32;
  }
  # One of many virtual hosts.
  server {
    listen 8080;
    server_name app-@.example.com www.app-@.example.com;
    access_log /var/log/nginx/app-17.access.log combined;
    client_max_body_size 10m;

    location / {
        proxy_pass http://backend_@;
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

std::string configuration(int servers) {
  std::string text = "events { }\nhttp {\n";
  for (int i = 0; i < servers; ++i) {
    std::string piece(kServer);
    for (std::size_t at = piece.find('@'); at != std::string::npos; at = piece.find('@')) {
      piece.replace(at, 1, std::to_string(i));
    }
    text += piece;
  }
  return text + "}\n";
}

void BM_ParseAndBind(benchmark::State& state) {
  MemoryFileReader reader;
  const std::string text = configuration(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(load_config_text(reader, "/etc/nginx/nginx.conf", text, {}));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_ParseAndBind)->Arg(100)->Arg(10000)->Unit(benchmark::kMillisecond);

void BM_Merge(benchmark::State& state) {
  MemoryFileReader reader;
  const std::string text = configuration(static_cast<int>(state.range(0)));
  const auto bound = load_config_text(reader, "/etc/nginx/nginx.conf", text, {});
  for (auto _ : state) benchmark::DoNotOptimize(merge(*bound, kNewestVersion));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_Merge)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_FindDirective(benchmark::State& state) {
  const auto all = all_directives();
  std::size_t at = 0;
  for (auto _ : state) {
    at = (at + 611) % all.size();
    benchmark::DoNotOptimize(find_directives(all[at].name));
  }
}
BENCHMARK(BM_FindDirective);

}  // namespace
}  // namespace poolproof
