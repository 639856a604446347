// Rules that hold for all locations of a section stand there without condition; others name their
// locations.
#include "translate/haproxy/backends.h"

#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "translate/haproxy/fcgi.h"
#include "translate/haproxy/servers.h"

namespace poolproof::translate::haproxy {
namespace {

constexpr std::string_view kAnswers = "answers";

/// Locations with the very same rules are one group.
struct Group {
  const LocationRules* rules = nullptr;
  std::vector<std::string> labels;
};

std::vector<Group> groups_of(const std::vector<LocationRules>& locations) {
  std::vector<Group> out;
  std::map<std::tuple<std::vector<Rule>, std::vector<Rule>, std::vector<Rule>>, std::size_t> known;
  for (const LocationRules& each : locations) {
    const auto [at, is_new] =
        known.try_emplace({each.request, each.response, each.after}, out.size());
    if (is_new) out.push_back({&each, {}});
    out[at->second].labels.push_back(each.label);
  }
  return out;
}

void write_rules(const std::vector<Rule>& rules, const std::string& gate, std::string& out) {
  for (const Rule& rule : rules) {
    const std::string condition = both(gate, rule.condition);
    out += fmt::format("    {}{}{}\n", rule.text, condition.empty() ? "" : " if ", condition);
  }
}

}  // namespace

std::string Backends::unique(std::string name) {
  const int number = ++names_[name];
  return number == 1 ? name : fmt::format("{}_{}", name, number);
}

void Backends::add(LocationRules rules) {
  Section& section = section_for(rules);
  by_location_[rules.location] = section.name;
  section.locations.push_back(std::move(rules));
}

Backends::Section& Backends::section_for(const LocationRules& rules) {
  if (!rules.passes) {
    const auto [at, is_new] = by_content_.try_emplace(std::string(kAnswers), sections_.size());
    if (is_new) {
      Section answers;
      answers.name = unique(std::string(kAnswers));
      answers.comment = "what is answered without a server";
      sections_.push_back(std::move(answers));
    }
    return sections_[at->second];
  }
  const Location& location = *rules.location;
  const Upstream& upstream = *location.pass->upstream;
  ServerGroup group = server_group(shared_, location);
  if (location.pass->protocol == Protocol::kFastcgi) {
    group.head.push_back("use-fcgi-app " + fcgi_app(location));
  }
  std::string content = fmt::format("{}\n", static_cast<const void*>(&upstream));
  if (upstream.implicit)
    content = location.pass->target.substr(0, location.pass->target.find('/', 8));
  for (const std::string& line : group.head) content += line + "\n";
  for (const std::string& line : group.servers) content += line + "\n";
  const auto [at, is_new] = by_content_.try_emplace(content, sections_.size());
  if (!is_new) return sections_[at->second];
  const auto [first, is_first] = first_of_.try_emplace(&upstream, at->second);
  if (!is_first && !upstream.implicit) {
    shared_.lose(
        Severity::kWarning, location.pass->at,
        fmt::format("upstream \"{}\" becomes several backends, because its locations treat "
                    "connections differently: each counts turns, failures and idle "
                    "connections by itself",
                    upstream.name));
  }
  Section section;
  section.name = unique(identifier(upstream.implicit ? location.pass->host : upstream.name));
  section.comment = fmt::format("{} {}", upstream.implicit ? "passed to at" : "upstream at",
                                shared_.place(upstream.at));
  section.head = std::move(group.head);
  section.servers = std::move(group.servers);
  sections_.push_back(std::move(section));
  return sections_.back();
}

std::string Backends::fcgi_app(const Location& location) {
  TextPlace place;
  place.server = location.server;
  place.location = &location;
  std::string lines;
  for (const std::string& line : fcgi_lines(shared_, place)) lines += "    " + line + "\n";
  const auto [at, is_new] = apps_.try_emplace(lines);
  if (!is_new) return at->second;
  at->second = fmt::format("fcgi_{}", apps_.size());
  app_text_ += fmt::format("\n# parameters of {}\nfcgi-app {}\n{}",
                           shared_.place(location.pass->at), at->second, lines);
  return at->second;
}

const std::string& Backends::name_of(const Location& location) const {
  static const std::string kNone;
  const auto found = by_location_.find(&location);
  return found == by_location_.end() ? kNone : found->second;
}

void Backends::write(const Section& section, std::string& out) {
  out += fmt::format("\n# {}\nbackend {}\n", section.comment, section.name);
  for (const std::string& line : section.head) out += "    " + line + "\n";
  const std::vector<Group> groups = groups_of(section.locations);
  for (const Group& group : groups) {
    out += "\n    # ";
    for (std::size_t i = 0; i < group.labels.size() && i < 3; ++i) {
      out += fmt::format("{}{}", i == 0 ? "" : ", ", group.labels[i]);
    }
    out += group.labels.size() > 3 ? fmt::format(" and {} more\n", group.labels.size() - 3) : "\n";
    std::string gate;
    if (groups.size() > 1) {
      gate =
          one_of("var(txn.location)", group.labels, "is_" + identifier(group.labels.front()), out);
    }
    write_rules(group.rules->request, gate, out);
    write_rules(group.rules->response, gate, out);
    write_rules(group.rules->after, gate, out);
  }
  if (section.servers.empty()) return;
  // nginx says 502 where no server could be reached, haproxy 503.
  out +=
      "\n    http-request set-var(txn.passed) bool(1)\n"
      "    http-response unset-var(txn.passed)\n"
      "    http-after-response set-status 502 if { var(txn.passed) -m found } { status 503 }\n\n";
  for (const std::string& line : section.servers) out += "    " + line + "\n";
}

std::string Backends::text() const {
  std::string out;
  for (const Section& section : sections_) write(section, out);
  return out + app_text_;
}

}  // namespace poolproof::translate::haproxy
