# Writes the table of rules as C++: one entry for each RULES/<stem>.cpp, with the text of <stem>.md.
# Run as a script with RULES and OUTPUT set. Fails for a rule without its doc.
file(GLOB sources ${RULES}/*.cpp)
list(SORT sources)
set(declarations "")
set(entries "")
foreach(source IN LISTS sources)
  get_filename_component(stem ${source} NAME_WE)
  if(NOT EXISTS ${RULES}/${stem}.md)
    message(FATAL_ERROR "the rule ${stem} has no lint/rules/${stem}.md")
  endif()
  file(READ ${RULES}/${stem}.md text)
  string(APPEND declarations "Rule ${stem}();\n")
  string(APPEND entries "    documented(${stem}(), R\"poolproof(${text})poolproof\"),\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by lint/make_registry.cmake from lint/rules. Not for editing.
#include <algorithm>
#include <vector>

#include \"lint/rule.h\"

namespace poolproof::lint {

${declarations}
namespace {

Rule documented(Rule rule, std::string_view text) {
  rule.documentation = text;
  return rule;
}

std::vector<Rule> make_rules() {
  std::vector<Rule> rules = {
${entries}  };
  std::sort(rules.begin(), rules.end(),
            [](const Rule& a, const Rule& b) { return a.name < b.name; });
  return rules;
}

}  // namespace

std::span<const Rule> all_rules() {
  static const std::vector<Rule> rules = make_rules();
  return rules;
}

const Rule* find_rule(std::string_view name) {
  for (const Rule& rule : all_rules()) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

}  // namespace poolproof::lint
")
