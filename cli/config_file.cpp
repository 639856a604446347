// See config_file.h. toml++ is header-only and slow to compile: it is included here alone.
#include "cli/config_file.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "cli/commands/config_options.h"
#include "grammar/base/nearest.h"

namespace poolproof::cli {
namespace {

namespace fs = std::filesystem;

using Check = std::string (*)(const std::string&);

/// Reads one table; remembers the first thing that is wrong with it.
class Reading {
 public:
  Reading(std::string path, ConfigFile& out) : path_(std::move(path)), out_(out) {}

  void read(const toml::table& table) {
    constexpr std::array<std::string_view, 13> kKeys{
        "nginx-version",  "prefix",  "path-map", "select",   "ignore", "per-file-ignores",
        "severity",       "fail-on", "format",   "baseline", "load",   "known-directives",
        "known-variables"};
    for (const auto& [key, value] : table) {
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) == kKeys.end()) {
        unknown_key(key, kKeys);
      } else {
        read_value(key.str(), value);
      }
    }
  }

  const std::string& error() const { return error_; }

 private:
  void read_value(std::string_view key, const toml::node& value) {
    if (key == "nginx-version") read_nginx_version(key, value);
    if (key == "prefix") out_.prefix = below_folder(text(key, value, nullptr));
    if (key == "path-map") read_path_map(key, value);
    if (key == "select") out_.select = texts(key, value, check_rule);
    if (key == "ignore") out_.ignore = texts(key, value, check_ignored);
    if (key == "per-file-ignores") read_per_file_ignores(key, value);
    if (key == "severity") read_severity(key, value);
    if (key == "fail-on") out_.fail_on = text(key, value, check_fail_on);
    if (key == "format") out_.format = text(key, value, check_report_format);
    if (key == "load") read_load(key, value);
    if (key == "known-directives") out_.known_directives = texts(key, value, nullptr);
    if (key == "known-variables") read_known_variables(key, value);
    if (key == "baseline") out_.baseline = below_folder(text(key, value, nullptr));
  }

  void fail(const toml::node& at, std::string_view message) { fail(at.source(), message); }

  void fail(const toml::source_region& at, std::string_view message) {
    if (error_.empty()) error_ = fmt::format("{}:{}: {}", path_, at.begin.line, message);
  }

  void unknown_key(const toml::key& key, std::span<const std::string_view> known) {
    const std::string_view meant = nearest(key.str(), known);
    fail(key.source(), meant.empty()
                           ? fmt::format("unknown key `{}`", key.str())
                           : fmt::format("unknown key `{}`; did you mean `{}`?", key.str(), meant));
  }

  std::string text(std::string_view key, const toml::node& value, Check check) {
    const auto* string = value.as_string();
    if (string == nullptr) {
      fail(value, fmt::format("`{}` takes a text", key));
      return "";
    }
    const std::string wrong = check == nullptr ? "" : check(string->get());
    if (!wrong.empty()) fail(value, wrong);
    return string->get();
  }

  std::vector<std::string> texts(std::string_view key, const toml::node& value, Check check) {
    std::vector<std::string> out;
    const auto* array = value.as_array();
    if (array == nullptr) {
      fail(value, fmt::format("`{}` takes a list", key));
      return out;
    }
    for (const toml::node& entry : *array) out.push_back(text(key, entry, check));
    return out;
  }

  const toml::table* table(std::string_view key, const toml::node& value) {
    const auto* table = value.as_table();
    if (table == nullptr) fail(value, fmt::format("`{}` takes a table", key));
    return table;
  }

  /// A number loses its last zero: 1.20 is 1.2.
  void read_nginx_version(std::string_view key, const toml::node& value) {
    if (value.is_number()) {
      fail(value, fmt::format("`{}` takes a text: write it in quotes, \"1.22\"", key));
    } else {
      out_.nginx_version = text(key, value, check_version);
    }
  }

  /// `$` may stand before them, as in the configuration.
  void read_known_variables(std::string_view key, const toml::node& value) {
    out_.known_variables = texts(key, value, nullptr);
    for (std::string& name : out_.known_variables) {
      if (name.starts_with('$')) name.erase(0, 1);
    }
  }

