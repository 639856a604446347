// nginx's texts with variables as HAProxy's samples and log formats.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "translate/haproxy/rule.h"

namespace poolproof::translate::haproxy {

/// Where a text stands: some variables are constants there.
struct TextPlace {
  const Server* server = nullptr;
  const Location* location = nullptr;  // null at the level of the server
  bool in_response = false;            // of an answer: its status and fields can be asked for
  /// What $1 to $9 were taken from: a sample and the whole text as a pattern; empty if unknown.
  std::string capture_subject = {};
  std::string capture_pattern = {};
  bool capture_no_case = false;
  bool captures_unsure = false;     // an expression that may have matched since took $1 to $9
  std::string captures_noted = {};  // "taken_": they stand in txn.taken_1 and so on
  bool before_pass = false;         // in the rewrite module: $proxy_host and $proxy_port are empty
};

/// A text as a log format, to go through word().
struct Format {
  std::string text;
  bool constant = true;
  bool may_be_empty = true;
};

/// $server_name; empty for a server without names.
std::string server_name(const Server& server);

/// The sample that has a variable's value; nothing if there is no equivalent.
std::optional<std::string> sample_of(Shared& shared, const TextPlace& place, std::string_view name);

/// Tells of each variable that has no equivalent, at `at`: the text is then nothing.
std::optional<Format> format_of(Shared& shared, const TextPlace& place, std::string_view text,
                                Directive at);

/// A sample for a whole text: a variable's own, or one that a rule makes of several pieces.
std::optional<std::string> text_sample(Shared& shared, const TextPlace& place,
                                       std::string_view text, Directive at);

/// `pattern` so that it takes the whole subject, for replacing all of it.
std::string whole_pattern(std::string_view pattern);

/// "/b/$1" as regsub wants it; nothing if it has other variables.
std::optional<std::string> replacement_text(std::string_view text);

/// "{ SAMPLE -m reg PATTERN }"
std::string matches(std::string_view sample, std::string_view pattern, bool no_case);

}  // namespace poolproof::translate::haproxy
