// Nothing that a configuration can name may block, crash or be half read.
#include "grammar/base/file_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace poolproof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Root reads everything: as long as this lives, the process is nobody.
class OtherThanRoot {
 public:
  OtherThanRoot() : before_(::geteuid()) {
    if (before_ == 0) {
      EXPECT_EQ(::seteuid(65534), 0);
    }
  }
  OtherThanRoot(const OtherThanRoot&) = delete;
  OtherThanRoot& operator=(const OtherThanRoot&) = delete;
  ~OtherThanRoot() { EXPECT_EQ(::seteuid(before_), 0); }

 private:
  ::uid_t before_;
};

class DiskFileReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "poolproof-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  std::string error(const std::string& name) {
    const auto result = reader_.read(name);
    return result.ok() ? "no error" : result.error().message;
  }

  DiskFileReader reader_;
  std::string folder_;
};

TEST_F(DiskFileReaderTest, ReadsAllBytes) {
  const std::string bytes("a\0\xff\r\nb", 6);
  const auto result = reader_.read(write("x.conf", bytes));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value(), bytes);
  EXPECT_EQ(reader_.read(write("empty.conf", "")).value(), "");
}

TEST_F(DiskFileReaderTest, ReadsFilesThatClaimToBeEmpty) {
  const auto result = reader_.read("/proc/self/status");
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result.value(), HasSubstr("Pid:"));
}

TEST_F(DiskFileReaderTest, SaysWhatIsWrong) {
  EXPECT_EQ(error(path("none")), "no such file");
  EXPECT_EQ(error(write("file", "") + "/below"), "no such file");
  EXPECT_EQ(error(std::string("a\0b", 3)), "no such file");
  EXPECT_EQ(error(""), "no such file");
  EXPECT_EQ(error(folder_), "is a directory");
  EXPECT_EQ(error("/dev/zero"), "is a device, not a regular file");
  EXPECT_EQ(error(path(std::string(300, 'x'))), "the file name is too long");
  ASSERT_EQ(::symlink("loop", path("loop").c_str()), 0);
  EXPECT_EQ(error(path("loop")), "too many symbolic links");
}

TEST_F(DiskFileReaderTest, TheNullDeviceIsEmpty) {
  EXPECT_EQ(reader_.read("/dev/null").value(), "");
}

TEST_F(DiskFileReaderTest, DoesNotWaitForTheWriterOfAPipe) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(error(path("pipe")), "is a pipe, not a regular file");
}

TEST_F(DiskFileReaderTest, RefusesSockets) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path("s").size(), sizeof(address.sun_path));
  std::strcpy(address.sun_path, path("s").c_str());
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ::close(descriptor);
  EXPECT_EQ(error(path("s")), "is a socket, not a regular file");
}

TEST_F(DiskFileReaderTest, RefusesLargeFilesBeforeReadingThem) {
  std::filesystem::resize_file(write("large", ""), std::size_t{1} << 30);
  EXPECT_EQ(error(path("large")), "is too large (1024 MB; the limit is 64 MB)");
}

TEST_F(DiskFileReaderTest, SaysThatAFileIsNotReadable) {
  write("open", "x");
  ::chmod(write("secret", "x").c_str(), 0);
  ::chmod(folder_.c_str(), 0755);
  const OtherThanRoot nobody;
  EXPECT_EQ(error(path("open")), "no error");
  EXPECT_EQ(error(path("secret")), "permission denied");
}

TEST_F(DiskFileReaderTest, GlobsInTheOrderOfBytes) {
  for (const char* name : {"b.conf", "B.conf", "a.conf", ".hidden.conf", "a.txt", "_.conf"}) {
    write(name, "");
  }
  EXPECT_THAT(reader_.glob(path("*.conf")),
              ElementsAre(path("B.conf"), path("_.conf"), path("a.conf"), path("b.conf")));
  EXPECT_THAT(reader_.glob(path("[ab].*")),
              ElementsAre(path("a.conf"), path("a.txt"), path("b.conf")));
  EXPECT_THAT(reader_.glob(path(".*.conf")), ElementsAre(path(".hidden.conf")));
  EXPECT_THAT(reader_.glob(path("?.none")), IsEmpty());
}

TEST_F(DiskFileReaderTest, KnowsDirectoriesAndRealNames) {
  const std::string file = write("x.conf", "");
  EXPECT_TRUE(reader_.is_directory(folder_));
  EXPECT_FALSE(reader_.is_directory(file));
  EXPECT_FALSE(reader_.is_directory(path("none")));
  ASSERT_EQ(::symlink("x.conf", path("link").c_str()), 0);
  EXPECT_EQ(reader_.canonical(path("link")), reader_.canonical(file));
  EXPECT_EQ(reader_.canonical(path("./none/../gone")), path("gone"));
  EXPECT_EQ(reader_.canonical("/"), "/");
  EXPECT_EQ(reader_.canonical("/proc"), "/proc");
  EXPECT_EQ(reader_.canonical(path(".")), reader_.canonical(path("")));
}

TEST(MemoryFileReader, BehavesAsADisk) {
  MemoryFileReader reader(
      {{"/e/nginx.conf", "main"}, {"/e/conf.d/b.conf", "b"}, {"/e/conf.d/a.conf", ""}});
  reader.add("/e/conf.d/.c.conf", "c");
  EXPECT_EQ(reader.read("/e/nginx.conf").value(), "main");
  EXPECT_EQ(reader.read("/e/none").error().message, "no such file");
  EXPECT_EQ(reader.read("/e/conf.d").error().message, "is a directory");
  EXPECT_TRUE(reader.is_directory("/e/"));
  EXPECT_FALSE(reader.is_directory("/e/nginx.conf"));
  EXPECT_THAT(reader.glob("/e/conf.d/*.conf"), ElementsAre("/e/conf.d/a.conf", "/e/conf.d/b.conf"));
  EXPECT_THAT(reader.glob("/e/*"), ElementsAre("/e/conf.d", "/e/nginx.conf"));
  EXPECT_THAT(reader.glob("/*.conf"), IsEmpty());
  EXPECT_EQ(reader.canonical("/e/nginx.conf"), "/e/nginx.conf");
}

TEST(GlobCharacters, AreThoseOfNginx) {
  EXPECT_TRUE(has_glob_characters("conf.d/*.conf"));
  EXPECT_TRUE(has_glob_characters("a?"));
  EXPECT_TRUE(has_glob_characters("[ab]"));
  EXPECT_FALSE(has_glob_characters("a]{b}\\x"));
}

}  // namespace
}  // namespace poolproof
