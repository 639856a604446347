// PCRE2 behind Regex. The only file of runtime that includes its header.
#include "runtime/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>

namespace poolproof::runtime {
namespace {

struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

/// Patterns are shared by the workers, so what a match writes to belongs to the thread: room for
/// `pairs` of ends at least.
pcre2_match_data* match_data(std::uint32_t pairs) {
  thread_local std::uint32_t room = 32;
  thread_local std::unique_ptr<pcre2_match_data, FreeMatch> data(
      pcre2_match_data_create(room, nullptr));
  if (pairs > room) {
    room = pairs;
    data.reset(pcre2_match_data_create(room, nullptr));
  }
  return data.get();
}

const pcre2_code* as_code(const void* code) {
  return static_cast<const pcre2_code*>(code);
}

}  // namespace

void Regex::Free::operator()(void* code) const {
  pcre2_code_free(static_cast<pcre2_code*>(code));
}

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern, RegexCase letter_case) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::uint32_t options = letter_case == RegexCase::kInsensitive ? PCRE2_CASELESS : 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   options, &error, &offset, nullptr);
  if (code == nullptr) {
    PCRE2_UCHAR message[128] = {};
    pcre2_get_error_message(error, message, sizeof message);
    return Error{fmt::format("regular expression \"{}\": {} at offset {}", pattern,
                             reinterpret_cast<const char*>(message), offset)};
  }
  Regex result;
  result.code_.reset(code);
  pcre2_jit_compile(code,
                    PCRE2_JIT_COMPLETE);  // without JIT it is interpreted, with the same answers

  std::uint32_t count = 0, names = 0, entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &names);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  result.pairs_ = count + 1;
  for (std::uint32_t i = 0; i < names; ++i) {
    const PCRE2_SPTR entry = table + i * entry_size;
    const int number = entry[0] << 8 | entry[1];
    result.names_.emplace_back(reinterpret_cast<const char*>(entry + 2), number);
    result.last_name_ = std::max(result.last_name_, static_cast<std::uint32_t>(number));
  }
  return result;
}

bool Regex::match(std::string_view text, Captures& captures) const {
  pcre2_match_data* data = match_data(pairs_);
  const int count = pcre2_match(as_code(code_.get()), reinterpret_cast<PCRE2_SPTR>(text.data()),
                                text.size(), 0, 0, data, nullptr);
  if (count < 0) return false;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data);
  const auto found = static_cast<std::size_t>(count);
  const auto group = [&](std::size_t i) {
    if (i >= found || ends[2 * i] == PCRE2_UNSET) return std::string_view{};
    return text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]);
  };
  captures.count = std::min(found, Captures::kMax);
  for (std::size_t i = 0; i < Captures::kMax; ++i) captures.groups[i] = group(i);
  if (last_name_ < Captures::kMax) return true;
  captures.named.clear();
  for (std::size_t i = Captures::kMax; i <= last_name_; ++i) captures.named.push_back(group(i));
  return true;
}

bool Regex::matches(std::string_view text) const {
  return pcre2_match(as_code(code_.get()), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                     0, 0, match_data(pairs_), nullptr) >= 0;
}

}  // namespace poolproof::runtime
