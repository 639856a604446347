// One loop over the tokens, with a stack of its own for blocks: depth comes from input. Nodes begin
// in the order of their first tokens, so that token and node go forward together.
#include "translate/crossplane/file_statements.h"

#include <algorithm>

#include <fmt/format.h>

#include "translate/crossplane/objection.h"
#include "translate/crossplane/words.h"

namespace poolproof::translate::crossplane {
namespace {

using nlohmann::ordered_json;

/// A binary file has no use for more.
constexpr std::size_t kMaxFileErrors = 1000;

class FileWalk {
 public:
  FileWalk(const BoundConfig& config, const PayloadOptions& options, const Places& places,
           const IncludedFile& file, FileNumbers& numbers)
      : config_(config),
        options_(options),
        places_(places),
        path_(file.path),
        numbers_(numbers),
        tree_(config.file(file.file).tree),
        source_(config.sources()[file.file]) {
    collect_flaws();
  }

  FileStatements walk() {
    levels_.emplace_back();
    while (at_ < tokens().size() && !is_cut_) step();
    if (!is_cut_ && levels_.size() > 1) cut_at_end("unexpected end of file, expecting \"}\"");
    if (!is_cut_) found_.parsed = std::move(levels_.front().block);
    return std::move(found_);
  }

 private:
  /// A block that is open.
  struct Level {
    ordered_json statement;
    std::vector<ordered_json> block;
    std::vector<ordered_json> after;  // comments from its head
  };

  /// A word or comment that nginx refuses.
  struct Flaw {
    SourceSpan span;
    std::string_view message;
  };

  std::span<const Token> tokens() const { return tree_.tokens(); }

  std::string_view text(std::uint32_t token) const {
    return tree_.text().substr(tokens()[token].begin, tokens()[token].end - tokens()[token].begin);
  }

  std::uint32_t line(std::uint32_t token) const {
    return source_.line_number(tokens()[token].begin);
  }

  void collect_flaws() {
    for (const Diagnostic& error : tree_.errors()) {
      const auto token =
          std::lower_bound(tokens().begin(), tokens().end(), error.span.begin,
                           [](const Token& at, std::uint32_t begin) { return at.begin < begin; });
      const bool is_word_or_comment =
          token != tokens().end() && token->begin == error.span.begin &&
          token->end == error.span.end &&
          (token->kind == TokenKind::kWord || token->kind == TokenKind::kComment);
      if (is_word_or_comment) flaws_.push_back({error.span, error.message});
    }
  }

  void step() {
    switch (tokens()[at_].kind) {
      case TokenKind::kWord:
      case TokenKind::kOpenBrace:
        return read_statement();
      case TokenKind::kCloseBrace:
        return close_block();
      case TokenKind::kError:
        return refuse_token();
      case TokenKind::kComment:
        if (report_flaws(at_, at_)) break;
        add_comment(levels_.back().block, line(at_), text(at_));
        break;
      case TokenKind::kWhitespace:
      case TokenKind::kSemicolon:
      case TokenKind::kLuaBody:
        break;
    }
    ++at_;
  }

  void refuse_token() {
    if (text(at_) == ";") return report("unexpected \";\"", at_++);
    if (text(at_) == "}") return cut("unexpected \"}\"", line(at_));
    cut(fmt::format("blocks are nested more than {} deep", kMaxDepth), line(at_));
  }

  void read_statement() {
    const std::uint32_t first = at_;
    const NodeId id = next_node_++;
    const Node& node = tree_.node(id);
    const auto words = tree_.words(id);
    const std::uint32_t last = node.head_end != kNoToken ? node.head_end : words.back().token;
    at_ = last + 1;
    if (node.head_end == kNoToken && next_significant(at_) == tokens().size()) {
      return cut_at_end("premature end of file");
    }
    if (report_flaws(first, last)) return skip_block(node);
    if (words.empty()) {
      report("unexpected \"{\"", first);
      return skip_block(node);
    }

    Statement statement = read_words(words);
    statement.terminator = terminator_of(node);
    if (std::find(options_.ignore.begin(), options_.ignore.end(), statement.name) !=
        options_.ignore.end()) {
      return skip_block(node);
    }
    const std::string wrong = judge(id, statement);
    if (wrong.empty()) return add_statement(id, statement, first, last);
    report(wrong, first);
    skip_block(node);
  }

