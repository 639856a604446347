// See help_format.h.
#include "cli/help_format.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/report/wrap.h"

namespace poolproof::cli {
namespace {

constexpr unsigned kWidth = 100;

/// CLI11 joins the kind of the value and the names of its checks with colons.
std::string value_name(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string check = type.substr(type.rfind(':') + 1);
  if (check.starts_with('{') && check.ends_with('}')) {
    std::string choices = check.substr(1, check.size() - 2);
    std::replace(choices.begin(), choices.end(), ',', '|');
    return choices;
  }
  if (type.starts_with("UINT") || type.starts_with("INT")) return "NUMBER";
  return check.empty() ? "TEXT" : check;
}

}  // namespace

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  if (option->get_items_expected_max() == 0) return "";  // a flag
  if (option->get_positional()) return option->get_expected_max() > 1 ? "..." : "";
  return " " + value_name(*option);
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  const std::string fallback = option->get_default_str();
  if (!fallback.empty()) text += fmt::format(" (default: {})", fallback);
  text = wrapped(text, kWidth - static_cast<unsigned>(get_column_width()), "");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace poolproof::cli
