// Paths as CI systems want them: relative to the checkout, and as URIs. Looks at no file.
#pragma once

#include <string>
#include <string_view>

namespace poolproof::cli {

struct LintReport;

/// The path relative to the report's root folder, with dots resolved; absolute where it lies
/// outside of it. A name that is no path ("<stdin>") stays as it is.
std::string repository_path(const LintReport& report, std::string_view path);

/// RFC 3986: everything but unreserved characters and `/` percent-encoded.
std::string uri_encoded(std::string_view path);

/// `file:///...` of an absolute path; of a folder with a slash at the end.
std::string file_uri(std::string_view absolute_path);

/// The nearest folder from `folder` (absolute) upwards that holds `.git`; `folder` if none does.
std::string checkout_of(const std::string& folder);

}  // namespace poolproof::cli
