// What crossplane 0.5.7 prints for small inputs; where ours differs, docs/translate-json.md says
// so.
#include "translate/crossplane/payload.h"

#include <gtest/gtest.h>

#include "tests/translate/crossplane/crossplane_fixture.h"

namespace poolproof::translate::crossplane::testing {
namespace {

constexpr PayloadOptions kWithComments{.comments = Comments::kKept};

TEST(Payload, HasCrossplanesKeysInItsOrder) {
  const auto made =
      payload_of({{kMain, "events {}\nhttp { include a.conf; }\n"}, {"/etc/nginx/a.conf", ""}});
  EXPECT_EQ(to_text(made),
            R"({"status":"ok","errors":[],"config":[{"file":"/etc/nginx/nginx.conf","status":"ok",)"
            R"("errors":[],"parsed":[{"directive":"events","line":1,"args":[],"block":[]},)"
            R"({"directive":"http","line":2,"args":[],"block":[{"directive":"include","line":2,)"
            R"("args":["a.conf"],"includes":[1]}]}]},{"file":"/etc/nginx/a.conf","status":"ok",)"
            R"("errors":[],"parsed":[]}]})"
            "\n");
}

TEST(Payload, QuotesGoAndEscapesStay) {
  const auto made = parsed(R"(env a"b; env "a\"b\n"; env 'c\"d'; env e\ f\"; env ""; env ${x}y;)");
  std::vector<std::string> args;
  for (const auto& statement : made) args.push_back(statement["args"][0]);
  EXPECT_EQ(args,
            (std::vector<std::string>{R"(a"b)", R"(a"b\n)", R"(c\"d)", R"(e\ f\")", "", "${x}y"}));
}

TEST(Payload, NamesMayBeQuotedOrEmpty) {
  const auto made = parsed(R"(events {} http { map $a $b { "" 1; "a b" 2; '#' 3; "}" 4; } })");
  const auto& entries = made[1]["block"][0]["block"];
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0]["directive"], "");
  EXPECT_EQ(entries[1]["directive"], "a b");
  EXPECT_EQ(entries[2]["directive"], "#");
  EXPECT_FALSE(entries[2].contains("comment"));
  EXPECT_EQ(entries[3]["directive"], "}");
}

TEST(Payload, LineIsWhereTheFirstWordBegins) {
  const auto made = parsed("\n\"user\"\n  nobody\n;\nevents\n{ }\n");
  EXPECT_EQ(made[0]["line"], 2);
  EXPECT_EQ(made[1]["line"], 5);
}

