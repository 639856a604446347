// Lines of a Caddyfile with their indentation.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace poolproof::translate::caddy {

class Lines {
 public:
  void add(std::string text) { lines_.push_back({depth_, std::move(text)}); }
  /// "route @a" for "route @a {"; nothing for a brace alone.
  void open(const std::string& head) {
    add(head.empty() ? "{" : head + " {");
    ++depth_;
  }
  void close() {
    --depth_;
    add("}");
  }
  void append(const Lines& other) {
    for (const Line& line : other.lines_) lines_.push_back({depth_ + line.depth, line.text});
  }
  bool empty() const { return lines_.empty(); }
  /// Each line with its end.
  std::string text() const {
    std::string out;
    for (const Line& line : lines_) {
      out.append(static_cast<std::size_t>(line.depth) * 4, ' ').append(line.text) += '\n';
    }
    return out;
  }

 private:
  struct Line {
    int depth = 0;
    std::string text;
  };
  std::vector<Line> lines_;
  int depth_ = 0;
};

}  // namespace poolproof::translate::caddy
