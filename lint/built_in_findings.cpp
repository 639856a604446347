// See built_in_findings.h.
#include "lint/built_in_findings.h"

#include <algorithm>
#include <array>

namespace poolproof::lint {
namespace {

constexpr std::array kFindings{
    BuiltInFinding{"backend-note-not-understood",
                   "A comment `# poolproof: backend=...` says something that nobody knows."},
    BuiltInFinding{"backup-not-supported",
                   "A `backup` server stands with a balancing method that has no backups."},
    BuiltInFinding{
        "conflicting-settings",
        "Settings contradict each other, or one lacks what it needs: nginx does not start."},
    BuiltInFinding{"connection-header-undecided",
                   "(routes) What the Connection header says is known only when a request comes."},
    BuiltInFinding{"duplicate-default-server",
                   "Two servers are the default of one address and port."},
    BuiltInFinding{"duplicate-directive",
                   "A directive that may be given once stands twice in one block."},
    BuiltInFinding{"duplicate-listen", "A server listens on the same address twice."},
    BuiltInFinding{"duplicate-listen-options",
                   "Options of one listening socket are set in two places."},
    BuiltInFinding{"duplicate-location", "Two locations of one server have the same name."},
    BuiltInFinding{"duplicate-log-format", "Two log formats have the same name."},
    BuiltInFinding{"duplicate-map-entry", "A map has the same key twice."},
    BuiltInFinding{"duplicate-upstream", "Two upstream groups have the same name."},
    BuiltInFinding{"empty-file", "The file holds no statement."},
    BuiltInFinding{"front-note-not-understood",
                   "A comment `# poolproof: front=...` says something that nobody knows, or stands "
                   "where no server is."},
    BuiltInFinding{"include-cycle", "A file includes itself, directly or through others."},
    BuiltInFinding{"include-folder-missing",
                   "An include names files of a folder that is not there: nothing is read."},
    BuiltInFinding{"include-not-found", "An included file does not exist."},
    BuiltInFinding{"include-unreadable", "An included file cannot be read."},
    BuiltInFinding{"invalid-condition", "The condition of an `if` is none that nginx takes."},
    BuiltInFinding{"invalid-regex", "A regular expression does not compile."},
    BuiltInFinding{"invalid-utf8", "The file holds bytes that are not UTF-8; nginx takes them."},
    BuiltInFinding{"invalid-value", "A value is none that the directive takes."},
    BuiltInFinding{"misplaced-directive", "A directive stands where nginx does not allow it."},
    BuiltInFinding{"misplaced-location", "A location stands inside one that cannot hold it."},
    BuiltInFinding{"missing-block", "A directive that opens a block ends with `;`."},
    BuiltInFinding{"missing-events", "The configuration has no `events` block."},
    BuiltInFinding{"missing-port", "An address has no port where one is needed."},
    BuiltInFinding{"pass-uri-not-allowed",
                   "A URI follows the address of proxy_pass where nginx takes none: in a regex or "
                   "named location, in `if` or limit_except."},
    BuiltInFinding{"syntax-error", "The text is no nginx configuration: nginx cannot read it."},
    BuiltInFinding{"unexpected-block", "A directive without a block has one."},
    BuiltInFinding{"unknown-directive", "nginx and its common modules know no such directive.",
                   "nginx refuses it, unless a module has it that is not known here. Where one is "
                   "loaded (`load_module`,\nOpenResty), the finding is advice, or a warning where "
                   "the name looks misspelt. Ways out:\n\n"
                   "- `known-directives = [\"foo_*\"]` in poolproof.toml says that the module is "
                   "there\n"
                   "- `# poolproof: ignore[unknown-directive] reason` before the statement\n"
                   "- `--severity unknown-directive=info`, or `[severity]` in poolproof.toml"},
    BuiltInFinding{"unknown-log-format", "An access log uses a format that is not defined."},
    BuiltInFinding{"unknown-variable", "A variable is used that nothing sets.",
                   "nginx refuses it, unless a module has it that is not known here: then say "
                   "`known-variables = [\"foo_*\"]` in\npoolproof.toml."},
    BuiltInFinding{"unknown-zone", "A shared memory zone is used that is not defined."},
    BuiltInFinding{"unreadable-file", "A file that was named cannot be read."},
    BuiltInFinding{"unused-suppression",
                   "A comment `# poolproof: ignore[...]` silences nothing, or has no reason."},
    BuiltInFinding{"upstream-with-port",
                   "The name of an upstream group is used with a port, which it may not have."},
    BuiltInFinding{"upstream-without-servers", "An upstream group has no server."},
    BuiltInFinding{"wrong-argument-count", "A directive has too few or too many arguments."},
};

}  // namespace

std::span<const BuiltInFinding> built_in_findings() {
  return kFindings;
}

const BuiltInFinding* find_built_in_finding(std::string_view name) {
  const auto at = std::find_if(kFindings.begin(), kFindings.end(),
                               [name](const BuiltInFinding& one) { return one.name == name; });
  return at == kFindings.end() ? nullptr : &*at;
}

}  // namespace poolproof::lint
