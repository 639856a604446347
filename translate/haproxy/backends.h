// Groups of servers as `backend` sections, and the rules of the locations that lead there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "translate/haproxy/location_rules.h"

namespace poolproof::translate::haproxy {

class Backends {
 public:
  explicit Backends(Shared& shared) : shared_(shared) {}

  /// Gives each location its section; locations that differ only in rules share one, so that they
  /// share its connections and turns as in nginx.
  void add(LocationRules rules);

  /// Name of the section that takes the location. Empty for one that was not added.
  const std::string& name_of(const Location& location) const;

  /// All sections, in the order in which they were asked for.
  std::string text() const;

 private:
  struct Section {
    std::string name, comment;
    std::vector<std::string> head, servers;
    std::vector<LocationRules> locations;
  };

  Section& section_for(const LocationRules& rules);
  std::string unique(std::string name);
  std::string fcgi_app(const Location& location);
  static void write(const Section& section, std::string& out);

  Shared& shared_;
  std::vector<Section> sections_;
  std::map<std::string, std::size_t> by_content_;
  std::map<const Upstream*, std::size_t> first_of_;
  std::map<std::string, int> names_;
  std::map<const Location*, std::string> by_location_;
  std::map<std::string, std::string> apps_;  // lines to name
  std::string app_text_;
};

}  // namespace poolproof::translate::haproxy
