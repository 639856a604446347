// See user_agent.h.
#include "runtime/user_agent.h"

namespace poolproof::runtime {
namespace {

bool has(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

bool is_msie6(std::string_view agent, std::size_t msie) {
  const std::string_view version = agent.substr(msie + 5);  // behind "MSIE "
  if (version.size() < 3 || version[1] != '.') return false;
  if (version[0] == '4' || version[0] == '5') return true;
  return version[0] == '6' && !has(version.substr(3), "SV1");
}

}  // namespace

Browser browser_of(std::string_view user_agent) {
  if (has(user_agent, "Opera")) return Browser::kOther;
  if (const std::size_t msie = user_agent.find("MSIE "); msie != std::string_view::npos) {
    return is_msie6(user_agent, msie) ? Browser::kMsie6 : Browser::kOther;
  }
  if (has(user_agent, "Gecko/") || has(user_agent, "Chrome/")) return Browser::kOther;
  return has(user_agent, "Safari/") && has(user_agent, "Mac OS X") ? Browser::kSafari
                                                                   : Browser::kOther;
}

}  // namespace poolproof::runtime
