// How versions are written. A version without a patch number stands for all of its patches where it
// ends a range.
#include "grammar/base/version.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace poolproof {
namespace {

/// Takes a number of one to three digits off the front of `text`.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || length > 3 || text[0] == '-') return std::nullopt;
  text.remove_prefix(length);
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// As `nginx -v` says it: "nginx/1.22.1", "openresty/1.21.4.1"; archives have a hyphen.
std::string_view without_product(std::string_view text) {
  for (const std::string_view product : {"nginx", "openresty"}) {
    if (!text.starts_with(product)) continue;
    const std::string_view rest = text.substr(product.size());
    if (rest.starts_with('/') || rest.starts_with('-')) return rest.substr(1);
  }
  return text;
}

/// OpenResty's fourth number counts its own releases of one nginx.
bool is_end(std::string_view text) {
  if (text.empty()) return true;
  return take(text, ".") && take_number(text) && text.empty();
}

/// `open_patch` is the patch number where none is written.
std::optional<Version> parse(std::string_view text, int open_patch) {
  const auto major = take_number(text);
  if (!major || !take(text, ".")) return std::nullopt;
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  if (text.empty() || text == ".x") return Version{*major, *minor, open_patch};
  if (!take(text, ".")) return std::nullopt;
  const auto patch = take_number(text);
  if (!patch || !is_end(text)) return std::nullopt;
  return Version{*major, *minor, *patch};
}

std::optional<Version> parse_last(std::string_view text) {
  return parse(text, kLastPatch);
}

/// The newest version that is older than `version`.
Version before(Version version) {
  if (version.patch > 0) return {version.major, version.minor, version.patch - 1};
  if (version.minor > 0) return {version.major, version.minor - 1, kLastPatch};
  return {version.major - 1, kLastPatch, kLastPatch};
}

std::optional<VersionRange> range(std::optional<Version> first, std::optional<Version> last) {
  if (!first || !last || *last < *first) return std::nullopt;
  return VersionRange{*first, *last};
}

/// Splits "A..B" and "A-B"; either part may be empty.
std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view text) {
  for (const std::string_view separator : {"..", "-"}) {
    const std::size_t at = text.find(separator);
    if (at != std::string_view::npos) {
      return std::pair(text.substr(0, at), text.substr(at + separator.size()));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(Version version) {
  if (version.patch == kLastPatch) return fmt::format("{}.{}.x", version.major, version.minor);
  return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

std::optional<Version> parse_version(std::string_view text) {
  return parse(without_product(text), 0);
}

std::optional<VersionRange> parse_version_range(std::string_view text) {
  text = without_product(text);
  if (take(text, ">=")) return range(parse_version(text), kNewestVersion);
  if (take(text, "<")) {
    const auto end = parse_version(text);
    return end ? range(kOldestVersion, before(*end)) : std::nullopt;
  }
  const auto ends = split(text);
  if (!ends) return range(parse_version(text), parse_last(text));
  const auto [first, last] = *ends;
  if (first.empty() && last.empty()) return std::nullopt;
  return range(first.empty() ? kOldestVersion : parse_version(first),
               last.empty() ? kNewestVersion : parse_last(last));
}

}  // namespace poolproof
