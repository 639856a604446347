// A baseline survives being written and read; what is none is refused with a reason.
#include "cli/baseline.h"

#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

TEST(Baseline, WrittenAndReadAgain) {
  const Baseline baseline{{"2", {"rule-b", "a.conf"}}, {"1", {"rule-a", "b \"quoted\".conf"}}};
  EXPECT_EQ(parse_baseline(baseline_text(baseline)).value().entries, baseline);
  EXPECT_EQ(parse_baseline(baseline_text({})).value().entries, Baseline{});
}

TEST(Baseline, OneLineForEachEntrySortedByFile) {
  const Baseline baseline{{"1", {"r", "z.conf"}}, {"2", {"r", "a.conf"}}};
  EXPECT_EQ(baseline_text(baseline),
            "{\"poolproof_baseline\": 2, \"findings\": [\n"
            "{\"file\":\"a.conf\",\"fingerprint\":\"2\",\"rule\":\"r\"},\n"
            "{\"file\":\"z.conf\",\"fingerprint\":\"1\",\"rule\":\"r\"}\n"
            "]}\n");
}

TEST(Baseline, AnEarlierVersionIsRead) {
  const auto read =
      parse_baseline(R"({"poolproof_baseline": 1, "findings": [{"fingerprint": "a"}]})");
  EXPECT_EQ(read.value().version, 1);
  EXPECT_EQ(read.value().entries.size(), 1U);
  EXPECT_EQ(parse_baseline(baseline_text({})).value().version, 2);
}

TEST(Baseline, WhatIsNone) {
  EXPECT_EQ(parse_baseline("").error().message, "this is no JSON");
  EXPECT_EQ(parse_baseline("3").error().message, "this is no baseline of poolproof");
  EXPECT_EQ(parse_baseline(R"({"findings": []})").error().message,
            "this is no baseline of poolproof");
  EXPECT_FALSE(parse_baseline(R"({"poolproof_baseline": 3, "findings": []})"));
  EXPECT_FALSE(parse_baseline(R"({"poolproof_baseline": 1, "findings": [{"rule": "x"}]})"));
  EXPECT_FALSE(parse_baseline(R"({"poolproof_baseline": 1, "findings": [{"fingerprint": 1}]})"));
}

}  // namespace
}  // namespace poolproof::cli
