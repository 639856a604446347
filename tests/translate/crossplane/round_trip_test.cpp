// nginx -> JSON -> nginx keeps the meaning: over the examples, the cases of the rules, other test
// data, and a corpus: the folder that POOLPROOF_CORPUS names.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/translate/crossplane/crossplane_fixture.h"
#include "translate/crossplane/words.h"

namespace poolproof::translate::crossplane::testing {
namespace {

namespace fs = std::filesystem;

constexpr PayloadOptions kEverything{.comments = Comments::kKept};

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// Every configuration of a folder: *.conf, and what stands in fenced blocks of *.md.
std::vector<std::pair<std::string, std::string>> configurations(const fs::path& folder) {
  std::vector<std::pair<std::string, std::string>> found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (entry.path().extension() == ".conf") {
      found.emplace_back(entry.path(), read_file(entry.path()));
    }
    if (entry.path().extension() != ".md") continue;
    const std::string text = read_file(entry.path());
    for (std::size_t at = text.find("```nginx\n"); at != std::string::npos;
         at = text.find("```nginx\n", at + 9)) {
      const std::size_t end = text.find("\n```", at + 9);
      if (end == std::string::npos) break;
      found.emplace_back(entry.path().string() + ".conf", text.substr(at + 9, end - at - 8));
    }
  }
  return found;
}

/// A statement's words as nginx reads them; those of a condition without their parentheses.
std::vector<std::string> meaning(const SyntaxTree& tree, NodeId node) {
  std::vector<std::string> words;
  for (const Word& word : tree.words(node)) words.emplace_back(word.value);
  if (!words.empty() && words[0] == "if" && tree.node(node).kind == NodeKind::kBlock) {
    words.erase(words.begin());
    take_parentheses(words);
    words.insert(words.begin(), "if");
  }
  if (tree.node(node).kind == NodeKind::kLuaBlock) {
    const std::string_view all = tree.text().substr(0, tree.span(node).end);
    words.emplace_back(all.substr(tree.head_span(node).end));
  }
  words.emplace_back(tree.node(node).kind == NodeKind::kSimple ? ";" : "{");
  return words;
}

void expect_same_meaning(const SyntaxTree& before, const SyntaxTree& after) {
  ASSERT_EQ(before.nodes().size(), after.nodes().size());
  for (NodeId id = 1; id < before.nodes().size(); ++id) {
    ASSERT_EQ(meaning(before, id), meaning(after, id));
    ASSERT_EQ(before.node(id).parent, after.node(id).parent);
  }
}

void drop_lines(ordered_json& value) {
  if (value.is_object()) value.erase("line");
  if (!value.is_structured()) return;
  for (auto& inner : value) drop_lines(inner);
}

/// Comments between arguments and behind the last statement of a line go to other lines, so lines
/// are left out of the comparison.
std::string without_lines(ordered_json statements) {
  drop_lines(statements);
  return to_text(statements, 1);
}

const SyntaxTree* tree_of(const BoundConfig& config, const std::string& path) {
  for (const LoadedFile& file : config.files()) {
    if (config.sources()[file.id].path() == path) return &file.tree;
  }
  return nullptr;
}

class RoundTrip : public ::testing::Test {
 protected:
  void check(const BoundConfig& before) {
    const ordered_json made = payload(before, kEverything);
    const auto built = build_text(to_text(made));
    ASSERT_TRUE(built.ok()) << built.error().message;

    MemoryFileReader reader;
    for (const BuiltFile& file : built.value()) reader.add("/" + file.path, file.text);
    LoadOptions options;
    options.allow_snippet = before.is_snippet();
    const std::string main_path = "/" + built.value()[0].path;
    // Includes of a fragment begin at the nearest folder with an nginx.conf.
    for (fs::path at = fs::path(main_path).parent_path(); at != "/"; at = at.parent_path()) {
      const std::string main_of_folder = at / "nginx.conf";
      if (before.is_snippet() && fs::exists(main_of_folder) && !reader.read(main_of_folder)) {
        reader.add(main_of_folder, "");
      }
    }
    const auto after = load_config(reader, main_path, options);
    ASSERT_TRUE(after.ok());
    const ordered_json again = payload(*after.value(), kEverything);

    ASSERT_EQ(made["config"].size(), again["config"].size());
    for (std::size_t i = 0; i < made["config"].size(); ++i) {
      const auto& file = made["config"][i];
      ASSERT_EQ(without_lines(file["parsed"]), without_lines(again["config"][i]["parsed"]));
      if (file["status"] != "ok") continue;
      const SyntaxTree* from = tree_of(before, file["file"]);
      const SyntaxTree* to = tree_of(*after.value(), again["config"][i]["file"]);
      if (from == nullptr || to == nullptr) continue;  // a second name of a file
      ASSERT_TRUE(from->errors().empty()) << from->errors()[0].message;
      expect_same_meaning(*from, *to);
      ++files_;
    }
  }

  void check_folder(const fs::path& folder) {
    DiskFileReader reader;
    for (const auto& [path, text] : configurations(folder)) {
      SCOPED_TRACE(path);
      const auto bound = load_config_text(reader, fs::absolute(path).lexically_normal(), text, {});
      check(*bound);
      if (HasFatalFailure()) return;
    }
  }

