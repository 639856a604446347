// Which server and which location nginx chooses for a request, and why
// (ngx_http_find_virtual_server and ngx_http_core_find_location of nginx 1.22.1). What rewrites
// make of the path comes after.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/config/effective_config.h"

namespace poolproof::translate::effective {

/// A step of the choice: a sentence, and the statement that it is about (empty for none).
struct Why {
  std::string text;
  Directive at;
};

struct Request {
  std::string_view address;           // that the client connects to, as a number; empty: not known
  std::optional<std::uint16_t> port;  // nothing: of the first listener
  std::string_view host;              // lower case, without port; empty: none
  std::string_view path;              // decoded and normalised
};

struct Selection {
  const Server* server = nullptr;      // null: nothing listens there
  const Location* location = nullptr;  // the server's own level where none matches
  bool adds_slash = false;             // nginx answers 301 to the path with a slash at its end
  std::vector<Why> why;
};

/// The server alone; its default server says how slashes are merged.
Selection select_server(const EffectiveConfig& config, const Request& request);
/// The same with the location.
Selection select(const EffectiveConfig& config, const Request& request);

}  // namespace poolproof::translate::effective
