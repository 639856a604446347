// The table of routes: columns line up, reasons stand below, and the JSON has the promised names.
#include "cli/report/routes.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace poolproof::cli {
namespace {

class RoutesReport : public testing::Test {
 protected:
  lint::Route route(std::string location, lint::Pooled pooled) const {
    lint::Route route;
    route.server_names = {"shop.example", "www.shop.example"};
    route.listen = {"80"};
    route.location = std::move(location);
    route.span = {file_, 2, 6};
    route.target = "http://app";
    route.upstream = "app";
    route.verdict.pooled = pooled;
    return route;
  }

  SourceMap sources_;
  FileId file_ = sources_.add("a.conf", "a\npass;\n");
  TextStyle style_;
};

TEST_F(RoutesReport, OneLineForEachPlace) {
  EXPECT_EQ(routes_text({route("/", lint::Pooled::kAlways), route("/api/", lint::Pooled::kDepends)},
                        sources_, "1.22.1", style_),
            "always   shop.example +1  /      http  app  a.conf:2\n"
            "depends  shop.example +1  /api/  http  app  a.conf:2\n"
            "\n"
            "1 of 2 places reuse their upstream connections, 1 depending on the request (nginx "
            "1.22.1)\n");
}

TEST_F(RoutesReport, ReasonsStandBelowAndAreWrapped) {
  lint::Route never = route("/", lint::Pooled::kNever);
  never.verdict.reasons.push_back({"some-rule", "one two three", {file_, 0, 1}});
  style_.width = 30;
  EXPECT_EQ(routes_text({never}, sources_, "1.22.1", style_),
            "never    shop.example +1  /  http  app  a.conf:2\n"
            "         one two three\n"
            "         (a.conf:1)\n"
            "         [some-rule]\n"
            "\n"
            "0 of 1 place reuses its upstream connections (nginx 1.22.1)\n");
}

TEST_F(RoutesReport, TellsWhereOlderVersionsDiffer) {
  lint::Route newer = route("/", lint::Pooled::kAlways);
  newer.differences.push_back({"before 1.29.7", {lint::Pooled::kNever, {}}});
  const std::string text = routes_text({newer}, sources_, "1.31.5", style_);
  EXPECT_NE(text.find("         nginx before 1.29.7: never\n"), std::string::npos) << text;
  EXPECT_NE(text.find("; 1 otherwise with older versions\n"), std::string::npos) << text;
}

TEST_F(RoutesReport, NothingToTell) {
  EXPECT_EQ(routes_text({}, sources_, "1.22.1", style_), "nothing here passes requests on\n");
  EXPECT_EQ(routes_json({}, sources_), nlohmann::json::array());
}

TEST_F(RoutesReport, JsonHasThePromisedFields) {
  lint::Route literal = route("/", lint::Pooled::kNever);
  literal.upstream.clear();
  literal.verdict.reasons.push_back({"pass-literal-address", "no group", {file_, 2, 6}});
  const nlohmann::json expected = nlohmann::json::parse(R"([{
    "server_names": ["shop.example", "www.shop.example"], "listen": ["80"], "location": "/",
    "file": "a.conf", "line": 2, "protocol": "http", "target": "http://app", "upstream": null,
    "pooled": "never", "other_versions": [],
    "reasons": [{"rule": "pass-literal-address", "message": "no group", "file": "a.conf", "line": 2}]
  }])");
  EXPECT_EQ(routes_json({literal}, sources_), expected);
}

}  // namespace
}  // namespace poolproof::cli
