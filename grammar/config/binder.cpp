// Everything here is a loop over a stack of its own: depth comes from the input.
#include "grammar/config/binder.h"

#include <algorithm>

#include <fmt/format.h>

#include "grammar/catalogue/obsolete.h"
#include "grammar/config/block_context.h"
#include "grammar/config/check.h"
#include "grammar/config/other_modules.h"
#include "grammar/config/snippet.h"

namespace poolproof {

Binder::Binder(FileReader& reader, LoadOptions options)
    : reader_(reader), config_(std::make_unique<BoundConfig>()) {
  config_->options_ = std::move(options);
  config_->sources_ = std::make_unique<SourceMap>();
  last_seen_.assign(all_directives().size(), kNoDirective);
}

std::unique_ptr<BoundConfig> Binder::bind(std::string path, std::string bytes) {
  path = reader_.tidied(path);
  config_->main_path_ = path;
  std::string canonical = reader_.canonical(path);
  const FileId main = add_file(std::move(path), std::move(bytes), std::move(canonical));
  const SyntaxTree& tree = config_->file(main).tree;
  if (config_->options_.allow_snippet) config_->root_context_ = infer_context(tree);
  choose_base();

  BoundDirective root;
  root.file = main;
  root.node = kRootNode;
  root.context = config_->root_context_;
  config_->directives_.reserve(tree.nodes().size() + 1);
  config_->directives_.push_back(root);

  Frame top;
  top.file = main;
  top.node = tree.node(kRootNode).first_child;
  top.context = config_->root_context_;
  frames_.push_back(std::move(top));
  bind_global_directives();
  walk();
  judge_unknown();
  collect_syntax_errors();
  return std::move(config_);
}

/// nginx reads the statements of -g before the file (nginx 1.22.1, ngx_init_cycle).
void Binder::bind_global_directives() {
  const std::string& text = config_->options_.global_directives;
  if (text.empty()) return;
  const FileId file = add_file("command line", text, "command line");
  Frame frame;
  frame.file = file;
  frame.node = config_->file(file).tree.node(kRootNode).first_child;
  frame.is_include = true;
  frames_.push_back(std::move(frame));
  ++include_depth_;
}

FileId Binder::add_file(std::string path, std::string bytes, std::string canonical) {
  const FileId id = config_->sources_->add(std::move(path), std::move(bytes));
  config_->files_.emplace_back(id, parse(*config_->sources_, id));
  by_canonical_.emplace(std::move(canonical), id);
  return id;
}

void Binder::walk() {
  while (!frames_.empty()) {
    if (frames_.back().node == kNoNode) {
      leave();
    } else {
      step();
    }
  }
}

void Binder::leave() {
  Frame& frame = frames_.back();
  if (frame.is_include && !frame.pending.empty()) {
    frame.file = frame.pending.back();
    frame.pending.pop_back();
    frame.node = config_->file(frame.file).tree.node(kRootNode).first_child;
    return;
  }
  const bool is_include = frame.is_include;
  const DirectiveId last = frame.last;
  if (!is_include) {
    for (std::size_t i = overwritten_.size(); i > frame.seen_mark; --i) {
      last_seen_[overwritten_[i - 1].first] = overwritten_[i - 1].second;
    }
    overwritten_.resize(frame.seen_mark);
  }
  frames_.pop_back();
  if (!is_include) return;
  --include_depth_;
  if (!frames_.empty()) frames_.back().last = last;
}

void Binder::step() {
  Frame& frame = frames_.back();
  const SyntaxTree& tree = config_->file(frame.file).tree;
  const NodeId node = frame.node;
  const Node& statement = tree.node(node);
  frame.node = statement.next_sibling;
  if (config_->directives_.size() >= kMaxDirectives) {
    if (!limit_reported_) {
      report(config_->root(), "include-cycle",
             fmt::format("more than {} statements: the files include each other too many times",
                         kMaxDirectives));
    }
    limit_reported_ = config_->incomplete_ = true;
    frame.node = kNoNode;
    return;
  }
  const Context context = frame.context;
  const DirectiveSpec* spec = nullptr;
  if (statement.word_count != 0) {
    spec = check_statement(tree, node, context, config_->options_, config_->diagnostics_);
  }
  const DirectiveId id = append(frame, node, spec);
  if (spec != nullptr && spec->on_repeat == OnRepeat::kError &&
      !does_nothing(*spec, config_->options_.versions.last)) {
    check_duplicate(id, spec);
  }
  if (statement.kind == NodeKind::kBlock) {
    enter_block(id, block_context(tree.name(node), context, spec));
  } else if (statement.kind == NodeKind::kSimple && tree.name(node) == "include") {
    enter_include(id);
  }
}

DirectiveId Binder::append(Frame& frame, NodeId node, const DirectiveSpec* spec) {
  const auto id = static_cast<DirectiveId>(config_->directives_.size());
  BoundDirective& bound = config_->directives_.emplace_back();
  bound.file = frame.file;
  bound.node = node;
  bound.spec = spec;
  bound.context = frame.context;
  bound.parent = frame.parent;
  bound.via_include = frame.via_include;
  if (frame.last == kNoDirective) {
    config_->directives_[frame.parent].first_child = id;
  } else {
    config_->directives_[frame.last].next_sibling = id;
  }
  frame.last = id;
  return id;
}

void Binder::check_duplicate(DirectiveId id, const DirectiveSpec* spec) {
  const auto row = static_cast<std::size_t>(spec - all_directives().data());
  const DirectiveId first = last_seen_[row];
  if (first != kNoDirective && config_->at(first).parent == config_->at(id).parent) {
    const Directive at = config_->directive(id);
    const Directive earlier = config_->directive(first);
    report(at, "duplicate-directive", fmt::format("`{}` is given twice in one block", spec->name));
    config_->diagnostics_.back().notes.push_back({earlier.name_span(), "first given here"});
    return;
  }
  overwritten_.emplace_back(row, first);
  last_seen_[row] = id;
}

void Binder::enter_block(DirectiveId id, Context inner) {
  const Frame& outer = frames_.back();
  if (frames_.size() - include_depth_ > kMaxBlockDepth) {
    report(config_->directive(id), "include-cycle",
           fmt::format("blocks are nested deeper than {} levels", kMaxBlockDepth));
    config_->incomplete_ = true;
    return;
  }
  Frame frame;
  frame.file = outer.file;
  frame.node = config_->file(outer.file).tree.node(config_->at(id).node).first_child;
  frame.parent = id;
  frame.via_include = outer.via_include;
  frame.context = inner;
  frame.seen_mark = overwritten_.size();
  frames_.push_back(std::move(frame));
}

void Binder::enter_include(DirectiveId id) {
  const Directive at = config_->directive(id);
  if (at.arg_count() != 1) return;
  std::vector<FileId> files = files_of(at, at.arg(0));
  if (files.empty()) return;
  std::reverse(files.begin(), files.end());
  Frame frame;
  frame.parent = frames_.back().parent;
  frame.last = id;
  frame.via_include = id;
  frame.context = frames_.back().context;
  frame.pending = std::move(files);
  frame.is_include = true;
  frames_.push_back(std::move(frame));
  ++include_depth_;
}

/// A module that is not known here may have what the catalogue does not; a likely misspelling stays
/// a warning.
void Binder::judge_unknown() {
  config_->unknown_module_ = poolproof::unknown_module(*config_);
  config_->is_for_plus_ = poolproof::is_for_plus(*config_);
  const std::string& module = config_->unknown_module_;
  const auto is_of_plus = [this](const Diagnostic& finding) {
    return finding.rule == "unknown-directive" &&
           config_->sources_->text(finding.span) == "sticky";  // in the open nginx since 1.29.6
  };
  if (config_->is_for_plus_) std::erase_if(config_->diagnostics_, is_of_plus);
  if (module.empty()) return;
  for (Diagnostic& finding : config_->diagnostics_) {
    if (finding.rule != "unknown-directive") continue;
    const bool is_pasted = finding.message.find("looks pasted") != std::string::npos;
    if (is_pasted || !find_directives(config_->sources_->text(finding.span)).empty()) continue;
    const bool is_misspelt = finding.message.find("; ") != std::string::npos;
    finding.severity = is_misspelt ? Severity::kWarning : Severity::kInfo;
    finding.message += fmt::format(
        "; or is it of {}? That is not known here: say it by "
        "`known-directives` in poolproof.toml",
        module);
  }
}

void Binder::report(Directive at, std::string rule, std::string message) {
  Diagnostic diagnostic;
  diagnostic.rule = std::move(rule);
  diagnostic.message = std::move(message);
  diagnostic.span = at.is_root() ? SourceSpan{at.file(), 0, 0} : at.head_span();
  config_->diagnostics_.push_back(std::move(diagnostic));
}

void Binder::collect_syntax_errors() {
  std::vector<Diagnostic> all;
  for (const LoadedFile& file : config_->files_) {
    all.insert(all.end(), file.tree.errors().begin(), file.tree.errors().end());
  }
  std::move(config_->diagnostics_.begin(), config_->diagnostics_.end(), std::back_inserter(all));
  config_->diagnostics_ = std::move(all);
}

}  // namespace poolproof
