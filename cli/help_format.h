// How --help is laid out.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace poolproof::cli {

/// CLI11's layout with descriptions broken into lines, and values as people call them: `VERSION`
/// instead of `TEXT:VERSION`, `text|json` instead of `TEXT:{text,json}`.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace poolproof::cli
