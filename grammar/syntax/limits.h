// Inside of the syntax box: limits that nginx has, and one of our own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poolproof {

/// nginx reads a file through a buffer of this many bytes, and a word or a comment must fit with
/// the byte that ends it (nginx 1.22.1, NGX_CONF_BUFFER).
inline constexpr std::uint32_t kTokenBuffer = 4096;

/// A binary file has no use for more messages than this.
inline constexpr std::size_t kMaxErrors = 1000;

}  // namespace poolproof
