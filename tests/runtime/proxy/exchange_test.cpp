// Requests over the wire: a scripted client, the real server, a scripted upstream.
#include <gmock/gmock.h>

#include "tests/runtime/proxy/live_server.h"

namespace poolproof::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace testing_support;

std::string config_for(const ScriptedUpstream& upstream, std::string_view location = "") {
  return "upstream u { server 127.0.0.1:" + std::to_string(upstream.port()) +
         "; } server { listen LISTEN; location / { proxy_pass http://u; " + std::string(location) +
         " } }";
}
const std::string kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}
/// Answers every request of a connection with its number.
void count_requests(Wire& wire, int connection) {
  for (int request = 1; !wire.until("\r\n\r\n").empty(); ++request) {
    wire.send(ok(std::to_string(connection) + "/" + std::to_string(request)));
  }
}

TEST(Exchange, ReusesTheUpstreamConnection) {
  ScriptedUpstream upstream(count_requests);
  LiveServer server(config_for(upstream));
  for (int i = 1; i <= 3; ++i) {
    Wire client = server.connect();
    client.send(kGet);
    EXPECT_THAT(client.message(), testing::EndsWith("1/" + std::to_string(i)));
  }
  EXPECT_EQ(upstream.connections(), 1);
}

TEST(Exchange, AnswersPipelinedRequestsInOrder) {
  ScriptedUpstream upstream(count_requests);
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(kGet + kGet + kGet);
  for (int i = 1; i <= 3; ++i)
    EXPECT_THAT(client.message(), testing::EndsWith("1/" + std::to_string(i)));
}

