// poolproof show: what applies in a location, and where was it set?
#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/command.h"
#include "cli/commands/config_options.h"
#include "cli/loading.h"
#include "cli/report/show.h"
#include "cli/session.h"
#include "grammar/config/pass_target.h"
#include "runtime/arena.h"
#include "runtime/routing.h"
#include "translate/effective/json.h"

namespace poolproof::cli {
namespace {

namespace effective = translate::effective;

struct ShowArguments {
  std::string location;
  std::string path = "/etc/nginx/nginx.conf";
  std::string format = "text";
  std::string address;
  ConfigOptions config;
};

/// A URL taken apart; "/path" alone has neither host nor port.
struct Url {
  std::string host;
  std::optional<std::uint16_t> port;
  std::string target = "/";
};

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  std::uint16_t usual_port = 0;
  if (text.starts_with("http://")) usual_port = 80;
  if (text.starts_with("https://")) usual_port = 443;
  if (usual_port == 0) {
    if (!text.starts_with('/')) return std::nullopt;
    url.target = text;
  } else {
    text.remove_prefix(text.find("://") + 3);
    const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
    const auto parts = split_host_port(text.substr(0, end));
    if (!parts || parts->host.empty()) return std::nullopt;
    url.host = parts->host;
    url.port = parts->port != 0 ? parts->port : usual_port;
    if (end < text.size()) url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
  }
  url.target.resize(std::min(url.target.find('#'), url.target.size()));
  return url;
}

bool is_address(std::string_view host) {
  if (host.empty()) return false;
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

class ShowCommand {
 public:
  ShowCommand(Session& session, const ShowArguments& arguments)
      : session_(session), arguments_(arguments) {}

  void run() {
    const auto bound = load_one(session_, arguments_.path, arguments_.config.load());
    if (!bound) return;
    const auto stretches = lint::merge_stretches(*bound, arguments_.config.versions());
    const EffectiveConfig* config = stretches.back().config.get();
    tell_errors(session_, *config);
    auto places = find(*config);
    if (places.empty()) return;
    for (ShownPlace& place : places) {
      if (place.location->pass)
        place.other_versions = lint::other_verdicts(stretches, *place.location);
    }
    print(stdout, arguments_.format == "json"
                      ? effective::text_of(show_json(*config, arguments_.location, places))
                      : show_text(*config, places, session_.out_style));
  }

 private:
  void fail(std::string_view message) {
    complain(session_, message);
    session_.exit_code = worse(session_.exit_code, ExitCode::kUnusable);
  }

  /// A location as it is written goes before a path.
  std::vector<ShownPlace> find(const EffectiveConfig& config) {
    std::vector<ShownPlace> places;
    for (const Location& location : config.locations()) {
      if (location.kind == LocationKind::kServerLevel) continue;
      if (location.display() == arguments_.location) places.push_back({&location, {}});
    }
    if (!places.empty()) return places;
    const auto url = parse_url(arguments_.location);
    if (!url) {
      fail(fmt::format("no location is written `{}`, and it is no URL", arguments_.location));
      return places;
    }
    return choose(config, *url);
  }

  std::vector<ShownPlace> choose(const EffectiveConfig& config, const Url& url) {
    runtime::Arena arena;
    effective::Request request{.address = {}, .port = url.port, .host = {}, .path = {}};
    if (url.host == "localhost") request.address = "127.0.0.1";
    if (is_address(url.host)) request.address = url.host;
    if (!arguments_.address.empty()) request.address = arguments_.address;
    if (!url.host.empty()) {
      const bool is_ipv6 = url.host.find(':') != std::string::npos;
      const std::string host = is_ipv6 ? fmt::format("[{}]", url.host) : url.host;
      const auto valid = runtime::validate_host(host, arena);
      if (!valid.valid) return refuse("nginx answers 400 to this host");
      request.host = arena.copy(valid.host);
    }
    const effective::Selection first = effective::select_server(config, request);
    if (first.server == nullptr) {
      return refuse(url.port ? fmt::format("nothing listens on port {}", *url.port)
                             : "there is no server here");
    }
    const bool merges = first.server->scope->flag_or("merge_slashes", true);
    const auto uri = runtime::normalise_uri(url.target, merges, arena);
    if (!uri.valid) return refuse("nginx answers 400 to this path");
    request.path = uri.path;
    effective::Selection selection = effective::select(config, request);
    if (selection.location == nullptr) return refuse("there is no server here");
    note_rewrites(*selection.server, selection.why);
    return {{selection.location, std::move(selection.why)}};
  }

  std::vector<ShownPlace> refuse(std::string_view message) {
    fail(fmt::format("{}: {}", arguments_.location, message));
    return {};
  }

  /// They run before a location is looked for.
  static void note_rewrites(const Server& server, std::vector<effective::Why>& why) {
    for (const std::string_view name : {"rewrite", "return", "if"}) {
      for (const Directive at : server.scope->own(name)) {
        why.push_back(
            {fmt::format("before that, `{}` of the server may answer or change the path", name),
             at});
      }
    }
  }

  Session& session_;
  const ShowArguments& arguments_;
};

}  // namespace

void add_show_command(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ShowArguments>();  // lives as long as the callback that has it
  CLI::App* command =
      app.add_subcommand("show", "say what applies in a location, and where it was set");
  command
      ->add_option("LOCATION", arguments->location,
                   "a URL, a path of the default server, or a location as it is written")
      ->required();
  command->add_option("CONF", arguments->path, "the main file, or - for standard input")
      ->capture_default_str();
  command
      ->add_option("--address", arguments->address,
                   "of a URL: the address that its host stands for, \"127.0.0.1\"")
      ->type_name("ADDRESS");
  add_load_options(*command, arguments->config);
  add_config_file_options(*command, arguments->config);
  add_format_option(*command, arguments->format);
  command->callback([&session, arguments] {
    if (!read_config_file(session, arguments->config, arguments->path)) return;
    ShowCommand(session, *arguments).run();
  });
}

}  // namespace poolproof::cli
