// Blocks of whole lines, plain and gzip.
#include "cli/log_input.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

namespace poolproof::cli {
namespace {

using testing::HasSubstr;

class LogInputTest : public testing::Test {
 protected:
  LogInputTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("poolproof-log-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~LogInputTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& bytes) const {
    const auto path = folder_ / "a.log";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  static std::string packed(const std::string& text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }

  /// All of a log; the message of the Error behind a bar if there is one.
  static std::string all(const std::string& path) {
    auto input = LogInput::open(path);
    if (!input) return "|" + input.error().message;
    std::string out;
    for (;;) {
      const auto block = input.value().next();
      if (!block) return out + "|" + block.error().message;
      if (block.value().empty()) return out;
      out += block.value();
    }
  }

  std::filesystem::path folder_;
};

TEST_F(LogInputTest, PlainBytesAsTheyAre) {
  for (const char* text : {"", "a", "a\n", "a\nb", "\n\n", "\x1f", "\x1f\x8c rest\n"}) {
    EXPECT_EQ(all(write(text)), text);
  }
}

TEST_F(LogInputTest, BlocksEndBehindALineBreak) {
  std::string text;
  while (text.size() < 3 * LogInput::kBlockSize) text += std::string(text.size() % 701, 'x') + "\n";
  const std::string path = write(text);
  EXPECT_EQ(all(path), text);
  auto input = LogInput::open(path);
  ASSERT_TRUE(input.ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(input.value().next().value().back(), '\n');
}

TEST_F(LogInputTest, ALineThatIsTooLongComesInPieces) {
  const std::string text = std::string(3 * LogInput::kBlockSize, 'x') + "\nend\n";
  EXPECT_EQ(all(write(text)), text);
}

TEST_F(LogInputTest, Gzip) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "line " + std::to_string(i) + "\n";
  EXPECT_EQ(all(write(packed(text))), text);
  EXPECT_EQ(all(write(packed(text) + packed("more\n"))), text + "more\n");
  EXPECT_EQ(all(write(packed(""))), "");
}

TEST_F(LogInputTest, GzipThatIsTornOrDamagedGivesWhatCameBefore) {
  const std::string text(1'000'000, 'x');
  const std::string whole = packed(text + "\n");
  EXPECT_THAT(all(write(whole.substr(0, whole.size() - 20))), HasSubstr("|the gzip data ends"));
  std::string damaged = whole + "not gzip";
  EXPECT_THAT(all(write(damaged)), HasSubstr("|the gzip data is damaged"));
}

TEST_F(LogInputTest, WhatIsNoLog) {
  EXPECT_THAT(all(folder_ / "missing"), HasSubstr("|No such file"));
  EXPECT_THAT(all(folder_), HasSubstr("|is a folder"));
  EXPECT_THAT(all(write("\x28\xb5\x2f\xfd....")), HasSubstr("zstd"));
  EXPECT_THAT(all(write("BZh9....")), HasSubstr("bzip2"));
}

}  // namespace
}  // namespace poolproof::cli
