// Blocks are walked with a stack of their own: their depth comes from input.
#include "translate/nginx/writer.h"

#include <algorithm>

#include <fmt/format.h>

namespace poolproof::translate::nginx {
namespace {

constexpr std::size_t kBlanks = 4;  // for each level

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view text_of(Directive at, const Token& token) {
  return at.tree().text().substr(token.begin, token.end - token.begin);
}

/// The comments on lines of their own between `token` and what stands before it; an empty one is an
/// empty line.
std::vector<std::string_view> lines_before(Directive at, std::uint32_t token) {
  std::vector<std::string_view> out;
  const auto tokens = at.tree().tokens();
  while (token > 0) {
    const Token& previous = tokens[--token];
    const std::string_view text = text_of(at, previous);
    if (previous.kind == TokenKind::kWhitespace) {
      if (std::count(text.begin(), text.end(), '\n') > 1) out.emplace_back();
      continue;
    }
    if (previous.kind != TokenKind::kComment) break;
    const bool begins_line =
        token == 0 || text_of(at, tokens[token - 1]).find('\n') != std::string_view::npos;
    if (!begins_line) break;
    out.push_back(text);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

/// A comment behind `token` on its line; empty if there is none.
std::string_view comment_behind(Directive at, std::uint32_t token) {
  const auto tokens = at.tree().tokens();
  if (token == kNoToken) return {};
  for (++token; token < tokens.size(); ++token) {
    const std::string_view text = text_of(at, tokens[token]);
    if (tokens[token].kind == TokenKind::kComment) return text;
    if (tokens[token].kind != TokenKind::kWhitespace || text.find('\n') != std::string_view::npos) {
      return {};
    }
  }
  return {};
}

class Writer {
 public:
  Writer(const BoundConfig& config, const Changes& changes) : config_(config), changes_(changes) {}

  std::string run() {
    open_.push_back(config_.root());
    Directive at = config_.root().first_child();
    while (!open_.empty()) {
      if (!at) {
        const Directive block = open_.back();
        open_.pop_back();
        end(block);
        if (!open_.empty()) at = block.next();
        continue;
      }
      if (write(at)) {
        open_.push_back(at);
        at = at.first_child();
        is_first_ = true;
        wants_empty_line_ = false;
      } else {
        at = at.next();
      }
    }
    return std::move(out_);
  }

 private:
  std::size_t depth() const { return open_.size() - 1; }

  void line(std::string_view text) {
    if (wants_empty_line_ && !is_first_) out_ += '\n';
    wants_empty_line_ = false;
    out_.append(depth() * kBlanks, ' ');
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    out_ += text;
    out_ += '\n';
    is_first_ = false;
  }

  void line_with(std::string text, std::string_view comment) {
    if (!comment.empty()) text += fmt::format("  {}", comment);
    line(text);
  }

  void write_lines(const std::vector<std::string_view>& lines) {
    for (const std::string_view text : lines) {
      if (text.empty()) {
        wants_empty_line_ = true;
      } else {
        line(text);
      }
    }
  }

  void write_before(Directive at, std::uint32_t token) {
    const auto lines = lines_before(at, token);
    if (!lines.empty() && lines.front().empty()) wants_empty_line_ = true;
    name_file(at);
    write_lines(lines);
  }

  /// Where statements of an included file begin, or go on.
  void name_file(Directive at) {
    const Directive via = at.via_include();
    if (!via || (via == named_ && at.file() == named_file_)) return;
    named_ = via;
    named_file_ = at.file();
    line(fmt::format("# from {}", file_name(config_.sources()[at.file()].path())));
  }

  /// True if `at` is a block whose statements come next.
  bool write(Directive at) {
    const Node& node = at.tree().node(at.node());
    const auto words = at.tree().words(at.node());
    if (!words.empty()) write_before(at, words.front().token);
    if (at.name() == "include" && !at.is_block()) return false;
    if (const auto dropped = changes_.dropped.find(at.id()); dropped != changes_.dropped.end()) {
      if (!dropped->second.empty()) line("# " + dropped->second);
      return false;
    }
    if (node.kind == NodeKind::kLuaBlock) {
      line(config_.sources().text(at.span()));
      return false;
    }
    const auto replaced = changes_.replaced.find(at.id());
    std::string text = replaced != changes_.replaced.end() ? replaced->second : head_text(at);
    const bool opens = node.kind == NodeKind::kBlock;
    line_with(text + (opens ? " {" : ";"), comment_behind(at, node.head_end));
    return opens;
  }

  void end(Directive block) {
    open_.push_back(block);  // its last lines are as deep as its statements
    if (const auto more = changes_.appended.find(block.id()); more != changes_.appended.end()) {
      for (const std::string& text : more->second) line(text);
    }
    if (block.is_root()) {
      write_tail();
    } else {
      write_before_brace(block);
    }
    open_.pop_back();
    if (block.is_root()) return;
    line_with("}", comment_behind(block, block.tree().node(block.node()).close_brace));
  }

  void write_before_brace(Directive block) {
    const std::uint32_t brace = block.tree().node(block.node()).close_brace;
    if (brace != kNoToken) write_lines(lines_before(block, brace));
    wants_empty_line_ = false;
  }

  /// Comments at the end of the main file.
  void write_tail() {
    const Directive root = config_.root();
    const auto end = static_cast<std::uint32_t>(root.tree().tokens().size());
    write_lines(lines_before(root, end));
  }

  const BoundConfig& config_;
  const Changes& changes_;
  std::vector<Directive> open_;  // the blocks around the statement, the root first
  Directive named_;
  FileId named_file_ = FileId::kNone;
  std::string out_;
  bool is_first_ = true;  // in its block
  bool wants_empty_line_ = false;
};

}  // namespace

std::string head_text(Directive at) {
  std::string out;
  for (const Word& word : at.tree().words(at.node())) {
    if (!out.empty()) out += ' ';
    out += at.config().sources().text(at.tree().span(word));
  }
  return out;
}

std::string place_text(Directive at) {
  const SourceMap& sources = at.config().sources();
  const SourceSpan span = at.head_span();
  return fmt::format("{}:{} ({})", file_name(sources[span.file].path()),
                     sources.position(span).line, to_string(at.context()));
}

std::string write_file(const BoundConfig& config, const Changes& changes) {
  return Writer(config, changes).run();
}

}  // namespace poolproof::translate::nginx
