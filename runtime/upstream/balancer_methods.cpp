// least_conn, ip_hash, hash, hash consistent and random, exactly as nginx 1.22.1 does them (its
// ngx_http_upstream_{least_conn,ip_hash,hash,random}_module.c).
#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/upstream/balancer.h"

namespace poolproof::runtime {
namespace {

/// After so many peers in vain the methods leave the choice to round robin.
constexpr int kMaxMethodTries = 20;
constexpr int kPointsPerWeight = 160;  // the plan limits their sum

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = make_crc_table();

class LeastConnections final : public Balancer {
 public:
  using Balancer::Balancer;

 protected:
  std::uint32_t choose_in_group(PeerSelection& selection, const Group& group,
                                std::int64_t now_s) override {
    std::uint32_t best = kNoPeer;
    bool several = false;
    for (std::uint32_t number = group.begin; number < group.end; ++number) {
      if (!is_usable(number, selection, now_s)) continue;
      const auto order = best == kNoPeer ? -1 : compare(number, best);
      if (order < 0) {
        best = number;
        several = false;
      } else if (order == 0) {
        several = true;
      }
    }
    if (!several) {  // nginx takes no weight from it
      return best;
    }
    Group rest = group;
    rest.begin = best;
    return smooth_weighted(rest, [&, first = best](std::uint32_t number) {
      return is_usable(number, selection, now_s) && compare(number, first) == 0;
    });
  }

 private:
  /// Connections in relation to weight: below 0 if `a` has fewer.
  std::int64_t compare(std::uint32_t a, std::uint32_t b) const {
    return std::int64_t{state(a).connections} * peer(b).weight -
           std::int64_t{state(b).connections} * peer(a).weight;
  }
};

class IpHash final : public Balancer {
 public:
  using Balancer::Balancer;

 protected:
  std::uint32_t choose(PeerSelection& selection, std::int64_t now_s) override {
    std::string_view address =
        selection.key.empty() ? std::string_view("\0\0\0", 3) : selection.key;
    if (address.size() == 4) address.remove_suffix(1);  // a /24 of IPv4 stays together
    if (selection.rehashes++ == 0) selection.hash = 89;
    std::uint32_t hash = selection.hash;
    while (selection.method_tries <= kMaxMethodTries) {
      for (const char byte : address) hash = (hash * 113 + static_cast<unsigned char>(byte)) % 6271;
      const std::uint32_t number = peer_at_weight(primary(), hash % primary().total_weight);
      if (is_usable(number, selection, now_s)) {
        selection.hash = hash;
        return number;
      }
      ++selection.method_tries;
    }
    return kNoPeer;
  }
};

class KeyHash final : public Balancer {
 public:
  using Balancer::Balancer;

 protected:
  std::uint32_t choose(PeerSelection& selection, std::int64_t now_s) override {
    if (selection.key.empty()) return kNoPeer;
    while (selection.method_tries <= kMaxMethodTries) {
      // As Cache::Memcached: ((crc32([REHASH] KEY) >> 16) & 0x7fff) + PREV_HASH
      std::uint32_t crc = 0;
      if (selection.rehashes > 0) {
        char digits[16];
        const auto end = std::to_chars(digits, digits + sizeof digits, selection.rehashes);
        crc = crc32(crc, {digits, static_cast<std::size_t>(end.ptr - digits)});
      }
      crc = crc32(crc, selection.key);
      selection.hash += (crc >> 16) & 0x7fff;
      ++selection.rehashes;
      const std::uint32_t number =
          peer_at_weight(primary(), selection.hash % primary().total_weight);
      if (is_usable(number, selection, now_s)) return number;
      ++selection.method_tries;
    }
    return kNoPeer;
  }
};

class ConsistentHash final : public Balancer {
 public:
  ConsistentHash(const UpstreamPlan& upstream, Random random)
      : Balancer(upstream, std::move(random)) {
    for (std::uint32_t number = 0; number < upstream.peers.size(); ++number) add_points(number);
    std::stable_sort(points_.begin(), points_.end(),
                     [](const Point& a, const Point& b) { return a.hash < b.hash; });
    points_.erase(std::unique(points_.begin(), points_.end(),
                              [](const Point& a, const Point& b) { return a.hash == b.hash; }),
                  points_.end());
  }

