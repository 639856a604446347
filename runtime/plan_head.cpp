// Evaluating request head templates; the set of names that are not forwarded.
#include "runtime/plan_head.h"

#include "runtime/request.h"

namespace poolproof::runtime {
namespace {

constexpr std::uint32_t lower(char c) {
  return static_cast<unsigned char>(c) | 0x20u;
}

}  // namespace

std::uint32_t NameSet::hash(std::string_view name) {
  // Few names, mostly of different lengths: length, first and last character tell them apart.
  if (name.empty()) return 0;
  return static_cast<std::uint32_t>(name.size()) * 31u + lower(name.front()) * 7u +
         lower(name.back()) + lower(name[name.size() / 2]) * 13u;
}

void NameSet::add(std::string_view name) {
  if (name.empty() || contains(name)) return;
  if ((count_ + 1) * 4 > slots_.size()) grow();
  insert(std::string(name));
  ++count_;
}

void NameSet::insert(std::string name) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash(name) & mask;
  while (!slots_[at].empty()) at = (at + 1) & mask;
  slots_[at] = std::move(name);
}

void NameSet::grow() {
  std::vector<std::string> old(slots_.empty() ? 16 : slots_.size() * 2);
  old.swap(slots_);
  for (std::string& name : old) {
    if (!name.empty()) insert(std::move(name));
  }
}

bool NameSet::contains(std::string_view name) const {
  if (count_ == 0) return false;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash(name) & mask; !slots_[at].empty(); at = (at + 1) & mask) {
    if (equals_ignoring_case(slots_[at], name)) return true;
  }
  return false;
}

void RequestHeadTemplate::append_to(Request& request, std::string& out) const {
  for (const Piece& piece : pieces) {
    if (!piece.is_line) {
      out += piece.literal;
      continue;
    }
    const std::size_t before = out.size();
    out += piece.literal;
    const std::size_t value_begin = out.size();
    piece.value.append_to(request, out);
    if (out.size() == value_begin && !piece.fallback.is_empty())
      piece.fallback.append_to(request, out);
    if (out.size() == value_begin)
      out.resize(before);
    else
      out += "\r\n";
  }
  if (!pass_client_headers) return;
  for (const HeaderLine& line : request.head.headers) {
    if (not_forwarded.contains(line.name)) continue;
    out.append(line.name).append(": ").append(line.value).append("\r\n");
  }
}

}  // namespace poolproof::runtime
