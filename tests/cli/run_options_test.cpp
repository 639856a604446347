// What nginx's flags come to.
#include "cli/commands/run_options.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

TEST(RunOptions, TheMainFileIsRelativeToThePrefix) {
  struct Case {
    const char *prefix, *file, *expected;
  };
  for (const Case& each :
       {Case{"", "", "/etc/nginx/nginx.conf"}, Case{"", "a.conf", "a.conf"},
        Case{"/srv", "", "/srv/conf/nginx.conf"}, Case{"/srv/", "a.conf", "/srv/a.conf"},
        Case{"/srv", "/etc/a.conf", "/etc/a.conf"}}) {
    RunOptions options;
    options.prefix = each.prefix;
    options.file = each.file;
    EXPECT_EQ(options.main_file(), each.expected);
  }
}

TEST(RunOptions, RelativeNamesStartAtThePrefixElseAtTheFile) {
  RunOptions options;
  options.file = "/srv/conf/a.conf";
  EXPECT_EQ(options.folder_of_relative_names(), "/srv/conf/");
  options.prefix = "/srv/x/../y";
  EXPECT_EQ(options.folder_of_relative_names(), "/srv/y/");
  RunOptions here;
  here.file = "a.conf";
  EXPECT_EQ(here.folder_of_relative_names(), std::filesystem::current_path().string() + "/");
}

TEST(RunOptions, TheErrorLogIsAWordOfTheConfiguration) {
  RunOptions options;
  EXPECT_EQ(options.error_log_directive(), " error_log \"stderr\";");
  options.error_log = "a \"b\".log";
  EXPECT_EQ(options.error_log_directive(), " error_log \"a \\\"b\\\".log\";");
}

TEST(RunOptions, BehavesAsTheNewestUnlessToldOtherwise) {
  RunOptions options;
  EXPECT_EQ(options.version(), kNewestVersion);
  options.nginx_version = "1.22.1";
  EXPECT_EQ(options.version(), (Version{1, 22, 1}));
  EXPECT_TRUE(options.load().versions.is_single());
  EXPECT_FALSE(options.load().allow_snippet);
}

}  // namespace
}  // namespace poolproof::cli
