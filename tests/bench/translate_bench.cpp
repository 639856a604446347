// How long each target takes for ten thousand locations of all kinds, reading and merging included.
// The goal is under a second for every one.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "grammar/base/file_reader.h"
#include "translate/translation.h"

namespace poolproof::translate {
namespace {

constexpr int kLocations = 10'000;

constexpr std::string_view kHead = R"(events {}
http {
upstream app { server 10.0.0.1:8080; server 10.0.0.2:8080; keepalive 32; }
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
server {
listen 80;
server_name a.example;
)";

/// `@` stands for a number of their own.
constexpr std::array kKinds = {
    std::string_view("location /p@/ { proxy_pass http://app; }\n"),
    std::string_view("location = /e@ { proxy_pass http://app; }\n"),
    std::string_view("location ~ ^/r@/[0-9]+$ { proxy_pass http://app; }\n"),
    std::string_view("location ^~ /s@/ { proxy_pass http://app/x@/; }\n"),
    std::string_view("location /ret@ { return 301 /new@; }\n"),
    std::string_view("location /up@/ { proxy_pass http://10.1.0.1:@; proxy_read_timeout @s; }\n"),
    std::string_view("location /n@/ { proxy_pass http://app;\n"
                     "  location /n@/in/ { proxy_pass http://app; client_max_body_size 5m; } }\n"),
    std::string_view("location /f@/ { root /srv; }\n"),
    std::string_view("location /h@/ { add_header X @ always; proxy_set_header X-A @;\n"
                     "  proxy_set_header Host $host; proxy_pass http://app; }\n"),
    std::string_view("location /rw@/ { rewrite ^/rw@/(.*)$ /$1 break; proxy_pass http://app; }\n"),
};

std::string numbered(std::string_view text, int number) {
  std::string out;
  for (const char c : text) {
    if (c == '@') {
      out += std::to_string(number);
    } else {
      out += c;
    }
  }
  return out;
}

std::string big_config() {
  std::string out(kHead);
  for (int i = 1; i <= kLocations; ++i) out += numbered(kKinds[i % kKinds.size()], i);
  return out + "}\n}\n";
}

void BM_Translate(benchmark::State& state, std::string_view name) {
  const std::string text = big_config();
  MemoryFileReader reader;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto bound = load_config_text(reader, "/etc/nginx/nginx.conf", text, {});
    const auto config = merge(*bound, kNewestVersion);
    bytes = find_target(name)->run(*config, {}).files.front().text.size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const Target& target : targets()) {
    benchmark::RegisterBenchmark(("BM_Translate/" + std::string(target.name)).c_str(), BM_Translate,
                                 target.name)
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace poolproof::translate
