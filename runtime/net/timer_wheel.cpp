// One level of slots; what lies beyond the horizon is linked again when its slot comes round.
#include "runtime/net/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace poolproof::runtime {

void Timer::unlink() {
  if (link_ == nullptr) return;
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  link_ = nullptr;
  next_ = nullptr;
}

void TimerWheel::set(Timer& timer, std::int64_t deadline_ms) {
  timer.deadline_ms_ = deadline_ms;
  const std::int64_t tick = std::max(deadline_ms / kTickMs + 1, tick_ + 1);
  if (timer.link_ != nullptr) {
    if (timer.visit_tick_ <= tick) return;
    timer.unlink();
  }
  link(timer, tick);
}

void TimerWheel::link(Timer& timer, std::int64_t tick) {
  tick = std::min(tick, tick_ + static_cast<std::int64_t>(kSlots) - 1);
  const std::size_t slot = static_cast<std::size_t>(tick) % kSlots;
  timer.visit_tick_ = tick;
  timer.next_ = slots_[slot];
  timer.link_ = &slots_[slot];
  if (timer.next_ != nullptr) timer.next_->link_ = &timer.next_;
  slots_[slot] = &timer;
  used_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerWheel::advance(std::int64_t now_ms) {
  const std::int64_t target = now_ms / kTickMs;
  // After a long pause every slot is due once.
  if (target - tick_ > static_cast<std::int64_t>(kSlots))
    tick_ = target - static_cast<std::int64_t>(kSlots);
  while (tick_ < target) {
    ++tick_;
    visit(static_cast<std::size_t>(tick_) % kSlots, now_ms);
  }
}

void TimerWheel::visit(std::size_t slot, std::int64_t now_ms) {
  if (slots_[slot] == nullptr) {
    used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    return;
  }
  // The slot's timers are taken over, so that what handlers link meanwhile is not visited now.
  Timer* list = slots_[slot];
  list->link_ = &list;
  slots_[slot] = nullptr;
  used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  while (list != nullptr) {
    Timer& timer = *list;
    timer.unlink();
    if (!timer.is_set()) continue;
    if (timer.deadline_ms_ > now_ms) {
      link(timer, std::max(timer.deadline_ms_ / kTickMs + 1, tick_ + 1));
      continue;
    }
    timer.cancel();
    timer.handler_->on_timeout();
  }
}

std::int64_t TimerWheel::wait_ms(std::int64_t now_ms) const {
  const std::size_t start = static_cast<std::size_t>(tick_ + 1) % kSlots;
  constexpr std::size_t kWords = kSlots / 64;
  for (std::size_t i = 0; i <= kWords; ++i) {
    const std::size_t word = (start / 64 + i) % kWords;
    std::uint64_t bits = used_[word];
    if (i == 0) bits &= ~std::uint64_t{0} << (start % 64);
    if (bits == 0) continue;
    const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    const std::size_t distance = (slot + kSlots - start) % kSlots;
    const std::int64_t due = (tick_ + 1 + static_cast<std::int64_t>(distance)) * kTickMs;
    return std::max<std::int64_t>(due - now_ms, 0);
  }
  return -1;
}

}  // namespace poolproof::runtime
