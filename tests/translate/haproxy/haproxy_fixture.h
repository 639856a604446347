// Shared by the tests of this target: a translation of the contents of `http`.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/translate/location_of.h"

namespace poolproof::testing {

inline Said to_haproxy(const std::string& http, Version version = kOldNginx) {
  return translated_by(translate::to_haproxy, http, version);
}

inline Said location_to_haproxy(const std::string& inside, const std::string& upstream = "",
                                Version version = kOldNginx) {
  return to_haproxy(around_location(inside, upstream), version);
}

}  // namespace poolproof::testing
