// The handle to one statement: everything it answers is looked up in the bound configuration.
#include "grammar/config/bound_config.h"

#include "grammar/config/block_context.h"

namespace poolproof {
namespace {

const Word kNoWord;

}  // namespace

const LoadedFile& BoundConfig::file(FileId id) const {
  return files_[static_cast<std::size_t>(id)];
}

const std::vector<IncludedFile>& BoundConfig::included_files(FileId file, NodeId node) const {
  static const std::vector<IncludedFile> none;
  const auto found = included_.find(place(file, node));
  return found == included_.end() ? none : found->second;
}

const DirectiveSpec* Directive::spec() const {
  return config_->at(id_).spec;
}

std::string_view Directive::name() const {
  return is_root() ? std::string_view() : tree().name(node());
}

std::size_t Directive::arg_count() const {
  return is_root() ? 0 : tree().arguments(node()).size();
}

std::string_view Directive::arg(std::size_t index) const {
  return word(index).value;
}

const Word& Directive::word(std::size_t index) const {
  if (is_root()) return kNoWord;
  const auto arguments = tree().arguments(node());
  return index < arguments.size() ? arguments[index] : kNoWord;
}

bool Directive::is_block() const {
  return is_root() || tree().node(node()).kind != NodeKind::kSimple;
}

Context Directive::context() const {
  return config_->at(id_).context;
}

Context Directive::inner_context() const {
  if (is_root()) return config_->root_context();
  if (!is_block()) return Context::kUnknown;
  return block_context(name(), context(), spec());
}

Directive Directive::parent() const {
  return {config_, config_->at(id_).parent};
}
Directive Directive::first_child() const {
  return {config_, config_->at(id_).first_child};
}
Directive Directive::next() const {
  return {config_, config_->at(id_).next_sibling};
}
Directive Directive::via_include() const {
  return {config_, config_->at(id_).via_include};
}

FileId Directive::file() const {
  return config_->at(id_).file;
}
NodeId Directive::node() const {
  return config_->at(id_).node;
}
const SyntaxTree& Directive::tree() const {
  return config_->file(file()).tree;
}

SourceSpan Directive::span() const {
  return tree().span(node());
}
SourceSpan Directive::head_span() const {
  return tree().head_span(node());
}
SourceSpan Directive::name_span() const {
  return tree().name_span(node());
}

SourceSpan Directive::arg_span(std::size_t index) const {
  const Word& found = word(index);
  return found.token == kNoToken ? head_span() : tree().span(found);
}

}  // namespace poolproof
