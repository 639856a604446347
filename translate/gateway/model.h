// The parts of the answer, before they are written as YAML.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grammar/config/effective_config.h"
#include "translate/comments.h"
#include "translate/listeners.h"
#include "translate/translation.h"

namespace poolproof::translate::gateway {

/// A Service with its addresses: one for an upstream whose servers are alike, else one for each.
struct Backend {
  std::string name;
  std::uint16_t port = 0;
  int weight = 1;
  std::vector<std::string> addresses;  // IP addresses; empty: `host` is a name
  std::string host;
  std::string comment;
};

struct Header {
  std::string name, value;
};

enum class PathKind { kPrefix, kExact };

/// What is done with the path before it is passed on.
enum class Replace { kNothing, kPrefix, kAll };

struct Redirect {
  bool is_set = false;
  std::string scheme, hostname, path;  // empty: as it came
  int status = 302;
};

struct Rule {
  PathKind kind = PathKind::kPrefix;
  std::string path;
  std::vector<Header> set;          // request headers
  std::vector<std::string> remove;  // request headers
  std::vector<Header> add;          // response headers
  std::string hostname;             // the Host that is sent; empty: the client's
  Replace replace = Replace::kNothing;
  std::string replacement;
  Redirect redirect;
  std::vector<const Backend*> backends;
  std::string comment;
};

struct Route {
  std::string name, listener;
  std::vector<std::string> hostnames;  // empty: any
  std::vector<Rule> rules;
  std::string comment;
};

/// A name as Kubernetes takes it: lower case letters, digits and dashes, at most 63.
std::string resource_name(std::string_view text);

/// Names with the last number that stands behind each.
using UsedNames = std::map<std::string, std::size_t>;

/// That name, or one with a number behind it, if `names` has it: they have it afterwards.
std::string unused_name(UsedNames& names, const std::string& name);

}  // namespace poolproof::translate::gateway
