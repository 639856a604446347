// Which configurations a command line names. A folder stands for the configurations in it: what is
// included by another file is looked at where it is included, the rest as fragments of their own.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "grammar/base/file_reader.h"
#include "grammar/config/bound_config.h"

namespace poolproof::cli {

/// A configuration that nothing else among the inputs includes.
struct EntryPoint {
  std::string path;  // "-" for standard input
  std::unique_ptr<BoundConfig> config;
  bool is_dump = false;  // of `nginx -T`: its files have the paths that they had there
};

struct UnreadablePath {
  std::string path;
  std::string message;
};

struct Inputs {
  std::vector<EntryPoint> entry_points;
  std::vector<UnreadablePath> unreadable;
  /// Files of a folder that hold no statement known to nginx (other programs' `.conf` files).
  std::size_t not_nginx = 0;
};

/// Loads what the paths name, each file once: files as they are, folders with everything below
/// them, `-` as standard input. Standard input and a file that is named may be a dump of `nginx
/// -T`.
Inputs load_inputs(FileReader& reader, const std::vector<std::string>& paths,
                   const LoadOptions& options);

/// The regular files below a folder that may be nginx configuration by their names, sorted:
/// `*.conf`,
/// `*.nginx`, `*.vhost`, and files without extension in folders such as `sites-enabled`. Hidden
/// folders and links to folders are left out. Folders that cannot be read are added to
/// `unreadable`.
std::vector<std::string> configuration_files(const std::string& folder,
                                             std::vector<UnreadablePath>& unreadable);

}  // namespace poolproof::cli
