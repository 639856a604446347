// Cookies as nginx 1.22.1 reads them; what is expected was seen beside it (wire_headers.py).
#include "runtime/variables_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace poolproof::runtime {
namespace {

struct CookieCase {
  std::string_view header, name, expected;
};

TEST(CookieValue, IsReadAsNginxReadsIt) {
  const CookieCase cases[] = {{"a=1; b=2", "b", "2"},  {"a=1;b=2", "b", "2"},
                              {"A=1", "a", "1"},       {"a = 1; b=2", "a", "1"},
                              {"a=1, b=2", "b", "2"},  {"a=1, b=2", "a", "1, b=2"},
                              {"xa=1; a=2", "a", "2"}, {"a=1=2", "a", "1=2"}};
  for (const CookieCase& each : cases) {
    const std::vector<HeaderLine> lines{{"Cookie", each.header}};
    EXPECT_EQ(cookie_value(lines, each.name), each.expected) << each.header;
  }
}

TEST(CookieValue, HasNoDataWhereThereIsNoSuchCookie) {
  const std::vector<HeaderLine> lines{{"Cookie", "a"}, {"Cookie", "ab=1"}};
  EXPECT_EQ(cookie_value(lines, "a").data(), nullptr);
}

TEST(SetCookieValue, IsTheFirstPairAndNoAttribute) {
  const std::vector<HeaderLine> lines{{"Set-Cookie", "a=1; path=/"}};
  EXPECT_EQ(set_cookie_value(lines, "a"), "1");
  EXPECT_EQ(set_cookie_value(lines, "path").data(), nullptr);
}

}  // namespace
}  // namespace poolproof::runtime
