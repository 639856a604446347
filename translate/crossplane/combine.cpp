// A walk over the lists of the files with a stack of its own: files nest as deep as input says.
#include "translate/crossplane/combine.h"

#include <fmt/format.h>

namespace poolproof::translate::crossplane {
namespace {

using nlohmann::ordered_json;
using List = std::vector<ordered_json>;

class Combiner {
 public:
  Combiner(const std::vector<FileStatements>& files, std::vector<FoundError>& errors)
      : files_(files), errors_(errors), is_open_(files.size(), false) {}

  List combine() {
    blocks_.emplace_back();
    push_file(0, nullptr);
    while (!reading_.empty()) step();
    return std::move(blocks_.front().made);
  }

 private:
  static constexpr std::size_t kNoFile = static_cast<std::size_t>(-1);

  /// A list that is being read: a file's, or a block's.
  struct Reading {
    const List* list;
    std::size_t next = 0;
    std::size_t file = kNoFile;
    const ordered_json* include = nullptr;  // what named the file
    bool has_begun = false;
  };

  /// A block that is being made; the first is the top level.
  struct Block {
    ordered_json statement;
    List made;
  };

  void push_file(std::size_t file, const ordered_json* include) {
    reading_.push_back({.list = &files_[file].parsed, .file = file, .include = include});
  }

  void step() {
    Reading& top = reading_.back();
    if (top.file != kNoFile && !top.has_begun && !begin_file(top)) {
      reading_.pop_back();
    } else if (top.next == top.list->size()) {
      end(top);
    } else {
      take((*top.list)[top.next++]);
    }
  }

  bool begin_file(Reading& reading) {
    if (is_open_[reading.file]) {
      add_error("configs contain include cycle", *reading.include);
      return false;
    }
    reading.has_begun = is_open_[reading.file] = true;
    return true;
  }

  void end(const Reading& done) {
    if (done.file != kNoFile) {
      is_open_[done.file] = false;
    } else {
      Block block = std::move(blocks_.back());
      blocks_.pop_back();
      block.statement["block"] = std::move(block.made);
      blocks_.back().made.push_back(std::move(block.statement));
    }
    reading_.pop_back();
  }

  void take(const ordered_json& statement) {
    if (taken_ == kMaxCombined) {
      if (!is_full_) {
        add_error(fmt::format("more than {} statements", kMaxCombined), statement);
      }
      is_full_ = true;
      return;
    }
    ++taken_;
    if (const auto includes = statement.find("includes"); includes != statement.end()) {
      for (auto at = includes->rbegin(); at != includes->rend(); ++at) {
        push_file(at->get<std::size_t>(), &statement);
      }
      return;
    }
    const auto block = statement.find("block");
    if (block == statement.end()) return blocks_.back().made.push_back(statement);
    ordered_json head;
    for (const auto& [key, value] : statement.items()) {
      if (key != "block") head[key] = value;
    }
    blocks_.push_back({std::move(head), {}});
    reading_.push_back({.list = &block->get_ref<const List&>()});
  }

  void add_error(std::string_view message, const ordered_json& statement) {
    const auto line = statement["line"].get<std::uint32_t>();
    errors_.push_back(
        {fmt::format("{} in {}:{}", message, statement["file"].get_ref<const std::string&>(), line),
         line});
  }

  const std::vector<FileStatements>& files_;
  std::vector<FoundError>& errors_;
  std::vector<bool> is_open_;
  std::vector<Reading> reading_;
  std::vector<Block> blocks_;
  std::size_t taken_ = 0;
  bool is_full_ = false;
};

}  // namespace

List combine(const std::vector<FileStatements>& files, std::vector<FoundError>& errors) {
  return Combiner(files, errors).combine();
}

}  // namespace poolproof::translate::crossplane
