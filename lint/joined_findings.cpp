// See joined_findings.h.
#include "lint/joined_findings.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace poolproof::lint {
namespace {

constexpr std::string_view kBefore = "upstream `";
constexpr std::string_view kIts = ", so its ";
constexpr std::string_view kTheir = ", so their ";
/// More names and more related places than these are not written out.
constexpr std::size_t kMaxNames = 2;
constexpr std::size_t kMaxNotes = 3;

/// A sentence around the one upstream that it names.
struct Sentence {
  std::string begin;
  std::string name;
  std::string end;
};

std::optional<Sentence> take_apart(const std::string& message) {
  const std::size_t at = message.find(kBefore);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t name = at + kBefore.size();
  const std::size_t close = message.find('`', name);
  if (close == std::string::npos) return std::nullopt;
  return Sentence{message.substr(0, at), message.substr(name, close - name),
                  message.substr(close + 1)};
}

/// "`a` and `b`", "`a`, `b` and 18 others".
std::string listed(const std::vector<std::string>& names) {
  const std::size_t shown = names.size() <= kMaxNames + 1 ? names.size() : kMaxNames;
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == names.size();
    out += fmt::format("{}`{}`", i == 0 ? "" : is_last ? " and " : ", ", names[i]);
  }
  if (shown < names.size()) out += fmt::format(" and {} others", names.size() - shown);
  return out;
}

bool are_alike(const Diagnostic& a, const Diagnostic& b) {
  return a.span == b.span && a.rule == b.rule && a.severity == b.severity &&
         a.versions == b.versions && a.fix.has_value() == b.fix.has_value();
}

class Join {
 public:
  Join(Diagnostic&& first, Sentence sentence)
      : out_(std::move(first)), sentence_(std::move(sentence)), names_{sentence_.name} {}

  bool takes(const Diagnostic& other, const Sentence& sentence) const {
    return are_alike(out_, other) && sentence.begin == sentence_.begin &&
           sentence.end == sentence_.end;
  }

  void add(Diagnostic&& other, Sentence&& sentence) {
    names_.push_back(std::move(sentence.name));
    for (Note& note : other.notes) {
      const bool is_known = std::any_of(out_.notes.begin(), out_.notes.end(),
                                        [&](const Note& known) { return known.span == note.span; });
      if (!is_known && out_.notes.size() < kMaxNotes) out_.notes.push_back(std::move(note));
    }
    if (!out_.fix) return;
    out_.fix->applicability = std::max(out_.fix->applicability, other.fix->applicability);
    if (out_.fix->held_back.empty()) out_.fix->held_back = std::move(other.fix->held_back);
    std::vector<TextEdit>& edits = out_.fix->edits;
    for (TextEdit& edit : other.fix->edits) {
      if (std::find(edits.begin(), edits.end(), edit) == edits.end()) {
        edits.push_back(std::move(edit));
      }
    }
  }

  Diagnostic take() {
    if (names_.size() > 1) {
      // "t2" before "t10"
      std::sort(names_.begin(), names_.end(), [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
      });
      const std::size_t its = sentence_.end.find(kIts);
      if (its != std::string::npos) sentence_.end.replace(its, kIts.size(), kTheir);
      out_.message =
          fmt::format("{}upstreams {}{}", sentence_.begin, listed(names_), sentence_.end);
    }
    return std::move(out_);
  }

 private:
  Diagnostic out_;
  Sentence sentence_;
  std::vector<std::string> names_;
};

}  // namespace

void join_findings(std::vector<Diagnostic>& findings) {
  std::vector<Diagnostic> out;
  out.reserve(findings.size());
  std::optional<Join> open;
  const auto close = [&] {
    if (open) out.push_back(open->take());
    open.reset();
  };
  for (Diagnostic& finding : findings) {
    std::optional<Sentence> sentence = take_apart(finding.message);
    if (sentence && open && open->takes(finding, *sentence)) {
      open->add(std::move(finding), std::move(*sentence));
      continue;
    }
    close();
    if (sentence) {
      open.emplace(std::move(finding), std::move(*sentence));
    } else {
      out.push_back(std::move(finding));
    }
  }
  close();
  findings = std::move(out);
}

}  // namespace poolproof::lint
