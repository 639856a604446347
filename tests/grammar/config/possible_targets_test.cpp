// The groups that a pass target with variables may name.
#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using testing::location;
using testing::merged_http;

struct TargetCase {
  const char* statements;  // of the location
  const char* target;
  const char* method;
  const char* names;  // "address" for what is no group; "..." where there may be others
};

class PossibleTargetsOf : public ::testing::TestWithParam<TargetCase> {};

TEST_P(PossibleTargetsOf, Request) {
  const TargetCase& c = GetParam();
  const auto loaded = merged_http(
      "upstream a { server x:1; } upstream B { server y:1; } map $arg_x $m { default a; 1 b; } "
      "server { location / { " +
      std::string(c.statements) + " proxy_pass " + c.target + "; } }");
  RequestAssumption request;
  request.method = c.method;
  const auto result = possible_targets(*loaded.config, location(loaded, "/"), request);
  std::string names;
  for (const Upstream* group : result.upstreams) {
    names += (names.empty() ? "" : " ") + (group != nullptr ? group->name : "address");
  }
  EXPECT_EQ(names + (result.complete ? "" : "..."), c.names);
}

constexpr const char* kByMethod = "set $t a; if ($request_method = PUT) { set $t b; }";

INSTANTIATE_TEST_SUITE_P(
    Cases, PossibleTargetsOf,
    ::testing::Values(TargetCase{kByMethod, "http://$t", "GET", "a"},
                      TargetCase{kByMethod, "http://$t/x", "PUT", "B"},
                      TargetCase{"", "http://$m", "GET", "B a"},
                      TargetCase{"", "http://b$request_uri", "GET", "B"},
                      TargetCase{"set $t ''; if ($arg_x) { set $t ?$query_string; }", "http://b$t",
                                 "GET", "B"},
                      TargetCase{"", "$scheme://A$uri$is_args$args", "GET", "a"},
                      TargetCase{"set $t a;", "http://$t:80", "GET", "address"},
                      TargetCase{"set $t 127.0.0.1:1;", "http://$t", "GET", "address"},
                      TargetCase{"set $t unix:/x;", "http://$t:/y", "GET", "address"},
                      TargetCase{"set $t '';", "http://$t", "GET", ""},
                      TargetCase{"", "http://$arg_y", "GET", "..."}));

}  // namespace
}  // namespace poolproof
