// How long it takes to lint what people have: a tree of a thousand included files, read from disk
// as the program reads it, and one large file; all rules. The goals: 50 ms each, and never 0.3 s.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "grammar/base/file_reader.h"
#include "lint/linter.h"

namespace poolproof {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSite = R"(upstream app@ {
    server 10.0.0.1:8080;
    server 10.1.0.1:8080;
    keepalive 32;
}
server {
    listen 80;
    server_name s@.example.com www.s@.example.com;
    proxy_set_header Host $host;
    proxy_set_header Connection "";
    location / {
        proxy_pass http://app@;
        proxy_http_version 1.1;
    }
    location /api/ {
        proxy_pass http://app@;
        proxy_http_version 1.1;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
    location /static/ {
        root /var/www/s@;
        expires 30d;
    }
}
)";

std::string site(int number) {
  std::string text(kSite);
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@')) {
    text.replace(at, 1, std::to_string(number));
  }
  return text;
}

/// A folder of sites below an nginx.conf; removed at the end.
class Tree {
 public:
  explicit Tree(int files) {
    folder_ = fs::temp_directory_path() / ("poolproof-bench-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "sites");
    std::ofstream(main())
        << "events { worker_connections 100000; }\nhttp {\ninclude sites/*.conf;\n}\n";
    for (int i = 0; i < files; ++i) {
      std::ofstream(folder_ / "sites" / (std::to_string(i) + ".conf")) << site(i);
    }
  }
  ~Tree() { fs::remove_all(folder_); }
  std::string main() const { return folder_ / "nginx.conf"; }

 private:
  fs::path folder_;
};

void BM_LintTree(benchmark::State& state) {
  const Tree tree(static_cast<int>(state.range(0)));
  DiskFileReader reader;
  std::size_t findings = 0;
  for (auto _ : state) {
    const auto config = load_config(reader, tree.main(), {});
    findings = lint::lint(*config.value(), {}).diagnostics.size();
  }
  state.counters["findings"] = static_cast<double>(findings);
}
BENCHMARK(BM_LintTree)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_LintOneFile(benchmark::State& state) {
  std::string text = "events { worker_connections 100000; }\nhttp {\n";
  for (int i = 0; text.size() < 1'300'000; ++i) text += site(i);
  text += "}\n";
  MemoryFileReader reader;
  for (auto _ : state) {
    const auto config = load_config_text(reader, "/etc/nginx/nginx.conf", text, {});
    benchmark::DoNotOptimize(lint::lint(*config, {}));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_LintOneFile)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace poolproof
