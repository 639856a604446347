// Shared by the tests of this folder: payloads of texts in memory, and files from payloads.
#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/grammar/config/config_fixture.h"
#include "translate/crossplane/build.h"
#include "translate/crossplane/json_text.h"
#include "translate/crossplane/payload.h"

namespace poolproof::translate::crossplane::testing {

using nlohmann::ordered_json;

inline constexpr const char* kMain = "/etc/nginx/nginx.conf";

inline ordered_json payload_of(std::map<std::string, std::string> files,
                               const PayloadOptions& options = {}) {
  LoadOptions load;
  load.allow_snippet = false;
  const auto loaded = poolproof::testing::load(std::move(files), load, kMain);
  return payload(*loaded.bound, options);
}

inline ordered_json payload_of(const std::string& text, const PayloadOptions& options = {}) {
  return payload_of(std::map<std::string, std::string>{{kMain, text}}, options);
}

/// The statements of a main file without errors.
inline ordered_json parsed(const std::string& text, const PayloadOptions& options = {}) {
  ordered_json made = payload_of(text, options);
  EXPECT_EQ(made["status"], "ok") << made.dump();
  return made["config"][0]["parsed"];
}

/// The first error of a text, which is the only one.
inline std::string error_of(const std::string& text, const PayloadOptions& options = {}) {
  const ordered_json made = payload_of(text, options);
  EXPECT_EQ(made["errors"].size(), 1u) << made.dump();
  EXPECT_EQ(made["status"], made["errors"].empty() ? "ok" : "failed");
  return made["errors"].empty() ? "" : made["errors"][0]["error"].get<std::string>();
}

/// A payload of one file with these statements, as JSON text.
inline std::string with_statements(const std::string& statements) {
  return R"({"config":[{"file":"nginx.conf","parsed":)" + statements + "}]}";
}

inline Result<std::vector<BuiltFile>> build_text(const std::string& json,
                                                 const BuildOptions& options = {}) {
  auto read = from_text(json);
  if (!read) return read.error();
  return build(read.value(), options);
}

/// The text of the only file.
inline std::string built(const std::string& statements, const BuildOptions& options = {}) {
  const auto files = build_text(with_statements(statements), options);
  EXPECT_TRUE(files.ok()) << (files.ok() ? "" : files.error().message);
  return files.ok() && files.value().size() == 1 ? files.value()[0].text : "";
}

inline std::string build_error(const std::string& json) {
  const auto files = build_text(json);
  EXPECT_FALSE(files.ok());
  return files.ok() ? "" : files.error().message;
}

}  // namespace poolproof::translate::crossplane::testing
