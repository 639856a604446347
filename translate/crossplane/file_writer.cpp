// One statement on each line, a comment at the end of the line it came from. A loop over a stack of
// its own: depth comes from input. Nothing of a payload is believed before it is looked at.
#include "translate/crossplane/file_writer.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "grammar/syntax/syntax_tree.h"
#include "translate/crossplane/words.h"

namespace poolproof::translate::crossplane {
namespace {

using nlohmann::json;

/// Deeper blocks are indented no further: 400,000 lines at depth 1,000 would be gigabytes of
/// blanks.
constexpr std::size_t kMaxMargin = 50;

/// The member, or null where there is none or it is null.
const json* member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool holds_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

/// Would nginx's Lua module, and we, find the end of the block where `text` ends?
bool is_whole_lua(std::string_view text) {
  SourceMap sources;
  const FileId file = sources.add({}, fmt::format("x_by_lua_block {{{}}}", text));
  const SyntaxTree tree = parse(sources, file);
  return tree.errors().empty() && tree.nodes().size() == 2 &&
         tree.node(1).kind == NodeKind::kLuaBlock &&
         tree.node(1).close_brace + 1 == tree.tokens().size();
}

class FileWriter {
 public:
  FileWriter(const std::string& place, const BuildOptions& options)
      : place_(place),
        padding_(options.indentation == Indentation::kTabs ? std::string("\t")
                                                           : std::string(options.blanks, ' ')) {}

  Result<std::string> write(const json& parsed) {
    open(parsed, std::nullopt);
    while (!blocks_.empty() && error_.empty()) step();
    if (!error_.empty()) return Error{error_};
    out_ += '\n';
    return std::move(out_);
  }

 private:
  using Line = std::optional<std::int64_t>;

  struct Block {
    const json* list;
    std::size_t next = 0;
    Line last_line;  // of what was written last
  };

  void open(const json& list, Line line) {
    if (!list.is_array()) return fail("is not a list");
    if (blocks_.size() > kMaxDepth) return fail(fmt::format("is nested deeper than {}", kMaxDepth));
    blocks_.push_back({&list, 0, line});
  }

  void step() {
    Block& top = blocks_.back();
    if (top.next == top.list->size()) return close();
    const json& statement = (*top.list)[top.next++];
    if (!statement.is_object()) return fail("is not an object");
    const json* name = member(statement, "directive");
    if (name == nullptr || !name->is_string()) return fail("has no \"directive\" that is a string");
    const Line line = line_of(statement);
    if (!error_.empty()) return;
    const auto& text = name->get_ref<const std::string&>();
    if (text == "#" && statement.contains("comment")) return write_comment(statement, line);
    write_statement(text, statement, line);
  }

  void close() {
    blocks_.pop_back();
    if (blocks_.empty()) return;
    begin_line();
    out_ += '}';
    line_has_comment_ = false;
  }

  Line line_of(const json& statement) {
    const json* line = member(statement, "line");
    if (line == nullptr) return std::nullopt;
    if (!line->is_number_integer()) fail("has a \"line\" that is not a whole number");
    return line->is_number_integer() ? Line(line->get<std::int64_t>()) : std::nullopt;
  }

  void write_comment(const json& statement, Line line) {
    if (!statement["comment"].is_string()) return fail("has a \"comment\" that is not a string");
    Block& block = blocks_.back();
    // Two comments on one line would be one.
    const bool joins = line && line == block.last_line && !line_has_comment_;
    if (!joins) begin_line();
    out_ += joins ? " #" : "#";
    for (const char c : statement["comment"].get_ref<const std::string&>()) {
      if (c == '\n') begin_line();
      out_ += c == '\n' ? '#' : c;
    }
    line_has_comment_ = true;
    block.last_line = line;
  }

  void write_statement(const std::string& name, const json& statement, Line line) {
    const json* args = member(statement, "args");
    if (args == nullptr || !args->is_array()) return fail("has no \"args\" that is a list");
    if (holds_nul(name))
      return fail("has a NUL in its \"directive\", where nginx would end the word");
    for (std::size_t i = 0; i < args->size(); ++i) {
      if (!(*args)[i].is_string()) return fail(fmt::format("has args[{}] that is not a string", i));
      if (holds_nul((*args)[i].get_ref<const std::string&>())) {
        return fail(fmt::format("has a NUL in args[{}], where nginx would end the word", i));
      }
    }
    const json* block = member(statement, "block");
    begin_line();
    line_has_comment_ = false;
    blocks_.back().last_line = line;
    const std::string written_name = written_word(name);
    if (names_lua_text(name) && written_name == name && (block != nullptr || !args->empty())) {
      if (block != nullptr) return fail("has a block; Lua text is its last argument");
      return write_lua(name, *args);
    }
    out_ += written_name;
    if (name == "if" && block != nullptr) {
      write_condition(*args);
    } else {
      write_words(*args, args->size());
    }
    out_ += block == nullptr ? ";" : " {";
    if (block != nullptr) open(*block, line);
  }

  void write_words(const json& args, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      out_ += ' ';
      out_ += written_word(args[i].get_ref<const std::string&>());
    }
  }

  void write_condition(const json& args) {
    const std::size_t begin = out_.size();
    write_words(args, args.size());
    // nginx reads a quote right after the parenthesis as part of a word without quotes.
    const bool is_quoted =
        begin + 1 < out_.size() && (out_[begin + 1] == '"' || out_[begin + 1] == '\'');
    if (begin == out_.size()) out_ += ' ';
    out_.insert(begin + 1, is_quoted ? "( " : "(");
    out_ += ')';
  }

  void write_lua(const std::string& name, const json& args) {
    const auto& text = args.back().get_ref<const std::string&>();
    if (!is_whole_lua(text)) return fail("has Lua text whose braces or quotes are not closed");
    out_ += name;
    write_words(args, args.size() - 1);
    out_ += " {";
    out_ += text;
    out_ += '}';
  }

  void begin_line() {
    if (!out_.empty()) out_ += '\n';
    const std::size_t depth = std::min(blocks_.size() - 1, kMaxMargin);
    for (std::size_t i = 0; i < depth; ++i) out_ += padding_;
  }

  void fail(std::string_view what) {
    std::string where = place_;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      where += fmt::format("{}[{}]", i == 0 ? "" : ".block", blocks_[i].next - 1);
    }
    error_ = fmt::format("{} {}", where, what);
  }

  const std::string& place_;
  std::string padding_;
  std::string out_;
  std::string error_;
  std::vector<Block> blocks_;
  bool line_has_comment_ = false;
};

}  // namespace

Result<std::string> write_statements(const json& parsed, const std::string& place,
                                     const BuildOptions& options) {
  return FileWriter(place, options).write(parsed);
}

}  // namespace poolproof::translate::crossplane
