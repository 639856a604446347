// The JSON payload that `crossplane parse` prints (nginxinc/crossplane 0.5.7), made from a bound
// configuration. docs/translate-json.md says what it is and lists each difference.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "grammar/config/bound_config.h"

namespace poolproof::translate::crossplane {

enum class Layout { kPerFile, kCombined };
enum class Comments { kDropped, kKept };
enum class Includes { kFollowed, kLeftAlone };
enum class UnknownNames { kTaken, kRefused };

struct PayloadOptions {
  Layout layout = Layout::kPerFile;
  Comments comments = Comments::kDropped;
  Includes includes = Includes::kFollowed;
  UnknownNames unknown = UnknownNames::kTaken;
  std::vector<std::string> ignore{};  // names that are left out with their blocks
};

/// Strings hold the bytes of the files, which may be no UTF-8: print it with to_text() only.
nlohmann::ordered_json payload(const BoundConfig& config, const PayloadOptions& options);

/// The payload where the main file itself cannot be read, with the reader's words for why.
nlohmann::ordered_json unreadable_payload(const std::string& main_path, const std::string& why);

/// More statements than this are not combined: files that include each other's copies many times
/// over would fill any memory.
inline constexpr std::size_t kMaxCombined = 1'000'000;

}  // namespace poolproof::translate::crossplane
