// The conditions are those of ngx_http_upstream_free_keepalive_peer and of the protocol modules'
// keep flag (nginx 1.22.1 and 1.31.5), seen from the configuration: is there a pool that can hold
// what comes (reuse_pool.h), and does what nginx sends let the backend keep the connection?
#include "lint/reuse.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "lint/comma_list.h"
#include "lint/pool_facts.h"
#include "lint/reuse_pool.h"

namespace poolproof::lint {
namespace {

/// From 1.29.4 to 1.30.0 (and in 1.30.x before .1) requests without a body did not give an HTTP/2
/// connection back (nginx commits ce3362cfd, 1a2adac35).
constexpr Version kHttp2PoolMended{1, 30, 1};

/// What an ordinary client may say of its connection; whatever else it sends is the same.
constexpr std::array kClients{RequestAssumption{.connection = "keep-alive", .upgrade = {}},
                              RequestAssumption{.connection = "close", .upgrade = {}}};

/// The protocol has no way to keep a connection, whatever the pool.
bool never_keeps(Protocol protocol) {
  return protocol == Protocol::kScgi || protocol == Protocol::kUwsgi;
}

class Judge {
 public:
  Judge(const EffectiveConfig& config, const Location& location)
      : config_(config), location_(location), pass_(*location.pass) {}

  ReuseVerdict run() {
    if (never_keeps(pass_.protocol)) {
      judge_protocol();
      return {Pooled::kNever, reasons_.take()};
    }
    std::array<Outcome, kClients.size()> pools;
    for (std::size_t i = 0; i < kClients.size(); ++i) {
      pools[i] = judge_pool(config_, location_, kClients[i], reasons_);
    }
    const auto may_reuse = [](const Outcome& outcome) { return outcome.may_reuse; };
    if (std::none_of(pools.begin(), pools.end(), may_reuse)) {
      return {Pooled::kNever, reasons_.take()};
    }
    const Outcome any_client = judge_protocol();
    Outcome all;
    for (std::size_t i = 0; i < kClients.size(); ++i) {
      const Outcome wire = speaks_http1() ? judge_http1(kClients[i]) : any_client;
      all.add({pools[i].may_reuse && wire.may_reuse, pools[i].may_close || wire.may_close});
    }
    if (!all.may_reuse) return {Pooled::kNever, reasons_.take()};
    if (all.may_close) return {Pooled::kDepends, reasons_.take()};
    return {Pooled::kAlways, {}};
  }

  std::vector<ReuseReason> run_protocol() {
    judge_protocol();
    return reasons_.take();
  }

 private:
  void because(std::string_view rule, SourceSpan span, std::string message,
               const HeaderField* field = nullptr) {
    reasons_.add({rule, std::move(message), span, field});
  }

  SourceSpan pass_span() const { return pass_.at.span(); }

  // --- the protocol ------------------------------------------------------------------------------

  Outcome judge_protocol() {
    switch (pass_.protocol) {
      case Protocol::kHttp:
        return judge_http();
      case Protocol::kFastcgi:
        return judge_fastcgi();
      case Protocol::kMemcached:
      case Protocol::kGrpc:
        return {true, false};
      case Protocol::kScgi:
      case Protocol::kUwsgi:
        break;
    }
    because("keepalive-useless-protocol", pass_span(),
            fmt::format("{} has no way to keep a connection: nginx opens one for every request",
                        pass_.protocol == Protocol::kScgi ? "SCGI" : "uwsgi"));
    return {false, true};
  }

  Outcome judge_fastcgi() {
    if (location_.scope->flag_or("fastcgi_keep_conn", false)) return {true, false};
    const Found found = location_.scope->find("fastcgi_keep_conn");
    because("fastcgi-keep-conn-missing", found.is_default() ? pass_span() : found.last().span(),
            "`fastcgi_keep_conn` is off, so the FastCGI server is told to close after each answer");
    return {false, true};
  }

  bool speaks_http1() const {
    return pass_.protocol == Protocol::kHttp && location_.http_version.value != HttpVersion::k2;
  }

  Outcome judge_http() {
    if (location_.http_version.value == HttpVersion::k2) return judge_http2();
    Outcome both = judge_http1(kClients.front());
    if (asks_client()) both.add(judge_http1(kClients.back()));
    if (both.may_close) explain_http1();
    return both;
  }

  /// Whether what is sent may differ from client to client.
  bool asks_client() const {
    const auto& fields = location_.set_headers.value;
    return std::any_of(fields.begin(), fields.end(), [](const HeaderField& field) {
      return equal_ignoring_case(field.name, "connection") && has_variables(field.value);
    });
  }

  Outcome judge_http2() {
    if (config_.version() >= kHttp2PoolMended) return {true, false};
    because("http2-upstream-not-pooled", location_.http_version.origin.directive.span(),
            "before 1.30.1 a request without a body does not give its HTTP/2 connection back");
    return {false, true};
  }

  /// What the entry may say.
  PossibleValues sent_by(const HeaderField& field, const RequestAssumption& request) const {
    if (!has_variables(field.value)) return {{std::string(field.value)}, true};
    return possible_values(config_, location_, field.value, request);
  }

