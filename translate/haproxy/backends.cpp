// Rules that hold for all locations of a section stand there without condition; others name their
// locations.
#include "translate/haproxy/backends.h"

#include <algorithm>
#include <span>
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

void write_rules(std::span<const Rule> rules, const std::string& gate, std::string& out) {
  for (const Rule& rule : rules) {
    const std::string condition = both(gate, rule.condition);
    out += fmt::format("    {}{}{}\n", rule.text, condition.empty() ? "" : " if ", condition);
  }
}

/// How many rules all lists begin with, and end with: these need no gate.
struct Common {
  std::size_t first = 0, last = 0;
};

using RulesOf = std::vector<Rule> LocationRules::*;

Common common_of(const std::vector<Group>& groups, RulesOf rules) {
  const std::vector<Rule>& model = groups.front().rules->*rules;
  Common out{model.size(), model.size()};
  for (const Group& group : groups) {
    const std::vector<Rule>& own = group.rules->*rules;
    const auto end = std::mismatch(model.begin(), model.end(), own.begin(), own.end());
    out.first = std::min<std::size_t>(out.first, end.first - model.begin());
    const auto begin = std::mismatch(model.rbegin(), model.rend(), own.rbegin(), own.rend());
    out.last = std::min<std::size_t>(out.last, begin.first - model.rbegin());
    out.last = std::min(out.last, own.size() - out.first);
  }
  for (const Group& group : groups) {
    out.last = std::min(out.last, (group.rules->*rules).size() - out.first);
  }
  return out;
}

std::string names_of(const Group& group) {
  std::string out;
  for (std::size_t i = 0; i < group.labels.size() && i < 3; ++i) {
    out += fmt::format("{}{}", i == 0 ? "" : ", ", group.labels[i]);
  }
  if (group.labels.size() > 3) out += fmt::format(" and {} more", group.labels.size() - 3);
  return out;
}

/// The rules of all locations of a section: what is common stands around what is not.
class GroupWriter {
 public:
  GroupWriter(const std::vector<Group>& groups, std::string& out)
      : groups_(groups),
        out_(out),
        request_(common_of(groups, &LocationRules::request)),
        response_(common_of(groups, &LocationRules::response)),
        after_(common_of(groups, &LocationRules::after)) {}

  void run() {
    const LocationRules& model = *groups_.front().rules;
    out_ += groups_.size() == 1 ? fmt::format("\n    # {}\n", names_of(groups_.front())) : "\n";
    write_rules(std::span(model.request).first(request_.first), {}, out_);
    write_rules(std::span(model.response).first(response_.first), {}, out_);
    write_rules(std::span(model.after).first(after_.first), {}, out_);
    for (const Group& group : groups_) write_own(group);
    if (groups_.size() > 1) out_ += "\n    # all of these\n";
    write_rules(std::span(model.request).last(request_.last), {}, out_);
    write_rules(std::span(model.response).last(response_.last), {}, out_);
    write_rules(std::span(model.after).last(after_.last), {}, out_);
  }

 private:
  static std::span<const Rule> own_of(const std::vector<Rule>& rules, Common common) {
    return std::span(rules).subspan(common.first, rules.size() - common.first - common.last);
  }

  void write_own(const Group& group) {
    const LocationRules& rules = *group.rules;
    const auto request = own_of(rules.request, request_);
    const auto response = own_of(rules.response, response_);
    const auto after = own_of(rules.after, after_);
    if (request.empty() && response.empty() && after.empty()) return;
    out_ += fmt::format("\n    # {}\n", names_of(group));
    const std::string gate =
        one_of("var(txn.location)", group.labels, "is_" + identifier(group.labels.front()), out_);
    write_rules(request, gate, out_);
    write_rules(response, gate, out_);
    write_rules(after, gate, out_);
  }

  const std::vector<Group>& groups_;
  std::string& out_;
  Common request_, response_, after_;
};

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
  GroupWriter(groups_of(section.locations), out).run();
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
