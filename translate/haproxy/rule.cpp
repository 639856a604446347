// Conditions over lists.
#include "translate/haproxy/rule.h"

#include <algorithm>

#include <fmt/format.h>

namespace poolproof::translate::haproxy {
namespace {

constexpr std::size_t kInline = 6, kPerLine = 30;

std::string words(const std::vector<std::string>& texts, std::size_t from, std::size_t to) {
  std::string out;
  for (std::size_t i = from; i < to; ++i) out += " " + word(texts[i]);
  return out;
}

}  // namespace

std::string origin_of(Shared& shared, const Scope& scope) {
  if (!scope.flag_or("absolute_redirect", true)) return {};
  const std::string fact =
      scope.flag_or("port_in_redirect", true) ? "origin" : "origin_without_port";
  shared.need(fact);
  return fmt::format("%[var(txn.{})]", fact);
}

std::string one_of(std::string_view sample, const std::vector<std::string>& texts,
                   std::string_view acl, std::string& lines) {
  if (texts.size() <= kInline) {
    return fmt::format("{{ {} -m str --{} }}", sample, words(texts, 0, texts.size()));
  }
  for (std::size_t i = 0; i < texts.size(); i += kPerLine) {
    lines += fmt::format("    acl {} {} -m str --{}\n", acl, sample,
                         words(texts, i, std::min(i + kPerLine, texts.size())));
  }
  return std::string(acl);
}

}  // namespace poolproof::translate::haproxy
