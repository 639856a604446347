// Finds the log_format that wrote a log: the candidates that are known (the configuration's, the
// usual ones) and one that is read off the lines themselves, by the names of keys (rt=,
// "request_time":) and by the shapes of values. The one that reads the most lines and tells the
// most wins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/sizing/log_template.h"

namespace poolproof::lint {

struct NamedFormat {
  std::string name;
  std::string text;
};

/// nginx's `combined`, and ingress-nginx's default.
const std::vector<NamedFormat>& usual_log_formats();

/// A format that writes such a line, or nothing where no time can be found in it.
std::optional<std::string> format_of_line(std::string_view line);

struct GuessedFormat {
  std::string name;  // "combined", the configuration's name, or "read off the log"
  LogTemplate format;
  std::size_t matched = 0;  // lines of the sample that it reads
};

/// The best for the sample (lines without line breaks); nothing if no candidate reads a line.
/// A format that does not tell time and duration is returned only if no better one reads any.
std::optional<GuessedFormat> guess_log_format(const std::vector<std::string_view>& sample,
                                              const std::vector<NamedFormat>& known);

}  // namespace poolproof::lint