TEST(Exchange, TriesANewConnectionWhenTheReusedOneDies) {
  ScriptedUpstream upstream([](Wire& wire, int connection) {
    wire.until("\r\n\r\n");
    wire.send(ok(std::to_string(connection)));
    wire.until("\r\n\r\n");  // the second request gets no answer
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(kGet);
  EXPECT_THAT(client.message(), testing::EndsWith("1"));
  client.send(kGet);
  EXPECT_THAT(client.message(), testing::EndsWith("2"));
}

TEST(Exchange, DoesNotRepeatAPost) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    wire.until("\r\n\r\n");
    wire.send(ok("1"));
    wire.until("\r\n\r\n");
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(kGet);
  client.message();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(client.message(), StartsWith("HTTP/1.1 502 "));
  EXPECT_EQ(upstream.connections(), 1);
}

TEST(Exchange, DecodesAndEncodesChunks) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    while (!wire.until("\r\n\r\n").empty()) {
      wire.send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: "
          "t\r\n\r\n");
    }
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(kGet);
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.until("0\r\n\r\n"), "5\r\nabcde\r\n0\r\n\r\n");
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string old = client.until_closed();
  EXPECT_THAT(old, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(old, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(old, testing::EndsWith("\r\n\r\nabcde"));
  EXPECT_EQ(upstream.connections(), 1);
}

TEST(Exchange, CollectsAChunkedRequestBody) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    const std::string request = wire.message();
    wire.send(ok(request));
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("3\r\nabc\r\n");
  client.send("4\r\ndefg\r\n0\r\n\r\n");
  const std::string echo = client.message();
  EXPECT_THAT(echo, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(echo, Not(HasSubstr("Expect")));
  EXPECT_THAT(echo, testing::EndsWith("\r\n\r\nabcdefg"));
}

TEST(Exchange, StreamsARequestBodyWithoutBuffering) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    std::string got = wire.until("\r\n\r\n");
    got += wire.until("abc\r\n");  // before the client has sent the rest
    wire.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    got += wire.until("0\r\n\r\n");
    wire.send(ok(got));
  });
  LiveServer server(config_for(upstream, "proxy_request_buffering off;"));
  Wire client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  usleep(20'000);
  client.send("2\r\nde\r\n0\r\n\r\n" + kGet);
  const std::string echo = client.message();
  EXPECT_THAT(echo, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(echo, testing::EndsWith("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
}

TEST(Exchange, PassesLargeBodiesBothWays) {
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i * 7 % 23);
  ScriptedUpstream upstream([](Wire& wire, int) { wire.send(ok(wire.message().substr(0))); });
  LiveServer server(config_for(upstream, "client_max_body_size 10m;"));
  Wire client = server.connect();
  std::thread sender([&] {
    client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
  });
  sender.join();
  const std::string echo = client.message();
  ASSERT_GT(echo.size(), body.size());
  EXPECT_EQ(echo.substr(echo.size() - body.size()), body);
}

TEST(Exchange, AHeadRequestHasNoBody) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    while (!wire.until("\r\n\r\n").empty())
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  for (int i = 0; i < 2; ++i) {
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Content-Length: 99\r\n"));
  }
  EXPECT_EQ(upstream.connections(), 1);
}

TEST(Exchange, ResponsesThatDoNotEndExactlyAreNotKept) {
  for (const std::string& response :
       {std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc")}) {
    ScriptedUpstream upstream([&](Wire& wire, int) {
      while (!wire.until("\r\n\r\n").empty()) wire.send(response);
    });
    LiveServer server(config_for(upstream));
    Wire client = server.connect();
    for (int i = 0; i < 2; ++i) {
      client.send(kGet);
      EXPECT_THAT(client.message(), testing::EndsWith("\r\n\r\nab"));
    }
    EXPECT_EQ(upstream.connections(), 2) << response;
  }
}

TEST(Exchange, HidesWhatIsBetweenTheHops) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    wire.until("\r\n\r\n");
    wire.send(
        "HTTP/1.1 200 Fine\r\nServer: theirs\r\nDate: then\r\nX-Accel-Expires: 1\r\nKeep-Alive: "
        "x\r\n"
        "X-Mine: 1\r\nContent-Type: a/b\r\nContent-Length: 0\r\n\r\n");
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(kGet);
  const std::string head = client.message();
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 Fine\r\nServer: poolproof\r\nDate: "));
  EXPECT_THAT(head, testing::EndsWith("\r\nContent-Type: a/b\r\nContent-Length: 0\r\nConnection: "
                                      "keep-alive\r\nX-Mine: 1\r\n\r\n"));
}

TEST(Exchange, AResponseThatBreaksOffEndsTheClientsConnection) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    wire.until("\r\n\r\n");
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab");
  });
  LiveServer server(config_for(upstream));
  Wire client = server.connect();
  client.send(kGet);
  EXPECT_THAT(client.until_closed(), testing::EndsWith("\r\n\r\nab"));
}

