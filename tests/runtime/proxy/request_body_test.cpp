// Bodies in memory and in a file.
#include "runtime/proxy/request_body.h"

#include <gtest/gtest.h>

#include <string>

namespace poolproof::runtime {
namespace {

std::string take_all(RequestBody& body) {
  std::string all;
  while (!body.all_taken()) {
    const std::string_view piece = body.take_piece();
    if (piece.empty()) break;
    all += piece;
  }
  return all;
}

TEST(RequestBody, TakesItsLengthAndNoMore) {
  RequestBody body;
  body.start(5, false, 16384);
  std::string bytes = "helloNEXT";
  const auto fed = body.feed(bytes);
  EXPECT_EQ(fed.body, "hello");
  EXPECT_EQ(fed.consumed, 5u);
  EXPECT_TRUE(body.is_complete());
}

TEST(RequestBody, CanBeSentAgain) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{300'000}}) {
    RequestBody body;
    body.start(static_cast<std::int64_t>(size), false, 16384);
    std::string sent;
    for (std::size_t at = 0; at < size; at += 1000) {
      const std::string part(std::min<std::size_t>(1000, size - at),
                             static_cast<char>('a' + at / 1000 % 26));
      ASSERT_TRUE(body.store(part));
      sent += part;
    }
    EXPECT_EQ(body.in_memory(), size < 16384);
    EXPECT_EQ(take_all(body), sent);
    body.rewind();
    EXPECT_EQ(take_all(body), sent);
  }
}

TEST(RequestBody, NoBodyIsCompleteAtOnce) {
  RequestBody body;
  body.start(-1, false, 16384);
  EXPECT_TRUE(body.is_complete());
  body.start(-1, true, 16384);
  EXPECT_FALSE(body.is_complete());
}

}  // namespace
}  // namespace poolproof::runtime
