// HAProxy sends the usual CGI parameters by itself; what the configuration sets replaces them.
#include "translate/haproxy/fcgi.h"

#include <optional>

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "translate/reuse.h"

namespace poolproof::translate::haproxy {
namespace {

class FcgiLines {
 public:
  FcgiLines(Shared& shared, const TextPlace& place) : shared_(shared), place_(place) {}

  std::vector<std::string> run() {
    const std::string root(scope().value_or("root", "/"));
    out_.push_back("docroot " + word(root));
    out_.push_back("pass-header authorization");
    if (keeps_connections(shared_.config, *place_.location) == Keeps::kNever) {
      out_.push_back("no option keep-conn");
    }
    for (const Directive at : scope().find("fastcgi_param").directives) add(at);
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return *place_.location->scope; }

  void add(Directive at) {
    const auto value = with_constants(at);
    if (!value) return;
    const auto format = format_of(shared_, place_, *value, at);
    if (!format) return;
    const std::string name = word(at.arg(0));
    // A parameter that is empty is not sent at all.
    if (format->text.empty()) return out_.push_back(fmt::format("set-param {} %[str()]", name));
    const bool conditional = at.arg(2) == "if_not_empty" && !format->constant;
    const auto sample =
        conditional ? text_sample(shared_, place_, *value, at) : std::optional<std::string>();
    out_.push_back(fmt::format(
        "set-param {} {}{}", name, word(format->text),
        sample ? fmt::format(" if {{ {} gt 0 }}", word(*sample + ",length")) : std::string()));
  }

  /// The value with FastCGI's own variables in it replaced by what they stand for.
  std::optional<std::string> with_constants(Directive at) {
    const auto pieces = split_variables(at.arg(1));
    if (!pieces) return std::string(at.arg(1));
    std::string out;
    for (const TextPiece& piece : *pieces) {
      if (!piece.is_variable) {
        out += piece.text;
      } else if (piece.text == "document_root" || piece.text == "realpath_root") {
        const std::string_view root = scope().value_or("root", "");
        if (!root.starts_with('/') || has_variables(root)) return lose(at, piece.text);
        out += root;
      } else if (piece.text == "fastcgi_script_name") {
        if (scope().value_or("fastcgi_index", "").empty() && !has_split()) {
          out += "${uri}";
        } else {
          return script_name(at);
        }
      } else if (piece.text == "nginx_version") {
        out += to_string(shared_.config.version());
      } else {
        out += fmt::format("${{{}}}", piece.text);
      }
    }
    return out;
  }

  bool has_split() const { return !scope().find("fastcgi_split_path_info").is_default(); }

  /// An index is added only to a path that ends in a slash: where the location takes none, never.
  std::optional<std::string> script_name(Directive at) {
    const bool never = !has_split() && place_.location->kind == LocationKind::kRegex &&
                       place_.location->pattern.ends_with("\\.php$");
    if (!never) return lose(at, "fastcgi_script_name");
    std::string out;
    const auto pieces = split_variables(at.arg(1));
    for (const TextPiece& piece : *pieces) {
      if (!piece.is_variable) {
        out += piece.text;
      } else if (piece.text == "fastcgi_script_name") {
        out += "${uri}";
      } else if (piece.text == "document_root" || piece.text == "realpath_root") {
        out += scope().value_or("root", "");
      } else {
        out += fmt::format("${{{}}}", piece.text);
      }
    }
    return out;
  }

  std::nullopt_t lose(Directive at, std::string_view variable) {
    shared_.lose(Severity::kError, at,
                 fmt::format("`${}` is not known to haproxy here: it sends its own `{}`", variable,
                             at.arg(0)));
    return std::nullopt;
  }

  Shared& shared_;
  const TextPlace& place_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> fcgi_lines(Shared& shared, const TextPlace& place) {
  return FcgiLines(shared, place).run();
}

}  // namespace poolproof::translate::haproxy
