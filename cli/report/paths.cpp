// See paths.h.
#include "cli/report/paths.h"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/report/report.h"

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string repository_path(const LintReport& report, std::string_view path) {
  if (path.starts_with('<')) return std::string(path);
  const fs::path absolute = (fs::path(report.working_folder) / path).lexically_normal();
  const fs::path relative = absolute.lexically_relative(report.root_folder);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return below ? relative.string() : absolute.string();
}

std::string uri_encoded(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (is_unreserved(c) || c == '/') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string file_uri(std::string_view absolute_path) {
  return "file://" + uri_encoded(absolute_path);
}

std::string checkout_of(const std::string& folder) {
  for (fs::path at = folder;; at = at.parent_path()) {
    std::error_code unknown;
    if (fs::exists(at / ".git", unknown)) return at.string();
    if (at == at.parent_path()) return folder;
  }
}

}  // namespace poolproof::cli
