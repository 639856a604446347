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

/// What an ordinary client may say of its connection, and what it may ask with; whatever else it
/// sends is the same.
constexpr std::array kClients{
    RequestAssumption{.connection = "keep-alive", .upgrade = {}},
    RequestAssumption{.connection = "close", .upgrade = {}},
    RequestAssumption{.connection = "keep-alive", .upgrade = {}, .method = {}}};

/// What the Connection entries of a request say together: nginx sends each whose value is not
/// empty, and the backend reads them as one list.
struct SentConnection {
  bool present = false;  // an entry is there, which takes the place of the default
  bool closes_always = false, may_close = false;
  bool keeps_always = false, may_keep = false;
};

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
    reasons_.add({rule, std::move(message), span, field, false});
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
    Outcome all;
    for (const RequestAssumption& client : kClients) all.add(judge_http1(client));
    if (all.may_close) explain_http1();
    return all;
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

  SentConnection read_connection(const RequestAssumption& request) const {
    SentConnection out;
    for (const HeaderField& field : location_.set_headers.value) {
      if (!equal_ignoring_case(field.name, "connection")) continue;
      out.present = true;
      const PossibleValues sent = sent_by(field, request);
      const auto with = [&](std::string_view token) {
        return std::count_if(sent.values.begin(), sent.values.end(),
                             [&](const std::string& value) { return has_token(value, token); });
      };
      const auto all = static_cast<std::ptrdiff_t>(sent.values.size());
      const std::ptrdiff_t closing = with("close"), keeping = with("keep-alive");
      const bool certain = sent.complete && all > 0;
      out.closes_always = out.closes_always || (certain && closing == all);
      out.may_close = out.may_close || !sent.complete || closing > 0;
      out.keeps_always = out.keeps_always || (certain && keeping == all);
      out.may_keep = out.may_keep || !sent.complete || keeping > 0;
    }
    return out;
  }

  /// Over HTTP/1.0 nothing is certain: where a backend answers in HTTP/1.0 too, as some do, nginx
  /// closes (1.22.1, ngx_http_proxy_process_status_line).
  Outcome judge_http1(const RequestAssumption& request) const {
    const SentConnection sent = read_connection(request);
    if (!sent.present && config_.version() < kPoolByDefault) return {false, true};
    if (sent.closes_always) return {false, true};
    if (location_.http_version.value == HttpVersion::k11) return {true, sent.may_close};
    return {sent.may_keep, true};
  }

  bool asks_to_keep() const {
    return std::all_of(kClients.begin(), kClients.end(), [&](const RequestAssumption& client) {
      const SentConnection sent = read_connection(client);
      return sent.keeps_always && !sent.may_close;
    });
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
    const bool chosen = origin.kind != OriginKind::kDefault;
    const std::string_view rule =
        chosen ? "explicit-http-10-with-pool" : "upstream-http-version-not-11";
    const std::string_view begin = chosen ? "`proxy_http_version 1.0`: "
                                          : "HTTP/1.0 goes upstream, the default before 1.29.7: ";
    const SourceSpan span = chosen ? origin.directive.span() : pass_span();
    if (asks_to_keep()) {
      reasons_.add({rule,
                    fmt::format("{}the connection is kept where the backend answers in HTTP/1.1, "
                                "and closed where it answers in HTTP/1.0",
                                begin),
                    span, nullptr, true});
      return;
    }
    because(rule, span,
            fmt::format("{}without `Connection: keep-alive` the backend closes after each answer",
                        begin));
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
    const Closing plain = closing(field, kClients[0]);
    const Closing asked = closing(field, kClients[1]);
    const Closing any_method = closing(field, kClients[2]);
    const bool one = plain == asked && plain == any_method;
    if (one && plain == Closing::kAlways) return explain_close(field);
    if (one && plain == Closing::kNo) return;
    const bool undecided = plain == asked;
    if (undecided && field.value.find("$http_connection") == std::string_view::npos) {
      return because(
          "connection-header-undecided", field.at.span(),
          fmt::format("what `{}` holds {}; where it is \"close\" the backend closes", field.value,
                      plain == any_method ? "is known only when a request comes"
                                          : "depends on the method of the request"),
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
