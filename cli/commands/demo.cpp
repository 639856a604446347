// `poolproof demo`: the argument of the whole program in one minute. A broken configuration, what
// lint says, the fix as a diff, then both run one after the other under the same load, and what
// that cost.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/command.h"
#include "cli/demo/measure.h"
#include "cli/demo/origin.h"
#include "cli/demo/sockets.h"
#include "cli/demo/story.h"
#include "cli/report/paint.h"
#include "cli/report/text.h"
#include "cli/session.h"
#include "grammar/base/diff.h"
#include "grammar/config/bound_config.h"
#include "lint/fixer.h"
#include "lint/linter.h"

namespace poolproof::cli {
namespace {

using demo::Measurement;

/// The nginx that most machines run: the last stable branch before the defaults changed.
constexpr std::string_view kVersion = "1.28.3";
constexpr std::string_view kShownAs = "nginx.conf";

struct DemoOptions {
  std::uint64_t requests = 20'000;
};

/// A folder of its own below the system's temporary one, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "poolproof-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  bool write(const std::string& name, const std::string& text) const {
    std::ofstream file(path_ + "/" + name, std::ios::binary);
    file << text;
    return file.good();
  }

 private:
  std::string path_;
};

class Demo {
 public:
  Demo(Session& session, const DemoOptions& options) : session_(session), options_(options) {}

  void run() {
    if (!origin_.start()) return fail("no port of 127.0.0.1 can be had for the origin");
    listen_port_ = demo::free_port();
    const std::string broken = demo::broken_config(listen_port_, origin_.port());
    title(1, "A configuration as most tutorials leave it");
    print(stdout, broken);
    title(2, fmt::format("poolproof lint --nginx-version {}", kVersion));
    show_findings(broken);
    title(3, "poolproof fix --unsafe --diff");
    const std::string fixed = show_fix(broken);
    title(4, fmt::format("poolproof run: both, {} requests over 64 client connections each",
                         options_.requests));
    const auto before = run_one("before", "broken.conf", broken);
    if (!before) return;
    const auto after = run_one("after", "fixed.conf", fixed);
    if (!after) return;
    show_table(*before, *after);
  }

 private:
  void title(int number, std::string_view text) const {
    print(stdout, fmt::format("\n{}\n\n", paint(fmt::format("{}. {}", number, text), Colour::kBold,
                                                session_.out_style)));
  }

  void fail(std::string_view why) {
    complain(session_, why);
    session_.exit_code = ExitCode::kUnusable;
  }

  lint::FixOptions fix_options() const {
    lint::FixOptions options;
    options.load.versions = *parse_version_range(kVersion);
    options.load.versions_named = true;
    options.lint.versions = options.load.versions;
    options.lint.versions_named = true;
    options.unsafe = true;
    return options;
  }

  void show_findings(const std::string& broken) {
    const lint::FixOptions options = fix_options();
    const auto bound =
        load_config_text(session_.reader, std::string(kShownAs), broken, options.load);
    const lint::LintResult result = lint::lint(*bound, options.lint);
    print(stdout, text_of(result.diagnostics, bound->sources(), session_.out_style));
  }

  /// The repaired text.
  std::string show_fix(const std::string& broken) {
    const lint::FixResult result =
        lint::fix_text(session_.reader, std::string(kShownAs), broken, fix_options());
    const std::string fixed = result.changed() ? result.files.front().after : broken;
    print(stdout, paint_diff(unified_diff(kShownAs, broken, fixed), session_.out_style));
    return fixed;
  }

  std::optional<Measurement> run_one(std::string_view label, const std::string& file,
                                     const std::string& config) {
    if (scratch_.path().empty() || !scratch_.write(file, config)) {
      fail("no temporary folder can be written");
      return std::nullopt;
    }
    const bool live = isatty(STDOUT_FILENO) != 0;
    demo::MeasureOptions options;
    options.folder = scratch_.path();
    options.config_file = scratch_.path() + "/" + file;
    options.nginx_version = kVersion;
    options.listen_port = listen_port_;
    options.requests = options_.requests;
    options.progress = [&](double share) {
      if (live) show_progress(label, share);
    };
    Result<Measurement> result = demo::measure(origin_, options);
    if (!result) {
      fail(result.error().message);
      return std::nullopt;
    }
    if (live) print(stdout, "\r\033[K");
    print(stdout, fmt::format("  {:<6} {} requests in {:.1f} s\n", label,
                              result.value().load.answered, result.value().load.seconds));
    return result.value();
  }

  void show_progress(std::string_view label, double share) const {
    constexpr int kWidth = 40;
    const int done = static_cast<int>(share * kWidth);
    print(stdout, fmt::format("\r  {:<6} [{:#<{}}{:.<{}}] {:3.0f} %", label, "", done, "",
                              kWidth - done, share * 100));
  }

  void row(std::string_view what, const std::string& before, const std::string& after) const {
    print(stdout, fmt::format("  {:<32}{:>14}{:>14}\n", what, before, after));
  }

  void show_table(const Measurement& before, const Measurement& after) const {
    print(stdout, "\n");
    row("", "before", "after");
    const auto count = [](std::uint64_t number) { return fmt::format("{}", number); };
    const auto ms = [](double value) { return fmt::format("{:.2f} ms", value); };
    const auto us = [](double value) { return fmt::format("{:.1f} us", value); };
    row("requests answered", count(before.load.answered), count(after.load.answered));
    row("requests failed", count(before.load.failed), count(after.load.failed));
    row("upstream connections opened", count(before.upstream_connections),
        count(after.upstream_connections));
    row("sockets left in TIME_WAIT", count(before.time_wait), count(after.time_wait));
    row("proxy CPU per request", us(before.cpu_us_per_request), us(after.cpu_us_per_request));
    row("p50", ms(before.load.p50_ms), ms(after.load.p50_ms));
    row("p99", ms(before.load.p99_ms), ms(after.load.p99_ms));
    const auto ratio = static_cast<double>(before.upstream_connections) /
                       static_cast<double>(std::max<std::uint64_t>(after.upstream_connections, 1));
    print(stdout,
          fmt::format("\n  The fix: {:.0f} times fewer connections to the upstream, {:.1f} times "
                      "less CPU in the proxy.\n",
                      ratio, before.cpu_us_per_request / after.cpu_us_per_request));
  }

  Session& session_;
  const DemoOptions& options_;
  ScratchFolder scratch_;
  demo::Origin origin_;
  std::uint16_t listen_port_ = 0;
};

}  // namespace

void add_demo_command(CLI::App& app, Session& session) {
  auto options = std::make_shared<DemoOptions>();  // shared with the parser's callback
  CLI::App* const command =
      app.add_subcommand("demo", "show on loopback what a working pool saves, in under a minute");
  command->add_option("--requests", options->requests, "requests for each of the two runs")
      ->check(CLI::Range(1'000, 200'000))
      ->capture_default_str();
  command->callback([&session, options] { Demo(session, *options).run(); });
}

}  // namespace poolproof::cli
