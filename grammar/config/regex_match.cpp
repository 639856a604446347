// PCRE2, compiled for each question.
#include "grammar/config/regex_match.h"

#include <memory>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace poolproof {
namespace {

using Code = std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)>;

Code compile(std::string_view pattern, std::uint32_t options) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  return Code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options,
                            &error, &offset, nullptr),
              &pcre2_code_free);
}

}  // namespace

std::size_t regex_captures(std::string_view pattern) {
  const Code code = compile(pattern, 0);
  std::uint32_t count = 0;
  if (code) pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

bool regex_matches(std::string_view pattern, std::string_view text, bool no_case) {
  const Code code = compile(pattern, no_case ? PCRE2_CASELESS : 0);
  if (!code) return false;
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(code.get(), nullptr), &pcre2_match_data_free);
  return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                     data.get(), nullptr) >= 0;
}

}  // namespace poolproof
