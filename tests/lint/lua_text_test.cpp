// What is code in Lua and what is not.
#include "lint/lua_text.h"

#include <string>

#include <gtest/gtest.h>

namespace poolproof::lint {
namespace {

bool named(std::string_view code) {
  return is_named_in_lua(code, "enable_keepalive");
}

TEST(LuaText, ACallIsCode) {
  EXPECT_TRUE(named("b.enable_keepalive(60, 100)"));
  EXPECT_TRUE(named("local f = require('ngx.balancer').enable_keepalive"));
  EXPECT_TRUE(named("enable_keepalive"));
}

TEST(LuaText, AnotherWordIsNot) {
  EXPECT_FALSE(named("b.enable_keepalive_later()"));
  EXPECT_FALSE(named("not_enable_keepalive()"));
  EXPECT_FALSE(named(""));
}

TEST(LuaText, CommentsAreNoCode) {
  EXPECT_FALSE(named("x() -- b.enable_keepalive()"));
  EXPECT_FALSE(named("--[[ b.enable_keepalive()\n still a comment ]] x()"));
  EXPECT_FALSE(named("--[==[ ]] b.enable_keepalive() ]==] x()"));
  EXPECT_FALSE(named("--"));
  EXPECT_FALSE(named("--[[ not closed enable_keepalive"));
}

TEST(LuaText, CodeGoesOnBehindAComment) {
  EXPECT_TRUE(named("-- first\nb.enable_keepalive()"));
  EXPECT_TRUE(named("--[[ a ]] b.enable_keepalive()"));
  EXPECT_TRUE(named("--[ one line\nb.enable_keepalive()"));
}

TEST(LuaText, StringsAreNoCode) {
  EXPECT_FALSE(named("log('enable_keepalive')"));
  EXPECT_FALSE(named("log(\"a \\\" enable_keepalive\")"));
  EXPECT_FALSE(named("log([[ enable_keepalive ]])"));
  EXPECT_TRUE(named("log('--') b.enable_keepalive()"));
  EXPECT_TRUE(named("t[k[1]] = b.enable_keepalive()"));
  EXPECT_FALSE(named("log('not closed enable_keepalive"));
}

}  // namespace
}  // namespace poolproof::lint