  /// nginx sends every entry whose value is not empty; the backend reads them as one list.
  Outcome judge_http1(const RequestAssumption& request) const {
    bool closes_always = false, may_close = false, keeps_always = false, may_keep = false;
    bool present = false;
    for (const HeaderField& field : location_.set_headers.value) {
      if (!equal_ignoring_case(field.name, "connection")) continue;
      present = true;
      if (!has_variables(field.value)) {  // most, and there are many
        const bool closes = has_token(field.value, "close");
        const bool keeps = has_token(field.value, "keep-alive");
        closes_always = closes_always || closes;
        may_close = may_close || closes;
        keeps_always = keeps_always || keeps;
        may_keep = may_keep || keeps;
        continue;
      }
      const PossibleValues sent = sent_by(field, request);
      const auto with = [&](std::string_view token) {
        return std::count_if(sent.values.begin(), sent.values.end(),
                             [&](const std::string& value) { return has_token(value, token); });
      };
      const auto all = static_cast<std::ptrdiff_t>(sent.values.size());
      closes_always = closes_always || (sent.complete && all > 0 && with("close") == all);
      may_close = may_close || !sent.complete || with("close") > 0;
      keeps_always = keeps_always || (sent.complete && all > 0 && with("keep-alive") == all);
      may_keep = may_keep || !sent.complete || with("keep-alive") > 0;
    }
    if (!present && config_.version() < kPoolByDefault) return {false, true};
    if (closes_always) return {false, true};
    if (location_.http_version.value == HttpVersion::k11) return {true, may_close};
    return {may_keep, may_close || !keeps_always};
  }

  void explain_http1() {
    explain_version();
    bool found = false;
    for (const HeaderField& field : location_.set_headers.value) {
      if (!equal_ignoring_case(field.name, "connection")) continue;
      found = true;
      explain_field(field);
    }
    if (!found && config_.version() < kPoolByDefault) explain_missing_header();
  }

  void explain_version() {
    if (location_.http_version.value != HttpVersion::k10) return;
    const Origin& origin = location_.http_version.origin;
    if (origin.kind == OriginKind::kDefault) {
      because(
          "upstream-http-version-not-11", pass_span(),
          "HTTP/1.0 goes upstream, the default before 1.29.7: without `Connection: keep-alive` the "
          "backend closes after each answer");
      return;
    }
    because(
        "explicit-http-10-with-pool", origin.directive.span(),
        "`proxy_http_version 1.0`: without `Connection: keep-alive` the backend closes after each "
        "answer");
  }

  enum class Closing { kNo, kMaybe, kAlways, kUndecided };

  Closing closing(const HeaderField& field, const RequestAssumption& request) const {
    const PossibleValues sent = sent_by(field, request);
    const auto closes = [](const std::string& value) { return has_token(value, "close"); };
    if (std::none_of(sent.values.begin(), sent.values.end(), closes)) {
      return sent.complete ? Closing::kNo : Closing::kUndecided;
    }
    const bool all = std::all_of(sent.values.begin(), sent.values.end(), closes);
    return sent.complete && all ? Closing::kAlways : Closing::kMaybe;
  }

  /// Says something only of an entry that can make the backend close.
  void explain_field(const HeaderField& field) {
    const Closing plain = closing(field, kClients.front());
    const Closing asked = closing(field, kClients.back());
    if (plain == Closing::kAlways && asked == Closing::kAlways) return explain_close(field);
    if (plain == Closing::kNo && asked == Closing::kNo) return;
    const bool undecided = plain == asked;
    if (undecided && field.value.find("$http_connection") == std::string_view::npos) {
      return because("connection-header-undecided", field.at.span(),
                     fmt::format("what `{}` holds is known only when a request comes; where it is "
                                 "\"close\" the backend closes",
                                 field.value),
                     &field);
    }
    because("connection-header-from-client", field.at.span(),
            fmt::format("`{}` depends on the client: where it is \"close\" the backend closes",
                        field.value),
            &field);
  }

  void explain_close(const HeaderField& field) {
    const bool literal = field.value.find('$') == std::string_view::npos;
    const RequestAssumption handshake{.connection = "upgrade", .upgrade = "websocket"};
    if (!literal && closing(field, handshake) != Closing::kAlways) {
      return because("upgrade-map-closes-connection", field.at.span(),
                     fmt::format("`{}` is \"close\" for every ordinary request", field.value),
                     &field);
    }
    because("connection-close-explicit", field.at.span(),
            literal ? fmt::format("`{}: {}` is sent with every request", field.name, field.value)
                    : fmt::format("`{}` is \"close\" for every request", field.value),
            &field);
  }

  /// A chosen HTTP/1.0 is reason enough: `close` is then no more than what it implies.
  void explain_missing_header() {
    const Setting<HttpVersion>& version = location_.http_version;
    if (version.value == HttpVersion::k10 && version.origin.kind != OriginKind::kDefault) return;
    if (const Directive lost = lost_connection_header(location_)) {
      return because(
          "set-header-drops-inherited-connection", location_.set_headers.value.front().at.span(),
          fmt::format("the proxy_set_header lines here replace the whole outer set, and with "
                      "it `Connection \"{}\"`: `Connection: close` is sent again",
                      lost.arg(1)));
    }
    because("connection-header-not-cleared", pass_span(),
            "`Connection: close` is sent, the default before 1.29.7");
  }

  const EffectiveConfig& config_;
  const Location& location_;
  const Pass& pass_;
  Reasons reasons_;
};

}  // namespace

std::string_view to_string(Pooled pooled) {
  switch (pooled) {
    case Pooled::kAlways:
      return "always";
    case Pooled::kNever:
      return "never";
    case Pooled::kDepends:
      return "depends";
  }
  return "depends";
}

ReuseVerdict reuse_of(const EffectiveConfig& config, const Location& location) {
  return Judge(config, location).run();
}

std::vector<ReuseReason> sending_reasons(const EffectiveConfig& config, const Location& location) {
  return Judge(config, location).run_protocol();
}

}  // namespace poolproof::lint
