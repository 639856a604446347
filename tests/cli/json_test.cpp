// Field names are a promise; bytes that are not UTF-8 must not break the document.
#include "cli/report/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace poolproof::cli {
namespace {

TEST(JsonReport, HasEveryField) {
  SourceMap sources;
  const FileId file = sources.add("a.conf", "http {\n  keepalive 0;\n}\n");
  Diagnostic finding;
  finding.rule = "keepalive-zero";
  finding.severity = Severity::kInfo;
  finding.message = "off";
  finding.span = {file, 9, 21};
  finding.versions = "before 1.29.7";
  finding.notes.push_back({{file, 0, 4}, "here"});
  finding.fix = Fix{"remove", Applicability::kSafe, {{{file, 9, 21}, "x"}}};
  EXPECT_EQ(json_of(finding, sources), nlohmann::json::parse(R"({
    "rule": "keepalive-zero", "severity": "info", "message": "off", "file": "a.conf",
    "line": 2, "column": 3, "end_line": 2, "end_column": 15, "versions": "before 1.29.7",
    "notes": [{"file": "a.conf", "line": 1, "column": 1, "end_line": 1, "end_column": 5, "message": "here"}],
    "fix": {"title": "remove", "applicability": "safe", "edits": [
      {"file": "a.conf", "line": 2, "column": 3, "end_line": 2, "end_column": 15,
       "begin_byte": 9, "end_byte": 21, "replacement": "x"}]}
  })"));
}

TEST(JsonReport, WhatIsNotThereIsNull) {
  SourceMap sources;
  Diagnostic finding;
  finding.span = {sources.add("a.conf", ""), 0, 0};
  const nlohmann::json value = json_of(finding, sources);
  EXPECT_TRUE(value["fix"].is_null());
  EXPECT_TRUE(value["versions"].is_null());
  EXPECT_EQ(value["notes"], nlohmann::json::array());
}

TEST(JsonReport, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(json_text({{"a", "\xff"}}), "{\n  \"a\": \"\xEF\xBF\xBD\"\n}\n");
}

}  // namespace
}  // namespace poolproof::cli
