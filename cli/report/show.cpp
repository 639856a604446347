// The page that `poolproof show` prints: where the place is, what applies by group, what is lost.
#include "cli/report/show.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/report/excerpt.h"
#include "cli/report/paint.h"
#include "cli/report/wrap.h"
#include "lint/pool_facts.h"
#include "lint/reuse_answers.h"
#include "translate/effective/json.h"
#include "translate/effective/settings.h"

namespace poolproof::cli {
namespace {

using translate::effective::AppliedSetting;
using translate::effective::Settings;
using translate::effective::Why;

constexpr std::size_t kWidestStatement = 48;  // longer ones push their origin to the right
constexpr std::array<std::string_view, 5> kGroups = {"pass", "headers", "timeouts", "files",
                                                     "others"};

std::size_t group_of(std::string_view name) {
  const auto has = [name](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
  if (name.ends_with("_pass") || has("http_version") || has("next_upstream") || has("keep_conn") ||
      has("socket_keepalive") || has("_ssl_") || name.ends_with("_bind")) {
    return 0;
  }
  if (has("header") || name.ends_with("_param") || has("cookie")) return 1;
  if (has("timeout") || name.starts_with("keepalive") || has("_time")) return 2;
  for (const std::string_view file :
       {"root", "alias", "index", "try_files", "types", "default_type", "expires", "autoindex"}) {
    if (name == file) return 3;
  }
  return 4;
}

std::string statement_text(Directive at) {
  std::string out(at.name());
  for (std::size_t i = 0; i < at.arg_count(); ++i) {
    const std::string_view word = at.arg(i);
    const bool quotes = word.empty() || word.find_first_of(" \t;{}\"'") != std::string_view::npos;
    out += quotes ? fmt::format(" \"{}\"", word) : fmt::format(" {}", word);
  }
  return printable(at.is_block() ? out + " { ... }" : out);
}

std::string server_title(const Server& server) {
  std::string names;
  for (const ServerName& name : server.names) {
    names += (names.empty() ? "" : " ") + (name.text.empty() ? std::string("\"\"") : name.text);
  }
  return fmt::format("server {}", names);
}

/// From the server down to the location.
std::vector<std::pair<std::string, Directive>> chain_of(const Location& location) {
  std::vector<std::pair<std::string, Directive>> out;
  for (const Location* at = &location; at != nullptr; at = at->parent) {
    if (at->kind == LocationKind::kServerLevel) break;
    const bool is_plain = at->kind != LocationKind::kIf && at->kind != LocationKind::kLimitExcept;
    out.emplace_back((is_plain ? "location " : "") + at->display(), at->scope->block());
  }
  if (location.server != nullptr) {
    out.emplace_back(server_title(*location.server), location.server->at);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

class Page {
 public:
  Page(const EffectiveConfig& config, const TextStyle& style)
      : config_(config), style_(style), settings_(config) {}

  std::string run(const ShownPlace& place) {
    out_.clear();
    chain(place);
    const auto all = settings_.of(*place.location);
    for (std::size_t group = 0; group < kGroups.size(); ++group) write_group(all, group);
    copied_pass(*place.location);
    replaced(*place.location);
    pool(place);
    return std::move(out_);
  }

 private:
  std::string where(Directive at) const {
    return at ? printable(config_.bound().sources().describe(at.head_span())) : std::string();
  }

  void title(std::string_view text) {
    out_ += fmt::format("\n{}\n", paint(text, Colour::kBold, style_));
  }

  void row(const std::string& left, std::string_view right) {
    const std::size_t width = display_width(left);
    const std::size_t gap = width < kWidestStatement ? kWidestStatement - width + 2 : 2;
    out_ +=
        fmt::format("  {}{}{}\n", left, std::string(gap, ' '), paint(right, Colour::kDim, style_));
  }

  void chain(const ShownPlace& place) {
    std::string indent;
    for (const auto& [text, at] : chain_of(*place.location)) {
      out_ += fmt::format("{}{}  {}\n", indent, paint(printable(text), Colour::kBold, style_),
                          paint(where(at), Colour::kDim, style_));
      indent += "  ";
    }
    for (const Why& why : place.why) {
      const std::string at = where(why.at);
      out_ +=
          wrapped(printable(why.text) + (at.empty() ? "" : " (" + at + ")"), style_.width, indent);
    }
  }

  void write_group(const std::vector<AppliedSetting>& all, std::size_t group) {
    bool is_open = false;
    for (const AppliedSetting& setting : all) {
      if (group_of(setting.name) != group) continue;
      if (!is_open) title(kGroups[group]);
      is_open = true;
      if (setting.statements.empty()) {
        row(fmt::format("{} {}", setting.name, setting.default_value), "default");
      }
      for (const Directive at : setting.statements) {
        row(statement_text(at),
            fmt::format("{} ({})", where(at), translate::effective::level_of(at)));
      }
    }
  }

  /// nginx copies the handler of a location into `if` and limit_except.
  void copied_pass(const Location& location) {
    if (!location.pass || !location.pass->copied_from_outer) return;
    title("pass of the location around");
    row(statement_text(location.pass->at), where(location.pass->at));
  }

  void replaced(const Location& location) {
    const auto lists = settings_.replaced_in(*location.scope);
    if (lists.empty()) return;
    title("set further out, and replaced by an inner list");
    for (const auto& list : lists) {
      for (const Directive at : list.statements) {
        row(statement_text(at),
            fmt::format("{} ({})", where(at), translate::effective::level_of(at)));
      }
    }
  }

  void pool(const ShownPlace& place) {
    const Location& location = *place.location;
    if (!location.pass || location.kind == LocationKind::kServerLevel) return;
    const lint::ReuseVerdict verdict = lint::ReuseAnswers(config_).of(location);
    title(fmt::format("reuses upstream connections: {} (nginx {})", to_string(verdict.pooled),
                      to_string(config_.version())));
    tell(verdict);
    for (const lint::RouteDifference& other : place.other_versions) {
      title(fmt::format("with nginx {}: {}", other.versions, to_string(other.verdict.pooled)));
      tell(other.verdict);
    }
  }

  void tell(const lint::ReuseVerdict& verdict) {
    for (const lint::ReuseReason& reason : verdict.reasons) {
      const bool has_place = reason.span.file != FileId::kNone;
      const std::string place =
          has_place ? " (" + config_.bound().sources().describe(reason.span) + ")" : "";
      out_ += wrapped(printable(fmt::format("{}{} [{}]", reason.message, place, reason.rule)),
                      style_.width, "  ");
    }
  }

  const EffectiveConfig& config_;
  const TextStyle& style_;
  Settings settings_;
  std::string out_;
};

}  // namespace

std::string show_text(const EffectiveConfig& config, const std::vector<ShownPlace>& places,
                      const TextStyle& style) {
  Page page(config, style);
  std::string out;
  for (const ShownPlace& place : places) out += (out.empty() ? "" : "\n") + page.run(place);
  return out;
}

}  // namespace poolproof::cli