  void read_path_map(std::string_view key, const toml::node& value) {
    const toml::table* entries = table(key, value);
    if (entries == nullptr) return;
    for (const auto& [from, to] : *entries) {
      if (from.str().empty()) {
        fail(from.source(), "a key of `path-map` is empty; it is the path that is mapped");
        continue;
      }
      const std::string entry =
          fmt::format("{}={}", from.str(), below_folder(text(key, to, nullptr)));
      const std::string wrong = check_path_map(entry);
      if (!wrong.empty()) fail(from.source(), wrong);
      out_.path_map.push_back(entry);
    }
  }

  void read_per_file_ignores(std::string_view key, const toml::node& value) {
    const toml::table* entries = table(key, value);
    if (entries == nullptr) return;
    for (const auto& [pattern, rules] : *entries) {
      out_.per_file_ignores.emplace_back(pattern.str(), texts(key, rules, check_ignored));
    }
  }

  void read_severity(std::string_view key, const toml::node& value) {
    const toml::table* entries = table(key, value);
    if (entries == nullptr) return;
    for (const auto& [rule, level] : *entries) {
      const std::string written = text(key, level, nullptr);
      const std::string wrong = check_severity(fmt::format("{}={}", rule.str(), written));
      if (!wrong.empty()) fail(level, wrong);
      out_.severity[std::string(rule.str())] = written;
    }
  }

  /// Rates and counts may be written as numbers, too.
  std::string text_or_number(std::string_view key, const toml::node& value, Check check) {
    if (!value.is_number()) return text(key, value, check);
    const double number = value.as_integer() != nullptr
                              ? static_cast<double>(value.as_integer()->get())
                              : value.as_floating_point()->get();
    const std::string written = fmt::format("{}", number);
    const std::string wrong = check(written);
    if (!wrong.empty()) fail(value, wrong);
    return written;
  }

  void read_load(std::string_view key, const toml::node& value) {
    constexpr std::array<std::string_view, 4> kKeys{"qps", "latency", "instances", "workers"};
    const toml::table* entries = table(key, value);
    if (entries == nullptr) return;
    for (const auto& [name, entry] : *entries) {
      const std::string_view which = name.str();
      if (which == "qps") {
        out_.load.qps = text_or_number(which, entry, check_rate);
      } else if (which == "latency") {
        out_.load.latency = text(which, entry, check_latency);
      } else if (which == "instances") {
        out_.load.instances = text_or_number(which, entry, check_count);
      } else if (which == "workers") {
        out_.load.workers = text_or_number(which, entry, check_count);
      } else {
        unknown_key(name, kKeys);
      }
    }
  }

  std::string below_folder(const std::string& path) const {
    if (path.empty() || out_.folder == ".") return path;
    return (fs::path(out_.folder) / path).string();
  }

  std::string path_;
  ConfigFile& out_;
  std::string error_;
};

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Result<ConfigFile> load_config_file(FileReader& reader, const std::string& path) {
  const auto bytes = reader.read(path);
  if (!bytes) return Error{fmt::format("{}: cannot read this: {}", path, bytes.error().message)};
  const toml::parse_result parsed = toml::parse(std::string_view(bytes.value()));
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error{fmt::format("{}:{}: {}", path, error.source().begin.line, error.description())};
  }
  ConfigFile out;
  out.folder = folder_of(path);
  Reading reading(path, out);
  reading.read(parsed.table());
  if (!reading.error().empty()) return Error{reading.error()};
  return out;
}

std::optional<std::string> find_config_file(const std::string& path) {
  std::error_code failed;
  const fs::path here = fs::current_path(failed);
  if (failed) return std::nullopt;
  fs::path at = path == "-" ? here : (here / path).lexically_normal();
  if (!fs::is_directory(at, failed)) at = at.parent_path();
  for (;; at = at.parent_path()) {
    const fs::path file = at / kConfigFileName;
    // Also one that cannot be read, a link that leads nowhere: that is said then.
    const fs::file_type kind = fs::symlink_status(file, failed).type();
    if (kind != fs::file_type::not_found && kind != fs::file_type::none &&
        !fs::is_directory(file, failed)) {
      const fs::path relative = file.lexically_relative(here);
      const bool below = !relative.empty() && *relative.begin() != "..";
      return below ? relative.string() : file.string();
    }
    if (at == at.parent_path()) return std::nullopt;
  }
}

}  // namespace poolproof::cli
