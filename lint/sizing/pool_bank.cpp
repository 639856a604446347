// The inner loops of every simulation run here.
#include "lint/sizing/pool_bank.h"

#include <algorithm>

namespace poolproof::lint {

const std::vector<std::uint32_t>& usual_sizes() {
  static const std::vector<std::uint32_t> sizes = {0,  1,  2,   4,   8,   12,  16,  24,  32,  48,
                                                   64, 96, 128, 192, 256, 384, 512, 768, 1024};
  return sizes;
}

std::vector<std::uint32_t> sizes_with(const std::vector<std::uint32_t>& wanted) {
  std::vector<std::uint32_t> sizes = usual_sizes();
  sizes.insert(sizes.end(), wanted.begin(), wanted.end());
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

PoolBank::PoolBank(std::vector<std::uint32_t> sizes, PoolRules rules)
    : sizes_(std::move(sizes)), rules_(rules), counts_(sizes_.size()) {}

IdlePool* PoolBank::column(std::uint32_t worker) {
  const std::size_t begin = std::size_t{worker} * sizes_.size();
  while (pools_.size() < begin + sizes_.size()) {
    for (const std::uint32_t size : sizes_) pools_.emplace_back(size);
  }
  return pools_.data() + begin;
}

PoolBank::Ticket PoolBank::begin(std::uint32_t worker, std::uint32_t server, Micros now,
                                 std::uint32_t served_before) {
  if (free_tickets_.empty()) {
    free_tickets_.push_back(static_cast<Ticket>(served_.size() / sizes_.size()));
    served_.resize(served_.size() + sizes_.size());
  }
  const Ticket ticket = free_tickets_.back();
  free_tickets_.pop_back();
  IdlePool* pools = column(worker);
  std::uint32_t* served = served_.data() + std::size_t{ticket} * sizes_.size();
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    const std::uint32_t before = pools[i].take(server, now, rules_, counts_[i]);
    served[i] = (before == 0 ? served_before : before) + 1;
  }
  ++requests_;
  return ticket;
}

void PoolBank::end(Ticket ticket, std::uint32_t worker, std::uint32_t server, Micros now) {
  IdlePool* pools = column(worker);
  const std::uint32_t* served = served_.data() + std::size_t{ticket} * sizes_.size();
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    pools[i].give(server, now, served[i], rules_, counts_[i]);
  }
  free_tickets_.push_back(ticket);
}

void PoolBank::restart_counts() {
  requests_ = 0;
  counts_.assign(sizes_.size(), PoolCounts{});
}

}  // namespace poolproof::lint
