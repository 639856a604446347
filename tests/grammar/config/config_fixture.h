// Shared by the tests of this box: a configuration from texts in memory, loaded or merged.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "grammar/config/effective_config.h"

namespace poolproof::testing {

struct Loaded {
  MemoryFileReader reader;
  std::unique_ptr<BoundConfig> bound;
  std::unique_ptr<EffectiveConfig> config;
};

inline Loaded load(std::map<std::string, std::string> files, LoadOptions options = {},
                   const std::string& main_path = "/etc/nginx/nginx.conf") {
  Loaded loaded;
  loaded.reader = MemoryFileReader(std::move(files));
  auto result = load_config(loaded.reader, main_path, std::move(options));
  EXPECT_TRUE(result.ok());
  loaded.bound = std::move(result).value();
  return loaded;
}

/// Merges `text` as the main file.
inline Loaded merged(std::string text, Version version = kNewestVersion) {
  Loaded loaded = load({{"/etc/nginx/nginx.conf", std::move(text)}});
  loaded.config = merge(*loaded.bound, version);
  return loaded;
}

/// Merges `text` as the contents of `http`.
inline Loaded merged_http(const std::string& text, Version version = kNewestVersion) {
  return merged("events {}\nhttp {\n" + text + "\n}\n", version);
}

/// The location that shows as `display`; a failed test and the first location if there is none.
inline const Location& location(const Loaded& loaded, std::string_view display) {
  for (const Location& candidate : loaded.config->locations()) {
    if (candidate.display() == display) return candidate;
  }
  ADD_FAILURE() << "no location " << display;
  return loaded.config->locations().front();
}

inline int count_rule(const std::vector<Diagnostic>& diagnostics, std::string_view rule) {
  int count = 0;
  for (const Diagnostic& diagnostic : diagnostics) count += diagnostic.rule == rule;
  return count;
}

}  // namespace poolproof::testing
