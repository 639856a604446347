// The texts of status codes and the pages that stand for them, laid out as nginx's own.
#pragma once

#include <string>
#include <string_view>

namespace poolproof::runtime {

/// "404 Not Found"; empty for codes without a text of their own.
std::string_view status_line_text(int status);

/// Appends "HTTP/1.1 404 Not Found\r\n".
void append_status_line(int status, std::string& out);

/// The page of a status of 300 and more: nginx's, with our name. Empty where nginx sends none.
std::string status_page(int status);

}  // namespace poolproof::runtime
