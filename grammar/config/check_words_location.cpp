// Files, answers and names of servers.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "grammar/config/address.h"
#include "grammar/config/check_words.h"
#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

constexpr std::array<std::string_view, 14> kMethods = {
    "get",  "head",    "post",     "put",       "delete", "mkcol",  "copy",
    "move", "options", "propfind", "proppatch", "lock",   "unlock", "patch"};

void try_files(const Words& words) {
  if (!words.last().starts_with('=')) return;
  const auto code = parse_number(words.last().substr(1));
  if (!code || *code > 999) words.want(words.size() - 1, "a status such as `=404` at the end");
}

/// $document_root is made of what `root` says.
void root(const Words& words) {
  if (!has_variables(words[0])) return;  // nearly all
  for (const std::string_view name : {"document_root", "realpath_root"}) {
    const bool is_there = words[0].find(fmt::format("${}", name)) != std::string_view::npos ||
                          words[0].find(fmt::format("${{{}", name)) != std::string_view::npos;
    if (is_there) {
      words.refuse(0,
                   fmt::format("`${}` cannot stand in `{}`, which makes it", name, words.name()));
    }
  }
}

void error_page(const Words& words) {
  const std::size_t last = words.size() - 1;
  std::size_t codes = last;
  if (words[last - 1].starts_with('=')) {
    codes = last - 1;
    if (codes == 0) words.want(0, "a status before `=`");
    const std::string_view code = words[last - 1].substr(1);
    if (!code.empty() && !parse_number(code)) {
      words.want(last - 1, "a status after `=`, or `=` alone");
    }
  }
  for (std::size_t i = 0; i < codes; ++i) {
    const auto code = parse_number(words[i]);
    if (!code || *code == 499 || *code < 300 || *code > 599) {
      words.want(i, "statuses from 300 to 599, and not 499");
    }
  }
}

void limit_except(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string method = lower_case(words[i]);
    if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) continue;
    words.refuse(i, fmt::format("`{}` is no method that `limit_except` knows", words[i]));
  }
}

void access(const Words& words) {
  if (words[0] == "all" || words[0] == "unix:" || is_network(words[0])) return;
  words.want(0, "an address, a network such as `10.0.0.0/8`, `unix:` or `all`");
}

void server_name(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view name = words[i];
    const bool bad_star = name.starts_with('*') && (name.size() < 3 || name[1] != '.');
    if (bad_star || name == ".") {
      words.refuse(i, fmt::format("`{}` is no name of a server: a wildcard is `*.example.com`, "
                                  "`.example.com` or `www.example.*`",
                                  name));
    }
  }
}

void index(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].empty()) words.refuse(i, "`index` takes names of files, and this one is empty");
  }
}

/// add_header, add_trailer.
void header_line(const Words& words) {
  if (words.size() == 3 && words[2] != "always") words.want(2, "`always` as its third argument");
}

enum class Expiry { kPlain, kModified };

void expiry(const Words& words, std::size_t at, Expiry kind) {
  std::string_view text = words[at];
  if (has_variables(text)) return;
  if (kind == Expiry::kPlain && (text == "epoch" || text == "max" || text == "off")) return;
  const bool is_daily = text.starts_with('@');
  if (is_daily && kind == Expiry::kModified) {
    return words.refuse(at, "a time of day (`@`) cannot stand behind `modified`");
  }
  if (is_daily || text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const auto time = parse_seconds(text);
  if (!time) return words.want(at, "`epoch`, `max`, `off`, or a time such as `30d` or `@15h30m`");
  if (is_daily && *time > std::chrono::hours(24)) {
    words.refuse(at, "a time of day lies below 24 hours");
  }
}

void expires(const Words& words) {
  if (words.size() == 1) return expiry(words, 0, Expiry::kPlain);
  if (words[0] != "modified") return words.want(0, "`modified` before a second argument");
  expiry(words, 1, Expiry::kModified);
}

void rewrite(const Words& words) {
  if (words[1].empty()) words.refuse(1, "`rewrite` has nothing to replace the URI by: it is empty");
}

void disable_symlinks(const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view from;
    if (words[i] == "off" || words[i] == "on" || words[i] == "if_not_owner") continue;
    if (takes_key(words[i], "from=", from) && !from.empty()) continue;
    words.want(i, "`on`, `off`, `if_not_owner` or `from=PATH`");
  }
}

/// A host is looked up, and none has a slash in its name.
void real_ip_from(const Words& words) {
  if (words[0].find('/') == std::string_view::npos || is_network(words[0])) return;
  words.want(0, "an address, a network such as `10.0.0.0/8`, a host or `unix:`");
}

/// The range is that of the table of values.
void power_of_two(const Words& words) {
  const std::int64_t size = parse_size(words[0]).value_or(0);
  if (size > 0 && (size & (size - 1)) != 0) words.want(0, "a power of two, such as `4k`");
}

void sub_filter(const Words& words) {
  if (words[0].empty()) words.refuse(0, "`sub_filter` has no text to look for");
}

constexpr std::array kTable = {
    WordsEntry{"add_header", header_line},
    WordsEntry{"add_trailer", header_line},
    WordsEntry{"alias", root},
    WordsEntry{"allow", access},
    WordsEntry{"deny", access},
    WordsEntry{"disable_symlinks", disable_symlinks},
    WordsEntry{"error_page", error_page},
    WordsEntry{"expires", expires},
    WordsEntry{"gzip_hash", power_of_two},
    WordsEntry{"gzip_window", power_of_two},
    WordsEntry{"index", index},
    WordsEntry{"limit_except", limit_except},
    WordsEntry{"rewrite", rewrite},
    WordsEntry{"root", root},
    WordsEntry{"server_name", server_name},
    WordsEntry{"set_real_ip_from", real_ip_from},
    WordsEntry{"sub_filter", sub_filter},
    WordsEntry{"try_files", try_files},
};

}  // namespace

std::span<const WordsEntry> location_word_checks() {
  return kTable;
}

}  // namespace poolproof
