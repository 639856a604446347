// Files in memory stand for the disk; they change between reading and writing.
#include "cli/fixed_files.h"

#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

class FixedFilesTest : public testing::Test {
 protected:
  MemoryFileReader disk_{{{"/a.conf", "a"}, {"/d/b.conf", "b"}}};
  FixedFiles files_{disk_};
};

TEST_F(FixedFilesTest, WhatWasRepairedIsReadFromThenOn) {
  EXPECT_EQ(files_.read("/a.conf").value(), "a");
  files_.add("/a.conf", "a", "A");
  files_.add("/a.conf", "A", "AA");
  EXPECT_EQ(files_.read("/a.conf").value(), "AA");
  EXPECT_EQ(files_.files().at("/a.conf").before, "a");
  EXPECT_EQ(files_.read("/d/b.conf").value(), "b");
}

TEST_F(FixedFilesTest, NothingChanged) {
  EXPECT_FALSE(files_.changed_meanwhile());
  ASSERT_TRUE(files_.read("/a.conf"));
  ASSERT_FALSE(files_.read("/missing.conf"));
  files_.add("/a.conf", "a", "A");
  ASSERT_TRUE(files_.read("/a.conf"));
  EXPECT_EQ(files_.glob("/d/*").size(), 1u);
  EXPECT_FALSE(files_.changed_meanwhile());
}

TEST_F(FixedFilesTest, AFileThatWasOnlyReadChanged) {
  ASSERT_TRUE(files_.read("/a.conf"));
  ASSERT_TRUE(files_.read("/d/b.conf"));
  files_.add("/a.conf", "a", "A");
  disk_.add("/d/b.conf", "c");
  EXPECT_EQ(files_.changed_meanwhile(), "/d/b.conf");
}

TEST_F(FixedFilesTest, AMissingFileAppeared) {
  ASSERT_FALSE(files_.read("/missing.conf"));
  disk_.add("/missing.conf", "");
  EXPECT_EQ(files_.changed_meanwhile(), "/missing.conf");
}

TEST_F(FixedFilesTest, APatternHasMoreFiles) {
  EXPECT_EQ(files_.glob("/d/*").size(), 1u);
  disk_.add("/d/c.conf", "");
  EXPECT_EQ(files_.changed_meanwhile(), "/d/*");
}

}  // namespace
}  // namespace poolproof::cli
