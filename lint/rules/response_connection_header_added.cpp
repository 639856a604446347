// Rule: a Connection header of one's own beside nginx's.
#include <array>

#include <fmt/format.h>

#include "lint/client_facts.h"
#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"add_header"};

bool is_of_the_connection(std::string_view name) {
  return equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Keep-Alive");
}

bool is_keep_alive(Directive at) {
  return equal_ignoring_case(at.arg(0), "Keep-Alive");
}

Severity severity_of(Directive at) {
  return is_keep_alive(at) ? Severity::kWarning : Severity::kError;
}

std::string message_for(Directive at) {
  if (is_keep_alive(at)) {
    return "clients are told something here that nginx does not follow, and HTTP/2 forbids the "
           "header; the second value of `keepalive_timeout` sends it, where it is true";
  }
  return "nginx sends `Connection` itself, so responses carry the header twice, and this line "
         "changes "
         "nothing about the connection; remove it (`keepalive_timeout 0` is what ends a "
         "connection)";
}

/// Without it the level has none of its own, and the outer list holds again.
bool is_alone(Directive at) {
  const Directive block = at.parent();
  std::size_t count = 0;
  for (const Directive each : children(block)) {
    if (each.name() == "add_header") ++count;
  }
  return count == 1;
}

void check(const RuleInput& input, Report& report) {
  for (const Directive at : client_statements(input.config, "add_header")) {
    if (!is_of_the_connection(at.arg(0))) continue;
    Diagnostic out = finding(severity_of(at), at.head_span(), message_for(at));
    const TextEdit edit = remove_statement(at);
    out.fix = is_alone(at) ? unsafe_fix("remove the header", {edit})
                           : safe_fix("remove the header", {edit});
    report.add(std::move(out));
  }
}

}  // namespace

Rule response_connection_header_added() {
  return {.name = "response-connection-header-added",
          .group = Group::kClient,
          .severity = Severity::kError,
          .summary =
              "`add_header Connection` or `Keep-Alive`: nginx sends its own as well, and the two "
              "contradict each other.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
