// See retries.h.
#include "translate/envoy/retries.h"

#include <algorithm>

#include "translate/reuse.h"

namespace poolproof::translate::envoy {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kUnsafe = "POST|LOCK|PATCH";

class Policies {
 public:
  Policies(Shared& shared, const Location& location, const Upstream& upstream)
      : shared_(shared),
        location_(location),
        upstream_(upstream),
        words_(next_upstream(location)),
        tries_(tries_of(location, upstream)) {}

  Retries run() {
    Retries out;
    const milliseconds read = time_of(location_, "read_timeout");
    const milliseconds most = std::max(read, time_of(location_, "send_timeout"));
    out.silence = most;
    if (has("off")) return out;
    if (tries_ == 1) {
      // A pooled connection that turns out to be dead costs no try.
      const bool repeats = keeps_connections(shared_.config, location_) != Keeps::kNever;
      if (repeats && has("error")) {
        out.usual = policy("reset", {}).set("retriable_request_headers", only_safe());
      }
      return out;
    }
    if (has("timeout")) {
      out.silence =
          (most + time_of(location_, "connect_timeout")) * static_cast<std::int64_t>(tries_);
    }
    const bool fails = has("error") || has("timeout");
    tell_words();
    out.usual = elsewhere(fails ? "connect-failure,refused-stream,reset" : "", statuses(), read);
    if (has("non_idempotent")) return out;
    const std::vector<std::string_view> any_method =
        has("http_429") ? std::vector{std::string_view("429")} : std::vector<std::string_view>();
    if (!fails && any_method.empty()) {
      out.usual->set("retriable_request_headers", only_safe());
      return out;
    }
    out.has_unsafe = true;
    out.unsafe = elsewhere(fails ? "connect-failure" : "", any_method, read);
    return out;
  }

 private:
  bool has(std::string_view word) const {
    return std::find(words_.begin(), words_.end(), word) != words_.end();
  }

  std::vector<std::string_view> statuses() const {
    std::vector<std::string_view> out;
    for (const std::string_view word : words_) {
      if (word.starts_with("http_")) out.push_back(word.substr(5));
    }
    return out;
  }

  void tell_words() {
    const Directive at = location_.scope->find(pass_directive(location_, "next_upstream")).last();
    if (has("timeout") && !has("error")) {
      shared_.error(at,
                    "without `error` nginx does not try another server where a connection "
                    "fails, envoy does");
    }
    if (has("error") && !has("timeout")) {
      shared_.error(at,
                    "without `timeout` nginx does not try another server where connecting "
                    "takes too long, envoy does");
    }
  }

  Tree policy(std::string_view when, const std::vector<std::string_view>& statuses) const {
    std::string on(when);
    if (!statuses.empty()) on += (on.empty() ? "" : ",") + std::string("retriable-status-codes");
    Tree out = Tree::map().set("retry_on", Tree::text(on));
    Tree codes = Tree::list();
    for (const std::string_view status : statuses) codes.add(Tree::word(status));
    if (!statuses.empty()) out.set("retriable_status_codes", std::move(codes));
    out.set("num_retries",
            Tree::number(std::max<std::int64_t>(static_cast<std::int64_t>(tries_) - 1, 1)));
    // At once: the least that there is.
    const Tree once = Tree::word("0.001s");
    out.set("retry_back_off", Tree::map().set("base_interval", once).set("max_interval", once));
    return out;
  }

  Tree elsewhere(std::string_view when, const std::vector<std::string_view>& statuses,
                 milliseconds read) const {
    Tree out = policy(when, statuses);
    if (has("timeout")) out.set("per_try_idle_timeout", Tree::word(duration(read)));
    out.set(
        "retry_host_predicate",
        Tree::list().add(extension(
            "envoy.retry_host_predicates.previous_hosts",
            Tree::typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"))));
    out.set("host_selection_retry_max_attempts",
            Tree::number(static_cast<std::int64_t>(tries_) * 2));
    add_backups(out);
    return out;
  }

  /// nginx asks the backups once each other server was asked, Envoy once the others are out.
  void add_backups(Tree& out) const {
    std::int64_t others = 0, backups = 0;
    for (const Peer& peer : upstream_.peers) {
      if (!peer.down) ++(peer.backup ? backups : others);
    }
    if (backups == 0 || others == 0) return;
    Tree config = Tree::typed(
        "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig");
    config.set("update_frequency", Tree::number(others));
    out.set("retry_priority",
            extension("envoy.retry_priorities.previous_priorities", std::move(config)));
  }

  static Tree extension(std::string_view name, Tree config) {
    return Tree::map().set("name", Tree::text(name)).set("typed_config", std::move(config));
  }

  static Tree only_safe() {
    return Tree::list().add(unsafe_methods().set("invert_match", Tree::yes()));
  }

  Shared& shared_;
  const Location& location_;
  const Upstream& upstream_;
  std::vector<std::string_view> words_;
  std::size_t tries_;
};

}  // namespace

Retries retries_of(Shared& shared, const Location& location, const Upstream& upstream) {
  return Policies(shared, location, upstream).run();
}

Tree unsafe_methods() {
  return Tree::map()
      .set("name", Tree::text(":method"))
      .set("string_match",
           Tree::map().set("safe_regex", Tree::map().set("regex", Tree::text(kUnsafe))));
}

}  // namespace poolproof::translate::envoy