TEST(Payload, CommentsAreLeftOutUnlessAskedFor) {
  const std::string text = "#a\nevents { # b\n} #c\r\nuser x#y;\n";
  EXPECT_EQ(parsed(text).size(), 2u);
  const auto made = parsed(text, kWithComments);
  EXPECT_EQ(made[0].dump(), R"({"directive":"#","line":1,"args":[],"comment":"a"})");
  EXPECT_EQ(made[1]["block"][0]["comment"], " b");
  EXPECT_EQ(made[2]["comment"], "c");
  EXPECT_EQ(made[3]["args"][0], "x#y");
}

TEST(Payload, CommentsBetweenArgumentsFollowTheStatementWithItsLine) {
  const auto made = parsed("user #one\n a #two\n b;\nevents #three\n{ #four\n}\n", kWithComments);
  ASSERT_EQ(made.size(), 5u);
  EXPECT_EQ(made[0]["args"], (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(made[1].dump(), R"({"directive":"#","line":1,"args":[],"comment":"one"})");
  EXPECT_EQ(made[2]["comment"], "two");
  EXPECT_EQ(made[3]["block"][0]["comment"], "four");
  EXPECT_EQ(made[4]["comment"], "three");
  EXPECT_EQ(made[4]["line"], 4);
}

TEST(Payload, ConditionsLoseTheirParentheses) {
  const auto args = [](const std::string& condition) {
    const auto made = parsed("events {} http { server { if " + condition + " { } } }");
    return made[1]["block"][0]["block"][0]["args"].dump();
  };
  EXPECT_EQ(args("($a = b)"), R"(["$a","=","b"])");
  EXPECT_EQ(args("( $a )"), R"(["$a"])");
  EXPECT_EQ(args("($a = \"b c\")"), R"(["$a","=","b c"])");
  EXPECT_EQ(args("($a = \"\" )"), R"(["$a","=",""])");
  EXPECT_EQ(args("($a ~ ^/(x)$)"), R"(["$a","~","^/(x)$"])");
  // crossplane takes the blank away; nginx compares with it.
  EXPECT_EQ(args("($a = \"b \")"), R"(["$a","=","b "])");
}

TEST(Payload, ConditionsWithoutParenthesesAreErrors) {
  const auto error = [](const std::string& condition) {
    return error_of("events {} http { server { if " + condition + " { } } }");
  };
  EXPECT_EQ(error("$a = b"), "invalid condition \"$a\" in /etc/nginx/nginx.conf:1");
  EXPECT_EQ(error("($a = b"), "invalid condition \"($a\" in /etc/nginx/nginx.conf:1");
  EXPECT_EQ(error("()"),
            "invalid number of arguments in \"if\" directive in /etc/nginx/nginx.conf:1");
}

TEST(Payload, AnEntryOfAMapMayBeCalledIf) {
  const auto made = parsed("events {} http { map $a $b { if (x); } }");
  EXPECT_EQ(made[1]["block"][0]["block"][0]["args"][0], "(x)");
}

TEST(Payload, LuaIsOneArgument) {
  const auto made = parsed(
      "events {} http { init_by_lua_block { a = \"}\" -- }\n } server { set_by_lua_block $r "
      "{return "
      "{1}} } }");
  const auto& http = made[1]["block"];
  EXPECT_EQ(http[0].dump(),
            R"({"directive":"init_by_lua_block","line":1,"args":[" a = \"}\" -- }\n "]})");
  EXPECT_EQ(http[1]["block"][0]["args"], (std::vector<std::string>{"$r", "return {1}"}));
}

TEST(Payload, ErrorsAreCrossplanes) {
  const std::string at = " in /etc/nginx/nginx.conf:1";
  EXPECT_EQ(error_of("server {} events {}"), "\"server\" directive is not allowed here" + at);
  EXPECT_EQ(error_of("events {} pid;"), "invalid number of arguments in \"pid\" directive" + at);
  EXPECT_EQ(error_of("events {} daemon no;"),
            "invalid value \"no\" in \"daemon\" directive, it must be \"on\" or \"off\"" + at);
  EXPECT_EQ(error_of("events { worker_connections 5 }"),
            "directive \"worker_connections\" is not terminated by \";\"" + at);
  EXPECT_EQ(error_of("events {} pid x { daemon on; }"),
            "directive \"pid\" is not terminated by \";\"" + at);
  EXPECT_EQ(error_of("events;"), "directive \"events\" has no opening \"{\"" + at);
  EXPECT_EQ(error_of("events {} }"), "unexpected \"}\"" + at);
  EXPECT_EQ(error_of("events {"), "unexpected end of file, expecting \"}\"" + at);
  EXPECT_EQ(error_of("events {} user x"), "premature end of file" + at);
  EXPECT_EQ(error_of("events {} ;"), "unexpected \";\"" + at);
  EXPECT_EQ(error_of("events {} { user x; }"), "unexpected \"{\"" + at);
}

TEST(Payload, WhatIsWrongIsLeftOutAndTheRestIsRead) {
  const auto made = payload_of("events {}\nuser;\nserver { listen 80; }\npid x;\nuser \"a\"b;\n");
  const auto& file = made["config"][0];
  EXPECT_EQ(file["status"], "failed");
  EXPECT_EQ(file["errors"].size(), 3u);
  EXPECT_EQ(file["errors"][0].dump(),
            R"({"error":"invalid number of arguments in \"user\" directive in )"
            R"(/etc/nginx/nginx.conf:2","line":2})");
  EXPECT_EQ(made["errors"][1].dump(),
            R"({"file":"/etc/nginx/nginx.conf","error":"\"server\" directive is not allowed here )"
            R"(in /etc/nginx/nginx.conf:3","line":3})");
  ASSERT_EQ(file["parsed"].size(), 2u);
  EXPECT_EQ(file["parsed"][1]["directive"], "pid");
}

