// See tree.h.
#include "translate/envoy/tree.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "grammar/base/utf8.h"

namespace poolproof::translate::envoy {
namespace {

/// Words that YAML 1.1 or 1.2 take for something else than text.
constexpr std::array kReserved = {
    std::string_view("y"),  std::string_view("n"),    std::string_view("yes"),
    std::string_view("no"), std::string_view("true"), std::string_view("false"),
    std::string_view("on"), std::string_view("off"),  std::string_view("null"),
};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain(std::string_view text) {
  if (text.empty() || !(is_letter(text.front()) || text.front() == '/')) return false;
  constexpr std::string_view kOther = "0123456789._-/";
  const bool fits = std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || kOther.find(c) != std::string_view::npos;
  });
  if (!fits) return false;
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kReserved.begin(), kReserved.end(), lower) == kReserved.end();
}

/// Bytes that are not UTF-8 become U+FFFD, as YAML has no others.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) {
      out += "\\uFFFD";
    } else if (length > 1) {
      out += text.substr(0, length);
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void append_text(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

}  // namespace

Tree Tree::typed(std::string_view type) {
  return map().set("@type", text("type.googleapis.com/" + std::string(type)));
}

Tree& Tree::set(std::string_view key, Tree value) & {
  entries_.emplace_back(key, std::move(value));
  return *this;
}

Tree&& Tree::set(std::string_view key, Tree value) && {
  return std::move(set(key, std::move(value)));
}

Tree& Tree::add(Tree item) & {
  entries_.emplace_back(std::string(), std::move(item));
  return *this;
}

Tree&& Tree::add(Tree item) && {
  return std::move(add(std::move(item)));
}

Tree&& Tree::join(Tree other) && {
  for (auto& [key, value] : other.entries_) entries_.emplace_back(key, std::move(value));
  return std::move(*this);
}

Tree&& Tree::say(std::string_view comment) && {
  comment_ = comment;
  return std::move(*this);
}

Tree&& Tree::name(std::string_view anchor) && {
  anchor_ = anchor;
  return std::move(*this);
}

Tree&& Tree::once(std::string_view word) && {
  once_ = word;
  return std::move(*this);
}

class Tree::Writer {
 public:
  explicit Writer(const Tree& root) { count(root); }

  std::string run(const Tree& root, std::string_view opening) {
    out_ = opening;
    entries(root, 0);
    return std::move(out_);
  }

 private:
  /// What is said more than once, by its whole text.
  struct Repeated {
    int times = 0;
    std::string name;  // empty until it was written
  };

  static bool is_nested(const Tree& tree) {
    return (tree.kind_ == Kind::kMap || tree.kind_ == Kind::kList) && !tree.entries_.empty();
  }

  void count(const Tree& tree) {
    if (!tree.once_.empty()) ++repeated_[key_of(tree)].times;
    for (const auto& [key, value] : tree.entries_) count(value);
  }

  std::string key_of(const Tree& tree) const {
    std::string key = tree.once_;
    append_key(tree, key);
    return key;
  }

  static void append_key(const Tree& tree, std::string& out) {
    out += static_cast<char>('0' + static_cast<int>(tree.kind_));
    out += tree.scalar_;
    for (const auto& [key, value] : tree.entries_) {
      out += '\n';
      out += key;
      append_key(value, out);
    }
    out += '\f';
  }

  /// " value" and its lines, behind "key:" or "-"; `comment` stands behind the first line.
  void value(const Tree& tree, std::size_t indent, std::string_view comment) {
    std::string anchor = tree.anchor_;
    if (!tree.once_.empty()) {
      Repeated& known = repeated_.at(key_of(tree));
      if (!known.name.empty()) return line(" *" + known.name, comment);
      if (known.times > 1) {
        known.name = fmt::format("{}-{}", tree.once_, ++numbers_[tree.once_]);
        anchor = known.name;
      }
    }
    if (!anchor.empty()) out_ += " &" + anchor;
    if (is_nested(tree)) {
      line({}, comment);
      return entries(tree, indent);
    }
    out_ += ' ';
    switch (tree.kind_) {
      case Kind::kMap:
        return line("{}", comment);
      case Kind::kList:
        return line("[]", comment);
      case Kind::kAlias:
        out_ += '*';
        return line(tree.scalar_, comment);
      case Kind::kText:
        append_text(out_, tree.scalar_);
        return line({}, comment);
      case Kind::kWord:
        return line(tree.scalar_, comment);
    }
  }

  void line(std::string_view text, std::string_view comment) {
    out_ += text;
    if (!comment.empty()) {
      out_ += "  # ";
      out_ += comment;
    }
    out_ += '\n';
  }

  /// Each on lines of its own; the first of a map goes on with a line that has been begun if that
  /// is its place in a list.
  void entries(const Tree& tree, std::size_t indent, bool is_begun = false) {
    std::string_view comment = tree.comment_;
    for (const auto& [key, value_of_key] : tree.entries_) {
      if (!is_begun) out_.append(indent, ' ');
      is_begun = false;
      if (tree.kind_ == Kind::kList) {
        out_ += '-';
        item(value_of_key, indent + 2);
        continue;
      }
      append_text(out_, key);
      out_ += ':';
      value(value_of_key, indent + 2, comment);
      comment = {};
    }
  }

  void item(const Tree& tree, std::size_t indent) {
    const bool continues =
        tree.kind_ == Kind::kMap && is_nested(tree) && tree.once_.empty() && tree.anchor_.empty();
    if (!continues) return value(tree, indent, {});
    out_ += ' ';
    entries(tree, indent, true);
  }

  std::string out_;
  std::unordered_map<std::string, Repeated> repeated_;
  std::map<std::string, int> numbers_;
};

std::string Tree::yaml(std::string_view opening) const {
  return Writer(*this).run(*this, opening);
}

}  // namespace poolproof::translate::envoy
