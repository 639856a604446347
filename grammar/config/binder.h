// Walks the statements of a set of files in the order in which nginx reads them, following
// includes. Knows files and contexts; what a directive means is the catalogue's and merge()'s
// business.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof {

/// Included files nested deeper than this are not read (nginx 1.22.1 goes on until it has no more
/// descriptors, 1,024 by default).
inline constexpr std::size_t kMaxIncludeDepth = 256;
/// Blocks nested deeper than this, counted through includes, are not entered.
inline constexpr std::size_t kMaxBlockDepth = 2000;
/// More statements than this are not bound: a few files that include each other's copies many times
/// over would fill any memory.
inline constexpr std::size_t kMaxDirectives = 4'000'000;

class Binder {
 public:
  Binder(FileReader& reader, LoadOptions options);

  /// Binds `bytes` as the main file.
  std::unique_ptr<BoundConfig> bind(std::string path, std::string bytes);

 private:
  /// A list of sibling statements that is being walked.
  struct Frame {
    FileId file = FileId::kNone;
    NodeId node = kNoNode;  // the next to bind
    DirectiveId parent = 0;
    DirectiveId last = kNoDirective;  // the last one bound below `parent`
    DirectiveId via_include = kNoDirective;
    Context context = Context::kMain;
    std::size_t seen_mark = 0;    // of `overwritten_`, for blocks
    std::vector<FileId> pending;  // for an include: files that follow, last first
    bool is_include = false;
  };

  FileId add_file(std::string path, std::string bytes, std::string canonical);
  FileId open_include(Directive at, IncludedFile& wanted, bool from_pattern);
  void choose_base();
  std::string resolve(std::string_view written) const;

  void walk();
  void bind_global_directives();
  void step();
  void leave();
  DirectiveId append(Frame& frame, NodeId node, const DirectiveSpec* spec);
  void check_duplicate(DirectiveId id, const DirectiveSpec* spec);
  void enter_block(DirectiveId id, Context inner);
  void enter_include(DirectiveId id);
  std::vector<FileId> files_of(Directive at, std::string_view written);
  bool is_being_read(FileId file) const;
  /// What only all of the files together tell.
  void judge_unknown();
  void note_missing_folder(Directive at, const std::string& pattern);
  void report(Directive at, std::string rule, std::string message);
  void collect_syntax_errors();

  FileReader& reader_;
  std::unique_ptr<BoundConfig> config_;
  std::string base_;  // what relative names in `include` begin with; ends with '/', or is empty
  std::unordered_map<std::string, FileId> by_canonical_;
  std::unordered_map<std::string, FileId> by_path_;
  std::vector<Frame> frames_;
  std::size_t include_depth_ = 0;
  bool limit_reported_ = false;
  /// For every row of the catalogue the statement that was last seen with it; what blocks inside
  /// have overwritten is put back at their end.
  std::vector<DirectiveId> last_seen_;
  std::vector<std::pair<std::size_t, DirectiveId>> overwritten_;
};

}  // namespace poolproof