 protected:
  std::uint32_t choose(PeerSelection& selection, std::int64_t now_s) override {
    if (selection.key.empty()) return kNoPeer;
    if (selection.rehashes == 0) {
      selection.hash = find_point(crc32(0, selection.key));
      selection.rehashes = 1;
    }
    while (selection.method_tries <= kMaxMethodTries) {
      const std::string_view server = points_[selection.hash % points_.size()].server;
      const std::uint32_t number = smooth_weighted(primary(), [&](std::uint32_t each) {
        return peer(each).server == server && is_usable(each, selection, now_s);
      });
      if (number != kNoPeer) return number;
      ++selection.hash;
      ++selection.method_tries;
    }
    return kNoPeer;
  }

 private:
  struct Point {
    std::uint32_t hash;
    std::string_view server;
  };

  /// Host and port of a `server` as nginx splits them: a port is what only digits follow a colon.
  static std::pair<std::string_view, std::string_view> split(std::string_view server) {
    if (server.substr(0, 5) == "unix:") return {server.substr(5), {}};
    const std::size_t digits = server.find_last_not_of("0123456789");
    if (digits == std::string_view::npos || server[digits] != ':') return {server, {}};
    return {server.substr(0, digits), server.substr(digits + 1)};
  }

  /// As Cache::Memcached::Fast: crc32(HOST \0 PORT PREV_HASH), 160 points for each unit of weight.
  void add_points(std::uint32_t number) {
    const std::string_view server = peer(number).server;
    const auto [host, port] = split(server);
    const std::uint32_t base = crc32(crc32(crc32(0, host), std::string_view("\0", 1)), port);
    std::uint32_t previous = 0;
    for (int i = 0; i < peer(number).weight * kPointsPerWeight; ++i) {
      const char bytes[4] = {static_cast<char>(previous), static_cast<char>(previous >> 8),
                             static_cast<char>(previous >> 16), static_cast<char>(previous >> 24)};
      previous = crc32(base, {bytes, 4});
      points_.push_back({previous, server});
    }
  }

  std::uint32_t find_point(std::uint32_t hash) const {
    const auto at =
        std::lower_bound(points_.begin(), points_.end(), hash,
                         [](const Point& point, std::uint32_t h) { return point.hash < h; });
    return static_cast<std::uint32_t>(at - points_.begin());
  }

  std::vector<Point> points_;
};

class RandomChoice final : public Balancer {
 public:
  using Balancer::Balancer;

 protected:
  std::uint32_t choose(PeerSelection& selection, std::int64_t now_s) override {
    const bool two = plan().method == BalancingMethod::kRandomTwoLeastConn;
    std::uint32_t first = kNoPeer;
    while (selection.method_tries <= kMaxMethodTries) {
      const std::uint32_t number = peer_at_weight(primary(), random() % primary().total_weight);
      if (number == first || !is_usable(number, selection, now_s)) {
        ++selection.method_tries;
        continue;
      }
      if (!two) return number;
      if (first != kNoPeer) return fewer_connections(number, first);
      first = number;
    }
    return kNoPeer;
  }

 private:
  std::uint32_t fewer_connections(std::uint32_t second, std::uint32_t first) const {
    const bool first_is_better = std::int64_t{state(second).connections} * peer(first).weight >
                                 std::int64_t{state(first).connections} * peer(second).weight;
    return first_is_better ? first : second;
  }
};

}  // namespace

std::uint32_t crc32(std::uint32_t previous, std::string_view bytes) {
  std::uint32_t value = ~previous;
  for (const char byte : bytes) {
    value = kCrcTable[(value ^ static_cast<unsigned char>(byte)) & 0xff] ^ (value >> 8);
  }
  return ~value;
}

std::unique_ptr<Balancer> make_balancer(const UpstreamPlan& plan, Balancer::Random random) {
  switch (plan.method) {
    case BalancingMethod::kLeastConn:
      return std::make_unique<LeastConnections>(plan, std::move(random));
    case BalancingMethod::kIpHash:
      return std::make_unique<IpHash>(plan, std::move(random));
    case BalancingMethod::kHash:
      return std::make_unique<KeyHash>(plan, std::move(random));
    case BalancingMethod::kHashConsistent:
      return std::make_unique<ConsistentHash>(plan, std::move(random));
    case BalancingMethod::kRandom:
    case BalancingMethod::kRandomTwoLeastConn:
      return std::make_unique<RandomChoice>(plan, std::move(random));
    case BalancingMethod::kRoundRobin:
      break;
  }
  return std::make_unique<Balancer>(plan, std::move(random));
}

}  // namespace poolproof::runtime
