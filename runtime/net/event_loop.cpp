// epoll and the clocks.
#include "runtime/net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include <algorithm>
#include <array>

namespace poolproof::runtime {
namespace {

static_assert(ready::kReadable == EPOLLIN && ready::kWritable == EPOLLOUT &&
              ready::kError == EPOLLERR && ready::kHangup == EPOLLHUP &&
              ready::kPeerClosed == EPOLLRDHUP);

std::int64_t milliseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

std::int64_t EventLoop::read_monotonic_ms() {
  return milliseconds(CLOCK_MONOTONIC);
}

void EventLoop::read_clock() {
  now_ms_ = read_monotonic_ms();
  unix_ms_ = milliseconds(CLOCK_REALTIME);
}

EventLoop::EventLoop()
    : now_ms_(read_monotonic_ms()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      timers_(now_ms_) {
  read_clock();
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // the wake descriptor
  if (is_open()) epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

bool EventLoop::add(int fd, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool EventLoop::add_listener(int fd, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.ptr = &watcher;
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::remove(int fd) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof one);
}

void EventLoop::turn(std::int64_t max_wait_ms) {
  std::array<epoll_event, 512> events;
  std::int64_t wait = timers_.wait_ms(now_ms_);
  if (wait < 0 || (max_wait_ms >= 0 && max_wait_ms < wait)) wait = max_wait_ms;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               static_cast<int>(std::clamp<std::int64_t>(wait, -1, 3'600'000)));
  read_clock();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      std::uint64_t ignored;
      [[maybe_unused]] const auto size = read(wake_.get(), &ignored, sizeof ignored);
      continue;
    }
    auto& watcher = *static_cast<Watcher*>(event.data.ptr);
    if (!watcher.retired_) watcher.on_ready(event.events);
  }
  timers_.advance(now_ms_);
  finish_batch();
}

void EventLoop::finish_batch() {
  // Retiring one may retire others.
  for (std::size_t i = 0; i < retired_.size(); ++i) {
    retired_[i]->retired_ = false;
    retired_[i]->on_retired();
  }
  retired_.clear();
}

}  // namespace poolproof::runtime
