// Comments of one kind that tell the linter something (`# poolproof: backend=node22`): what each
// says, word by word, which statement it speaks for, and which words nobody understands.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/base/diagnostic.h"
#include "grammar/config/bound_config.h"
#include "lint/comments.h"
#include "lint/covering_spans.h"

namespace poolproof::lint {

/// Takes the next word off the text; empty at the end.
std::string_view next_word(std::string_view& text);

/// `Note` has a place `at`, and says by is_empty() that nothing was told.
template <class Note>
class NoteComments {
 public:
  struct Kind {
    std::string_view complaint;                              // the name of its findings
    bool (*is_one)(std::string_view text);                   // behind "poolproof:"
    std::string (*take_word)(std::string_view word, Note&);  // why it is wrong; empty: it is taken
  };

  NoteComments(const BoundConfig& config, const Kind& kind) : kind_(kind) {
    for (const LoadedFile& file : config.files()) {
      if (mentions_poolproof(file.tree)) read(file.tree);
    }
    covering_ = CoveringSpans(covers_);
  }

  const std::vector<Note>& all() const { return notes_; }
  /// Which of them speak for the place, as CoveringSpans::around() has them.
  auto around(SourceSpan place) const { return covering_.around(place); }

  void complain(SourceSpan at, std::string message) {
    Diagnostic out;
    out.rule = kind_.complaint;
    out.severity = Severity::kWarning;
    out.message = std::move(message);
    out.span = at;
    complaints_.push_back(std::move(out));
  }
  const std::vector<Diagnostic>& complaints() const { return complaints_; }

 private:
  void read(const SyntaxTree& tree) {
    for (const Token& token : tree.tokens()) {
      if (token.kind != TokenKind::kComment) continue;
      const auto text = text_for_poolproof(tree, token);
      if (text && kind_.is_one(*text)) read_comment(tree, token, *text);
    }
  }

  void read_comment(const SyntaxTree& tree, const Token& comment, std::string_view text) {
    Note note;
    note.at = {tree.file(), comment.begin, comment.end};
    for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
      std::string wrong = kind_.take_word(word, note);
      if (!wrong.empty()) complain(note.at, std::move(wrong));
    }
    if (note.is_empty()) return;
    notes_.push_back(note);
    covers_.push_back(governed_by(tree, comment));
  }

  Kind kind_;
  std::vector<Note> notes_;
  std::vector<SourceSpan> covers_;  // the statement that each speaks for
  CoveringSpans covering_;
  std::vector<Diagnostic> complaints_;
};

}  // namespace poolproof::lint
