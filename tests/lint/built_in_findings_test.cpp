// The table is sorted, names each finding once, and none that is a rule.
#include "lint/built_in_findings.h"

#include <gtest/gtest.h>

#include "lint/rule.h"

namespace poolproof::lint {
namespace {

TEST(BuiltInFindings, AreSortedAndNoRules) {
  std::string_view previous;
  for (const BuiltInFinding& one : built_in_findings()) {
    EXPECT_LT(previous, one.name);
    EXPECT_TRUE(one.summary.ends_with('.')) << one.name;
    EXPECT_EQ(find_rule(one.name), nullptr) << one.name;
    EXPECT_EQ(find_built_in_finding(one.name), &one);
    previous = one.name;
  }
  EXPECT_EQ(find_built_in_finding("keepalive-zero"), nullptr);
}

}  // namespace
}  // namespace poolproof::lint
