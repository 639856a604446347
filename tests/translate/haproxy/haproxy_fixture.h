// Shared by the tests of this target: a translation of the contents of `http`.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"
#include "tests/translate/said.h"
#include "translate/targets.h"

namespace poolproof::testing {

inline Said to_haproxy(const std::string& http, Version version = kOldNginx) {
  const Loaded loaded = merged_http(http, version);
  translate::Translation translation = translate::to_haproxy(*loaded.config);
  return {translation.files.front().text, std::move(translation.diagnostics)};
}

/// The contents of one location that is passed to, in a server of its own.
inline Said location_to_haproxy(const std::string& inside, const std::string& upstream = "",
                                Version version = kOldNginx) {
  return to_haproxy("upstream app { server 127.0.0.1:9001; " + upstream +
                        " }\nserver { listen 8080; server_name a.test; location / { " + inside +
                        " } }",
                    version);
}

}  // namespace poolproof::testing
