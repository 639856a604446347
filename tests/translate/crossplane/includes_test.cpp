// Files of a payload: numbers, names, what cannot be read, and all of them combined.
#include <gtest/gtest.h>

#include "tests/translate/crossplane/crossplane_fixture.h"

namespace poolproof::translate::crossplane::testing {
namespace {

std::vector<std::string> files_of(const ordered_json& made) {
  std::vector<std::string> names;
  for (const auto& file : made["config"]) names.push_back(file["file"]);
  return names;
}

TEST(Includes, AreNumberedBreadthFirstAndReadOnce) {
  const auto made = payload_of({{kMain, "include a;\ninclude c;\nevents {}\ninclude a;\n"},
                                {"/etc/nginx/a", "include b;\n"},
                                {"/etc/nginx/b", "include c;\n"},
                                {"/etc/nginx/c", "user x;\n"}});
  EXPECT_EQ(files_of(made),
            (std::vector<std::string>{kMain, "/etc/nginx/a", "/etc/nginx/c", "/etc/nginx/b"}));
  EXPECT_EQ(made["config"][0]["parsed"][3]["includes"].dump(), "[1]");
  EXPECT_EQ(made["config"][3]["parsed"][0]["includes"].dump(), "[2]");
}

TEST(Includes, AreNamedFromTheFolderOfTheMainFile) {
  const auto made = payload_of({{kMain, "include sub/a;\nevents {}\n"},
                                {"/etc/nginx/sub/a", "include ./sub/b;\n"},
                                {"/etc/nginx/./sub/b", ""}});
  EXPECT_EQ(files_of(made).back(), "/etc/nginx/./sub/b");
}

TEST(Includes, APatternMatchesInOrderOrNothing) {
  const auto made = payload_of({{kMain, "include c/*.x;\ninclude none/*;\nevents {}\n"},
                                {"/etc/nginx/c/b.x", ""},
                                {"/etc/nginx/c/a.x", ""}});
  EXPECT_EQ(made["status"], "ok");
  EXPECT_EQ(made["config"][0]["parsed"][0]["includes"].dump(), "[1,2]");
  EXPECT_EQ(made["config"][0]["parsed"][1]["includes"].dump(), "[]");
  EXPECT_EQ(files_of(made)[1], "/etc/nginx/c/a.x");
}

TEST(Includes, AMissingFileIsAnErrorAndTheStatementStays) {
  const auto made = payload_of("events {}\ninclude none.conf;\n");
  EXPECT_EQ(made["errors"].dump(),
            R"([{"file":"/etc/nginx/nginx.conf","error":"[Errno 2] No such file or directory: )"
            R"('/etc/nginx/none.conf'","line":2}])");
  EXPECT_EQ(made["config"][0]["parsed"][1]["includes"].dump(), "[]");
}

TEST(Includes, AFolderThatAPatternMatchesIsAFileWithAnError) {
  const auto made = payload_of({{kMain, "events {}\ninclude *.d;\n"}, {"/etc/nginx/x.d/y", ""}});
  ASSERT_EQ(made["config"].size(), 2u);
  EXPECT_EQ(made["config"][1]["errors"][0]["error"], "[Errno 21] Is a directory: '/etc/nginx/x.d'");
  EXPECT_TRUE(made["config"][1]["errors"][0]["line"].is_null());
}

TEST(Includes, AreLeftAloneIfOneFileIsAskedFor) {
  const auto made =
      payload_of("events {}\ninclude none.conf;\n", {.includes = Includes::kLeftAlone});
  EXPECT_EQ(made["status"], "ok");
  EXPECT_FALSE(made["config"][0]["parsed"][1].contains("includes"));
}

TEST(Includes, AreJudgedInEveryContextTheyStandIn) {
  const auto made = payload_of({{kMain, "events {}\nhttp { include a; server { include a; } }\n"},
                                {"/etc/nginx/a", "log_format x y;\n"}});
  ASSERT_EQ(made["errors"].size(), 1u);
  EXPECT_EQ(made["errors"][0]["error"],
            "\"log_format\" directive is not allowed here in /etc/nginx/a:1");
}

