// Heads of clients that come in pieces or with a bad URI, and what heads of upstreams ask for, over
// real sockets.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/runtime/proxy/live_server.h"

namespace poolproof::runtime {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace testing_support;

std::size_t resident_memory() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// What is in it; it is gone then.
std::string take_file(const std::string& path) {
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  std::remove(path.c_str());
  return text;
}

TEST(ExchangeHead, AHeadThatTricklesInTakesNoMoreMemoryThanItsBytes) {
  LiveServer server("max_headers 2000; server { listen LISTEN; return 200 $uri; }");
  Wire client = server.connect();
  const std::string path(8000, 'a');  // behind "//", so that it must be written anew
  client.send("GET //" + path + " HTTP/1.1\r\nHost: h\r\n");
  usleep(20'000);
  const std::size_t before = resident_memory();
  for (int i = 0; i < 1000; ++i) {
    for (const std::string_view byte : {"a", ":", "\r", "\n"}) {
      client.send(byte);
      usleep(20);  // the server reads each for itself
    }
  }
  usleep(20'000);
  const std::size_t after = resident_memory();
  // It would be some 60 MB, were the URI decoded with every byte.
  EXPECT_LT(after, before + 4'000'000);
  client.send("\r\n");
  EXPECT_THAT(client.message(), testing::EndsWith("\r\n\r\n/" + path));
}

TEST(ExchangeHead, MoreHeaderLinesThanMaxHeadersAreRefused) {
  LiveServer server("server { listen LISTEN; return 200 ok; }");  // 1000
  std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 999; ++i) head += "X: 1\r\n";
  Wire client = server.connect();
  client.send(head + "\r\n");
  EXPECT_THAT(client.message(), testing::EndsWith("\r\n\r\nok"));
  client.send(head + "X: 1\r\n");
  EXPECT_THAT(
      client.until_closed(),
      testing::AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Request Header Or Cookie Too Large")));
}

TEST(ExchangeHead, EveryMessagesUriIsJudgedAnew) {
  LiveServer server("server { listen LISTEN; return 200 $uri; }");
  Wire client = server.connect();
  for (const std::string_view name : {"a", "b"}) {
    client.send("GET //" + std::string(name) + " HTTP/1.1\r\n");
    usleep(20'000);
    client.send("Host: h\r\n");
    usleep(20'000);
    client.send("\r\n");
    EXPECT_THAT(client.message(), testing::EndsWith("\r\n\r\n/" + std::string(name)));
  }
  client.send("GET /%00 HTTP/1.1\r\n");  // answered before the head is complete
  EXPECT_THAT(client.until_closed(), StartsWith("HTTP/1.1 400 "));
}

TEST(ExchangeHead, TheLogSaysWhatIsWrongWithABadUri) {
  const std::string path =
      testing::TempDir() + "poolproof_bad_uri_" + std::to_string(getpid()) + ".log";
  {
    LiveServer server("error_log " + path + " info; server { listen LISTEN; return 200 ok; }");
    // Before the head is complete; with an invalid Host behind it; with an invalid line behind it;
    // in a head that is good but for it.
    for (const std::string_view rest :
         {"1 HTTP/1.1\r\n", "2 HTTP/1.1\r\nHost: /\r\n", "3 HTTP/1.1\r\nHost: h\r\n: x\r\n",
          "4 HTTP/1.1\r\nHost: h\r\n\r\n"}) {
      Wire client = server.connect();
      client.send("GET /%00" + std::string(rest));
      EXPECT_THAT(client.until_closed(), StartsWith("HTTP/1.1 400 "));
    }
  }
  const std::string log = take_file(path);
  for (const std::string_view number : {"1", "2", "3", "4"}) {
    EXPECT_THAT(log, HasSubstr(" client sent invalid request while reading client request line, "
                               "client: 127.0.0.1, server: , request: \"GET /%00" +
                               std::string(number) + " HTTP/1.1\"\n"));
  }
}

TEST(ExchangeHead, WhatAnUpstreamAsksForInVainIsLoggedOnce) {
  const std::string path =
      testing::TempDir() + "poolproof_accel_" + std::to_string(getpid()) + ".log";
  ScriptedUpstream upstream([](Wire& wire, int) {
    while (!wire.until("\r\n\r\n").empty()) {
      wire.send(
          "HTTP/1.1 200 OK\r\nX-Accel-Limit-Rate: 100\r\nx-accel-charset: utf-8\r\n"
          "X-Accel-Buffering: no\r\nContent-Length: 0\r\n\r\n");
    }
  });
  {
    LiveServer server("error_log " + path + " warn; server { listen LISTEN; location / { " +
                      "proxy_pass http://127.0.0.1:" + std::to_string(upstream.port()) + "; } " +
                      "location /i { proxy_ignore_headers X-Accel-Limit-Rate; proxy_pass " +
                      "http://127.0.0.1:" + std::to_string(upstream.port()) + "; } }");
    Wire client = server.connect();
    for (const std::string_view target : {"/i", "/", "/"}) {
      client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      EXPECT_THAT(client.message(), testing::Not(testing::ContainsRegex("[Aa]ccel")));
    }
  }
  const std::string log = take_file(path);
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
  EXPECT_THAT(log,
              testing::ContainsRegex("\\[warn\\] .*upstream sent X-Accel-Charset, which is not "
                                     "executed, client: .*request: \"GET /i "));
  EXPECT_THAT(log, testing::ContainsRegex("\\[warn\\] .*upstream sent X-Accel-Limit-Rate, which is "
                                          "not executed, client: .*request: \"GET / "));
}

}  // namespace
}  // namespace poolproof::runtime
