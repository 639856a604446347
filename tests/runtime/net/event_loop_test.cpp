// The loop over a pair of sockets.
#include "runtime/net/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "runtime/net/stream.h"

namespace poolproof::runtime {
namespace {

struct End : Watcher {
  void on_ready(std::uint32_t events) override {
    seen |= events;
    ++calls;
    stream.note(events);
    if (on_event) on_event(*this);
  }
  void on_retired() override { ++retired; }
  Stream stream;
  std::uint32_t seen = 0;
  int calls = 0, retired = 0;
  void (*on_event)(End&) = nullptr;
  End* peer = nullptr;
  EventLoop* loop = nullptr;
};

struct Pair {
  EventLoop loop;
  End a, b;
  Pair() {
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    a.stream.open(Descriptor(fds[0]));
    b.stream.open(Descriptor(fds[1]));
    EXPECT_TRUE(loop.add(fds[0], a));
    EXPECT_TRUE(loop.add(fds[1], b));
    loop.turn(0);
  }
};

TEST(EventLoop, SaysOnceWhatIsReady) {
  Pair pair;
  EXPECT_TRUE(pair.a.stream.writable());
  EXPECT_FALSE(pair.b.stream.readable());
  pair.a.stream.write("hi", 2);
  pair.loop.turn(100);
  EXPECT_TRUE(pair.b.stream.readable());
  const int calls = pair.b.calls;
  pair.loop.turn(0);
  EXPECT_EQ(pair.b.calls, calls);  // edge-triggered
}

TEST(Stream, AShortReadSavesTheNextCall) {
  Pair pair;
  std::array<char, 16> buffer;
  pair.a.stream.write("hi", 2);
  pair.loop.turn(100);
  EXPECT_EQ(pair.b.stream.read(buffer).size, 2u);
  EXPECT_FALSE(pair.b.stream.readable());
  pair.a.stream.write("x", 1);
  pair.a.stream.close();
  pair.loop.turn(100);
  EXPECT_EQ(pair.b.stream.read(buffer).size, 1u);
  EXPECT_TRUE(pair.b.stream.readable());  // the end is still to be read
  EXPECT_EQ(pair.b.stream.read(buffer).status, IoStatus::kEnd);
}

TEST(Stream, LooksWithoutTaking) {
  Pair pair;
  EXPECT_TRUE(pair.b.stream.is_silent());
  pair.a.stream.write("x", 1);
  EXPECT_FALSE(pair.b.stream.is_silent());
  pair.a.stream.close();
  std::array<char, 4> buffer;
  EXPECT_EQ(pair.b.stream.read(buffer).size, 1u);
  EXPECT_FALSE(pair.b.stream.is_silent());
}

TEST(EventLoop, RetiredWatchersAreToldAfterTheBatch) {
  Pair pair;
  pair.a.loop = pair.b.loop = &pair.loop;
  pair.a.peer = &pair.b;
  pair.b.peer = &pair.a;
  const auto kill_peer = [](End& end) {
    if (end.peer->stream.is_open()) {
      end.peer->stream.close();
      end.loop->retire(*end.peer);
      EXPECT_EQ(end.peer->retired, 0);
    }
  };
  pair.a.on_event = pair.b.on_event = kill_peer;
  pair.a.stream.write("1", 1);
  pair.b.stream.write("2", 1);
  pair.loop.turn(100);
  EXPECT_EQ(pair.a.retired + pair.b.retired, 1);
}

TEST(EventLoop, WakesFromAnotherThread) {
  EventLoop loop;
  std::thread other([&loop] { loop.wake(); });
  loop.turn(-1);
  other.join();
}

}  // namespace
}  // namespace poolproof::runtime
