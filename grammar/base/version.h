// nginx versions: which one a configuration is meant for is part of every question that is asked of
// it.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace poolproof {

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;

  friend auto operator<=>(const Version&, const Version&) = default;
};

/// The oldest nginx that is looked at when the user names none.
inline constexpr Version kOldestVersion{1, 18, 0};
/// The newest nginx whose behaviour is known here.
inline constexpr Version kNewestVersion{1, 31, 5};
/// From here on `keepalive 32 local`, HTTP/1.1 and no `Connection` header are the defaults.
inline constexpr Version kPoolByDefault{1, 29, 7};

/// Patch number of the end of a range that was written without one ("1.22" ends at the last 1.22).
inline constexpr int kLastPatch = 1000;

/// "1.22.1"; "1.22.x" where the patch number is kLastPatch.
std::string to_string(Version version);

/// "1.22", "1.22.1" or "1.22.x"; a missing patch number is 0. Also "nginx/1.22.1", and OpenResty's
/// "openresty/1.21.4.1", whose nginx the first three numbers name. Nothing if it is not a version.
std::optional<Version> parse_version(std::string_view text);

/// The versions a run is about; both ends are included.
struct VersionRange {
  Version first = kOldestVersion;
  Version last = kNewestVersion;

  bool contains(Version version) const { return first <= version && version <= last; }
  bool is_single() const { return first == last; }

  friend bool operator==(const VersionRange&, const VersionRange&) = default;
};

/// "1.22.1" (just that), "1.22" (1.22.0 to the last 1.22), "1.18-1.28", "1.18..1.28", "1.25-",
/// "-1.28", ">=1.25", "<1.29.7". Nothing if it is none of these or the range is empty.
std::optional<VersionRange> parse_version_range(std::string_view text);

}  // namespace poolproof