  std::size_t next_significant(std::size_t token) const {
    while (token < tokens().size() && (tokens()[token].kind == TokenKind::kWhitespace ||
                                       tokens()[token].kind == TokenKind::kComment)) {
      ++token;
    }
    return token;
  }

  Statement read_words(std::span<const Word> words) {
    name_ = raw_word(text(words.front().token));
    Statement statement;
    statement.name = name_;
    for (const Word& word : words.subspan(1)) statement.args.push_back(raw_word(text(word.token)));
    return statement;
  }

  static Terminator terminator_of(const Node& node) {
    if (node.kind != NodeKind::kSimple) return Terminator::kOpenBrace;
    return node.head_end == kNoToken ? Terminator::kMissing : Terminator::kSemicolon;
  }

  /// Takes the parentheses off an `if` on the way.
  std::string judge(NodeId id, Statement& statement) const {
    const bool is_block = statement.terminator == Terminator::kOpenBrace;
    if (is_block && statement.name == "if" && !take_parentheses(statement.args)) {
      return fmt::format("invalid condition \"{}\"",
                         statement.args.empty() ? std::string() : statement.args.front());
    }
    std::string wrong = objection(statement, places_.contexts(tree_.file(), id), options_.unknown,
                                  config_.options().versions);
    // Its last argument would be taken for the Lua text.
    const bool lacks_lua = !is_block && names_lua_text(statement.name) && !statement.args.empty();
    if (wrong.empty() && lacks_lua) {
      return fmt::format("directive \"{}\" has no opening \"{{\"", statement.name);
    }
    return wrong;
  }

  void add_statement(NodeId id, Statement& statement, std::uint32_t first, std::uint32_t last) {
    const Node& node = tree_.node(id);
    const std::uint32_t at_line = line(first);
    if (node.kind == NodeKind::kLuaBlock) {
      if (node.close_brace == kNoToken)
        return cut_at_end("unexpected end of file, expecting \"}\"");
      const std::uint32_t begin = tokens()[last].end;
      const std::uint32_t end = tokens()[node.close_brace].begin;
      statement.args.emplace_back(tree_.text().substr(begin, end - begin));
      at_ = node.close_brace + 1;
    }
    ordered_json made = begin_statement(statement.name, at_line);
    const bool is_include = node.kind == NodeKind::kSimple && statement.name == "include" &&
                            statement.args.size() == 1 && options_.includes == Includes::kFollowed;
    made["args"] = std::move(statement.args);
    if (is_include) made["includes"] = follow(id, at_line);

    std::vector<ordered_json> after;
    for (std::uint32_t i = first; i < last; ++i) {
      if (tokens()[i].kind == TokenKind::kComment) add_comment(after, at_line, text(i));
    }
    if (node.kind == NodeKind::kBlock) {
      levels_.push_back({std::move(made), {}, std::move(after)});
    } else {
      add(std::move(made), std::move(after));
    }
  }

  ordered_json begin_statement(std::string_view name, std::uint32_t at_line) const {
    ordered_json made;
    if (options_.layout == Layout::kCombined) made["file"] = path_;
    made["directive"] = name;
    made["line"] = at_line;
    return made;
  }

  void add(ordered_json statement, std::vector<ordered_json> after) {
    auto& block = levels_.back().block;
    block.push_back(std::move(statement));
    std::move(after.begin(), after.end(), std::back_inserter(block));
  }

  void add_comment(std::vector<ordered_json>& to, std::uint32_t at_line,
                   std::string_view comment) const {
    if (options_.comments == Comments::kDropped) return;
    ordered_json made = begin_statement("#", at_line);
    made["args"] = ordered_json::array();
    made["comment"] = comment.substr(1);
    to.push_back(std::move(made));
  }

