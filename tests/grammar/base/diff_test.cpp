// Diffs are compared whole where they are small; generated ones are applied again.
#include "grammar/base/diff.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace poolproof {
namespace {

std::string lines(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST(UnifiedDiff, OfEqualTextsIsEmpty) {
  EXPECT_EQ(unified_diff("f", "a\n", "a\n"), "");
}

TEST(UnifiedDiff, HasThreeLinesOfContext) {
  EXPECT_EQ(unified_diff("x.conf", lines(1, 9), lines(1, 4) + "five\n" + lines(6, 9)),
            "--- a/x.conf\n+++ b/x.conf\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, JoinsChangesThatAreNear) {
  const std::string before = lines(1, 20);
  std::string near = lines(1, 3) + "x\n" + lines(4, 9) + "y\n" + lines(10, 20);
  EXPECT_EQ(unified_diff("f", before, near),
            "--- a/f\n+++ b/f\n@@ -1,12 +1,14 @@\n 1\n 2\n 3\n+x\n 4\n 5\n 6\n 7\n 8\n 9\n+y\n "
            "10\n 11\n 12\n");
  std::string far = lines(1, 3) + "x\n" + lines(4, 10) + "y\n" + lines(11, 20);
  EXPECT_EQ(unified_diff("f", before, far),
            "--- a/f\n+++ b/f\n@@ -1,6 +1,7 @@\n 1\n 2\n 3\n+x\n 4\n 5\n 6\n"
            "@@ -8,6 +9,7 @@\n 8\n 9\n 10\n+y\n 11\n 12\n 13\n");
}

TEST(UnifiedDiff, MarksAMissingLastLineBreak) {
  EXPECT_EQ(unified_diff("f", "a\nb", "a\nb\n"),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
  EXPECT_EQ(unified_diff("f", "a\nb", "x\nb"),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n");
}

TEST(UnifiedDiff, CanBeginOrEndEmpty) {
  EXPECT_EQ(unified_diff("f", "", "a\n"), "--- a/f\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n");
  EXPECT_EQ(unified_diff("f", "a\n", ""), "--- a/f\n+++ b/f\n@@ -1,1 +0,0 @@\n-a\n");
}

/// Applies a patch as patch(1) does, without fuzz; fails the test where it does not fit.
std::string patched(const std::string& before, const std::string& patch) {
  std::string after;
  std::size_t at = 0;
  std::size_t line = 1;
  const auto copy_line = [&] {
    const std::size_t end = std::min(before.find('\n', at), before.size() - 1) + 1;
    after += before.substr(at, end - at);
    at = end;
    ++line;
  };
  std::size_t pos = patch.find("@@");
  while (pos < patch.size()) {
    const std::size_t end = patch.find('\n', pos);
    std::string text = patch.substr(pos, end - pos);
    pos = end + 1;
    if (text.starts_with("@@")) {
      std::size_t first = 0;
      std::size_t count = 0;
      EXPECT_EQ(std::sscanf(text.c_str(), "@@ -%zu,%zu", &first, &count), 2);
      while (line < first + (count == 0 ? 1 : 0)) copy_line();
      continue;
    }
    std::string content = text.substr(1) + "\n";
    if (patch.compare(pos, 2, "\\ ") == 0) {
      content.pop_back();
      pos = patch.find('\n', pos) + 1;
    }
    if (text[0] == '+') {
      after += content;
      continue;
    }
    EXPECT_EQ(before.substr(at, content.size()), content);
    at += content.size();
    ++line;
    if (text[0] == ' ') after += content;
  }
  return after + before.substr(at);
}

TEST(UnifiedDiff, AppliesToWhatItWasMadeFrom) {
  std::mt19937 random(7);
  const auto generate = [&](int size) {
    std::string text;
    for (int i = 0; i < size; ++i)
      text += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
    if (random() % 3 == 0 && !text.empty()) text.pop_back();
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string before = generate(static_cast<int>(random() % 30));
    const std::string after = generate(static_cast<int>(random() % 30));
    if (before == after) continue;
    const std::string patch = unified_diff("f", before, after);
    ASSERT_EQ(patched(before, patch), after) << before << "----\n" << patch;
  }
}

TEST(UnifiedDiff, OfLargeFilesTakesNoTime) {
  std::string before;
  std::string sparse;
  std::string other;
  for (int i = 0; i < 50'000; ++i) {
    before += "line " + std::to_string(i) + "\n";
    sparse += i % 5'000 == 7 ? "changed\n" : "line " + std::to_string(i) + "\n";
    other += "other " + std::to_string(i) + "\n";
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(patched(before, unified_diff("f", before, sparse)), sparse);
  EXPECT_EQ(patched(before, unified_diff("f", before, other)), other);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(UnifiedDiff, WhatGoesComesBeforeWhatComesInItsPlace) {
  EXPECT_EQ(unified_diff("f", "a\nb\nc\nd\n", "a\nx\ny\nd\nz\n"),
            "--- a/f\n+++ b/f\n@@ -1,4 +1,5 @@\n a\n-b\n-c\n+x\n+y\n d\n+z\n");
}

TEST(UnifiedDiff, ATabEndsANameWithBlanks) {
  EXPECT_EQ(unified_diff("a b.conf", "x\n", "y\n"),
            "--- a/a b.conf\t\n+++ b/a b.conf\t\n@@ -1,1 +1,1 @@\n-x\n+y\n");
}

}  // namespace
}  // namespace poolproof
