// map, geo and split_clients: the variables whose values the configuration lists.
#include "grammar/config/merger.h"
#include "grammar/config/value_resolver.h"

namespace poolproof {
namespace {

MapEntry plain_entry(Directive at) {
  MapEntry entry;
  entry.key = at.name();
  entry.value = at.arg(0);
  entry.at = at;
  return entry;
}

/// A key may be a regex; a leading backslash makes a word of what would be special
/// (nginx 1.22.1, ngx_http_map).
void add_map_entry(MapVariable& map, Directive at) {
  MapEntry entry = plain_entry(at);
  if (at.arg_count() == 0) {
    if (entry.key == "hostnames") map.hostnames = true;
    if (entry.key == "volatile") map.is_volatile = true;
    return;
  }
  if (entry.key == "include") return;
  if (entry.key == "default") {
    map.fallback = entry;
    return;
  }
  if (entry.key.starts_with('~')) {
    entry.regex = true;
    entry.key.remove_prefix(1);
    entry.regex_no_case = entry.key.starts_with('*');
    if (entry.regex_no_case) entry.key.remove_prefix(1);
  } else if (entry.key.starts_with('\\')) {
    entry.key.remove_prefix(1);
  }
  entry.is_host = map.hostnames;
  map.entries.push_back(entry);
}

void add_geo_entry(MapVariable& map, Directive at) {
  const MapEntry entry = plain_entry(at);
  if (at.arg_count() == 0 || entry.key == "include" || entry.key == "proxy" ||
      entry.key == "delete" || entry.key == "ranges" || entry.key == "proxy_recursive") {
    return;
  }
  if (entry.key == "default") {
    map.fallback = entry;
  } else {
    map.entries.push_back(entry);
  }
}

void add_split_entry(MapVariable& map, Directive at) {
  if (at.arg_count() == 0 || at.name() == "include") return;
  const MapEntry entry = plain_entry(at);
  if (entry.key == "*") {
    map.fallback = entry;
  } else {
    map.entries.push_back(entry);
  }
}

}  // namespace

void Merger::merge_map(Directive at) {
  if (at.name() == "charset_map" || at.arg_count() == 0) return;
  MapVariable& map = config_->maps_.emplace_back();
  map.at = at;
  map.name = variable_name(at.arg(at.arg_count() - 1));
  if (at.arg_count() > 1) map.source = at.arg(0);
  if (at.name() == "geo") map.kind = MapKind::kGeo;
  if (at.name() == "split_clients") map.kind = MapKind::kSplitClients;
  for (const Directive child : children(at)) {
    switch (map.kind) {
      case MapKind::kMap:
        add_map_entry(map, child);
        break;
      case MapKind::kGeo:
        add_geo_entry(map, child);
        break;
      case MapKind::kSplitClients:
        add_split_entry(map, child);
        break;
    }
  }
  config_->map_by_name_[map.name] = &map;
}

}  // namespace poolproof
