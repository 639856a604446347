// Caddy sends the usual CGI parameters by itself; what the configuration sets replaces them.
#include "translate/caddy/fastcgi.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "grammar/config/lower_case.h"
#include "grammar/syntax/values.h"
#include "translate/caddy/words.h"

namespace poolproof::translate::caddy {
namespace {

constexpr std::string_view kPath = "{http.request.uri.path}";

class Maker {
 public:
  Maker(Shared& shared, const TextPlace& place) : shared_(shared), place_(place) {}

  Lines run() {
    const Directive at = place_.location->pass->at;
    if (const auto root = text_of(shared_, place_, scope().value_or("root", "html"), at)) {
      out_.add("root " + word(root->text));
    }
    for (const Directive param : scope().find("fastcgi_param").directives) add(param);
    return std::move(out_);
  }

 private:
  const Scope& scope() const { return *place_.location->scope; }

  void add(Directive at) {
    const auto value = value_with_own(at);
    if (!value) return;
    // Request fields become parameters by themselves, and empty ones are sent by nginx as well.
    const bool conditional = at.arg(2) == "if_not_empty";
    if (conditional && value->may_be_empty) {
      const std::string_view name = at.arg(0);
      const bool is_field =
          name.starts_with("HTTP_") &&
          lower_case(value->text) ==
              fmt::format("{{http.request.header.{}}}", dashed(lower_case(name.substr(5))));
      if (is_field) return;
      shared_.lose(Severity::kWarning, at,
                   fmt::format("`if_not_empty`: caddy sends `{}` even if it is empty", name));
    }
    out_.add(
        fmt::format("env {} {}", word(at.arg(0)), value->text.empty() ? "``" : word(value->text)));
  }

  static std::string dashed(std::string text) {
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
  }

  /// The value, with FastCGI's own variables.
  std::optional<Text> value_with_own(Directive at) {
    const auto pieces = split_variables(at.arg(1));
    if (!pieces) return text_of(shared_, place_, at.arg(1), at);
    Text out;
    for (const TextPiece& piece : *pieces) {
      const auto value = piece.is_variable ? own_value(piece.text) : std::nullopt;
      const auto text = value ? value
                              : text_of(shared_, place_,
                                        piece.is_variable ? fmt::format("${{{}}}", piece.text)
                                                          : std::string(piece.text),
                                        at);
      if (!text) return std::nullopt;
      out.text += text->text;
      out.constant = out.constant && text->constant;
      out.may_be_empty = out.may_be_empty && text->may_be_empty;
      out.is_single = pieces->size() == 1 && text->is_single;
    }
    return out;
  }

  std::optional<Text> own_value(std::string_view name) {
    if (name == "document_root" || name == "realpath_root") {
      return text_of(shared_, place_, scope().value_or("root", "html"), place_.location->pass->at);
    }
    if (name == "fastcgi_script_name") return Text{script_name(), false, false, true};
    if (name == "fastcgi_path_info") return path_info();
    if (name == "request_filename") {
      auto root = own_value("document_root");
      if (root) root->text += kPath;
      return root;
    }
    if (name == "nginx_version") {
      return Text{to_string(shared_.config().version()), true, false, false};
    }
    return std::nullopt;
  }

  std::optional<std::string> split_pattern() const {
    const Found split = scope().find("fastcgi_split_path_info");
    if (split.is_default()) return std::nullopt;
    return go_pattern(split.last().arg(0), false);
  }

  std::string script_name() {
    MapCases cases;
    if (const auto split = split_pattern()) cases.emplace_back(word("~" + *split), "${1}");
    const std::string_view index = scope().value_or("fastcgi_index", "");
    if (!index.empty()) cases.emplace_back("~^(.*/)$", word("${1}" + std::string(index)));
    if (cases.empty()) return std::string(kPath);
    cases.emplace_back("default", kPath);
    return shared_.mapped("script_name", std::string(kPath), cases);
  }

  Text path_info() {
    const auto split = split_pattern();
    if (!split) return {};
    return {shared_.mapped("path_info", std::string(kPath),
                           {{word("~" + *split), "${2}"}, {"default", "``"}}),
            false, true, true};
  }

  Shared& shared_;
  const TextPlace& place_;
  Lines out_;
};

}  // namespace

Lines fastcgi_lines(Shared& shared, const TextPlace& place) {
  return Maker(shared, place).run();
}

}  // namespace poolproof::translate::caddy
