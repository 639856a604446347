// See headers.h. nginx sends its own Host unless told otherwise; Envoy sends the client's.
#include "translate/envoy/headers.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/reuse.h"

namespace poolproof::translate::envoy {
namespace {

constexpr std::string_view kAppend = "APPEND_IF_EXISTS_OR_ADD";
constexpr std::string_view kOverwrite = "OVERWRITE_IF_EXISTS_OR_ADD";

class RequestHeaders {
 public:
  RequestHeaders(Shared& shared, const TextPlace& place, Tree& action)
      : shared_(shared), place_(place), action_(action) {}

  void run(Tree& route) {
    for (const HeaderField& field : location().set_headers.value) add(field);
    if (!seen_.contains("host")) rewrite_host("$proxy_host", location().pass->at);
    if (!added_.empty()) {
      route.set("request_headers_to_add", std::move(added_).once("request-fields"));
    }
    if (!removed_.empty()) {
      route.set("request_headers_to_remove", std::move(removed_).once("removed-fields"));
    }
  }

 private:
  const Location& location() const { return *place_.location; }

  void add(const HeaderField& field) {
    const std::string name = lower_case(field.name);
    const bool again = !seen_.insert(name).second;
    if (name == "host") {
      if (!again) return rewrite_host(field.value, field.at);
      return shared_.error(field.at, "envoy sends one `Host` only: this one is left out");
    }
    if (name == "connection" || name == "upgrade") return check_connection(field, name);
    if (name == "content-length" || name == "transfer-encoding") {
      return shared_.error(field.at, fmt::format("`{}` is not set by envoy's routes: it is what "
                                                 "the body needs",
                                                 field.name));
    }
    if (field.value == "$proxy_add_x_forwarded_for" && name == "x-forwarded-for" && !again) {
      const auto address = operators_of(shared_, place_, "$remote_addr", field.at);
      return add_value(name, field.name, address->text, kAppend);
    }
    set(field, name, again);
  }

  void set(const HeaderField& field, const std::string& name, bool again) {
    if (field.value.empty()) {
      if (!again) removed_.add(Tree::text(field.name));
      return;
    }
    const auto value = operators_of(shared_, place_, field.value, field.at);
    if (!value) return;
    const bool is_own = value->headers.contains(name);
    if (is_own && value->text == fmt::format("%REQ({})%", name)) return;  // as it came
    for (const std::string& read : value->headers) {
      if (read != name && written_.contains(read)) {
        shared_.error(field.at, fmt::format("`{}` is not quite translated to envoy: `{}` reads the "
                                            "value that is sent, not the client's",
                                            field.name, field.value));
      }
    }
    if (value->text.empty()) {
      if (!again) removed_.add(Tree::text(field.name));
      return;
    }
    // Without a value the field is not sent at all.
    if (value->may_be_empty && !is_own && !again) removed_.add(Tree::text(field.name));
    add_value(name, field.name, value->text, again ? kAppend : kOverwrite);
  }

  void add_value(const std::string& name, std::string_view as_written, std::string_view value,
                 std::string_view action) {
    written_.insert(name);
    added_.add(header_option(as_written, value, action));
  }

  void rewrite_host(std::string_view value, Directive at) {
    if (value == "$host" || value == "$http_host") {
      if (value == "$host") operators_of(shared_, place_, value, at);  // tells
      return;
    }
    const std::string host(value == "$proxy_host" ? proxy_host(*location().pass) : value);
    const auto pieces = split_variables(host);
    const bool is_header = pieces && pieces->size() == 1 && pieces->front().is_variable &&
                           pieces->front().text.starts_with("http_");
    if (is_header) {
      action_.set("host_rewrite_header", Tree::text(with_dashes(pieces->front().text.substr(5))));
      return;
    }
    const auto known = operators_of(shared_, place_, host, at);
    if (!known) return;
    if (known->constant && !host.empty()) {
      action_.set("host_rewrite_literal", Tree::text(known->text));
      return;
    }
    shared_.error(
        at, fmt::format("`Host: {}` is not translated to envoy: the client's is sent", value));
  }

  /// Connections are the cluster's; upgrades are told from what nginx would send.
  void check_connection(const HeaderField& field, const std::string& name) {
    const RequestAssumption client{.connection = "keep-alive", .upgrade = {}};
    if (name == "upgrade") return;
    for (const std::string& value :
         possible_values(shared_.config, location(), field.value, client).values) {
      const bool is_known = value.empty() || has_token(value, "close") ||
                            has_token(value, "keep-alive") || has_token(value, "upgrade");
      if (is_known) continue;
      return shared_.error(field.at, fmt::format("`{}: {}` is not sent by envoy: it writes that "
                                                 "field by itself",
                                                 field.name, field.value));
    }
  }

  Shared& shared_;
  const TextPlace& place_;
  Tree& action_;
  Tree added_ = Tree::list(), removed_ = Tree::list();
  std::set<std::string> seen_, written_;
};

}  // namespace

std::set<std::string> changed_fields(const Location& location) {
  std::set<std::string> out;
  if (!location.pass) return out;
  const Pass& pass = *location.pass;
  const bool replaces = pass.has_uri && pass.uri != location.pattern;
  if (replaces || !location.scope->own("rewrite").empty()) out.insert(":path");
  bool keeps_host = false;
  for (const HeaderField& field : location.set_headers.value) {
    const std::string name = lower_case(field.name);
    const bool is_host = field.value == "$host" || field.value == "$http_host";
    if (name == "host") keeps_host = keeps_host || is_host;
    if (name != "host" && with_dashes(field.value) != "$http-" + name) out.insert(name);
  }
  if (!keeps_host) out.insert("host");
  return out;
}

void add_request_headers(Shared& shared, const TextPlace& place, Tree& route, Tree& action) {
  RequestHeaders(shared, place, action).run(route);
}

void add_response_headers(Shared& shared, const TextPlace& place, Tree& route, Tree added) {
  const Scope& scope = *place.location->scope;
  for (const Directive at : scope.find("add_header").directives) {
    if (at.arg(1).empty()) continue;
    const auto value = operators_of(shared, place, at.arg(1), at);
    if (!value) continue;
    for (const std::string& field : changed_fields(*place.location)) {
      if (!value->headers.contains(field)) continue;
      shared.error(at,
                   fmt::format("`{}` is not quite translated to envoy: `{}` is what the upstream "
                               "was sent, not what the client sent",
                               at.arg(0), at.arg(1)));
    }
    if (at.arg(2) != "always") {
      shared.error(at, "without `always` nginx adds the field to some statuses only, envoy to all");
    }
    added.add(header_option(at.arg(0), value->text, kAppend));
  }
  if (!added.empty()) {
    route.set("response_headers_to_add", std::move(added).once("response-fields"));
  }
  if (!place.location->pass) return;
  Tree removed = Tree::list();
  const bool is_grpc = place.location->pass->protocol == Protocol::kGrpc;
  for (const Directive at :
       scope.find(is_grpc ? "grpc_hide_header" : "proxy_hide_header").directives) {
    removed.add(Tree::text(at.arg(0)));
  }
  if (!removed.empty()) {
    route.set("response_headers_to_remove", std::move(removed).once("hidden-fields"));
  }
}

}  // namespace poolproof::translate::envoy
