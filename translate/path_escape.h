// How nginx escapes a path that it writes anew.
#pragma once

#include <string>
#include <string_view>

#include "grammar/base/version.h"

namespace poolproof::translate {

/// The bytes that nginx escapes in a path that it wrote anew (ngx_escape_uri; since 1.21.1 some
/// more), escaped.
enum class PathEscape { kOld, k1_21_1 };
std::string escaped_path(std::string_view path, PathEscape escape);
/// The bytes beside letters, digits and "-._~" that nginx leaves: "/!$&'()*+,:;=@[]" and so
/// on.
std::string_view plain_in_paths(PathEscape escape);

/// The same for arguments that a `rewrite` takes over from a path (NGX_ESCAPE_ARGS).
std::string_view plain_in_arguments(PathEscape escape);

/// Of a version of nginx.
inline PathEscape path_escape(Version version) {
  return version >= Version{1, 21, 1} ? PathEscape::k1_21_1 : PathEscape::kOld;
}

}  // namespace poolproof::translate