  int files_ = 0;  // compared word by word
};

const fs::path kRoot = POOLPROOF_SOURCE_DIR;

TEST_F(RoundTrip, Examples) {
  check_folder(kRoot / "examples");
  EXPECT_GT(files_, 8);
}

TEST_F(RoundTrip, CasesOfTheRules) {
  check_folder(kRoot / "tests" / "lint");
  check_folder(kRoot / "lint" / "rules");
  EXPECT_GT(files_, 300);
}

TEST_F(RoundTrip, TestData) {
  check_folder(kRoot / "tests" / "data");
}

TEST_F(RoundTrip, Corpus) {
  const char* const named = std::getenv("POOLPROOF_CORPUS");
  if (named == nullptr) GTEST_SKIP() << "POOLPROOF_CORPUS names no folder";
  check_folder(named);
  EXPECT_GT(files_, 200);
}

TEST_F(RoundTrip, SmallThings) {
  for (const std::string text : {
           "map $a $b {\n  \"\" 1;\n  'it''s' 2;\n}\n",
           "events {}\nhttp { map $a $b { \"\" 1; \"}\" 2; '\\'' 3; \"#\" 4; ~^a{2}$ 5; "
           "\"~^a{2}$\" "
           "6; } }\n",
           "user #a\n x #b\n; #c\nevents #d\n{ #e\n #f\n} #g\n",
           "events {} # a\n# b\nuser x; # c\n",
           "events {}\nhttp { server { if ( \"a b\" = $x ) { return 200 \"a\\\"b\\\\n\"; } } }\n",
           "events {}\nhttp { server { if ($a = \"b )\") { } if (\"$a\" = b) { } } }\n",
           "events {}\nhttp { log_format x '$a \"$b\"' \"it's\" '\\'\\\\' \"a\nb\"; }\n",
           "events {}\nhttp { server { set $a ${b}c; set $a \"${b} c\"; set $a a\\ b\\;; set $a $; "
           "} }\n",
           "events {}\nhttp { init_by_lua_block { a = {\"}\", [[ } ]]} -- }\n } }\n",
           "user \"\xff\x80\xd1\x84\";\nevents {}\n",
           "",
           "\n\n",
           "# only\n",
       }) {
    SCOPED_TRACE(text);
    MemoryFileReader reader;
    check(*load_config_text(reader, kMain, text, {}));
  }
}

/// Good configurations with some bytes changed: what is not told as an error comes back.
TEST_F(RoundTrip, DamagedFiles) {
  static constexpr std::string_view kDamage = "{};\"'#\\$() \n\xff";
  const auto all = configurations(kRoot / "tests" / "lint");
  std::uint32_t state = 7;
  const auto next = [&state](std::size_t bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % static_cast<std::uint32_t>(bound);
  };
  for (int round = 0; round < 6000; ++round) {
    std::string text = all[next(all.size())].second;
    for (std::uint32_t n = next(3); !text.empty() && n > 0; --n) {
      text[next(text.size())] = kDamage[next(kDamage.size())];
    }
    SCOPED_TRACE(text);
    MemoryFileReader reader;
    check(*load_config_text(reader, kMain, text, {}));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(files_, 1000);
}

/// Payloads with some bytes changed: each is refused, or makes files without a syntax error.
TEST_F(RoundTrip, DamagedPayloads) {
  const std::string text =
      "events {}\nhttp { # c\n server { if ($a = \"b c\") { set $x '\\'{'; } } init_by_lua_block { "
      "a = "
      "{} }\n map $a $b { \"\" \"\\\"}\"; } }\n";
  MemoryFileReader reader;
  const std::string whole =
      to_text(payload(*load_config_text(reader, kMain, text, {}), kEverything));
  std::uint32_t state = 3;
  const auto next = [&state](std::size_t bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % static_cast<std::uint32_t>(bound);
  };
  int built_files = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string damaged = whole;
    for (std::uint32_t n = next(3) + 1; n > 0; --n) {
      damaged[next(damaged.size())] = "{}[]\",:\\ #;'$(n0"[next(17)];
    }
    const auto files = build_text(damaged);
    if (!files.ok()) continue;
    for (const BuiltFile& file : files.value()) {
      SourceMap sources;
      const SyntaxTree tree = parse(sources, sources.add("x", file.text));
      ASSERT_TRUE(tree.errors().empty()) << tree.errors()[0].message << "\n" << file.text;
      ++built_files;
    }
  }
  EXPECT_GT(built_files, 1000);
}

/// Words that may be anything.
TEST_F(RoundTrip, RandomWords) {
  static constexpr std::string_view kPieces[] = {"a",  " ",    "\\", "\"", "'",   "{",
                                                 "}",  ";",    "#",  "$",  "(",   ")",
                                                 "\n", "${x}", "\t", "\r", "\xff"};
  std::uint32_t state = 1;
  const auto next = [&state](std::uint32_t bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % bound;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string_view quote = next(2) == 0 ? "" : next(2) == 0 ? "\"" : "'";
    std::string text = next(2) == 0 ? "events {}\nuser " : "events {}\na {} a { x ";
    text += quote;
    for (std::uint32_t n = next(5); n > 0; --n) text += kPieces[next(std::size(kPieces))];
    text += quote;
    text += text.find(" a ") == std::string::npos ? ";\n" : ";}\n";
    SCOPED_TRACE(text);
    MemoryFileReader reader;
    check(*load_config_text(reader, kMain, text, {}));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(files_, 3000);
}

}  // namespace
}  // namespace poolproof::translate::crossplane::testing
