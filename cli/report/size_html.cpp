// A page that can be mailed: text first, then the pictures, then the numbers behind them.
#include <fmt/format.h>

#include "cli/report/paint.h"
#include "cli/report/size.h"

namespace poolproof::cli {
namespace {

using lint::counted;
using lint::readable;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>How big should keepalive be?</title>
<style>
:root { --text: #1c2230; --soft: #5b6475; --page: #fbfbfd; --card: #ffffff; --edge: #dfe3ea;
  --curve: #2563eb; --good: #15803d; --bad: #c2410c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ef; --soft: #9aa4b5; --page: #12151c; --card: #1a1f29; --edge: #2e3644;
    --curve: #7aa2ff; --good: #5ad07f; --bad: #ff9d66; }
}
body { margin: 0 auto; max-width: 50rem; padding: 2rem 1rem 4rem; color: var(--text);
  background: var(--page); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
section { background: var(--card); border: 1px solid var(--edge); border-radius: .6rem;
  padding: .25rem 1.25rem 1.25rem; margin: 1.5rem 0; }
.answer { font-size: 1.15rem; border-left: .3rem solid var(--good); padding-left: .8rem; }
.present { border-left: .3rem solid var(--bad); padding-left: .8rem; }
.soft, figcaption, footer { color: var(--soft); font-size: .9rem; }
figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .grid { stroke: var(--edge); } svg .name { fill: var(--text); }
svg .curve { fill: none; stroke: var(--curve); stroke-width: 2; }
svg .area { fill: var(--curve); opacity: .12; } svg circle, svg .bar { fill: var(--curve); }
svg line.recommended { stroke: var(--good); stroke-dasharray: 5 4; }
svg text.recommended { fill: var(--good); font-weight: 600; }
svg line.present { stroke: var(--bad); stroke-dasharray: 5 4; }
svg text.present { fill: var(--bad); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--edge); }
th { font-weight: 600; } tr.recommended { color: var(--good); font-weight: 600; }
tr.present { color: var(--bad); font-weight: 600; border: 0; }
code, pre { font: .9em ui-monospace, monospace; } pre { overflow-x: auto; }
</style>
</head>
<body>
<h1>How big should <code>keepalive</code> be?</h1>
<p class="soft">A worker keeps up to <code>keepalive</code> idle connections to an upstream. Too few,
and requests open connections that others have just closed.</p>
)";

constexpr std::string_view kFoot = R"(<footer>
<p>Each line of a table is a simulation of nginx's pool: one per worker, the connection used last is
reused first, the one used least recently is closed when every place is taken, and
<code>keepalive_timeout</code> and <code>keepalive_requests</code> hold. "Sockets" are those that a
minute of TIME_WAIT holds. Made by poolproof.</p>
</footer>
</body>
</html>
)";

std::string text_of(std::string_view text) {
  return html_escaped(printable(text));
}

void append_log(std::string& out, const LogFacts& log) {
  out += fmt::format(
      "<p class=\"soft\">{} of {}: {} went upstream, {} did not, {} could not be "
      "read as <code>{}</code>.</p>\n",
      counted(log.lines.total, "line"), counted(log.files.size(), "log"),
      readable(static_cast<double>(log.lines.used)),
      readable(static_cast<double>(log.lines.not_upstream)),
      readable(static_cast<double>(log.lines.unmatched)), text_of(shown_format(log)));
  if (log.unmatched.empty()) return;
  out += "<details><summary>Lines that were not understood</summary><pre>";
  for (const UnmatchedLine& line : log.unmatched) {
    out += text_of(fmt::format("{}:{}: {}", line.file, line.line, line.text)) + "\n";
  }
  out += "</pre></details>\n";
}

void append_load(std::string& out, const SizedGroup& group) {
  out +=
      fmt::format("<p>{}, {}", counted(group.servers, "server"), counted(group.workers, "worker"));
  if (group.load) {
    out += fmt::format(". {} requests per second of {} ms are {} in flight",
                       readable(group.load->requests_per_second),
                       readable(group.load->latency_seconds * 1000),
                       readable(lint::in_flight(*group.load)));
  }
  if (group.concurrency) {
    out += fmt::format(": {} or fewer half of the time, {} for 90 %, {} for 99 %",
                       readable(group.concurrency->p50), readable(group.concurrency->p90),
                       readable(group.concurrency->p99));
  }
  out += ".</p>\n";
}

void append_present(std::string& out, const SizedGroup& group) {
  if (!group.present) return;
  out += fmt::format("<p class=\"present\"><code>keepalive {}</code> ({})", *group.present,
                     text_of(group.present_origin));
  if (const auto cost = cost_of(group, *group.present)) {
    out += fmt::format(
        ": {} of the requests open a connection, {} per second, which leaves {} "
        "sockets in TIME_WAIT{}",
        percent_text(cost->point->opened_per_request), readable(cost->point->opened_per_second),
        readable(cost->time_wait),
        cost->exceeds_port_range ? ", more than the local ports allow" : "");
  }
  out += ".</p>\n";
}

void append_table(std::string& out, const SizedGroup& group) {
  out +=
      "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">keepalive</th>"
      "<th scope=\"col\">opened per second</th><th scope=\"col\">of the requests</th>"
      "<th scope=\"col\">reused</th><th scope=\"col\">sockets</th></tr></thead>\n<tbody>\n";
  for (const lint::SizePoint& point : group.curve) {
    if (point.keepalive > last_shown(group)) break;
    const bool is_recommended = point.keepalive == group.recommended.keepalive;
    const bool is_present = group.present && point.keepalive == *group.present;
    out += fmt::format(
        "<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        is_recommended ? " class=\"recommended\"" : (is_present ? " class=\"present\"" : ""),
        point.keepalive, readable(point.opened_per_second), percent_text(point.opened_per_request),
        percent_text(point.reuse_ratio()), readable(cost_of(group, point.keepalive)->time_wait));
  }
  out += "</tbody>\n</table></div>\n";
}

void append_figure(std::string& out, const std::string& picture, std::string_view caption) {
  if (picture.empty()) return;
  out += fmt::format("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", picture, caption);
}

}  // namespace

std::string size_html(const SizeReport& report) {
  std::string out(kHead);
  if (report.log) append_log(out, *report.log);
  std::size_t number = 0;
  for (const SizedGroup& group : report.groups) {
    ++number;
    out += "<section>\n";
    out += group.name.empty() ? "<h2>The upstream</h2>\n"
                              : fmt::format("<h2>Upstream {}</h2>\n", text_of(group.name));
    append_load(out, group);
    out += fmt::format("<p class=\"answer\"><strong><code>{}</code></strong> {}.</p>\n",
                       recommended_text(group), text_of(group.recommended.reason));
    append_present(out, group);
    append_figure(out, curve_svg(group, fmt::format("curve{}", number)),
                  "The share of requests that find no idle connection, by the size of the pool.");
    append_figure(out, concurrency_svg(group, fmt::format("flight{}", number)),
                  "How many requests were in flight, by the share of the time.");
    if (!group.curve.empty()) append_table(out, group);
    out += "</section>\n";
  }
  for (const std::string& note : report.notes) {
    out += fmt::format("<p class=\"soft\">{}</p>\n", text_of(note));
  }
  out += kFoot;
  return out;
}

}  // namespace poolproof::cli
