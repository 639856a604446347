// --color of all commands that print.
#pragma once

namespace CLI {
class App;
}

namespace poolproof::cli {

struct Session;

/// --color auto|always|never, which goes before the environment.
void add_color_option(CLI::App& command, Session& session);

}  // namespace poolproof::cli
