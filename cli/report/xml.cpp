// See xml.h.
#include "cli/report/xml.h"

#include "cli/report/paint.h"

namespace poolproof::cli {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out = printable(text);
  replace_all(out, "&", "&amp;");
  replace_all(out, "<", "&lt;");
  replace_all(out, ">", "&gt;");
  replace_all(out, "\"", "&quot;");
  replace_all(out, "\xEF\xBF\xBE", "\xEF\xBF\xBD");
  replace_all(out, "\xEF\xBF\xBF", "\xEF\xBF\xBD");
  return out;
}

}  // namespace poolproof::cli
