// Translations of a few lines, for the tests of all targets that take a configuration alone.
#pragma once

#include <string>

#include "tests/grammar/config/config_fixture.h"
#include "tests/translate/said.h"
#include "translate/targets.h"

namespace poolproof::testing {

using Translator = translate::Translation (*)(const EffectiveConfig&);

/// The contents of `http`.
inline Said translated_by(Translator translator, const std::string& http,
                          Version version = kOldNginx) {
  const Loaded loaded = merged_http(http, version);
  translate::Translation translation = translator(*loaded.config);
  return {translation.files.front().text, std::move(translation.diagnostics)};
}

/// The contents of one location that is passed to, in a server of its own; `upstream`: what stands
/// in the group beside its server.
inline std::string around_location(const std::string& inside, const std::string& upstream) {
  return "upstream app { server 127.0.0.1:9001; " + upstream +
         " }\nserver { listen 8080; server_name a.test; location / { " + inside + " } }";
}

}  // namespace poolproof::testing
