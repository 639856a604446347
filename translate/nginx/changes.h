// What is written otherwise than it stands in the source. Made by the parts of this folder, obeyed
// by the writer.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof::translate::nginx {

struct Changes {
  /// Statements that are left out; the text is the comment in their place, empty for none.
  std::unordered_map<DirectiveId, std::string> dropped;
  /// Statements that are written like this, without `;`.
  std::unordered_map<DirectiveId, std::string> replaced;
  /// Lines at the end of a block, with their `;`.
  std::unordered_map<DirectiveId, std::vector<std::string>> appended;
};

/// The words of the head as they stand in the source, one blank between them.
std::string head_text(Directive at);
/// "nginx.conf:12 (http)": the file without its folders.
std::string place_text(Directive at);

}  // namespace poolproof::translate::nginx
