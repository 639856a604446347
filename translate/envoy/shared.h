// What all parts of the translation see.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "translate/comments.h"
#include "translate/envoy/tree.h"
#include "translate/translation.h"

namespace poolproof::translate::envoy {

/// The listener whose routes are being written, and what its locations ask for together.
struct Gate {
  bool tls = false;
  std::uint16_t port = 0;
  bool strips_port = true;      // of the Host; what reads $http_host needs it
  bool compares_paths = false;  // else they are passed on as they came
  bool passes_upgrades = false;
  bool has_grpc = false;
  bool checks_addresses = false;  // set by the first route that does
};

struct Shared {
  const EffectiveConfig& config;
  Translation& out;
  Gate gate = {};
  int listeners = 0;  // written before this one
  std::set<std::pair<SourceSpan, std::string>> told = {};
  std::set<std::string> told_once = {};

  /// What several places inherit is told once.
  void lose(Severity severity, Directive at, std::string message);
  void error(Directive at, std::string message) { lose(Severity::kError, at, std::move(message)); }
  void warn(Directive at, std::string message) { lose(Severity::kWarning, at, std::move(message)); }
  /// Once for the configuration, where it is met first.
  void once(Severity severity, Directive at, const std::string& message);
};

/// "1.5s", as protobuf has durations in JSON.
std::string duration(std::chrono::milliseconds time);

/// {header: {key, value}, append_action}
Tree header_option(std::string_view name, std::string_view value, std::string_view action);

}  // namespace poolproof::translate::envoy
