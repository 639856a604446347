// PCRE2. The only file of grammar that includes its header.
#include "grammar/config/regex_match.h"

#include <array>
#include <memory>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace poolproof {
namespace {

using Code = std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)>;

struct Fault {
  int number = 0;
  PCRE2_SIZE offset = 0;
};

Code compile(std::string_view pattern, std::uint32_t options, Fault& fault) {
  return Code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options,
                            &fault.number, &fault.offset, nullptr),
              &pcre2_code_free);
}

Code compile(std::string_view pattern, std::uint32_t options) {
  Fault ignored;
  return compile(pattern, options, ignored);
}

}  // namespace

std::optional<RegexFault> regex_fault(std::string_view pattern) {
  Fault fault;
  if (compile(pattern, 0, fault)) return std::nullopt;
  std::array<PCRE2_UCHAR, 160> text{};
  pcre2_get_error_message(fault.number, text.data(), text.size());
  return RegexFault{reinterpret_cast<const char*>(text.data()), fault.offset};
}

std::size_t regex_captures(std::string_view pattern) {
  const Code code = compile(pattern, 0);
  std::uint32_t count = 0;
  if (code) pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

struct CompiledPattern::Parts {
  Code code;
  std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data{nullptr,
                                                                           &pcre2_match_data_free};
};

CompiledPattern::CompiledPattern(std::string_view pattern, bool no_case)
    : parts_(new Parts{compile(pattern, no_case ? PCRE2_CASELESS : 0)}) {
  if (!parts_->code) return;
  parts_->data.reset(pcre2_match_data_create_from_pattern(parts_->code.get(), nullptr));
}

CompiledPattern::CompiledPattern(CompiledPattern&&) noexcept = default;
CompiledPattern& CompiledPattern::operator=(CompiledPattern&&) noexcept = default;
CompiledPattern::~CompiledPattern() = default;

bool CompiledPattern::matches(std::string_view text) const {
  if (!parts_->code) return false;
  return pcre2_match(parts_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                     0, parts_->data.get(), nullptr) >= 0;
}

bool regex_matches(std::string_view pattern, std::string_view text, bool no_case) {
  return CompiledPattern(pattern, no_case).matches(text);
}

std::vector<std::pair<std::string, std::string>> regex_groups(std::string_view pattern,
                                                              std::string_view text, bool no_case) {
  std::vector<std::pair<std::string, std::string>> groups;
  const Code code = compile(pattern, no_case ? PCRE2_CASELESS : 0);
  if (!code) return groups;
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(code.get(), nullptr), &pcre2_match_data_free);
  const int count = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                0, 0, data.get(), nullptr);
  if (count < 0) return groups;
  const PCRE2_SIZE* places = pcre2_get_ovector_pointer(data.get());
  const auto group = [&](std::uint32_t number) {
    const PCRE2_SIZE begin = places[2 * number];
    const PCRE2_SIZE end = places[2 * number + 1];
    return begin == PCRE2_UNSET ? std::string() : std::string(text.substr(begin, end - begin));
  };
  std::uint32_t all = 0, names = 0, entry_size = 0;
  pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &all);
  for (std::uint32_t i = 1; i <= all && i <= 9; ++i)
    groups.emplace_back(std::to_string(i), group(i));
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code.get(), PCRE2_INFO_NAMECOUNT, &names);
  pcre2_pattern_info(code.get(), PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code.get(), PCRE2_INFO_NAMETABLE, &table);
  for (std::uint32_t i = 0; i < names; ++i) {
    const PCRE2_SPTR entry = table + i * entry_size;  // two bytes of number, then the name
    const auto number = static_cast<std::uint32_t>(entry[0] << 8 | entry[1]);
    groups.emplace_back(reinterpret_cast<const char*>(entry + 2), group(number));
  }
  return groups;
}

}  // namespace poolproof
