// Values of directives that are read by nginx's common readers (ngx_conf_set_flag_slot and its
// like, as seen with 1.22.1). What a directive reads in a way of its own is not judged here.
#include "grammar/config/check_values.h"

#include <limits>

#include <fmt/format.h>

#include "grammar/catalogue/obsolete.h"
#include "grammar/config/check_messages.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

/// Numbers that nginx wants within bounds (its ngx_conf_num_bounds_t).
struct Bounds {
  std::string_view name;
  std::int64_t least;
  std::int64_t most;
};
constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
constexpr Bounds kBounds[] = {
    {"gzip_comp_level", 1, 9},
    {"limit_conn_status", 400, 599},
    {"limit_req_status", 400, 599},
    {"uwsgi_modifier1", 0, 255},
    {"uwsgi_modifier2", 0, 255},
    {"variables_hash_bucket_size", 1, kNoLimit},
    {"variables_hash_max_size", 1, kNoLimit},
};

/// Sizes in bytes that nginx wants within bounds (a pool of 112 on 64-bit systems).
constexpr Bounds kSizeBounds[] = {
    {"connection_pool_size", 112, kNoLimit}, {"gzip_hash", 512, 128 << 10},
    {"gzip_window", 512, 32 << 10},          {"http2_chunk_size", 1, kNoLimit},
    {"http2_pool_size", 112, kNoLimit},      {"http2_recv_buffer_size", 32, kNoLimit},
    {"request_pool_size", 112, kNoLimit},
};

bool equal_without_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

const AllowedValue* find_word(std::span<const AllowedValue> words, std::string_view text) {
  for (const AllowedValue& word : words) {
    if (equal_without_case(word.value, text)) return &word;
  }
  return nullptr;
}

std::string list_of(std::span<const AllowedValue> words, Version version) {
  std::string text;
  for (const AllowedValue& word : words) {
    if (word.since > version) continue;
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", word.value);
  }
  return text;
}

class ValueCheck {
 public:
  ValueCheck(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
             const LoadOptions& options, std::vector<Diagnostic>& out)
      : tree_(tree), words_(tree.arguments(node)), spec_(spec), options_(options), out_(out) {}

  void run() {
    switch (spec_.value_type) {
      case ValueType::kFlag:
        return flag();
      case ValueType::kEnum:
        return word(words_[0]);
      case ValueType::kBitmask:
        for (const Word& each : words_) word(each);
        return;
      case ValueType::kNumber:
        return number();
      case ValueType::kSize:
        if (takes_variables() && has_variables(text(0))) return;
        return size(parse_size(text(0)), "`512`, `8k` or `1m`");
      case ValueType::kOffset:
        return size(parse_offset(text(0)), "`512`, `8k`, `1m` or `1g`");
      case ValueType::kTime:
        return expect(parse_seconds(text(0)).has_value(), kTimes);
      case ValueType::kMsec:
        return expect(parse_time(text(0)).has_value(), kTimes);
      case ValueType::kBufs:
        return buffers();
      case ValueType::kAny:
      case ValueType::kKeyValue:
        return;
    }
  }

 private:
  static constexpr std::string_view kTimes = "a time such as `30s`, `5m` or `1h`";

  std::string_view text(std::size_t index) const { return words_[index].value; }

  void error(const Word& word, std::string message) {
    add_error(out_, "invalid-value", tree_.span(word), std::move(message));
  }

  void expect(bool good, std::string_view wanted, std::size_t index = 0) {
    if (good) return;
    error(words_[index], fmt::format("`{}` takes {}, not `{}`", spec_.name, wanted, text(index)));
  }

  /// limit_rate and limit_rate_after; those of the proxying modules since 1.27.0.
  bool takes_variables() const {
    if (spec_.name.starts_with("limit_rate")) return true;
    const VersionRange& versions = options_.versions;
    const Version asked = options_.versions_named ? versions.first : versions.last;
    return spec_.is(DirectiveFlag::kVariables) && asked >= Version{1, 27, 0};
  }

  void flag() { expect(parse_flag(text(0)).has_value(), "`on` or `off`"); }

  void word(const Word& given) {
    const auto allowed = allowed_values(spec_);
    if (allowed.empty()) return;
    const AllowedValue* found = find_word(allowed, given.value);
    const VersionRange& versions = options_.versions;
    const Version needed = options_.versions_named ? versions.first : versions.last;
    if (found == nullptr) {
      error(given, fmt::format("`{}` does not take `{}`, but {}", spec_.name, given.value,
                               list_of(allowed, versions.last)));
    } else if (found->since > needed) {
      error(given, fmt::format("`{}` takes `{}` from {} on, but this is for {}", spec_.name,
                               given.value, to_string(found->since), in_words(versions)));
    }
  }

  void number() {
    const auto value = parse_number(text(0));
    if (!value) return expect(false, "a number");
    const bool is_power = *value > 0 && (*value & (*value - 1)) == 0;
    if (spec_.name == "http2_streams_index_size") return expect(is_power, "a power of two");
    within(*value, kBounds);
  }

  void size(std::optional<std::int64_t> value, std::string_view examples) {
    if (!value) return expect(false, fmt::format("a size such as {}", examples));
    within(*value, kSizeBounds);
    constexpr std::int64_t kAlignment = 16;
    if (spec_.name.ends_with("_pool_size") && *value % kAlignment != 0) {
      expect(false, "a multiple of 16");
    }
  }

  void within(std::int64_t value, std::span<const Bounds> table) {
    for (const Bounds& bounds : table) {
      if (bounds.name != spec_.name || (value >= bounds.least && value <= bounds.most)) continue;
      expect(false, bounds.most == kNoLimit
                        ? fmt::format("at least {}", bounds.least)
                        : fmt::format("a number from {} to {}", bounds.least, bounds.most));
    }
  }

  /// A count and a size, neither of them 0.
  void buffers() {
    if (words_.size() != 2) return;
    expect(parse_number(text(0)).value_or(0) > 0, "a number above 0 first");
    expect(parse_size(text(1)).value_or(0) > 0, "a size such as `8k` second", 1);
  }

  const SyntaxTree& tree_;
  std::span<const Word> words_;
  const DirectiveSpec& spec_;
  const LoadOptions& options_;
  std::vector<Diagnostic>& out_;
};

}  // namespace

void check_values(const SyntaxTree& tree, NodeId node, const DirectiveSpec& spec,
                  const LoadOptions& options, std::vector<Diagnostic>& out) {
  if (spec.value_type == ValueType::kAny || tree.arguments(node).empty()) return;
  if (does_nothing(spec, options.versions.last)) return;
  ValueCheck(tree, node, spec, options, out).run();
}

}  // namespace poolproof
