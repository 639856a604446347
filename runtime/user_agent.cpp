// See user_agent.h.
#include "runtime/user_agent.h"

namespace poolproof::runtime {
namespace {

bool has(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

bool is_msie6(std::string_view version) {
  if (version[1] != '.') return false;
  if (version[0] == '4' || version[0] == '5') return true;
  return version[0] == '6' && !has(version.substr(3), "SV1");
}

}  // namespace

Browser browser_of(std::string_view user_agent) {
  if (has(user_agent, "Opera")) return Browser::kOther;
  if (const std::size_t msie = user_agent.find("MSIE "); msie != std::string_view::npos) {
    const std::string_view version = user_agent.substr(msie + 5);
    if (version.size() >= 3) return is_msie6(version) ? Browser::kMsie6 : Browser::kMsie;
  }
  if (has(user_agent, "Gecko/")) return Browser::kOther;
  if (has(user_agent, "Chrome/")) return Browser::kChrome;
  return has(user_agent, "Safari/") && has(user_agent, "Mac OS X") ? Browser::kSafari
                                                                   : Browser::kOther;
}

}  // namespace poolproof::runtime
