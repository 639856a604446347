// Rule: a header that belongs to HTTP/1 connections goes to a gRPC backend, over HTTP/2.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/finding.h"
#include "lint/pool_facts.h"

namespace poolproof::lint {
namespace {

constexpr std::array<std::string_view, 1> kNeeds = {"grpc_set_header"};

/// RFC 9113, section 8.2.2.
constexpr std::array<std::string_view, 5> kForbidden = {
    "Connection", "Proxy-Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade"};

bool is_forbidden(std::string_view name) {
  return std::any_of(kForbidden.begin(), kForbidden.end(), [&](std::string_view forbidden) {
    return equal_ignoring_case(name, forbidden);
  });
}

/// Nothing is sent where the value is empty.
bool may_be_sent(const RuleInput& input, const Location& location, const HeaderField& field) {
  const PossibleValues sent = possible_values(input.config, location, field.value,
                                              {.connection = "keep-alive", .upgrade = {}});
  return std::any_of(sent.values.begin(), sent.values.end(),
                     [](const std::string& value) { return !value.empty(); });
}

void check(const RuleInput& input, Report& report) {
  for (const Location& location : input.config.locations()) {
    if (!owns_pass(location) || location.pass->protocol != Protocol::kGrpc) continue;
    for (const HeaderField& field : location.set_headers.value) {
      if (!is_forbidden(field.name) || !may_be_sent(input, location, field)) continue;
      Diagnostic out = finding(
          Severity::kError, field.at.head_span(),
          fmt::format("`{}` goes to a gRPC backend over HTTP/2, where a request with such a header "
                      "is malformed, and backends may refuse it; nginx sends it as it stands; take "
                      "it out, or leave it empty",
                      field.name));
      out.notes.push_back({location.pass->at.head_span(), "passed on here"});
      if (equal_ignoring_case(field.name, "Connection")) {
        out.fix = unsafe_fix("send no Connection header", {replace_argument(field.at, 1, "")});
      }
      report.add(std::move(out));
    }
  }
}

}  // namespace

Rule connection_header_over_http2() {
  return {.name = "connection-header-over-http2",
          .group = Group::kHeaders,
          .severity = Severity::kError,
          .summary =
              "`Connection` or another header of HTTP/1 connections is sent to a gRPC "
              "backend, where it makes the request malformed.",
          .needs = kNeeds,
          .fix = Applicability::kUnsafe,
          .check = check};
}

}  // namespace poolproof::lint
