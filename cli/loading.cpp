// See loading.h.
#include "cli/loading.h"

#include <utility>

#include <fmt/format.h>

#include "cli/report/text.h"

namespace poolproof::cli {

std::unique_ptr<BoundConfig> load_one(Session& session, const std::string& path,
                                      const LoadOptions& options) {
  const bool is_stdin = path == "-";
  auto bytes = is_stdin ? read_standard_input() : session.reader.read(path);
  if (bytes) {
    return load_config_text(session.reader, is_stdin ? "<stdin>" : path, std::move(bytes).value(),
                            options);
  }
  complain(session, fmt::format("{}: cannot read this: {}", path, bytes.error().message));
  session.exit_code = worse(session.exit_code, ExitCode::kUnusable);
  return nullptr;
}

ExitCode exit_code_of(const Diagnostic& finding) {
  return finding.rule == "include-unreadable" ? ExitCode::kUnusable : ExitCode::kFindings;
}

std::size_t tell_errors(Session& session, const EffectiveConfig& config) {
  const BoundConfig& bound = config.bound();
  std::size_t errors = 0;
  for (const auto* findings : {&bound.diagnostics(), &config.diagnostics()}) {
    for (const Diagnostic& finding : *findings) {
      if (finding.severity != Severity::kError) continue;
      ++errors;
      print(stderr, text_of(finding, bound.sources(), session.err_style));
      session.exit_code = worse(session.exit_code, exit_code_of(finding));
    }
  }
  return errors;
}

}  // namespace poolproof::cli
