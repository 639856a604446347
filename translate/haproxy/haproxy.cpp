// The whole file: what holds everywhere, a frontend for each listener, a backend for each group of
// servers.
#include <utility>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/backends.h"
#include "translate/haproxy/coverage_table.h"
#include "translate/haproxy/frontends.h"
#include "translate/haproxy/plan.h"
#include "translate/targets.h"

namespace poolproof::translate {
namespace {

using haproxy::Shared;

constexpr std::int64_t kMostThreads = 64;

std::string opening(const Shared& shared) {
  const EffectiveConfig& config = shared.config;
  std::string out = fmt::format(
      "# For HAProxy 2.6 and later, from {}: behaves as nginx {} does with it.\n\nglobal\n",
      one_line(config.bound().main_path()), to_string(config.version()));
  const auto workers = parse_number(config.main().value_or("worker_processes", "1"));
  if (workers && *workers >= 1 && *workers <= kMostThreads) {
    out += fmt::format("    nbthread {}\n", *workers);
  }
  // The key of NAME.crt may be NAME.key.
  out += "    ssl-load-extra-del-ext\n";
  return out +
         "\n# nginx's own defaults\n"
         "defaults\n"
         "    mode http\n"
         "    timeout client 60s\n"
         "    timeout http-request 60s\n"
         "    timeout http-keep-alive 75s\n"
         "    timeout connect 60s\n"
         "    timeout server 60s\n"
         "    timeout tunnel 60s\n";
}

/// What the file does not say, where people read it.
std::string losses(const Translation& translation, const EffectiveConfig& config) {
  std::string out;
  for (const std::string& loss : not_said(config, translation)) out += "\n# NOT SAID: " + loss;
  return out.empty() ? out : out + "\n";
}

}  // namespace

Translation to_haproxy(const EffectiveConfig& config) {
  Translation out;
  Shared shared{.config = config, .out = out};
  haproxy::Backends backends(shared);
  const haproxy::Plan plan = plan_servers(shared, backends);
  const std::string listeners = frontends(shared, plan, backends);
  tell_uncovered(config, "haproxy", haproxy::coverage_table(), out);
  out.files.push_back(
      {"haproxy.cfg", opening(shared) + losses(out, config) + listeners + backends.text()});
  return out;
}

}  // namespace poolproof::translate
