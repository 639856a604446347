// A frontend notes what a request is, finds its server and its location as nginx does, and hands it
// to the section that has the location's rules.
#include "translate/haproxy/frontends.h"

#include <chrono>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/haproxy/escapes.h"
#include "translate/haproxy/notes.h"

namespace poolproof::translate::haproxy {
namespace {

using std::chrono::milliseconds;

class Frontend {
 public:
  Frontend(Shared& shared, const Listener& listener, const Plan& plan, const Backends& backends,
           std::string name)
      : shared_(shared),
        listener_(listener),
        plan_(plan),
        backends_(backends),
        name_(std::move(name)) {}

  std::string run() {
    out_ = fmt::format("\n# listen at {}\nfrontend {}\n    {}\n", shared_.place(listener_.at),
                       name_, bind_words(shared_, listener_));
    add_client_timeouts();
    out_ += first_notes(shared_, listener_);
    const std::string servers = server_rules(shared_, listener_, plan_.server_labels);
    if (!servers.empty()) out_ += "\n    # the server, by its names\n" + servers;
    out_ += later_notes(shared_, listener_, plan_);
    for (const Server* server : listener_.servers) add_script(*server);
    add_escape();
    for (const Server* server : listener_.servers) add_steps(*server);
    add_targets();
    return std::move(out_);
  }

 private:
  bool single() const { return listener_.servers.size() == 1; }

  std::string gate_of(const Server& server) const {
    if (single()) return {};
    return fmt::format("{{ var(txn.server) -m str {} }}", plan_.server_labels.at(&server));
  }

  void add_client_timeouts() {
    const Scope& scope = *listener_.fallback->scope;
    const auto line = [&](std::string_view directive, std::string_view usual,
                          std::string_view theirs) {
      const auto value = parse_time(scope.value_or(directive, usual));
      if (!value || *value == parse_time(usual)) return;
      if (value->count() == 0) {
        if (directive == "keepalive_timeout") out_ += "    option httpclose\n";
        return;
      }
      out_ += fmt::format("    timeout {} {}\n", theirs, time_text(*value));
    };
    line("client_body_timeout", "60s", "client");
    line("client_header_timeout", "60s", "http-request");
    line("keepalive_timeout", "75s", "http-keep-alive");
  }

  void add_script(const Server& server) {
    const ServerPlan& plan = plan_.servers.at(&server);
    if (plan.script.rules.empty()) return;
    out_ += fmt::format("\n    # {}: server at {}\n", plan.label, shared_.place(server.at));
    for (const Rule& rule : plan.script.rules) out_ += line_of(rule, gate_of(server));
    const std::string gate = both(gate_of(server), "!{ var(txn.location) -m found }");
    for (const Rule& rule : plan.after) out_ += line_of(rule, gate);
  }

  void add_escape() {
    if (!shared_.facts.contains("escaped_path")) return;
    out_ += "\n    # the path as nginx writes it\n";
    for (const Rule& rule : escape_rules(shared_)) out_ += line_of(rule);
  }

  void add_steps(const Server& server) {
    const ServerPlan& plan = plan_.servers.at(&server);
    if (plan.steps.empty()) return;
    out_ += fmt::format("\n    # {}: locations of the server at {}\n", plan.label,
                        shared_.place(server.at));
    bool first = true;
    for (const Step& step : plan.steps) {
      const std::string& label = plan_.labels.at(step.location);
      std::string condition = gate_of(server);
      if (!first) condition = both("!{ var(txn.location) -m found }", condition);
      out_ += fmt::format("    http-request set-var(txn.location) str({}){}{}  # {}\n", label,
                          condition.empty() && step.condition.empty() ? "" : " if ",
                          both(condition, step.condition),
                          shared_.place(step.location->scope->block()));
      first = false;
      targets_[backends_.name_of(*step.location)].insert(label);
    }
  }

  void add_targets() {
    if (targets_.empty()) return;
    out_ += "\n";
    if (targets_.size() == 1) {
      out_ += fmt::format("    default_backend {}\n", targets_.begin()->first);
      return;
    }
    for (const auto& [backend, labels] : targets_) {
      const std::vector<std::string> all(labels.begin(), labels.end());
      const std::string condition = one_of("var(txn.location)", all, "to_" + backend, out_);
      out_ += fmt::format("    use_backend {} if {}\n", backend, condition);
    }
  }

  Shared& shared_;
  const Listener& listener_;
  const Plan& plan_;
  const Backends& backends_;
  std::string name_, out_;
  std::map<std::string, std::set<std::string>> targets_;
};

std::string name_of(const Listener& listener) {
  const std::string_view scheme = listener.tls ? "https" : "http";
  if (listener.address == "0.0.0.0") return fmt::format("{}_{}", scheme, listener.port);
  return identifier(fmt::format("{}_{}_{}", scheme, listener.address, listener.port));
}

}  // namespace

std::string frontends(Shared& shared, const Plan& plan, const Backends& backends) {
  std::string out;
  for (const Listener& listener : listeners_of(shared.config)) {
    out += Frontend(shared, listener, plan, backends, name_of(listener)).run();
  }
  return out;
}

}  // namespace poolproof::translate::haproxy
