// See color_option.h.
#include "cli/commands/color_option.h"

#include <string>

#include <CLI/CLI.hpp>

#include "cli/session.h"

namespace poolproof::cli {

void add_color_option(CLI::App& command, Session& session) {
  const auto apply = [&session](const std::string& when) {
    if (when == "auto") return;
    session.out_style.colour = session.err_style.colour = when == "always";
  };
  command
      .add_option_function<std::string>(
          "--color", apply, "auto (default: on a terminal, or as NO_COLOR or FORCE_COLOR say)")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

}  // namespace poolproof::cli
