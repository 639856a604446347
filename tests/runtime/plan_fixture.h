// Plans and requests for tests: a configuration as text, a request as a few words, no sockets, no
// disk.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"
#include "runtime/plan.h"
#include "runtime/routing.h"

namespace poolproof::runtime {

class FakeResolver : public Resolver {
 public:
  std::map<std::string, std::vector<std::string>> hosts{{"localhost", {"127.0.0.1"}}};

  std::vector<Address> resolve(const std::string& host) override {
    std::vector<Address> found;
    for (const std::string& text : hosts[host]) found.push_back(*parse_ip(text));
    return found;
  }
};

class FakeFiles : public FileProbe {
 public:
  std::map<std::string, FileStat::Kind, std::less<>> files;

  FileStat stat(std::string_view path) override {
    if (!path.empty() && path.back() == '\0') path.remove_suffix(1);
    const auto found = files.find(path);
    FileStat result;
    if (found != files.end()) result.kind = found->second;
    return result;
  }
};

/// Owns everything that a plan is made of.
struct PlanFixture {
  MemoryFileReader reader;
  std::unique_ptr<BoundConfig> bound;
  std::unique_ptr<EffectiveConfig> config;
  FakeResolver resolver;
  std::vector<Diagnostic> diagnostics;
  std::unique_ptr<Plan> plan;
  FakeFiles files;
  WorkerContext worker;
  ClientConnection client;
  std::vector<HeaderLine> headers;
  std::string target_text, line_text;
  Request request;

  explicit PlanFixture(std::string_view text, Version version = kNewestVersion,
                       bool allow_unsupported = false) {
    LoadOptions load;
    load.versions = {version, version};
    load.allow_snippet = false;
    bound = load_config_text(reader, "nginx.conf", std::string(text), load);
    config = merge(*bound, version);
    PlanOptions options;
    options.resolver = &resolver;
    options.prefix = "/p/";
    options.hostname = "machine";
    options.processors = 3;
    options.allow_unsupported = allow_unsupported;
    PlanResult result = build_plan(*config, options);
    plan = std::move(result.plan);
    diagnostics = std::move(result.diagnostics);
    worker.plan = plan.get();
    worker.files = &files;
    worker.unix_ms = 1'500'000'000'123;
    worker.mono_ms = 5'000;
    worker.time_local = "14/Jul/2017:02:40:00 +0000";
    client.remote = *parse_ip("10.1.2.3", 5555);
    client.local = *parse_ip("127.0.0.1", 8080);
    client.remote_text = "10.1.2.3";
    client.local_text = "127.0.0.1";
    client.number = 7;
    client.requests = 2;
    client.accepted_ms = 4'000;
  }

  /// An `http` block with one server around `inside`, listening at 8080.
  static std::string server(std::string_view inside, std::string_view http = "") {
    return "events {} http { access_log off; " + std::string(http) +
           " server { listen 8080; server_name a.test; " + std::string(inside) + " } }";
  }

  std::string messages() const {
    std::string all;
    for (const Diagnostic& each : diagnostics) all += each.message + "\n";
    return all;
  }

  /// Routes a request; `host` empty: no Host line.
  Action get(std::string_view target, std::string_view host = "a.test",
             std::vector<HeaderLine> extra = {}, Method method = Method::kGet) {
    request.reset(worker, client, plan->slot_count);
    client.servers = &plan->listens.front().servers_of(client.local);
    headers = std::move(extra);
    if (!host.empty()) headers.insert(headers.begin(), {"Host", host});
    target_text = target;
    line_text = std::string(to_string(method)) + " " + target_text + " HTTP/1.1";
    request.head.line = line_text;
    request.head.method = method;
    request.head.method_name = to_string(method);
    request.head.target = target_text;
    request.head.version = host.empty() ? 10 : 11;
    request.head.protocol = host.empty() ? "HTTP/1.0" : "HTTP/1.1";
    request.head.headers = headers;
    return route(request);
  }

  /// The location that a request ends in.
  std::string location_of(std::string_view target) {
    get(target);
    const LocationPlan& location = *request.location;
    switch (location.kind) {
      case LocationKind::kPrefixNoRegex:
        return "^~ " + location.name;
      case LocationKind::kExact:
        return "= " + location.name;
      case LocationKind::kRegex:
        return "~ " + location.name;
      case LocationKind::kRegexNoCase:
        return "~* " + location.name;
      default:
        return location.name;
    }
  }

  std::string value(std::string_view text) {
    auto expression = Expression::compile(text, *plan->variables);
    return expression ? std::string(expression.value().evaluate(request))
                      : expression.error().message;
  }
};

}  // namespace poolproof::runtime