TEST(Includes, ThatIncludeThemselvesAreOneFile) {
  const auto made = payload_of(
      {{kMain, "events {}\ninclude a;\n"}, {"/etc/nginx/a", "include a;\ninclude nginx.conf;\n"}});
  EXPECT_EQ(made["status"], "ok");
  EXPECT_EQ(made["config"][1]["parsed"][0]["includes"].dump(), "[1]");
  EXPECT_EQ(made["config"][1]["parsed"][1]["includes"].dump(), "[0]");
}

TEST(Includes, ThatAreNestedTooDeepAreTold) {
  std::map<std::string, std::string> files{{kMain, "events {}\ninclude f0;\n"}};
  for (int i = 0; i < 400; ++i) {
    files["/etc/nginx/f" + std::to_string(i)] = "include f" + std::to_string(i + 1) + ";\n";
  }
  const auto made = payload_of(files);
  ASSERT_EQ(made["errors"].size(), 1u);
  EXPECT_TRUE(made["errors"][0]["error"].get<std::string>().starts_with("includes are nested too"));
}

PayloadOptions combined(Comments comments = Comments::kDropped) {
  return {.layout = Layout::kCombined, .comments = comments};
}

TEST(Combined, StandsInPlaceWithTheFileOfEachStatement) {
  const auto made = payload_of({{kMain, "include a;\nevents {}\nhttp { include b; server {} }\n"},
                                {"/etc/nginx/a", "user x; #c\n"},
                                {"/etc/nginx/b", "include a2;\nsendfile on;\n"},
                                {"/etc/nginx/a2", "gzip on;\n"}},
                               combined(Comments::kKept));
  ASSERT_EQ(made["config"].size(), 1u);
  EXPECT_EQ(made["config"][0]["file"], kMain);
  const auto& all = made["config"][0]["parsed"];
  EXPECT_EQ(all[0].dump(), R"({"file":"/etc/nginx/a","directive":"user","line":1,"args":["x"]})");
  EXPECT_EQ(all[1].dump(),
            R"({"file":"/etc/nginx/a","directive":"#","line":1,"args":[],"comment":"c"})");
  EXPECT_EQ(all[2]["file"], kMain);
  const auto& http = all[3]["block"];
  ASSERT_EQ(http.size(), 3u);
  EXPECT_EQ(http[0]["directive"], "gzip");
  EXPECT_EQ(http[1]["file"], "/etc/nginx/b");
  EXPECT_EQ(http[2]["file"], kMain);
}

TEST(Combined, HasTheErrorsOfAllFiles) {
  const auto made = payload_of(
      {{kMain, "include a;\npid;\nevents {}\n"}, {"/etc/nginx/a", "user;\n"}}, combined());
  EXPECT_EQ(made["config"][0]["status"], "failed");
  EXPECT_EQ(made["config"][0]["errors"].size(), 2u);
  EXPECT_EQ(made["errors"].size(), 2u);
}

TEST(Combined, TellsACycle) {
  const auto made = payload_of({{kMain, "events {}\ninclude a;\n"},
                                {"/etc/nginx/a", "user x;\ninclude b;\n"},
                                {"/etc/nginx/b", "include a;\n"}},
                               combined());
  ASSERT_EQ(made["errors"].size(), 1u);
  EXPECT_EQ(made["errors"][0]["error"], "configs contain include cycle in /etc/nginx/b:1");
  EXPECT_EQ(made["config"][0]["parsed"].size(), 2u);
}

TEST(Combined, ManyCopiesOfCopiesHaveAnEnd) {
  std::map<std::string, std::string> files{{kMain, "events {}\ninclude f0;\n"}};
  for (int i = 0; i < 40; ++i) {
    const std::string next = "include f" + std::to_string(i + 1) + ";\n";
    files["/etc/nginx/f" + std::to_string(i)] = next + next;
  }
  files["/etc/nginx/f40"] = "";
  LoadOptions load;
  load.allow_snippet = false;
  const auto loaded = poolproof::testing::load(files, load, kMain);
  const auto made = payload(*loaded.bound, combined());
  ASSERT_FALSE(made["errors"].empty());
  EXPECT_TRUE(made["errors"].back()["error"].get<std::string>().starts_with(
      "more than 1000000 statements"));
}

}  // namespace
}  // namespace poolproof::translate::crossplane::testing
