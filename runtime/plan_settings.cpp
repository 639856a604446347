// The settings of a location that are single values or short lists.
#include <fmt/format.h>

#include <algorithm>

#include "grammar/syntax/values.h"
#include "runtime/maps.h"
#include "runtime/plan_builder.h"

namespace poolproof::runtime {

void PlanBuilder::build_settings(const Scope& scope, LocationPlan& plan) {
  plan.etag = scope.flag_or("etag", true);
  // Without it nginx counts no ranges (NGX_MAX_INT32_VALUE of 1.22.1).
  plan.max_ranges = static_cast<std::uint64_t>(number(scope, "max_ranges", 0x7fffffff));
  plan.log_not_found = scope.flag_or("log_not_found", true);
  plan.msie_padding = scope.flag_or("msie_padding", true);
  plan.recursive_error_pages = scope.flag_or("recursive_error_pages", false);
  plan.chunked_transfer_encoding = scope.flag_or("chunked_transfer_encoding", true);
  plan.absolute_redirect = scope.flag_or("absolute_redirect", true);
  plan.server_name_in_redirect = scope.flag_or("server_name_in_redirect", false);
  plan.port_in_redirect = scope.flag_or("port_in_redirect", true);
  plan.access_logs = access_logs(scope);
  plan.error_logs = error_logs(scope);
  build_error_pages(scope, plan);
  build_access(scope, plan);
  build_headers(scope, plan);
}

void PlanBuilder::build_client_settings(const Scope& scope, LocationPlan& plan) {
  plan.client_max_body_size = size(scope, "client_max_body_size", 1 << 20);
  plan.client_body_buffer_size =
      static_cast<std::size_t>(size(scope, "client_body_buffer_size", 16384));
  plan.client_body_timeout_ms = time_ms(scope, "client_body_timeout", 60'000);
  plan.send_timeout_ms = time_ms(scope, "send_timeout", 60'000);
  plan.keepalive_timeout_ms = time_ms(scope, "keepalive_timeout", 75'000);
  if (const Directive at = scope.find("keepalive_timeout").last(); at && at.arg_count() > 1) {
    plan.keepalive_header_s = parse_seconds(at.arg(1)).value_or(std::chrono::seconds(0)).count();
  }
  const bool takes_more = plan_->version >= Version{1, 19, 10};
  plan.keepalive_requests = count(scope, "keepalive_requests", takes_more ? 1000 : 100);
  plan.keepalive_time_ms = time_ms(scope, "keepalive_time", 3'600'000);
  const Directive disable = scope.find("keepalive_disable").last();
  plan.keepalive_disable_msie6 = !disable;
  for (std::size_t i = 0; disable && i < disable.arg_count(); ++i) {
    if (disable.arg(i) == "msie6") plan.keepalive_disable_msie6 = true;
    if (disable.arg(i) == "safari") plan.keepalive_disable_safari = true;
  }
  const std::string_view lingering = scope.value_or("lingering_close", "on");
  plan.lingering_close = lingering == "off"      ? LingeringClose::kOff
                         : lingering == "always" ? LingeringClose::kAlways
                                                 : LingeringClose::kOn;
  plan.lingering_time_ms = time_ms(scope, "lingering_time", 30'000);
  plan.lingering_timeout_ms = time_ms(scope, "lingering_timeout", 5'000);
  plan.reset_timedout_connection = scope.flag_or("reset_timedout_connection", false);
}

/// "404 403 =200 /page": statuses, what to answer with, where to go.
void PlanBuilder::build_error_pages(const Scope& scope, LocationPlan& plan) {
  for (const Directive at : scope.find("error_page").directives) {
    if (at.arg_count() < 2) continue;
    std::size_t statuses = at.arg_count() - 1;
    int response = -1;
    const std::string_view last = at.arg(statuses - 1);
    if (last.starts_with('=')) {
      --statuses;
      response = last.size() == 1 ? 0 : static_cast<int>(parse_number(last.substr(1)).value_or(-2));
      if (response < -1) fail(at, fmt::format("invalid value \"{}\"", last));
    }
    for (std::size_t i = 0; i < statuses; ++i) {
      const auto status = parse_number(at.arg(i));
      if (!status || *status < 300 || *status > 599 || *status == 499) {
        fail(at, fmt::format("value \"{}\" must be between 300 and 599", at.arg(i)));
        continue;
      }
      plan.error_pages.push_back(
          {static_cast<int>(*status), compile(at.arg(at.arg_count() - 1), at), response});
    }
  }
}

/// allow and deny are one list: the innermost level that has either.
void PlanBuilder::build_access(const Scope& scope, LocationPlan& plan) {
  const Scope* level = &scope;
  while (level != nullptr && level->own("allow").empty() && level->own("deny").empty()) {
    level = level->parent();
  }
  if (level == nullptr) return;
  for (const Directive at : children(level->block())) {
    if (at.name() != "allow" && at.name() != "deny") continue;
    AccessRule rule;
    rule.allow = at.name() == "allow";
    if (at.arg(0) == "unix:") {
      rule.family = AddressFamily::kUnix;
    } else if (at.arg(0) != "all") {
      const auto range = parse_network(at.arg(0));
      if (!range) {
        fail(at, fmt::format("invalid parameter \"{}\"", at.arg(0)));
        continue;
      }
      rule.family = range->family;
      rule.ip = range->first;
      for (std::size_t i = 0; i < rule.mask.size(); ++i) {
        rule.mask[i] = static_cast<std::uint8_t>(~(range->first[i] ^ range->last[i]));
      }
    }
    plan.access.push_back(rule);
  }
}

void PlanBuilder::build_headers(const Scope& scope, LocationPlan& plan) {
  for (const Directive at : scope.find("add_header").directives) {
    const bool always = at.arg_count() > 2 && at.arg(2) == "always";
    plan.add_headers.push_back({std::string(at.arg(0)), compile(at.arg(1), at), always});
  }
}

}  // namespace poolproof::runtime
