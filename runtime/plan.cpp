// The order in which a plan is built, the check of what is supported, and the settings of main and
// events.
#include "runtime/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "grammar/syntax/values.h"
#include "runtime/plan_builder.h"
#include "runtime/support.h"

namespace poolproof::runtime {

Plan::Plan() = default;
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;
Plan::~Plan() = default;

PlanBuilder::PlanBuilder(const EffectiveConfig& config, const PlanOptions& options)
    : config_(config), options_(options), plan_(std::make_unique<Plan>()) {
  plan_->version = config.version();
  plan_->version_text = to_string(config.version());
  plan_->prefix = options.prefix;
  plan_->variables = std::make_unique<VariableTable>();
}

PlanResult PlanBuilder::build() {
  check_support();
  build_main();
  if (config_.http() != nullptr) {
    define_variables();
    build_log_formats();
    build_upstreams();
    build_servers();
    build_listens();
  }
  plan_->slot_count = plan_->variables->slot_count();
  const bool failed =
      std::any_of(diagnostics_.begin(), diagnostics_.end(),
                  [](const Diagnostic& each) { return each.severity == Severity::kError; });
  if (failed) plan_.reset();
  return {std::move(plan_), std::move(diagnostics_)};
}

/// Every statement of the configuration, once; what stands in a refused block goes with it.
void PlanBuilder::check_support() {
  const BoundConfig& bound = config_.bound();
  std::vector<bool> refused(bound.directive_count(), false);
  for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
    const BoundDirective& statement = bound.at(id);
    if (statement.parent != kNoDirective && refused[statement.parent]) {
      refused[id] = true;
      continue;
    }
    if (statement.spec == nullptr)
      continue;  // entries of maps; unknown names have their diagnostic
    const Directive at = bound.directive(id);
    const Support support = support_of(at.name(), at.arg(0));
    if (support == Support::kWarned) {
      warn(at, fmt::format("`{}`: {}", at.name(), support_of(at.name()).reason));
    } else if (support == Support::kRefused) {
      refused[id] = true;
      refuse(at, std::string(at.name()));
    }
  }
}

void PlanBuilder::build_main() {
  const Scope& main = config_.main();
  const std::string_view processes = main.value_or("worker_processes", "1");
  const auto count = parse_number(processes);
  plan_->worker_processes = processes == "auto" ? options_.processors
                            : count             ? static_cast<unsigned>(*count)
                                                : 1;
  plan_->shutdown_timeout_ms = time_ms(main, "worker_shutdown_timeout", 0);
  if (const Directive pid = main.find("pid").last(); pid && pid.arg(0) != "off") {
    plan_->pid_file = full_path(pid.arg(0));
  }
  if (const Directive user = main.find("user").last()) {
    plan_->user = user.arg(0);
    plan_->group = user.arg(1);
  }
  if (const Directive daemon = main.find("daemon").last(); daemon && daemon.arg(0) == "on") {
    warn(daemon, "`daemon on`: poolproof stays in the foreground");
  }
  plan_->open_file_limit = number(main, "worker_rlimit_nofile", 0);
  plan_->error_logs = error_logs(main);
  build_events();
}

void PlanBuilder::build_events() {
  const Scope* events = config_.events();
  if (events == nullptr) return;
  plan_->worker_connections = count(*events, "worker_connections", 512);
  plan_->multi_accept = events->flag_or("multi_accept", false);
}

PlanResult build_plan(const EffectiveConfig& config, const PlanOptions& options) {
  return PlanBuilder(config, options).build();
}

}  // namespace poolproof::runtime
