// A configuration as a set of files: includes resolved, each statement bound to what the catalogue
// knows of it and to the context that it stands in. A file that is included twice is bound twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/base/file_reader.h"
#include "grammar/base/source.h"
#include "grammar/base/version.h"
#include "grammar/catalogue/catalogue.h"
#include "grammar/config/path_map.h"
#include "grammar/syntax/syntax_tree.h"

namespace poolproof {

class BoundConfig;

using DirectiveId = std::uint32_t;
inline constexpr DirectiveId kNoDirective = 0xffffffff;

/// One occurrence of a statement. Index 0 of a BoundConfig is the root, which has no words.
struct BoundDirective {
  FileId file = FileId::kNone;
  NodeId node = kNoNode;
  /// Null if unknown, if it may not stand here, or for entries of map-like blocks.
  const DirectiveSpec* spec = nullptr;
  Context context = Context::kMain;   // where it stands
  DirectiveId parent = kNoDirective;  // the enclosing block, not the include
  DirectiveId first_child = kNoDirective;
  DirectiveId next_sibling = kNoDirective;  // order in which nginx reads them: an include is
                                            // followed by what it brought
  DirectiveId via_include = kNoDirective;   // the include that brought the file in
};

/// A handle to one statement; cheap to copy; empty when default-constructed. Valid while the
/// BoundConfig lives.
class Directive {
 public:
  Directive() = default;
  Directive(const BoundConfig* config, DirectiveId id) : config_(config), id_(id) {}

  explicit operator bool() const { return config_ != nullptr && id_ != kNoDirective; }
  DirectiveId id() const { return id_; }
  const BoundConfig& config() const { return *config_; }
  const DirectiveSpec* spec() const;

  std::string_view name() const;
  std::size_t arg_count() const;
  /// Value of an argument (from 0), decoded; empty past the end.
  std::string_view arg(std::size_t index) const;
  const Word& word(std::size_t index) const;  // of an argument
  bool is_block() const;

  Context context() const;  // where it stands
  Context inner_context()
      const;  // what its block is; Context::kUnknown if it has none that is known
  Directive parent() const;
  Directive first_child() const;
  Directive next() const;
  Directive via_include() const;
  bool is_root() const { return id_ == 0; }

  FileId file() const;
  NodeId node() const;
  const SyntaxTree& tree() const;
  SourceSpan span() const;  // whole statement
  SourceSpan head_span() const;
  SourceSpan name_span() const;
  SourceSpan arg_span(std::size_t index) const;

  friend bool operator==(const Directive& a, const Directive& b) {
    return a.config_ == b.config_ && a.id_ == b.id_;
  }

 private:
  const BoundConfig* config_ = nullptr;
  DirectiveId id_ = kNoDirective;
};

/// Iterates over the statements of a block in the order in which nginx reads them, includes
/// included (the `include` statement itself is one of them).
class ChildRange {
 public:
  class Iterator {
   public:
    explicit Iterator(Directive at) : at_(at) {}
    Directive operator*() const { return at_; }
    Iterator& operator++() {
      at_ = at_.next();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_.id() != other.at_.id(); }

   private:
    Directive at_;
  };
  explicit ChildRange(Directive block) : block_(block) {}
  Iterator begin() const { return Iterator(block_.first_child()); }
  Iterator end() const {
    return Iterator(Directive(block_ ? &block_.config() : nullptr, kNoDirective));
  }

 private:
  Directive block_;
};
inline ChildRange children(Directive block) {
  return ChildRange(block);
}

struct LoadOptions {
  /// nginx's `-p`. It does not touch `include` of a whole configuration, whose relative names begin
  /// at the folder of the main file (seen with nginx 1.22.1); for a fragment it is that folder.
  /// Empty: a fragment's includes begin at the nearest folder above it with an nginx.conf, else at
  /// its own.
  std::string prefix;
  /// For absolute names in `include`. The main file and the prefix are taken as they are.
  PathMap path_map;
  VersionRange versions;
  /// True where the user named the versions: only then is a directive that some of them lack an
  /// error.
  bool versions_named = false;
  /// Shell patterns (`foo_*`) of directives, and of variables without `$`, that a module has which
  /// is not in the catalogue: nothing is said of them.
  std::vector<std::string> known_directives, known_variables;
  /// False for a dump: it has the files that were read, and says nothing of empty folders.
  bool folders_are_known = true;
  /// Statements of `nginx -g`: read before the main file, as nginx does; may be empty. They have a
  /// file of their own, "command line".
  std::string global_directives;
  /// The main file is a fragment (conf.d/x.conf): its context is inferred from what it holds.
  bool allow_snippet = true;
};

/// A file of the set, once, however often it is included.
struct LoadedFile {
  LoadedFile(FileId file, SyntaxTree parsed) : id(file), tree(std::move(parsed)) {}
  // Moved only: the words of a copied tree would still point into the original.
  LoadedFile(LoadedFile&&) = default;
  LoadedFile& operator=(LoadedFile&&) = default;

