// The handle to one statement: everything it answers is looked up in the bound configuration.
#include "grammar/config/bound_config.h"

#include "grammar/config/block_context.h"

namespace poolproof {

const std::vector<IncludedFile>& BoundConfig::included_files(FileId file, NodeId node) const {
  static const std::vector<IncludedFile> none;
  const auto found = included_.find(place(file, node));
  return found == included_.end() ? none : found->second;
}

Context Directive::inner_context() const {
  if (is_root()) return config_->root_context();
  if (!is_block()) return Context::kUnknown;
  return block_context(name(), context(), spec());
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
