// Includes, contexts and limits of binding.
#include "grammar/config/binder.h"

#include <map>

#include <gtest/gtest.h>

#include "tests/grammar/config/config_fixture.h"

namespace poolproof {
namespace {

using testing::count_rule;
using testing::load;

/// Names of all statements below `block`, in the order of reading.
std::string names_below(Directive block) {
  std::string names;
  for (const Directive child : children(block)) {
    if (!names.empty()) names += ' ';
    names += child.name();
    if (child.first_child()) names += "(" + names_below(child) + ")";
  }
  return names;
}

TEST(Binder, ReadsIncludesInPlaceSortedAndFollowedByTheOuterRest) {
  const auto loaded = load({{"/etc/nginx/nginx.conf", "user a;\ninclude conf.d/*.conf;\npid b;\n"},
                            {"/etc/nginx/conf.d/b.conf", "worker_processes 2;\n"},
                            {"/etc/nginx/conf.d/a.conf", "events {}\n"}});
  EXPECT_EQ(names_below(loaded.bound->root()), "user include events worker_processes pid");
  const Directive include = loaded.bound->root().first_child().next();
  EXPECT_EQ(include.next().via_include(), include);
  EXPECT_FALSE(include.via_include());
}

// Seen with nginx 1.22.1: `nginx -p /elsewhere -c /etc/nginx/nginx.conf` reads
// /etc/nginx/sub/x.conf.
TEST(Binder, ResolvesIncludesAgainstTheFolderOfTheMainFileWhateverThePrefix) {
  LoadOptions options;
  options.prefix = "/elsewhere/";
  const auto loaded = load({{"/etc/nginx/nginx.conf", "include sub/x.conf;\nevents {}\n"},
                            {"/etc/nginx/sub/x.conf", "include sub/y.conf;\n"},
                            {"/etc/nginx/sub/y.conf", "user a;\n"}},
                           options);
  EXPECT_EQ(names_below(loaded.bound->root()), "include include user events");
  EXPECT_TRUE(loaded.bound->diagnostics().empty());
}

TEST(Binder, TellsAMissingFileButNotAPatternWithoutMatch) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf", "include none/*.conf;\ninclude none.conf;\nevents {}\n"}});
  EXPECT_EQ(count_rule(loaded.bound->diagnostics(), "include-not-found"), 1);
  EXPECT_TRUE(loaded.bound->incomplete());
}

TEST(Binder, TellsAPatternWhoseFolderIsMissing) {
  const std::map<std::string, std::string> files{
      {"/etc/nginx/nginx.conf", "include none/*.conf;\ninclude conf.d/*.conf;\nevents {}\n"},
      {"/etc/nginx/conf.d/readme", ""}};
  const auto loaded = load(files);
  ASSERT_EQ(loaded.bound->diagnostics().size(), 1u);
  EXPECT_EQ(loaded.bound->diagnostics()[0].rule, "include-folder-missing");
  EXPECT_EQ(loaded.bound->diagnostics()[0].severity, Severity::kInfo);
  EXPECT_FALSE(loaded.bound->incomplete());
  LoadOptions of_dump;
  of_dump.folders_are_known = false;
  EXPECT_TRUE(load(files, of_dump).bound->diagnostics().empty());
}

TEST(Binder, AModuleThatIsNotKnownMayHaveWhatIsNotKnown) {
  const auto found = [](const std::string& text, LoadOptions options = {}) {
    const auto loaded = load({{"/etc/nginx/nginx.conf", text}}, options);
    std::string out;
    for (const Diagnostic& one : loaded.bound->diagnostics()) {
      out += std::string(to_string(one.severity)) + " " + one.rule + ";";
    }
    return out;
  };
  const std::string use = "events {}\nhttp { foo_bar on; }\n";
  EXPECT_EQ(found(use), "error unknown-directive;");
  EXPECT_EQ(found("load_module modules/ngx_http_perl_module.so;\n" + use),
            "error unknown-directive;");
  EXPECT_EQ(found("load_module modules/ngx_http_foo_module.so;\n" + use),
            "info unknown-directive;");
  EXPECT_EQ(found("events {}\nhttp { foo_bar on; init_by_lua_block { } }\n"),
            "info unknown-directive;");
  EXPECT_EQ(found("load_module modules/x.so;\nevents {}\nhttp { proxy_pas on; }\n"),
            "warning unknown-directive;");
  LoadOptions declared;
  declared.known_directives = {"other", "foo_*"};
  EXPECT_EQ(found(use, declared), "");
  EXPECT_EQ(found("events {}\nhttp { foo { x y; } }\n", declared), "error unknown-directive;");
}

TEST(Binder, ReplacesWholeFoldersWithOrWithoutASlash) {
  const auto mapped = [](const char* from, const char* to) {
    return mapped_path({{from, to}}, "/etc/nginx/mime.types");
  };
  EXPECT_EQ(mapped("/", "pm"), "pm/etc/nginx/mime.types");
  EXPECT_EQ(mapped("/", "."), "./etc/nginx/mime.types");
  EXPECT_EQ(mapped("/", "/"), "/etc/nginx/mime.types");
  EXPECT_EQ(mapped("/etc/nginx/", "pm/etc/nginx"), "pm/etc/nginx/mime.types");
  EXPECT_EQ(mapped("/etc/nginx", "pm/"), "pm/mime.types");
  EXPECT_EQ(mapped("/etc/nginx/", "/copy/"), "/copy/mime.types");
  EXPECT_EQ(mapped("/etc/ngin", "pm"), "/etc/nginx/mime.types");
  EXPECT_EQ(mapped("/etc/nginx/mime.types", "m"), "m");
}

TEST(Binder, ARelativeNameIsNotMappedAgain) {
  LoadOptions options;
  options.path_map = {{"/", "/copy"}};
  const auto loaded = load({{"/copy/nginx.conf", "events {}\ninclude x;\ninclude /y;\n"},
                            {"/copy/x", "user a;\n"},
                            {"/copy/y", "pid b;\n"}},
                           options, "/copy/nginx.conf");
  EXPECT_EQ(names_below(loaded.bound->root()), "events include user include pid");
}

TEST(Binder, TellsADirectoryThatAPatternMatches) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf", "events {}\ninclude *.d;\n"}, {"/etc/nginx/x.d/y", ""}});
  EXPECT_EQ(count_rule(loaded.bound->diagnostics(), "include-unreadable"), 1);
}

TEST(Binder, StopsAtCycles) {
  const auto loaded = load({{"/etc/nginx/nginx.conf", "events {}\ninclude a;\n"},
                            {"/etc/nginx/a", "include b;\n"},
                            {"/etc/nginx/b", "include a;\nuser x;\n"}});
  EXPECT_EQ(count_rule(loaded.bound->diagnostics(), "include-cycle"), 1);
  EXPECT_EQ(names_below(loaded.bound->root()), "events include include include user");
}

TEST(Binder, ParsesAFileOnceAndBindsItWhereverItIsIncluded) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf",
             "events {}\nhttp { server { include p; } server { location / { include p; } } }"},
            {"/etc/nginx/p", "client_max_body_size 1m;\n"}});
  ASSERT_EQ(loaded.bound->files().size(), 2u);
  EXPECT_EQ(loaded.bound->files()[1].times_included, 2);
  EXPECT_EQ(names_below(loaded.bound->root()),
            "events http(server(include client_max_body_size) "
            "server(location(include client_max_body_size)))");
}

TEST(Binder, IncludesInsideMapAndUpstream) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf",
             "events {}\nhttp { map $a $b { include m; } upstream u { include s; } }"},
            {"/etc/nginx/m", "x y;\n"},
            {"/etc/nginx/s", "server 127.0.0.1;\n"}});
  EXPECT_EQ(names_below(loaded.bound->root()),
            "events http(map(include x) upstream(include server))");
}

TEST(Binder, KeepsWhatEachIncludeNames) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf", "include *.x;\ninclude a.x;\ninclude none;\n"},
            {"/etc/nginx/a.x", ""},
            {"/etc/nginx/b.x", "include b.x;\n"}});
  const Directive pattern = loaded.bound->root().first_child();
  const auto& named = loaded.bound->included_files(pattern.file(), pattern.node());
  ASSERT_EQ(named.size(), 2u);
  EXPECT_EQ(named[0].path, "/etc/nginx/a.x");
  const Directive inner = pattern.next();
  EXPECT_EQ(named[1].file, inner.file());
  const auto& itself = loaded.bound->included_files(inner.file(), inner.node());
  ASSERT_EQ(itself.size(), 1u);
  EXPECT_EQ(itself[0].file, inner.file());
  const Directive missing = inner.next().next();
  const auto& unread = loaded.bound->included_files(missing.file(), missing.node());
  ASSERT_EQ(unread.size(), 1u);
  EXPECT_EQ(unread[0].file, FileId::kNone);
  EXPECT_EQ(unread[0].error, "no such file");
  EXPECT_TRUE(loaded.bound->included_files(missing.file(), kRootNode).empty());
}

TEST(Binder, DecodedWordsOutliveTheFilesThatAreReadLater) {
  std::map<std::string, std::string> files{
      {"/etc/nginx/nginx.conf", "user \"a\\\"b\";\nevents {}\ninclude x/*;\n"}};
  for (int i = 0; i < 20; ++i) files["/etc/nginx/x/" + std::to_string(i)] = "# nothing\n";
  const auto loaded = load(files);
  EXPECT_EQ(loaded.bound->root().first_child().arg(0), "a\"b");
}

TEST(Binder, TellsDuplicatesOfOneBlockOnly) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf",
             "events {}\nhttp { server { location / { root a; location /b { root b; "
             "} root c; } location /d { root d; } } }"}});
  ASSERT_EQ(count_rule(loaded.bound->diagnostics(), "duplicate-directive"), 1);
  EXPECT_EQ(loaded.bound->sources().text(loaded.bound->diagnostics().front().span), "root c;");
}

TEST(Binder, GlobalDirectivesAreReadFirst) {
  LoadOptions options;
  options.global_directives = "daemon off; pid /tmp/x;";
  const auto loaded = load({{"/etc/nginx/nginx.conf", "user a;\nevents {}\n"}}, options);
  EXPECT_EQ(names_below(loaded.bound->root()), "daemon pid user events");
}

TEST(Binder, ReadsAPathUnderItsReplacement) {
  LoadOptions options;
  options.path_map = {{"/etc/nginx/", "/repo/"}};
  const auto loaded =
      load({{"/repo/nginx.conf", "events {}\ninclude /etc/nginx/x;\n"}, {"/repo/x", "user a;\n"}},
           options, "/repo/nginx.conf");
  EXPECT_EQ(names_below(loaded.bound->root()), "events include user");
}

TEST(Binder, ReplacesWholeFoldersOfAPathAndTheLongestFirst) {
  LoadOptions options;
  options.path_map = {{"/etc/nginx", "/repo"}, {"/etc/nginx/sites", "/sites"}};
  const auto loaded = load(
      {{"/repo/nginx.conf", "events {}\ninclude /etc/nginx/sites/x;\ninclude /etc/nginx-old/y;\n"},
       {"/sites/x", "user a;\n"},
       {"/etc/nginx-old/y", "pid b;\n"}},
      options, "/repo/nginx.conf");
  EXPECT_EQ(names_below(loaded.bound->root()), "events include user include pid");
}

TEST(Binder, ContextsOfBlocks) {
  const auto loaded =
      load({{"/etc/nginx/nginx.conf",
             "events {}\nhttp { server { if ($a) { set $b c; } location / { if ($a) "
             "{ set $b c; } limit_except GET { deny all; } } } unknown_block { "
             "server { x y; } } }"}});
  const auto& bound = *loaded.bound;
  std::string contexts;
  for (DirectiveId id = 1; id < bound.directive_count(); ++id) {
    const Directive at = bound.directive(id);
    if (at.name() == "set" || at.name() == "deny" || at.name() == "x") {
      contexts += std::string(to_string(at.context())) + "; ";
    }
  }
  EXPECT_EQ(contexts.substr(contexts.rfind(';', contexts.size() - 3)),
            "; " + std::string(to_string(Context::kUnknown)) + "; ");
  EXPECT_EQ(bound.root().first_child().inner_context(), Context::kEvents);
}

// nginx 1.22.1 recurses until its stack ends; here depth is a finding.
TEST(Binder, SurvivesDeepNestingAndWideIncludes) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 600; ++i) {
    files["/c/" + std::to_string(i)] =
        "location / { location / { location / { location / { location / { location / { include " +
        std::to_string(i + 1) + "; }}}}}}";
  }
  files["/c/600"] = "root x;";
  files["/c/nginx.conf"] = "events {}\nhttp { server { include 0; } }";
  auto loaded = load(files, {}, "/c/nginx.conf");
  EXPECT_GE(count_rule(loaded.bound->diagnostics(), "include-cycle"), 1);
  EXPECT_NE(merge(*loaded.bound, kNewestVersion), nullptr);
}

TEST(Load, AnUnreadableMainFileIsAnError) {
  MemoryFileReader reader;
  EXPECT_FALSE(load_config(reader, "/none", {}).ok());
}

TEST(Load, TakesADumpApart) {
  MemoryFileReader reader;
  const auto bound = load_config_text(reader, "<stdin>",
                                      "nginx: configuration file test is successful\n"
                                      "# configuration file /etc/nginx/nginx.conf:\n"
                                      "events {}\ninclude conf.d/*.conf;\n\n"
                                      "# configuration file /etc/nginx/conf.d/a.conf:\nuser a;\n\n",
                                      {});
  EXPECT_EQ(names_below(bound->root()), "events include user");
  EXPECT_EQ(bound->main_path(), "/etc/nginx/nginx.conf");
  EXPECT_EQ(bound->sources()[FileId{1}].bytes(), "user a;\n");
  EXPECT_TRUE(bound->diagnostics().empty());
}

}  // namespace
}  // namespace poolproof