  FileId id = FileId::kNone;
  SyntaxTree tree;
  int times_included = 0;  // 0 for the main file
};

/// A file that an `include` names.
struct IncludedFile {
  std::string path;             // as it is opened
  FileId file = FileId::kNone;  // kNone: it could not be read
  std::string error = {};       // why not
};

class BoundConfig {
 public:
  const SourceMap& sources() const { return *sources_; }
  const std::vector<LoadedFile>& files() const { return files_; }
  const LoadedFile& file(FileId id) const;

  /// What an `include` statement names, in the order of reading: also what is empty, or not read
  /// because it includes itself. Two names may be one file. Empty for every other statement.
  const std::vector<IncludedFile>& included_files(FileId file, NodeId node) const;

  Directive root() const { return Directive(this, 0); }
  Directive directive(DirectiveId id) const { return Directive(this, id); }
  const BoundDirective& at(DirectiveId id) const { return directives_[id]; }
  std::size_t directive_count() const { return directives_.size(); }

  /// Context of the main file's top level: kMain, or what was inferred for a snippet.
  Context root_context() const { return root_context_; }
  bool is_snippet() const { return root_context_ != Context::kMain; }
  /// Contents of `include` that could not be read: what is unknown must not be called clean.
  bool incomplete() const { return incomplete_; }

  /// What may bring directives and variables that the catalogue does not have, for a message
  /// ("`modules/x.so`"); empty if nothing does. Unknown names are no errors then.
  const std::string& unknown_module() const { return unknown_module_; }
  /// A directive stands here that NGINX Plus alone has.
  bool is_for_plus() const { return is_for_plus_; }

  const LoadOptions& options() const { return options_; }
  const std::string& main_path() const { return main_path_; }

  /// Syntax errors of all files, include errors, and what binding found: rules "syntax-error",
  /// "include-not-found", "include-unreadable", "include-cycle", "unknown-directive",
  /// "misplaced-directive", "wrong-argument-count", "missing-block", "unexpected-block",
  /// "invalid-value", "duplicate-directive", "include-folder-missing". Errors, but for unknown
  /// directives that a module may have which is not known here, and for the last of these.
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  friend class Binder;

  static std::uint64_t place(FileId file, NodeId node) {
    return std::uint64_t{static_cast<std::uint32_t>(file)} << 32 | node;
  }

  std::unique_ptr<SourceMap> sources_;
  std::vector<LoadedFile> files_;
  std::unordered_map<std::uint64_t, std::vector<IncludedFile>> included_;  // by file and node
  std::vector<BoundDirective> directives_;
  Context root_context_ = Context::kMain;
  bool incomplete_ = false;
  std::string unknown_module_;
  bool is_for_plus_ = false;
  LoadOptions options_;
  std::string main_path_;
  std::vector<Diagnostic> diagnostics_;
};

// --- asked of every statement over and over, and so in sight of the compiler ------------------

inline const LoadedFile& BoundConfig::file(FileId id) const {
  return files_[static_cast<std::size_t>(id)];
}

inline const DirectiveSpec* Directive::spec() const {
  return config_->at(id_).spec;
}

inline FileId Directive::file() const {
  return config_->at(id_).file;
}

inline NodeId Directive::node() const {
  return config_->at(id_).node;
}

inline const SyntaxTree& Directive::tree() const {
  return config_->file(file()).tree;
}

inline std::string_view Directive::name() const {
  return is_root() ? std::string_view() : tree().name(node());
}

inline std::size_t Directive::arg_count() const {
  return is_root() ? 0 : tree().arguments(node()).size();
}

inline const Word& Directive::word(std::size_t index) const {
  static constexpr Word kNoWord;
  if (is_root()) return kNoWord;
  const auto arguments = tree().arguments(node());
  return index < arguments.size() ? arguments[index] : kNoWord;
}

inline std::string_view Directive::arg(std::size_t index) const {
  return word(index).value;
}

inline bool Directive::is_block() const {
  return is_root() || tree().node(node()).kind != NodeKind::kSimple;
}

inline Context Directive::context() const {
  return config_->at(id_).context;
}

inline Directive Directive::parent() const {
  return {config_, config_->at(id_).parent};
}

inline Directive Directive::first_child() const {
  return {config_, config_->at(id_).first_child};
}

inline Directive Directive::next() const {
  return {config_, config_->at(id_).next_sibling};
}

inline Directive Directive::via_include() const {
  return {config_, config_->at(id_).via_include};
}

/// Reads the main file and all that it includes. An Error only if the main file itself cannot be
/// read; everything else is a diagnostic. The reader is not kept.
Result<std::unique_ptr<BoundConfig>> load_config(FileReader& reader, const std::string& main_path,
                                                 LoadOptions options);

/// The same for bytes at hand (stdin, editors): `shown_as` names them. An `nginx -T` dump (it has
/// `# configuration file PATH:` lines) is taken apart into the files it holds, and only those are
/// read.
std::unique_ptr<BoundConfig> load_config_text(FileReader& reader, std::string shown_as,
                                              std::string bytes, LoadOptions options);

}  // namespace poolproof
