// The variables that nginx and known modules provide.
#include <algorithm>
#include <iterator>
#include <string>

#include "grammar/catalogue/catalogue.h"

namespace poolproof {
namespace {

constexpr VariableSpec kVariables[] = {
#define V(major, minor, patch) \
  Version {                    \
    major, minor, patch        \
  }
#define ALWAYS \
  Version {}
#define NEVER \
  Version {}
#define WHOLE false
#define PREFIX true
#define OPEN_SOURCE false
#define OTHER true
#define HTTP false
#define STREAM true
#define VARIABLE(name, prefix, module, since, removed, third_party, stream) \
  {name, prefix, module, since, removed, third_party, stream},
#include "grammar/catalogue/variables.def"
#undef VARIABLE
#undef STREAM
#undef HTTP
#undef OTHER
#undef OPEN_SOURCE
#undef PREFIX
#undef WHOLE
#undef NEVER
#undef ALWAYS
#undef V
};

constexpr bool before(const VariableSpec& a, const VariableSpec& b) {
  const int names = a.name.compare(b.name);
  return names != 0 ? names < 0 : a.stream < b.stream;
}
static_assert(std::is_sorted(std::begin(kVariables), std::end(kVariables), before),
              "variables.def: sort by name, HTTP before STREAM");

const VariableSpec* find_row(std::string_view name, bool stream, bool prefix) {
  VariableSpec wanted;
  wanted.name = name;
  wanted.stream = stream;
  const auto* found =
      std::lower_bound(std::begin(kVariables), std::end(kVariables), wanted, before);
  if (found == std::end(kVariables) || found->name != name || found->stream != stream)
    return nullptr;
  return found->is_prefix == prefix ? found : nullptr;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

const VariableSpec* find_variable(std::string_view name, bool stream) {
  const std::string plain = lower(name);
  if (const VariableSpec* whole = find_row(plain, stream, false)) return whole;
  for (std::size_t at = plain.rfind('_'); at != std::string::npos && at > 0;
       at = plain.rfind('_', at - 1)) {
    const VariableSpec* found = find_row(std::string_view(plain).substr(0, at + 1), stream, true);
    if (found != nullptr) return found;
  }
  return nullptr;
}

}  // namespace poolproof
