// poolproof.toml as it is read: values, paths below its folder, and what is wrong with it.
#include "cli/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace poolproof::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Result<ConfigFile> load(const std::string& text, const std::string& path = "poolproof.toml") {
  MemoryFileReader reader;
  reader.add(path, text);
  return load_config_file(reader, path);
}

TEST(ConfigFile, EveryKey) {
  const auto file = load(R"(
nginx-version = "1.22"
prefix = "/etc/nginx"
select = ["keepalive-zero"]
ignore = ["unused-upstream", "unknown-directive"]
fail-on = "error"
format = "sarif"
baseline = "known.json"
path-map = { "/etc/nginx" = "conf" }
[per-file-ignores]
"legacy/*.conf" = ["keepalive-zero"]
[severity]
keepalive-zero = "info"
)");
  ASSERT_TRUE(file) << file.error().message;
  const ConfigFile& read = file.value();
  EXPECT_EQ(read.folder, ".");
  EXPECT_EQ(read.nginx_version, "1.22");
  EXPECT_EQ(read.prefix, "/etc/nginx");
  EXPECT_THAT(read.select, ElementsAre("keepalive-zero"));
  EXPECT_THAT(read.ignore, ElementsAre("unused-upstream", "unknown-directive"));
  EXPECT_EQ(read.fail_on, "error");
  EXPECT_EQ(read.format, "sarif");
  EXPECT_EQ(read.baseline, "known.json");
  EXPECT_THAT(read.path_map, ElementsAre("/etc/nginx=conf"));
  EXPECT_THAT(read.per_file_ignores,
              ElementsAre(Pair("legacy/*.conf", ElementsAre("keepalive-zero"))));
  EXPECT_THAT(read.severity, ElementsAre(Pair("keepalive-zero", "info")));
}

TEST(ConfigFile, RelativePathsBeginAtItsFolder) {
  const auto file = load("prefix = \"p\"\nbaseline = \"b.json\"\npath-map = { \"/x\" = \"y\" }\n",
                         "/top/sub/poolproof.toml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file.value().folder, "/top/sub");
  EXPECT_EQ(file.value().prefix, "/top/sub/p");
  EXPECT_EQ(file.value().baseline, "/top/sub/b.json");
  EXPECT_THAT(file.value().path_map, ElementsAre("/x=/top/sub/y"));
}

TEST(ConfigFile, AnEmptyOneSetsNothing) {
  const auto file = load("# nothing\n");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file.value().select.empty());
  EXPECT_TRUE(file.value().format.empty());
}

TEST(ConfigFile, MistakesAreNamedWithTheirLine) {
  const auto message = [](const std::string& text) { return load(text).error().message; };
  EXPECT_EQ(message("\n\nignroe = 1\n"),
            "poolproof.toml:3: unknown key `ignroe`; did you mean `ignore`?");
  EXPECT_EQ(message("ignore = \"x\"\n"), "poolproof.toml:1: `ignore` takes a list");
  EXPECT_EQ(message("ignore = [1]\n"), "poolproof.toml:1: `ignore` takes a text");
  EXPECT_EQ(message("path-map = []\n"), "poolproof.toml:1: `path-map` takes a table");
  EXPECT_EQ(message("[path-map]\n\"\" = \"x\"\n"),
            "poolproof.toml:2: a key of `path-map` is empty; it is the path that is mapped");
  EXPECT_THAT(message("select = [\"no-such-rule\"]\n"), HasSubstr("there is no rule"));
  EXPECT_THAT(message("x = \n"), HasSubstr("poolproof.toml:1: "));
  MemoryFileReader nothing;
  EXPECT_THAT(load_config_file(nothing, "x.toml").error().message,
              HasSubstr("x.toml: cannot read this"));
}

}  // namespace
}  // namespace poolproof::cli
