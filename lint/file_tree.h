// Which files belong to the configuration that was named, so that a fix may change them.
#pragma once

#include "grammar/config/bound_config.h"

namespace poolproof::lint {

/// In /etc or /usr, and neither in the folder of the main file nor in the one around that
/// (sites-enabled/x beside snippets/y): what was named is a project of its own, and this is the
/// machine's. False where the main file has a relative path: nothing here knows the working
/// directory.
bool is_outside_tree(const BoundConfig& config, FileId file);

/// A file that packages bring and their updates replace: proxy_params of Debian.
bool is_of_a_package(const BoundConfig& config, FileId file);

}  // namespace poolproof::lint