TEST(Exchange, SaysWhenTheUpstreamIsNotThereOrSilent) {
  ScriptedUpstream upstream([](Wire& wire, int) { wire.until("never"); });
  LiveServer server(
      "server { listen LISTEN; location / { proxy_pass http://127.0.0.1:1; }"
      " location /silent { proxy_read_timeout 50ms; proxy_pass http://127.0.0.1:" +
      std::to_string(upstream.port()) + "; } }");
  Wire client = server.connect();
  client.send(kGet);
  EXPECT_THAT(client.message(), StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
  client.send("GET /silent HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.message(), StartsWith("HTTP/1.1 504 Gateway Time-out\r\n"));
}

TEST(Exchange, GoesToTheNextPeer) {
  ScriptedUpstream upstream(count_requests);
  LiveServer server(
      "upstream u { server 127.0.0.1:1; server 127.0.0.1:" + std::to_string(upstream.port()) +
      "; } server { listen LISTEN; location / { proxy_pass http://u; } }");
  Wire client = server.connect();
  for (int i = 1; i <= 2; ++i) {
    client.send(kGet);
    EXPECT_THAT(client.message(), testing::EndsWith("1/" + std::to_string(i)));
  }
}

TEST(Exchange, TunnelsAfterAnUpgrade) {
  ScriptedUpstream upstream([](Wire& wire, int) {
    wire.until("\r\n\r\n");
    wire.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\n\r\nfirst");
    wire.send(wire.until("ping"));
  });
  LiveServer server(config_for(
      upstream, "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"));
  Wire client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  EXPECT_THAT(client.until("first"), HasSubstr("Upgrade: websocket\r\n"));
  client.send("ping");
  EXPECT_EQ(client.until_closed(), "ping");
}

TEST(Exchange, RefusesTooLargeBodiesAndBadHeads) {
  LiveServer server(
      "server { listen LISTEN; client_max_body_size 10; location / { proxy_pass "
      "http://127.0.0.1:1; } }");
  Wire client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
  EXPECT_THAT(client.until_closed(), StartsWith("HTTP/1.1 413 "));
  Wire other = server.connect();
  other.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(other.until_closed(),
              testing::AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Connection: close")));
}

/// Memory of this process, bytes.
TEST(Exchange, AbandonedRequestsEndTheUpstreamsConnection) {
  std::atomic<bool> ended{false};
  {
    ScriptedUpstream upstream([&](Wire& wire, int) {
      wire.until("\r\n\r\n");
      wire.until_closed();
      ended = true;
    });
    LiveServer server(config_for(upstream));
    Wire client = server.connect();
    client.send(kGet);
    usleep(50'000);
    client.close();
    usleep(50'000);
    EXPECT_TRUE(ended);
  }
}

TEST(Server, AGracefulStopLetsRequestsEnd) {
  std::atomic<bool> go{false};
  ScriptedUpstream upstream([&](Wire& wire, int) {
    wire.until("\r\n\r\n");
    while (!go) usleep(1000);
    wire.send(ok("late"));
  });
  LiveServer server(config_for(upstream));
  Wire idle = server.connect(), client = server.connect();
  client.send(kGet);
  usleep(30'000);
  server.server().stop(StopKind::kGraceful);
  EXPECT_EQ(idle.until_closed(), "");
  go = true;
  EXPECT_THAT(client.until_closed(), testing::EndsWith("late"));
  server.server().join();
}

TEST(Exchange, AnswersALongPipelineBesideOthers) {
  LiveServer server("keepalive_requests 10000; server { listen LISTEN; return 200 ok; }");
  constexpr int kMany = 3000;
  Wire greedy = server.connect(), other = server.connect();
  std::string all;
  for (int i = 0; i < kMany; ++i) all += kGet;
  std::thread sending([&] { greedy.send(all); });
  for (int i = 0; i < 20; ++i) {
    other.send(kGet);
    EXPECT_THAT(other.message(), testing::EndsWith("ok"));
  }
  for (int i = 0; i < kMany; ++i) ASSERT_THAT(greedy.message(), testing::EndsWith("ok")) << i;
  sending.join();
}

TEST(Server, WorkersShareTheLoadAndStopTogether) {
  ScriptedUpstream upstream(count_requests);
  LiveServer server(config_for(upstream), "worker_processes 4; ");
  std::atomic<int> answered{0}, cut{0};
  std::atomic<bool> stopping{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (Wire wire = server.connect();;) {
        wire.send(kGet);
        const std::string answer = wire.message();
        if (answer.empty()) {
          if (!stopping) ++cut;
          return;
        }
        ++answered;
        if (answer.find("Connection: close") != std::string::npos) return;
      }
    });
  }
  while (answered < 500) usleep(1000);
  stopping = true;
  server.server().stop(StopKind::kGraceful);
  for (std::thread& client : clients) client.join();
  server.server().join();
  EXPECT_EQ(cut, 0);
}

TEST(Server, SaysThatAPortIsInUse) {
  LiveServer first("server { listen LISTEN; location / { return 200 a; } }");
  ListenSocket taken;
  taken.address.family = AddressFamily::kIpv4;
  taken.address.ip = {127, 0, 0, 1};
  int port = 0;
  const Descriptor holder = listen_anywhere(port);
  taken.address.port = static_cast<std::uint16_t>(port);
  Plan plan;
  plan.listens.push_back(std::move(taken));
  Server second(plan, "test");
  EXPECT_EQ(second.open(),
            "bind() to 127.0.0.1:" + std::to_string(port) + " failed (98: Address already in use)");
}

}  // namespace
}  // namespace poolproof::runtime
