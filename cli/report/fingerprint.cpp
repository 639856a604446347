// See fingerprint.h. SHA-256 by OpenSSL, cut to 128 bits: not for security, for being the same
// everywhere.
#include "cli/report/fingerprint.h"

#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "cli/report/paths.h"
#include "cli/report/report.h"
#include "grammar/config/bound_config.h"

namespace poolproof::cli {
namespace {

constexpr std::size_t kDigestBytes = 16;

/// Runs of blanks and line breaks as one blank.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

std::string_view text_of_span(const SyntaxTree& tree, SourceSpan span) {
  return tree.text().substr(span.begin, span.end - span.begin);
}

bool holds(SourceSpan span, std::uint32_t offset) {
  return offset >= span.begin && offset < span.end;
}

/// The innermost statement that holds the place; the root where none does. Nodes stand in the order
/// of the text.
NodeId statement_at(const SyntaxTree& tree, std::uint32_t offset) {
  NodeId first = kRootNode + 1;
  auto last = static_cast<NodeId>(tree.nodes().size());  // the first that begins behind the place
  while (first < last) {
    const NodeId middle = first + (last - first) / 2;
    if (tree.span(middle).begin <= offset) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  NodeId at = last - 1;
  while (at != kRootNode && !holds(tree.span(at), offset)) at = tree.node(at).parent;
  return at;
}

/// `server` blocks are told apart by what they listen on and by their names.
std::string identity_of_server(const SyntaxTree& tree, NodeId server) {
  std::string out;
  for (NodeId at = tree.node(server).first_child; at != kNoNode; at = tree.node(at).next_sibling) {
    if (tree.name(at) != "listen" && tree.name(at) != "server_name") continue;
    out += squeezed(text_of_span(tree, tree.head_span(at))) + '\n';
  }
  return out;
}

/// "proxy_pass http://app" below "location /" below "server": from the inside out. What versions
/// before the second were made of.
std::string whole_context_of(const Reported& reported) {
  if (reported.config == nullptr) return "";
  const SyntaxTree& tree = reported.config->file(reported.finding.span.file).tree;
  std::string out;
  for (NodeId at = statement_at(tree, reported.finding.span.begin); at != kRootNode;
       at = tree.node(at).parent) {
    out += squeezed(text_of_span(tree, tree.head_span(at))) + '\n';
  }
  if (out.empty()) out = squeezed(reported.sources->text(reported.finding.span));
  return out;
}

std::string digest(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha256(), nullptr);
  std::string out;
  for (std::size_t i = 0; i < kDigestBytes; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

/// The same as a digest, in which servers have their identity, made once for each statement: many
/// findings may stand in one, and many statements in one block.
class Contexts {
 public:
  std::string of(const Reported& reported) {
    if (reported.config == nullptr) return "";
    const FileId file = reported.finding.span.file;
    const SyntaxTree& tree = reported.config->file(file).tree;
    const NodeId at = statement_at(tree, reported.finding.span.begin);
    if (at == kRootNode) return squeezed(reported.sources->text(reported.finding.span));
    return of_statement({reported.config, file, at}, tree);
  }

 private:
  using Place = std::tuple<const BoundConfig*, FileId, NodeId>;

  const std::string& of_statement(const Place& place, const SyntaxTree& tree) {
    const auto [known, is_new] = digests_.try_emplace(place);
    if (!is_new) return known->second;
    const auto& [config, file, at] = place;
    std::string text = squeezed(text_of_span(tree, tree.head_span(at))) + '\n';
    const Node& node = tree.node(at);
    if (node.kind == NodeKind::kBlock && node.word_count == 1 && tree.name(at) == "server")
      text += identity_of_server(tree, at);
    if (node.parent != kRootNode) text += of_statement({config, file, node.parent}, tree);
    return known->second = digest(text);
  }

  std::map<Place, std::string> digests_;
};

}  // namespace

void name_findings(LintReport& report) {
  std::unordered_map<std::string, std::size_t> equals;  // by digest: the texts may be long
  std::map<std::string_view, std::string> paths;
  Contexts contexts;
  for (Reported& reported : report.findings) {
    const auto [path, is_new] = paths.try_emplace(reported.path());
    if (is_new) path->second = repository_path(report, path->first);
    const std::string context =
        report.fingerprint_version > 1 ? contexts.of(reported) : whole_context_of(reported);
    const std::string key = fmt::format("{}\n{}\n{}", reported.finding.rule, path->second, context);
    reported.fingerprint = digest(fmt::format("{}\n{}", key, equals[digest(key)]++));
  }
}

}  // namespace poolproof::cli
