// The verdict on a place that passes requests on, over the shapes that nginx was seen to treat
// apart.
#include "lint/reuse.h"

#include <gtest/gtest.h>

#include "grammar/config/bound_config.h"
#include "grammar/config/effective_config.h"

namespace poolproof::lint {
namespace {

constexpr Version kOld{1, 22, 1};
constexpr Version kNew{1, 31, 5};

/// Verdict and rules of the last written pass of a configuration: "never: rule-a rule-b".
std::string verdict(const std::string& http, Version version) {
  MemoryFileReader reader;
  LoadOptions options;
  options.versions = {version, version};
  const auto bound =
      load_config_text(reader, "nginx.conf", "events {}\nhttp {\n" + http + "\n}\n", options);
  const auto config = merge(*bound, version);
  const Location* last = nullptr;
  for (const Location& location : config->locations()) {
    if (location.pass && !location.pass->copied_from_outer) last = &location;
  }
  if (last == nullptr) return "no pass";
  const ReuseVerdict result = reuse_of(*config, *last);
  std::string text{to_string(result.pooled)};
  for (const ReuseReason& reason : result.reasons) text += " " + std::string(reason.rule);
  return text;
}

/// A server whose location holds `settings` and passes to the group `u` that `upstream` describes.
std::string site(const std::string& upstream, const std::string& settings,
                 const std::string& pass = "proxy_pass http://u;") {
  return "upstream u { " + upstream + " }\nserver { location / { " + settings + " " + pass + " } }";
}

constexpr const char* kPool = "server 127.0.0.1:9001; keepalive 8;";
constexpr const char* kGood = "proxy_http_version 1.1; proxy_set_header Connection \"\";";

struct Case {
  const char* name;
  std::string http;
  const char* before;  // 1.22.1
  const char* after;   // 1.31.5
};

class ReuseOf : public testing::TestWithParam<Case> {};

TEST_P(ReuseOf, Verdict) {
  EXPECT_EQ(verdict(GetParam().http, kOld), GetParam().before);
  EXPECT_EQ(verdict(GetParam().http, kNew), GetParam().after);
}

const Case kHttp[] = {
    {"Tutorial", site(kPool, ""),
     "never upstream-http-version-not-11 connection-header-not-cleared", "always"},
    {"Healthy", site(kPool, kGood), "always", "always"},
    {"OnlyVersion", site(kPool, "proxy_http_version 1.1;"), "never connection-header-not-cleared",
     "always"},
    {"OnlyHeader", site(kPool, "proxy_set_header Connection '';"),
     "never upstream-http-version-not-11", "always"},
    {"ExplicitTen", site(kPool, "proxy_http_version 1.0; proxy_set_header Connection '';"),
     "never explicit-http-10-with-pool", "never explicit-http-10-with-pool"},
    {"TenWithKeepAlive",
     site(kPool, "proxy_http_version 1.0; proxy_set_header connection Keep-Alive;"),
     "depends explicit-http-10-with-pool", "depends explicit-http-10-with-pool"},
    {"TenByDefaultWithKeepAlive", site(kPool, "proxy_set_header connection Keep-Alive;"),
     "depends upstream-http-version-not-11", "always"},
    {"CloseForOneMethod",
     "map $request_method $c { default ''; POST close; } " +
         site(kPool, "proxy_http_version 1.1; proxy_set_header Connection $c;"),
     "depends connection-header-undecided", "depends connection-header-undecided"},
    {"CloseForGetOnly",
     site(kPool,
          "proxy_http_version 1.1; set $c ''; if ($request_method = GET) { set $c close; } "
          "proxy_set_header Connection $c;"),
     "depends connection-header-undecided", "depends connection-header-undecided"},
    {"CloseForEveryMethod",
     "map $request_method $c { default close; POST 'close, te'; } " +
         site(kPool, "proxy_http_version 1.1; proxy_set_header Connection $c;"),
     "never connection-close-explicit", "never connection-close-explicit"},
    {"ExplicitClose", site(kPool, "proxy_http_version 1.1; proxy_set_header CONNECTION Close;"),
     "never connection-close-explicit", "never connection-close-explicit"},
    {"CloseInAList",
     site(kPool, "proxy_http_version 1.1; proxy_set_header Connection 'te, close';"),
     "never connection-close-explicit", "never connection-close-explicit"},
    {"NotTheToken", site(kPool, "proxy_http_version 1.1; proxy_set_header Connection closed;"),
     "always", "always"},
    {"SecondOfTwoCloses",
     site(kPool,
          "proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header connection "
          "close;"),
     "never connection-close-explicit", "never connection-close-explicit"},
    {"FromClient",
     site(kPool, "proxy_http_version 1.1; proxy_set_header Connection $http_connection;"),
     "depends connection-header-from-client", "depends connection-header-from-client"},
    {"UpgradeMap",
     "map $http_upgrade $c { default upgrade; '' close; } " +
         site(kPool, "proxy_http_version 1.1; proxy_set_header Connection $c;"),
     "never upgrade-map-closes-connection", "never upgrade-map-closes-connection"},
    {"UpgradeMapEmpty",
     "map $http_upgrade $c { default upgrade; '' ''; } " +
         site(kPool, "proxy_http_version 1.1; proxy_set_header Connection $c;"),
     "always", "always"},
    {"LostByInheritance",
     "upstream u { server 127.0.0.1:9001; keepalive 8; } proxy_http_version 1.1; "
     "proxy_set_header Connection ''; server { location / { proxy_set_header X-A b; proxy_pass "
     "http://u; } }",
     "never set-header-drops-inherited-connection", "always"},
    {"NestedInherits",
     std::string("upstream u { server 127.0.0.1:9001; keepalive 8; } server { location / { ") +
         kGood + " location /a { proxy_pass http://u; } } }",
     "always", "always"},
};

constexpr const char* kTwoGroups =
    "upstream u { server 127.0.0.1:9001; keepalive 8; } upstream closing { server 127.0.0.1:9001; "
    "keepalive 8; keepalive_requests 1; } ";

/// A location whose target is a variable that `statements` set.
std::string chosen(const std::string& statements, const std::string& pass = "http://$to") {
  return kTwoGroups + std::string("server { location / { ") + kGood + statements + " proxy_pass " +
         pass + "; } }";
}

const Case kChosen[] = {
    {"GroupByVariable", chosen("set $to u;"), "always", "always"},
    {"NoUpgradeForOrdinaryRequests",
     chosen("set $to u; if ($http_upgrade) { set $to 127.0.0.1:9001; }"), "always", "always"},
    {"OtherGroupForAnUpgrade", chosen("set $to closing; if ($http_upgrade) { set $to u; }"),
     "never upstream-pool-neutralised", "never upstream-pool-neutralised"},
    {"MethodOfOrdinaryRequests",
     chosen("set $to u; if ($request_method = POST) { set $to closing; }"),
     "depends upstream-pool-neutralised", "depends upstream-pool-neutralised"},
    {"ByTheClientsConnection",
     chosen("set $to u; if ($http_connection = close) { set $to closing; }"),
     "depends upstream-pool-neutralised", "depends upstream-pool-neutralised"},
    {"NothingSet", chosen("set $to '';"), "never pass-literal-address",
     "never pass-literal-address"},
    {"PortOnAGroupsName", chosen("set $to u;", "http://$to:80"), "never pass-host-without-resolver",
     "never pass-host-without-resolver"},
    {"LuaMayChoose", chosen("set $to u; access_by_lua_block { ngx.var.to = 'x' }"),
     "depends pass-variable-address", "depends pass-variable-address"},
    {"LuaDoesNotName", chosen("set $to u; access_by_lua_block { ngx.exit(403) }"), "always",
     "always"},
    {"HostLookedUp", chosen("resolver 10.0.0.2; set $to x.example;", "http://$to:80"),
     "never pass-variable-address", "never pass-variable-address"},
    {"AddressInAVariable", chosen("set $to 10.0.0.1:80;"), "never pass-literal-address",
     "never pass-literal-address"},
    {"UnknownUri", chosen("", "http://u$request_uri"), "always", "always"},
    {"PoolOfOneClientHeaderOfTheOther",
     kTwoGroups +
         std::string("server { location / { proxy_http_version 1.1; set $to u; proxy_set_header "
                     "Connection $asked; set $asked ''; if ($http_connection = close) { set $to "
                     "closing; } if ($http_connection = keep-alive) { set $asked close; } "
                     "proxy_pass http://$to; } }"),
     "never upstream-pool-neutralised connection-header-from-client",
     "never upstream-pool-neutralised connection-header-from-client"},
};

const Case kPools[] = {
    {"NoKeepalive", site("server 127.0.0.1:9001;", kGood), "never upstream-without-keepalive",
     "always"},
    {"Literal", site(kPool, kGood, "proxy_pass http://127.0.0.1:9001;"),
     "never pass-literal-address", "never pass-literal-address"},
    {"MethodAfter", site("server 127.0.0.1:9001; keepalive 8; least_conn;", kGood),
     "never keepalive-before-balancer", "always"},
    {"MethodBefore", site("server 127.0.0.1:9001; least_conn; keepalive 8;", kGood), "always",
     "always"},
    {"OneRequest", site("server 127.0.0.1:9001; keepalive 8; keepalive_requests 1;", kGood),
     "never upstream-pool-neutralised", "never upstream-pool-neutralised"},
    {"NoTime", site("server 127.0.0.1:9001; keepalive 8; keepalive_timeout 0;", kGood),
     "never upstream-pool-neutralised", "never upstream-pool-neutralised"},
    {"OneSlotTwoServers", site("server 127.0.0.1:9001; server 127.0.0.1:9002; keepalive 1;", kGood),
     "never keepalive-below-server-count", "never keepalive-below-server-count"},
    {"OneSlotSameAddress",
     site("server 127.0.0.1:9001; server 127.0.0.1:9001; keepalive 1;", kGood), "always", "always"},
    {"OneSlotIpHash",
     site("ip_hash; server 127.0.0.1:9001; server 127.0.0.1:9002; keepalive 1;", kGood), "always",
     "always"},
    {"OneSlotHeavyWeight",
     site("server 127.0.0.1:9001 weight=5; server 127.0.0.1:9002; keepalive 1;", kGood), "always",
     "always"},
    {"OneSlotOneUp", site("server 127.0.0.1:9001; server 127.0.0.1:9002 down; keepalive 1;", kGood),
     "always", "always"},
    {"VariableNamesGroup", site(kPool, std::string("set $t u; ") + kGood, "proxy_pass http://$t;"),
     "always", "always"},
    {"VariableUnknown", site(kPool, kGood, "proxy_pass http://$arg_t;"),
     "depends pass-variable-address", "depends pass-variable-address"},
};

const Case kProtocols[] = {
    {"FastcgiOff", site(kPool, "", "fastcgi_pass u;"), "never fastcgi-keep-conn-missing",
     "never fastcgi-keep-conn-missing"},
    {"FastcgiOn", site(kPool, "fastcgi_keep_conn on;", "fastcgi_pass u;"), "always", "always"},
    {"FastcgiNoPool", site("server 127.0.0.1:9001;", "fastcgi_keep_conn on;", "fastcgi_pass u;"),
     "never upstream-without-keepalive", "always"},
    {"Memcached", site(kPool, "set $memcached_key a;", "memcached_pass u;"), "always", "always"},
    {"Grpc", site(kPool, "", "grpc_pass grpc://u;"), "always", "always"},
    {"Scgi", site(kPool, "", "scgi_pass u;"), "never keepalive-useless-protocol",
     "never keepalive-useless-protocol"},
    {"Uwsgi", site(kPool, "", "uwsgi_pass u;"), "never keepalive-useless-protocol",
     "never keepalive-useless-protocol"},
};

std::string case_name(const testing::TestParamInfo<Case>& param) {
  return param.param.name;
}
INSTANTIATE_TEST_SUITE_P(Http, ReuseOf, testing::ValuesIn(kHttp), case_name);
INSTANTIATE_TEST_SUITE_P(Chosen, ReuseOf, testing::ValuesIn(kChosen), case_name);
INSTANTIATE_TEST_SUITE_P(Pool, ReuseOf, testing::ValuesIn(kPools), case_name);
INSTANTIATE_TEST_SUITE_P(Protocol, ReuseOf, testing::ValuesIn(kProtocols), case_name);

TEST(ReuseOfMap, AGroupOfItsRegularExpressionNamesTheUpstream) {
  for (const auto* entry : {"~^(?<name>[a-z]+)\\.test$ $name;", "~^([a-z]+)\\.test$ $1;"}) {
    const std::string http = std::string("map $host $to { ") + entry + " default 127.0.0.1:1; }\n" +
                             "upstream one { " + kPool + " }\nserver { server_name one.test; " +
                             kGood + " location / { proxy_pass http://$to; } }";
    EXPECT_EQ(verdict(http, kOld), "always") << entry;
  }
}

TEST(ReuseOfNothing, AnAddressThatIsNoneIsNotPooled) {
  for (const auto* pass : {"proxy_pass foo;", "proxy_pass http://;", "grpc_pass http://x;",
                           "proxy_pass http://a:0;"}) {
    EXPECT_EQ(verdict(site(kPool, kGood, pass), kOld), "never pass-literal-address") << pass;
  }
}

TEST(ReuseOfZero, TurnsThePoolOffFrom1297) {
  EXPECT_EQ(verdict(site("server 127.0.0.1:9001; keepalive 0;", kGood), kNew),
            "never keepalive-zero");
}

TEST(ReuseOfHttp2, IsPooledForRequestsWithoutBodyFrom1301) {
  const std::string http = site(kPool, "proxy_http_version 2;");
  EXPECT_EQ(verdict(http, Version{1, 30, 0}), "never http2-upstream-not-pooled");
  EXPECT_EQ(verdict(http, Version{1, 30, 1}), "always");
}

TEST(ReuseReasons, QuoteTheLineThatDoesIt) {
  MemoryFileReader reader;
  const std::string text =
      "events {}\nhttp {\nupstream u { server 127.0.0.1:1; keepalive 8; }\n"
      "server { location / {\nproxy_set_header Connection close;\nproxy_pass http://u; } }\n}\n";
  const auto bound = load_config_text(reader, "nginx.conf", text, {});
  const auto config = merge(*bound, kNew);
  const ReuseVerdict result = reuse_of(*config, config->locations().back());
  ASSERT_EQ(result.reasons.size(), 1u);
  EXPECT_EQ(bound->sources().describe(result.reasons[0].span), "nginx.conf:5");
  EXPECT_EQ(result.reasons[0].message, "`Connection: close` is sent with every request");
}

}  // namespace
}  // namespace poolproof::lint
