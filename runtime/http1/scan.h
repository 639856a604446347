// Finding the end of a header value: sixteen bytes at a time where the machine has SSE2 (every
// x86-64), one at a time elsewhere. Header-only, because it is the inner loop of both head parsers.
#pragma once

#include <cstddef>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace poolproof::runtime {

/// The first LF, CR or NUL in [at, end), or `end`.
inline const char* find_value_end(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i lf = _mm_set1_epi8('\n');
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i nul = _mm_setzero_si128();
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i hits =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr)),
                     _mm_cmpeq_epi8(bytes, nul));
    const int mask = _mm_movemask_epi8(hits);
    if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
    at += 16;
  }
#endif
  while (at != end && *at != '\n' && *at != '\r' && *at != '\0') ++at;
  return at;
}

}  // namespace poolproof::runtime
