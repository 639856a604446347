// Output of `nginx -T` taken apart. Knows the marker lines that nginx writes and no syntax.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poolproof {

/// The files of a dump in their order, the first being the main file; nothing if `bytes` is no
/// dump. Before each file nginx writes "# configuration file PATH:" and after it a line break
/// (nginx 1.22.1, ngx_dump_config).
std::optional<std::vector<std::pair<std::string, std::string>>> split_dump(std::string_view bytes);

}  // namespace poolproof