TEST(Payload, ABraceOutOfPlaceEmptiesItsFileOnly) {
  const auto made = payload_of({{kMain, "include a;\ninclude b;\nevents {"},
                                {"/etc/nginx/a", "user x;\n}\nuser y;\n"},
                                {"/etc/nginx/b", "pid z;\n"}});
  EXPECT_EQ(made["config"].size(), 3u);
  EXPECT_TRUE(made["config"][0]["parsed"].empty());
  EXPECT_TRUE(made["config"][1]["parsed"].empty());
  EXPECT_EQ(made["config"][1]["errors"][0]["line"], 2);
  EXPECT_EQ(made["config"][2]["parsed"].size(), 1u);
}

TEST(Payload, AnUnterminatedQuoteEmptiesTheFile) {
  const auto made = payload_of("events {}\nuser \"a;\npid x;\n");
  EXPECT_EQ(made["errors"].size(), 1u);
  EXPECT_EQ(made["errors"][0]["line"], 2);
  EXPECT_TRUE(made["config"][0]["parsed"].empty());
}

TEST(Payload, UnknownNamesAreTakenUnlessStrict) {
  const std::string text = "events {}\nproxy_passs x;\nhttp { types { a/b c; } }\n";
  EXPECT_EQ(parsed(text).size(), 3u);
  EXPECT_EQ(error_of(text, {.unknown = UnknownNames::kRefused}),
            "unknown directive \"proxy_passs\" in /etc/nginx/nginx.conf:2");
}

TEST(Payload, IgnoredStatementsLeaveNoTrace) {
  const auto made = payload_of({{kMain, "events {}\nhttp { include a; server { include b; } }\n"},
                                {"/etc/nginx/a", "listen 80;"},
                                {"/etc/nginx/b", "listen 80;"}},
                               {.ignore = {"server", "listen"}});
  EXPECT_EQ(made["status"], "ok");
  ASSERT_EQ(made["config"].size(), 2u);
  EXPECT_EQ(made["config"][0]["parsed"][1]["block"].size(), 1u);
  EXPECT_TRUE(made["config"][1]["parsed"].empty());
}

TEST(Payload, HasNoMoreErrorsThanAnybodyReads) {
  const auto made = payload_of("events {}" + std::string(100'000, ';') + "user x;");
  EXPECT_EQ(made["errors"].size(), 1001u);
  EXPECT_EQ(made["config"][0]["parsed"].size(), 2u);
}

TEST(Payload, OfBytesThatAreNoUtf8KeepsThem) {
  const std::string text = to_text(payload_of("user \"\xd1\x84\x80\xff\";\nevents {}\n"));
  EXPECT_NE(text.find(R"("\u0444\udc80\udcff")"), std::string::npos) << text;
}

TEST(Payload, OfAMainFileThatIsNotThere) {
  EXPECT_EQ(to_text(unreadable_payload("x.conf", "no such file")),
            R"({"status":"failed","errors":[{"file":"x.conf","error":"[Errno 2] No such file or )"
            R"(directory: 'x.conf'","line":null}],"config":[{"file":"x.conf","status":"failed",)"
            R"("errors":[{"error":"[Errno 2] No such file or directory: 'x.conf'","line":null}],)"
            R"("parsed":[]}]})"
            "\n");
}

}  // namespace
}  // namespace poolproof::translate::crossplane::testing
