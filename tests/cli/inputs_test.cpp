// Which files a folder stands for, on a real disk.
#include "cli/inputs.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class LoadInputs : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "poolproof-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::vector<std::string> relative(const std::vector<std::string>& paths) const {
    std::vector<std::string> names;
    for (const std::string& path : paths)
      names.push_back(fs::path(path).lexically_relative(folder_));
    return names;
  }
  Inputs load(std::vector<std::string> names) {
    for (std::string& name : names) name = folder_ / name;
    return load_inputs(reader_, names, LoadOptions{});
  }
  std::vector<std::string> entry_points(const Inputs& inputs) const {
    std::vector<std::string> paths;
    for (const EntryPoint& entry : inputs.entry_points) paths.push_back(entry.path);
    return relative(paths);
  }

  fs::path folder_;
  DiskFileReader reader_;
};

TEST_F(LoadInputs, FilesAreChosenByName) {
  for (const char* name : {"nginx.conf", "b.vhost", "README.md", "sites-enabled/default",
                           "bin/default", ".git/x.conf", "sub/deep/c.nginx"}) {
    write(name, "");
  }
  fs::create_directory_symlink(folder_, folder_ / "loop");
  std::vector<UnreadablePath> unreadable;
  EXPECT_THAT(relative(configuration_files(folder_, unreadable)),
              ElementsAre("b.vhost", "nginx.conf", "sites-enabled/default", "sub/deep/c.nginx"));
  EXPECT_THAT(unreadable, IsEmpty());
}

TEST_F(LoadInputs, WhatIsIncludedIsNotAnEntryPoint) {
  write("nginx.conf", "events {}\nhttp { include conf.d/*.conf; }\n");
  write("conf.d/a.conf", "server { include snippets/s.conf; }\n");
  write("snippets/s.conf", "listen 80;\n");
  write("other/b.conf", "server { listen 81; }\n");
  EXPECT_THAT(entry_points(load({"."})), ElementsAre("nginx.conf", "other/b.conf"));
}

TEST_F(LoadInputs, FilesThatIncludeEachOtherKeepOneEntryPoint) {
  write("a.conf", "include b.conf;\n");
  write("b.conf", "include a.conf;\n");
  EXPECT_EQ(load({"a.conf", "b.conf"}).entry_points.size(), 1u);
}

TEST_F(LoadInputs, AFileIsTakenOnceUnderAllItsNames) {
  write("a.conf", "server {}\n");
  fs::create_symlink("a.conf", folder_ / "b.conf");
  EXPECT_THAT(entry_points(load({"a.conf", "b.conf", "a.conf"})), ElementsAre("a.conf"));
}

TEST_F(LoadInputs, OtherProgramsFilesAreLeftOutOfFoldersOnly) {
  write("php-fpm.conf", "[global]\nerror_log = /x\n");
  const Inputs folder = load({"."});
  EXPECT_EQ(folder.not_nginx, 1u);
  EXPECT_THAT(folder.entry_points, IsEmpty());
  EXPECT_EQ(load({"php-fpm.conf"}).entry_points.size(), 1u);
}

TEST_F(LoadInputs, WhatCannotBeReadDoesNotStopTheRest) {
  write("a.conf", "server {}\n");
  const Inputs inputs = load({"missing.conf", "a.conf"});
  ASSERT_EQ(inputs.unreadable.size(), 1u);
  EXPECT_EQ(inputs.unreadable[0].message, "no such file");
  EXPECT_EQ(inputs.entry_points.size(), 1u);
}

}  // namespace
}  // namespace poolproof::cli
