// See tree.h.
#include "translate/envoy/tree.h"

#include <yaml-cpp/yaml.h>

namespace poolproof::translate::envoy {

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

Tree&& Tree::say(std::string_view comment) && {
  comment_ = comment;
  return std::move(*this);
}

Tree&& Tree::name(std::string_view anchor) && {
  anchor_ = anchor;
  return std::move(*this);
}

template <class Emitter>
void Tree::write(Emitter& out) const {
  if (!anchor_.empty()) out << YAML::Anchor(anchor_);
  switch (kind_) {
    case Kind::kText:
      out << YAML::DoubleQuoted << scalar_;
      break;
    case Kind::kWord:
      out << scalar_;
      break;
    case Kind::kAlias:
      out << YAML::Alias(scalar_);
      break;
    case Kind::kMap: {
      if (entries_.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      bool first = true;
      for (const auto& [key, value] : entries_) {
        out << YAML::Key << key;
        // In a list the comment of an item stands behind its first key.
        const bool nested = value.kind_ == Kind::kMap || value.kind_ == Kind::kList;
        if (first && nested && !comment_.empty()) out << YAML::Comment(comment_);
        out << YAML::Value;
        value.write(out);
        if (first && !nested && !comment_.empty()) out << YAML::Comment(comment_);
        first = false;
      }
      out << YAML::EndMap;
      break;
    }
    case Kind::kList:
      if (entries_.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const auto& entry : entries_) entry.second.write(out);
      out << YAML::EndSeq;
      break;
  }
  if (!comment_.empty() && kind_ != Kind::kMap) out << YAML::Comment(comment_);
}

std::string Tree::yaml(std::string_view opening) const {
  YAML::Emitter out;
  write(out);
  return std::string(opening) + out.c_str() + "\n";
}

}  // namespace poolproof::translate::envoy