  std::vector<std::size_t> follow(NodeId id, std::uint32_t at_line) {
    const bool is_pattern = has_glob_characters(tree_.arguments(id)[0].value);
    const std::vector<IncludedFile>& files = config_.included_files(tree_.file(), id);
    if (files.empty() && !is_pattern) {
      add_error("includes are nested too deep or too often, this one is not followed", at_line);
    }
    std::vector<std::size_t> numbers;
    for (const IncludedFile& file : files) {
      if (file.error.empty() || is_pattern) {
        numbers.push_back(numbers_.number(file));
      } else {
        add_plain_error(cannot_open(file.path, file.error), at_line);
      }
    }
    return numbers;
  }

  void close_block() {
    ++at_;
    Level done = std::move(levels_.back());
    levels_.pop_back();
    done.statement["block"] = std::move(done.block);
    add(std::move(done.statement), std::move(done.after));
  }

  /// Goes on behind the block of a statement that is left out.
  void skip_block(const Node& node) {
    if (node.kind == NodeKind::kSimple || is_cut_) return;
    if (node.close_brace == kNoToken) return cut_at_end("unexpected end of file, expecting \"}\"");
    at_ = node.close_brace + 1;
    while (next_node_ < tree_.nodes().size() && first_token(next_node_) < at_) ++next_node_;
  }

  std::uint32_t first_token(NodeId id) const {
    const auto words = tree_.words(id);
    return words.empty() ? tree_.node(id).head_end : words.front().token;
  }

  /// True if there is one from token `first` to token `last`.
  bool report_flaws(std::uint32_t first, std::uint32_t last) {
    // Those of blocks that were left out are passed over.
    while (next_flaw_ < flaws_.size() && flaws_[next_flaw_].span.begin < tokens()[first].begin) {
      ++next_flaw_;
    }
    const std::size_t before = next_flaw_;
    for (; next_flaw_ < flaws_.size() && !is_cut_; ++next_flaw_) {
      const Flaw& flaw = flaws_[next_flaw_];
      if (flaw.span.begin >= tokens()[last].end) break;
      add_error(flaw.message, source_.line_number(flaw.span.begin));
      is_cut_ = is_unterminated(config_.sources().text(flaw.span));
    }
    return next_flaw_ != before;
  }

  static bool is_unterminated(std::string_view word) {
    if (word[0] != '"' && word[0] != '\'') return false;
    for (std::size_t i = 1; i < word.size(); ++i) {
      if (word[i] == word[0]) return false;
      if (word[i] == '\\') ++i;
    }
    return true;
  }

  void report(std::string_view message, std::uint32_t token) { add_error(message, line(token)); }

  /// Without the place, as Python has it.
  void add_plain_error(std::string message, std::uint32_t at_line) {
    if (found_.errors.size() >= kMaxFileErrors) return add_error(message, at_line);
    found_.errors.push_back({std::move(message), at_line});
  }

  void add_error(std::string_view message, std::uint32_t at_line) {
    if (found_.errors.size() > kMaxFileErrors) return;
    if (found_.errors.size() == kMaxFileErrors) message = "too many errors, the rest is not told";
    found_.errors.push_back({fmt::format("{} in {}:{}", message, path_, at_line), at_line});
  }

  /// Nobody knows which block what follows is in.
  void cut(std::string_view message, std::uint32_t at_line) {
    add_error(message, at_line);
    is_cut_ = true;
  }

  void cut_at_end(std::string_view message) {
    std::size_t last = tokens().size() - 1;
    while (last > 0 && tokens()[last].kind == TokenKind::kWhitespace) --last;
    cut(message, line(static_cast<std::uint32_t>(last)));
  }

  const BoundConfig& config_;
  const PayloadOptions& options_;
  const Places& places_;
  const std::string& path_;
  FileNumbers& numbers_;
  const SyntaxTree& tree_;
  const SourceText& source_;
  FileStatements found_;
  std::vector<Level> levels_;
  std::vector<Flaw> flaws_;  // in order
  std::size_t next_flaw_ = 0;
  std::uint32_t at_ = 0;
  NodeId next_node_ = kRootNode + 1;
  std::string name_;  // of the current statement
  bool is_cut_ = false;
};

}  // namespace

FileStatements read_statements(const BoundConfig& config, const PayloadOptions& options,
                               const Places& places, const IncludedFile& file,
                               FileNumbers& numbers) {
  return FileWalk(config, options, places, file, numbers).walk();
}

}  // namespace poolproof::translate::crossplane
