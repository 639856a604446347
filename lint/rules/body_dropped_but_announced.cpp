// Rule: a body is announced that is not sent.
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/location_fix.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"proxy_pass_request_body"};

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kHttp) continue;
    if (location.scope->flag_or("proxy_pass_request_body", true)) continue;
    if (!location.scope->flag_or("proxy_pass_request_headers", true)) continue;
    if (!location.scope->find("proxy_set_body").is_default()) continue;
    if (find_header(location, "Content-Length") != nullptr) continue;
    const Directive at = location.scope->find("proxy_pass_request_body").last();
    Diagnostic out =
        finding(Severity::kError, at.head_span(),
                "the body is dropped, but the client's Content-Length is still passed on: the "
                "backend waits "
                "for bytes that never come, or takes the next request for them; clear it with "
                "`proxy_set_header Content-Length \"\"`");
    out.notes.push_back({location.pass->at.head_span(), "passed on here"});
    out.fix = add_header_fix(input, location, "clear Content-Length",
                             "proxy_set_header Content-Length \"\";");
    report.add(std::move(out));
  }
}

}  // namespace

Rule body_dropped_but_announced() {
  return {.name = "body-dropped-but-announced",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary =
              "`proxy_pass_request_body off` without clearing Content-Length: the backend waits "
              "for a body that never comes.",
          .needs = kNeeds,
          .fix = Applicability::kSafe,
          .check = check};
}

}  // namespace poolproof::lint
