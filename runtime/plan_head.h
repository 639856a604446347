// The header lines that a proxied request carries, compiled when the plan is built:
// proxy_set_header and the built-in entries of the version merged, literal pieces joined, and the
// set of client headers that are not forwarded. Facts: knowledge of nginx 1.18 to 1.31.5,
// ngx_http_proxy_module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expression.h"

namespace poolproof::runtime {

/// Header names compared without case. Built once, then only asked.
class NameSet {
 public:
  void add(std::string_view name);
  bool contains(std::string_view name) const;
  std::size_t size() const { return count_; }

 private:
  static std::uint32_t hash(std::string_view name);
  void insert(std::string name);
  void grow();
  std::vector<std::string> slots_;  // open addressing; empty string: free
  std::size_t count_ = 0;
};

struct RequestHeadTemplate {
  /// Either whole constant lines, or one line whose value is evaluated and which is left out if
  /// that is empty.
  struct Piece {
    std::string literal;  // whole lines with line breaks, or "Name: " if `is_line`
    Expression value;
    bool is_line = false;
    Expression fallback;  // used where `value` is empty (Host from nginx 1.31.4 on)
  };
  std::vector<Piece> pieces;
  bool pass_client_headers = true;  // proxy_pass_request_headers
  NameSet not_forwarded;            // client headers with these names are dropped

  /// Appends all lines, the client's after the configured ones; not the blank line.
  void append_to(Request& request, std::string& out) const;
};

}  // namespace poolproof::runtime
