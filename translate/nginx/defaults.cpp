// Directives whose default changed, from the catalogue; and what the other version does not take.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "translate/effective/settings.h"
#include "translate/nginx/versions.h"

namespace poolproof::translate::nginx {
namespace {

/// Said by parts of their own.
constexpr std::array<std::string_view, 2> kOwnParts = {"proxy_http_version", "proxy_set_header"};

bool passes_with(const EffectiveConfig& config, std::string_view directive) {
  return std::any_of(config.locations().begin(), config.locations().end(),
                     [&](const Location& location) {
                       if (!location.pass) return false;
                       const auto prefix = effective::directive_prefix(location.pass->protocol);
                       if (!directive.starts_with(std::string(prefix) + "_")) return false;
                       const bool is_tls = directive.find("_ssl_") != std::string_view::npos;
                       return !is_tls || location.pass->tls || location.pass->has_variables;
                     });
}

bool listens_with_tls(const EffectiveConfig& config) {
  return std::any_of(config.servers().begin(), config.servers().end(), [](const Server& server) {
    return server.scope->flag_or("ssl", false) ||
           std::any_of(server.listens.begin(), server.listens.end(),
                       [](const Listen& listen) { return listen.ssl || listen.quic; });
  });
}

/// Modules that are not used need not be there.
bool matters(const EffectiveConfig& config, const DirectiveSpec& spec) {
  if (spec.module == "ngx_http_core_module") return true;
  if (spec.module == "ngx_http_ssl_module") return listens_with_tls(config);
  return passes_with(config, spec.name);
}

bool can_be_written(const DirectiveSpec& spec) {
  for (const DirectiveFlag flag : {DirectiveFlag::kBlock, DirectiveFlag::kThirdParty,
                                   DirectiveFlag::kCommercial, DirectiveFlag::kObsolete}) {
    if (spec.is(flag)) return false;
  }
  if (!spec.allowed_in(Context::kHttp) || spec.inheritance == Inheritance::kNone) return false;
  return std::find(kOwnParts.begin(), kOwnParts.end(), spec.name) == kOwnParts.end();
}

/// Why the version refuses the statement; empty if it does not.
std::string refusal(Directive at, Version version) {
  const DirectiveSpec& spec = *at.spec();
  const std::string known = to_string(version);
  if (!spec.exists_in(version)) return fmt::format("nginx {} does not know `{}`", known, at.name());
  if (!accepts_argument_count(spec, at.arg_count(), version)) {
    return fmt::format("nginx {} takes another number of arguments of `{}`", known, at.name());
  }
  if (!allowed_in(spec, at.context(), version)) {
    return fmt::format("nginx {} does not take `{}` in {}", known, at.name(),
                       to_string(at.context()));
  }
  for (const AllowedValue& value : allowed_values(spec)) {
    for (std::size_t i = 0; i < at.arg_count(); ++i) {
      if (at.arg(i) != value.value || value.since <= version) continue;
      return fmt::format("nginx {} does not know `{} {}`", known, at.name(), at.arg(i));
    }
  }
  return {};
}

}  // namespace

void move_defaults(Move& move) {
  if (move.from.http() == nullptr || move.old_version() == move.new_version()) return;
  for (const DirectiveSpec& spec : all_directives()) {
    if (!can_be_written(spec) || !spec.exists_in(move.old_version())) continue;
    if (!spec.exists_in(move.new_version())) continue;
    const std::string_view old = default_value(spec, move.old_version());
    if (old.empty() || old == default_value(spec, move.new_version())) continue;
    if (old.find('|') != std::string_view::npos) continue;  // the machine decides, as before
    if (!move.from.http()->own(spec.name).empty() || !matters(move.from, spec)) continue;
    move.changes.appended[move.from.http()->block().id()].push_back(
        fmt::format("{} {};", spec.name, old));
  }
  // Before 1.19.10 a connection with a client had no greatest age.
  constexpr Version kAge{1, 19, 10};
  if (!move.crosses(kAge)) return;
  if (move.new_version() >= kAge) {
    move.changes.appended[move.from.http()->block().id()].push_back("keepalive_time 365d;");
  } else if (move.from.http()->own("keepalive_time").empty()) {
    lose(
        move.out, Severity::kWarning, move.from.http()->block(),
        fmt::format("connections with clients are closed after an hour; nginx {} knows no greatest "
                    "age",
                    to_string(move.new_version())));
  }
}

void tell_missing(Move& move) {
  const BoundConfig& bound = move.from.bound();
  for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
    const Directive at = bound.directive(id);
    if (at.spec() == nullptr || move.changes.dropped.contains(id)) continue;
    if (move.changes.replaced.contains(id)) continue;
    const std::string why = refusal(at, move.new_version());
    if (why.empty()) continue;
    lose(move.out, Severity::kError, at, why + ": left out");
    move.changes.dropped[id] = fmt::format("left out, {}: {}", why, head_text(at));
  }
}

}  // namespace poolproof::translate::nginx
