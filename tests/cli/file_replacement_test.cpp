// Replacing a file on a real disk: contents, mode, links, and what happens when somebody was
// faster.
#include "cli/file_replacement.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

class Replacement : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "poolproof-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("before");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string file() const { return folder_ / "a.conf"; }
  void write(const std::string& bytes) const { std::ofstream(file(), std::ios::binary) << bytes; }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(Replacement, KeepsTheModeAndLeavesNothingBehind) {
  ::chmod(file().c_str(), 0640);
  auto replacement = FileReplacement::prepare(file(), "before", "after");
  ASSERT_TRUE(replacement.ok());
  EXPECT_EQ(content(file()), "before");
  EXPECT_FALSE(replacement.value().commit());
  EXPECT_EQ(content(file()), "after");
  struct stat now {};
  ASSERT_EQ(::stat(file().c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777, 0640u);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Replacement, FollowsALinkToItsTarget) {
  const std::string link = folder_ / "link.conf";
  fs::create_symlink("a.conf", link);
  auto replacement = FileReplacement::prepare(link, "before", "after");
  ASSERT_TRUE(replacement.ok());
  EXPECT_FALSE(replacement.value().commit());
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content(file()), "after");
}

TEST_F(Replacement, IsRefusedWhereTheFileHasChanged) {
  write("somebody else's");
  const auto replacement = FileReplacement::prepare(file(), "before", "after");
  ASSERT_FALSE(replacement.ok());
  EXPECT_EQ(replacement.error().message, "the file was changed meanwhile");
  EXPECT_EQ(content(file()), "somebody else's");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Replacement, LooksAgainBeforeItCommits) {
  {
    auto replacement = FileReplacement::prepare(file(), "before", "after");
    ASSERT_TRUE(replacement.ok());
    write("somebody else's");
    const auto failed = replacement.value().commit();
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->message, "the file was changed meanwhile");
  }
  EXPECT_EQ(content(file()), "somebody else's");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Replacement, WithoutCommitNothingHappens) {
  { auto replacement = FileReplacement::prepare(file(), "before", "after"); }
  EXPECT_EQ(content(file()), "before");
  EXPECT_EQ(entries(), 1u);
}

TEST(InterruptionsHeld, ComeLater) {
  sigset_t pending;
  {
    const InterruptionsHeld held;
    ::raise(SIGTERM);
    ::sigpending(&pending);
    EXPECT_EQ(::sigismember(&pending, SIGTERM), 1);
    sigset_t taken;
    ::sigemptyset(&taken);
    ::sigaddset(&taken, SIGTERM);
    int signal = 0;
    EXPECT_EQ(::sigwait(&taken, &signal), 0);
  }
  sigset_t now;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
  EXPECT_EQ(::sigismember(&now, SIGTERM), 0);
}

TEST_F(Replacement, SaysWhichFileItCannotFind) {
  const auto replacement = FileReplacement::prepare(folder_ / "missing", "", "x");
  ASSERT_FALSE(replacement.ok());
  EXPECT_EQ(replacement.error().message, "cannot find the file: No such file or directory");
}

}  // namespace
}  // namespace poolproof::cli
