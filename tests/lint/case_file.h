// Case files of the rules (tests/lint/<rule>.md) and the rules' docs, read and written back as
// text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace poolproof::test {

/// A fenced block: ```kind path
struct Fence {
  std::string kind;  // "nginx", "diagnostics", "fixed", "fixed-unsafe", "target"
  std::string path;  // of an included file, relative to the main file; empty for the main file
  std::string text;
};

/// What stands under one `## title`.
struct Case {
  std::string title;
  std::string prose;  // between the title and the first fence
  std::vector<Fence> fences;

  const Fence* find(std::string_view kind, std::string_view path = "") const;
};

struct CaseFile {
  std::string head;  // before the first `## `
  std::vector<Case> cases;
};

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);
CaseFile parse_cases(const std::string& text);
std::string to_text(const CaseFile& file);

}  // namespace poolproof::test
