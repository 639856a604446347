// Each top-level statement votes for the contexts that it may stand in.
#include "grammar/config/snippet.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace poolproof {
namespace {

constexpr std::array kCandidates{
    Context::kMain,     Context::kHttp,       Context::kServer,       Context::kLocation,
    Context::kUpstream, Context::kStream,     Context::kStreamServer, Context::kEvents,
    Context::kMail,     Context::kMailServer,
};

/// Statements that only a whole configuration has.
bool is_main_only(std::string_view name) {
  constexpr std::array kNames{"http", "events", "stream", "mail", "rtmp"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// Contexts in which it may stand with or without a block, as it is written.
ContextSet contexts_of(const SyntaxTree& tree, NodeId node) {
  ContextSet set = 0;
  const bool has_block = tree.node(node).kind != NodeKind::kSimple;
  for (const DirectiveSpec& spec : find_directives(tree.name(node))) {
    const bool opens = spec.is(DirectiveFlag::kBlock) || spec.is(DirectiveFlag::kLuaBlock);
    if (opens == has_block) set |= spec.contexts;
  }
  return set;
}

/// A word that cannot be a misspelt directive: "text/html", "~^/x", "127.0.0.0/8", "".
bool is_entry_key(std::string_view name) {
  return name == "default" || !std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

/// A `server` may be one of http or of stream: what stands in it tells.
bool is_stream_server(const SyntaxTree& tree, NodeId server) {
  int balance = 0;
  for (NodeId node = tree.node(server).first_child; node != kNoNode;
       node = tree.node(node).next_sibling) {
    const ContextSet set = contexts_of(tree, node);
    if (contains(set, Context::kStreamServer)) ++balance;
    if (contains(set, Context::kServer)) --balance;
  }
  return balance > 0;
}

struct Tally {
  std::array<int, kCandidates.size()> votes{};
  int known = 0;
  int entries = 0;
  int entries_with_slash = 0;
  bool is_main = false;
};

Tally count(const SyntaxTree& tree) {
  Tally tally;
  for (NodeId node = tree.node(kRootNode).first_child; node != kNoNode;
       node = tree.node(node).next_sibling) {
    const std::string_view name = tree.name(node);
    if (is_main_only(name)) {
      tally.is_main = true;
      break;
    }
    ContextSet set = contexts_of(tree, node);
    if (name == "server" && is_stream_server(tree, node)) set = ContextSet{} | Context::kStream;
    if (set == 0 && tree.node(node).kind == NodeKind::kSimple && is_entry_key(name)) {
      ++tally.entries;
      if (name.find('/') != std::string_view::npos) ++tally.entries_with_slash;
    }
    if (set == 0 || name == "include") continue;
    ++tally.known;
    for (std::size_t i = 0; i < kCandidates.size(); ++i) {
      if (contains(set, kCandidates[i])) ++tally.votes[i];
    }
  }
  return tally;
}

}  // namespace

Context infer_context(const SyntaxTree& tree) {
  const Tally tally = count(tree);
  if (tally.is_main) return Context::kMain;
  if (tally.known == 0) {
    if (tally.entries == 0) return Context::kMain;
    return tally.entries_with_slash == tally.entries ? Context::kTypes : Context::kMap;
  }
  const auto best = std::max_element(tally.votes.begin(), tally.votes.end());
  return *best == 0 ? Context::kMain
                    : kCandidates[static_cast<std::size_t>(best - tally.votes.begin())];
}

}  // namespace poolproof
