// A calendar: one slot per millisecond, sorted when its turn comes.
#include "lint/sizing/timeline.h"

#include <algorithm>

namespace poolproof::lint {

Timeline::Timeline(TimelineReceiver& receiver) : receiver_(receiver), slots_(kSlots, kNone) {}

bool Timeline::add(Stay stay) {
  if (!started_) {
    delivered_ = std::max<Micros>(stay.begin - kLag, 0) / kSlot * kSlot;
    started_ = true;
  }
  deliver_until(stay.end - kLag);
  while (stays_.size() - free_stays_.size() >= kMostStays) deliver_until(delivered_ + kSlot);
  if (stay.end < delivered_) return false;
  if (stay.begin < delivered_) {
    ++late_;
    stay.begin = delivered_;
  }
  stay.end = std::max(stay.end, stay.begin + 1);
  if (free_stays_.empty()) {
    free_stays_.push_back(static_cast<Index>(stays_.size()));
    stays_.emplace_back();
    next_.resize(2 * stays_.size());
  }
  const Index index = free_stays_.back();
  free_stays_.pop_back();
  stays_[index] = stay;
  link(2 * index, stay.begin);
  link(2 * index + 1, stay.end);
  return true;
}

void Timeline::finish() {
  while (waiting_ > 0) deliver_until(delivered_ + kSlot);
}

Micros Timeline::time_of(Index event) const {
  const Stay& stay = stays_[event / 2];
  return event % 2 == 0 ? stay.begin : stay.end;
}

void Timeline::link(Index event, Micros at) {
  // An end beyond the calendar's reach waits in its slot of an earlier round.
  const std::size_t slot = static_cast<std::size_t>(at / kSlot) % kSlots;
  next_[event] = slots_[slot];
  slots_[slot] = event;
  ++waiting_;
}

void Timeline::deliver_until(Micros time) {
  while (delivered_ + kSlot <= time) {
    if (waiting_ == 0) {
      delivered_ = time / kSlot * kSlot;
      return;
    }
    delivered_ += kSlot;
    deliver_slot(static_cast<std::size_t>(delivered_ / kSlot - 1) % kSlots);
  }
}

void Timeline::deliver_slot(std::size_t slot) {
  if (slots_[slot] == kNone) return;
  batch_.clear();
  Index later = kNone;
  for (Index event = slots_[slot]; event != kNone;) {
    const Index after = next_[event];
    if (time_of(event) < delivered_) {
      batch_.push_back(event);
    } else {
      next_[event] = later;
      later = event;
    }
    event = after;
  }
  slots_[slot] = later;
  std::sort(batch_.begin(), batch_.end(), [&](Index a, Index b) {
    const Micros time_a = time_of(a), time_b = time_of(b);
    return time_a != time_b ? time_a < time_b : a < b;
  });
  waiting_ -= batch_.size();
  for (const Index event : batch_) {
    Stay& stay = stays_[event / 2];
    if (event % 2 == 0) {
      receiver_.begin(stay);
    } else {
      receiver_.end(stay);
      free_stays_.push_back(event / 2);
    }
  }
}

}  // namespace poolproof::lint
