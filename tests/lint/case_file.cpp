// See case_file.h.
#include "tests/lint/case_file.h"

#include <fstream>
#include <sstream>

namespace poolproof::test {

const Fence* Case::find(std::string_view kind, std::string_view path) const {
  for (const Fence& fence : fences) {
    if (fence.kind == kind && fence.path == path) return &fence;
  }
  return nullptr;
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

CaseFile parse_cases(const std::string& text) {
  CaseFile file;
  std::istringstream in(text);
  std::string line;
  Fence* open = nullptr;
  while (std::getline(in, line)) {
    if (open) {
      if (line == "```") {
        open = nullptr;
      } else {
        open->text += line + "\n";
      }
    } else if (line.starts_with("## ")) {
      file.cases.push_back({line.substr(3), "", {}});
    } else if (line.starts_with("```") && !file.cases.empty()) {
      const std::size_t blank = line.find(' ');
      file.cases.back().fences.push_back(
          {line.substr(3, blank == std::string::npos ? blank : blank - 3),
           blank == std::string::npos ? "" : line.substr(blank + 1), ""});
      open = &file.cases.back().fences.back();
    } else if (file.cases.empty()) {
      file.head += line + "\n";
    } else if (!line.empty()) {
      file.cases.back().prose += line + "\n";
    }
  }
  return file;
}

std::string to_text(const CaseFile& file) {
  std::string out = file.head;
  while (out.ends_with("\n\n")) out.pop_back();
  for (const Case& one : file.cases) {
    out += "\n## " + one.title + "\n";
    if (!one.prose.empty()) out += "\n" + one.prose;
    for (const Fence& fence : one.fences) {
      out += "\n```" + fence.kind + (fence.path.empty() ? "" : " " + fence.path) + "\n";
      out += fence.text + "```\n";
    }
  }
  return out;
}

}  // namespace poolproof::test
