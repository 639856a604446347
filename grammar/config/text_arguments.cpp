// As seen with nginx 1.22.1: `NAME $nope` for every directive at every position; the catalogue says
// which directives know variables at all.
#include "grammar/config/text_arguments.h"

#include <algorithm>
#include <array>

#include "grammar/catalogue/obsolete.h"
#include "grammar/syntax/values.h"

namespace poolproof {
namespace {

enum class Where : std::uint8_t {
  kAll,
  kNone,         // read elsewhere
  kFirst,        // the rest are parameters
  kFromSecond,   // the first is a name
  kLast,         // before it stand numbers
  kNotRegex,     // all but a first one that begins with `~`
  kFirstAndIf,   // access_log
  kFrom,         // behind `from=`
  kThreads,      // behind `threads=`
  kOneVariable,  // `$name` and nothing else
  kNotAsked,     // not known yet
};

struct Row {
  std::string_view name;
  Where where;
};

/// What is not here takes texts in all its arguments. Sorted.
constexpr std::array kRows = {
    Row{"access_log", Where::kFirstAndIf},
    Row{"add_header", Where::kFromSecond},
    Row{"add_trailer", Where::kFromSecond},
    Row{"aio", Where::kThreads},
    Row{"auth_request_set", Where::kFromSecond},
    Row{"charset", Where::kOneVariable},
    Row{"disable_symlinks", Where::kFrom},
    Row{"error_page", Where::kLast},
    Row{"fastcgi_param", Where::kFromSecond},
    Row{"geo", Where::kNone},
    Row{"grpc_set_header", Where::kFromSecond},
    Row{"hash", Where::kFirst},
    Row{"if", Where::kNone},
    Row{"limit_conn_zone", Where::kFirst},
    Row{"limit_req_zone", Where::kFirst},
    Row{"log_format", Where::kFromSecond},
    Row{"map", Where::kFirst},
    Row{"proxy_cookie_domain", Where::kNotRegex},
    Row{"proxy_cookie_flags", Where::kNotRegex},
    Row{"proxy_cookie_path", Where::kNotRegex},
    Row{"proxy_redirect", Where::kNotRegex},
    Row{"proxy_set_header", Where::kFromSecond},
    Row{"rewrite", Where::kFromSecond},
    Row{"scgi_param", Where::kFromSecond},
    Row{"set", Where::kFromSecond},
    Row{"source_charset", Where::kOneVariable},
    Row{"split_clients", Where::kFirst},
    Row{"uwsgi_param", Where::kFromSecond},
};

Where where_of(std::string_view name) {
  const auto* const row =
      std::lower_bound(kRows.begin(), kRows.end(), name,
                       [](const Row& each, std::string_view wanted) { return each.name < wanted; });
  return row != kRows.end() && row->name == name ? row->where : Where::kAll;
}

/// Directives that learnt variables later than they came.
struct Learnt {
  std::string_view name;
  Version since{};
};
constexpr std::array kLearnt = {
    Learnt{"fastcgi_limit_rate", {1, 27, 0}},       Learnt{"grpc_ssl_certificate", {1, 21, 0}},
    Learnt{"grpc_ssl_certificate_key", {1, 21, 0}}, Learnt{"proxy_limit_rate", {1, 27, 0}},
    Learnt{"proxy_ssl_certificate", {1, 21, 0}},    Learnt{"proxy_ssl_certificate_key", {1, 21, 0}},
    Learnt{"scgi_limit_rate", {1, 27, 0}},          Learnt{"uwsgi_limit_rate", {1, 27, 0}},
    Learnt{"uwsgi_ssl_certificate", {1, 21, 0}},    Learnt{"uwsgi_ssl_certificate_key", {1, 21, 0}},
};

bool knows_variables(const DirectiveSpec& spec, const LoadOptions& options) {
  if (!spec.is(DirectiveFlag::kVariables) || !spec.module.starts_with("ngx_http")) return false;
  if (does_nothing(spec, options.versions.last)) return false;
  for (const Learnt& each : kLearnt) {
    if (each.name == spec.name) return options.versions.first >= each.since;
  }
  return true;
}

/// Cuts off a word before the text; false if it is not there.
bool cut(std::string_view& text, std::string_view key) {
  if (!text.starts_with(key)) return false;
  text.remove_prefix(key.size());
  return true;
}

bool is_text(Where where, std::size_t index, std::size_t count, std::string_view& text) {
  switch (where) {
    case Where::kAll:
    case Where::kOneVariable:
      return where == Where::kAll || text.starts_with('$');
    case Where::kNone:
    case Where::kNotAsked:
      return false;
    case Where::kFirst:
      return index == 0;
    case Where::kFromSecond:
      return index > 0;
    case Where::kLast:
      return index + 1 == count;
    case Where::kNotRegex:
      return index > 0 || !text.starts_with('~');
    case Where::kFirstAndIf:
      return index == 0 ? !text.starts_with("syslog:") : cut(text, "if=");
    case Where::kFrom:
      return cut(text, "from=");
    case Where::kThreads:
      return cut(text, "threads=");
  }
  return false;
}

}  // namespace

TextArguments::TextArguments(const LoadOptions& options)
    : options_(options),
      where_(all_directives().size(), static_cast<std::uint8_t>(Where::kNotAsked)) {}

std::span<const TextArgument> TextArguments::of(Directive at) {
  found_.clear();
  const DirectiveSpec* spec = at.spec();
  if (spec == nullptr) return {};
  std::uint8_t& row = where_[static_cast<std::size_t>(spec - all_directives().data())];
  if (row == static_cast<std::uint8_t>(Where::kNotAsked)) {
    row = static_cast<std::uint8_t>(knows_variables(*spec, options_) ? where_of(spec->name)
                                                                     : Where::kNone);
  }
  const auto where = static_cast<Where>(row);
  if (where == Where::kNone) return {};
  const std::size_t count = at.arg_count();
  for (std::size_t i = 0; i < count; ++i) {
    std::string_view text = at.arg(i);
    if (!has_variables(text) || !is_text(where, i, count, text)) continue;
    const bool is_name = where == Where::kOneVariable;
    found_.push_back(
        {text, i, is_name ? TextArgument::Kind::kVariable : TextArgument::Kind::kText});
  }
  return found_;
}

}  // namespace poolproof
