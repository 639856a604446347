// The PEG library's own analysis, and the property that holds for every input: no byte is lost.
#include "grammar/syntax/grammar.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/grammar/syntax/parsed.h"

namespace poolproof {
namespace {

TEST(Grammar, HasNoRuleThatLoopsWithoutProgress) {
  EXPECT_EQ(analyze_grammar(), 0u);
}

TEST(Grammar, KnowsLuaBlocksByTheirName) {
  EXPECT_TRUE(names_lua_block("content_by_lua_block"));
  EXPECT_FALSE(names_lua_block("content_by_lua"));
  EXPECT_FALSE(names_lua_block("by_lua_blocks"));
}

std::string random_text(std::mt19937& random) {
  static const char* const kPieces[] = {"a",
                                        "server",
                                        " ",
                                        "\n",
                                        "\r\n",
                                        "\t",
                                        ";",
                                        "{",
                                        "}",
                                        "\"",
                                        "'",
                                        "\\",
                                        "#",
                                        "$",
                                        "${",
                                        ")",
                                        "[[",
                                        "]]",
                                        "--",
                                        "=",
                                        "content_by_lua_block {",
                                        "location / {",
                                        "\xff",
                                        "\xef\xbb\xbf",
                                        "x y;",
                                        "'a'"};
  std::string text;
  const std::size_t size = random() % 60;
  for (std::size_t i = 0; i < size; ++i) {
    text += random() % 20 == 0 ? std::string(1, static_cast<char>(random() % 256))
                               : std::string(kPieces[random() % std::size(kPieces)]);
  }
  return text;
}

TEST(Grammar, LosesNothingOfRandomText) {
  std::mt19937 random(11);
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = random_text(random);
    ASSERT_EQ(Parsed(text).broken(), "") << text;
  }
}

/// The examples and the rules' pages, and the folder that POOLPROOF_CORPUS names.
std::vector<std::string> real_files() {
  std::vector<std::string> folders{POOLPROOF_SOURCE_DIR "/examples",
                                   POOLPROOF_SOURCE_DIR "/lint/rules"};
  if (const char* const named = std::getenv("POOLPROOF_CORPUS")) folders.emplace_back(named);
  std::vector<std::string> texts;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  return texts;
}

void mutate(std::mt19937& random, std::string& text) {
  static constexpr char kCharacters[] = ";{}\"'#\\ \n$\0\xff";
  for (int i = 0; i < 3 && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    const char c = kCharacters[random() % (sizeof(kCharacters) - 1)];
    switch (random() % 3) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      default:
        text.erase(at, 1 + random() % 5);
    }
  }
}

TEST(Grammar, LosesNothingOfRealFilesAndTheirMutations) {
  std::mt19937 random(12);
  std::vector<std::string> texts = real_files();
  EXPECT_GT(texts.size(), 100u);
  for (std::string& text : texts) {
    ASSERT_EQ(Parsed(text).broken(), "");
    for (int i = 0; i < 2 && text.size() < 50'000; ++i) {
      mutate(random, text);
      ASSERT_EQ(Parsed(text).broken(), "") << text;
    }
  }
}

// Each of these made some simpler grammar quadratic; the sizes make that take minutes.
TEST(Grammar, IsLinearOnHostileInput) {
  constexpr std::size_t kSize = 200'000;
  const auto repeat = [](const std::string& piece) {
    std::string text;
    text.reserve(kSize + piece.size());
    while (text.size() < kSize) text += piece;
    return text;
  };
  const std::string lua = "a_by_lua_block {";
  for (const std::string& text :
       {repeat("\""), repeat("\" \\"), "\"" + repeat("\\\" "), repeat("'\n\"\n"), repeat("{"),
        repeat("}"), repeat("${"), repeat("a \" "), lua + repeat("[["), lua + repeat("[=["),
        lua + repeat("--[["), lua + repeat("{"), lua + "\"" + repeat(" \\\""),
        lua + "[" + repeat("="), lua + repeat("-- \""), "\"" + repeat(" ") + "x", repeat("\"\"a"),
        repeat("\"x\ny\"z'")}) {
    ASSERT_EQ(Parsed(text).broken(), "");
  }
}

}  // namespace
}  // namespace poolproof
