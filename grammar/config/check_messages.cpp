// Messages: what is wrong, where, what to do.
#include "grammar/config/check_messages.h"

#include <array>

#include <fmt/format.h>

namespace poolproof {
namespace {

/// "a", "a or b", "a, b or c".
std::string either(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string place(Context context) {
  if (context == Context::kMain) return "at the top level, outside all blocks";
  if (context == Context::kIfInServer) return "in `if` of a server";
  if (context == Context::kIfInLocation) return "in `if` of a location";
  const std::string_view name = to_string(context);
  const std::size_t blank = name.find(' ');
  if (blank == std::string_view::npos) return fmt::format("in `{}`", name);
  const std::size_t last = name.rfind(' ');
  return fmt::format("in `{}` of `{}`", name.substr(0, blank), name.substr(last + 1));
}

std::string places(ContextSet contexts) {
  std::vector<std::string> words;
  for (std::uint32_t bit = 1; bit < static_cast<std::uint32_t>(Context::kUnknown); bit <<= 1) {
    if ((contexts & bit) == 0) continue;
    words.push_back(bit == static_cast<std::uint32_t>(Context::kOther)
                        ? "in a block of its module"
                        : place(static_cast<Context>(bit)));
  }
  return either(words);
}

/// Characters that come along when a text is copied from a web page or a word processor.
bool looks_pasted(std::string_view name) {
  constexpr std::array<std::string_view, 9> kMarks = {"\xEF\xBB\xBF",  // byte order mark
                                                      "\u201C",       "\u201D", "\u2018", "\u2019",
                                                      "\u00A0",       "\u3000", "\u2013", "\u200B"};
  if (name.starts_with("//") || name.starts_with("/*")) return true;
  for (const std::string_view mark : kMarks) {
    if (name.find(mark) != std::string_view::npos) return true;
  }
  // Full-width forms, U+FF01 to U+FF5E.
  return name.find("\xEF\xBC") != std::string_view::npos ||
         name.find("\xEF\xBD") != std::string_view::npos;
}

std::string known_since(const DirectiveSpec& spec, const LoadOptions& options) {
  if (spec.since > options.versions.first) {
    const bool was_of_plus = spec.name == "sticky" || (spec.module == "ngx_http_upstream_module" &&
                                                       spec.name.starts_with("resolver"));
    return fmt::format("`{}` is known from {} on{}", spec.name, to_string(spec.since),
                       was_of_plus ? " (before that in NGINX Plus alone)" : "");
  }
  return fmt::format("`{}` is gone since {}", spec.name, to_string(spec.removed));
}

std::string counted(std::size_t count) {
  return count == 1 ? "one argument"
                    : fmt::format("{} arguments", count == 0 ? "no" : fmt::to_string(count));
}

std::string expected_count(const DirectiveSpec& spec) {
  if (spec.is(DirectiveFlag::kMinOrMaxArgs)) {
    return fmt::format("{} or {}", spec.min_args, counted(spec.max_args));
  }
  if (spec.max_args == kUnboundedArgs) return fmt::format("at least {}", counted(spec.min_args));
  if (spec.min_args == spec.max_args) return counted(spec.min_args);
  if (spec.min_args == 0) return fmt::format("at most {}", counted(spec.max_args));
  return fmt::format("{} to {}", spec.min_args, counted(spec.max_args));
}

}  // namespace

void add_error(std::vector<Diagnostic>& out, std::string_view rule, SourceSpan span,
               std::string message) {
  out.push_back(
      {std::string(rule), Severity::kError, std::move(message), span, {}, std::nullopt, {}});
}

std::string in_words(const VersionRange& versions) {
  if (versions.is_single()) return to_string(versions.first);
  return fmt::format("{} to {}", to_string(versions.first), to_string(versions.last));
}

void report_unknown(const SyntaxTree& tree, NodeId node, Context context,
                    std::vector<Diagnostic>& out) {
  const std::string_view name = tree.name(node);
  std::string message = fmt::format("unknown directive `{}`", name);
  if (looks_pasted(name)) {
    message += "; it looks pasted from a page: the odd characters belong to the name for nginx";
  } else if (const auto similar = similar_directives(name, context); !similar.empty()) {
    std::vector<std::string> words;
    for (const std::string_view other : similar) words.push_back(fmt::format("`{}`", other));
    message += fmt::format("; did you mean {}?", either(words));
  }
  add_error(out, "unknown-directive", tree.name_span(node), std::move(message));
}

void report_other_version(const SyntaxTree& tree, NodeId node, std::string_view rule,
                          const DirectiveSpec& spec, const LoadOptions& options,
                          std::vector<Diagnostic>& out) {
  std::string message = known_since(spec, options);
  if (options.versions_named) {
    message += fmt::format(", but this is for {}", in_words(options.versions));
  }
  const Deprecation* deprecation = find_deprecation(spec);
  if (spec.removed != Version{} && deprecation && !deprecation->instead.empty()) {
    message += fmt::format("; write `{}` instead", deprecation->instead);
  }
  add_error(out, rule, tree.name_span(node), std::move(message));
}

void report_misplaced(const SyntaxTree& tree, NodeId node, Context context,
                      std::span<const DirectiveSpec> rows, std::vector<Diagnostic>& out) {
  ContextSet contexts = 0;
  for (const DirectiveSpec& row : rows) contexts |= row.contexts;
  add_error(out, "misplaced-directive", tree.name_span(node),
            fmt::format("`{}` may not stand {}; it belongs {}", tree.name(node), place(context),
                        places(contexts)));
}

void report_block(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                  std::vector<Diagnostic>& out) {
  if (spec.is(DirectiveFlag::kBlock)) {
    add_error(out, "missing-block", tree.head_span(node),
              fmt::format("`{}` needs a block: write `{{ ... }}` where it ends now", spec.name));
    return;
  }
  add_error(out, "unexpected-block", tree.head_span(node),
            fmt::format("`{}` has no block: end it with `;`", spec.name));
}

void report_count(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                  const LoadOptions& options, std::vector<Diagnostic>& out) {
  const std::size_t count = tree.arguments(node).size();
  std::string message;
  if (accepts_argument_count(spec, count, kNewestVersion)) {
    message = fmt::format("`{}` takes {} only in other versions than {}", spec.name, counted(count),
                          in_words(options.versions));
  } else {
    message = fmt::format("`{}` takes {}, here it has {}", spec.name, expected_count(spec),
                          count == 0 ? "none" : fmt::to_string(count));
  }
  add_error(out, "wrong-argument-count", tree.head_span(node), std::move(message));
}

}  // namespace poolproof
