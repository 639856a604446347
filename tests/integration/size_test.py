"""`poolproof size` from outside: loads, configurations, logs of several kinds, its three reports."""

import bz2
import gzip
import html.parser
import json
import random
import re
import unittest

from harness import Scratch

CONF = """\
worker_processes 2;
events { worker_connections 1024; }
http {
    log_format timed '$remote_addr [$time_local] "$request" $msec $request_time '
                     '$upstream_addr $upstream_response_time';
    upstream api {
        server 10.0.0.1:80;
        server 10.0.0.2:80;
        server 10.0.0.3:80 down;
        keepalive 4;
        keepalive_timeout 5s;
    }
    upstream web {
        server 10.0.1.1;
        keepalive 64;
    }
    server {
        listen 80;
        location /api { proxy_pass http://api; }
        location / { proxy_pass http://web; }
    }
}
"""


def log_lines(count=3000, rate=100, latency=0.1, addresses=("10.0.0.1:80", "10.0.0.2:80"), seed=5, start=1_700_000_000):
    dice = random.Random(seed)
    now, ends = start, []
    for number in range(count):
        now += dice.expovariate(rate)
        took = dice.expovariate(1 / latency)
        ends.append((now + took, took, addresses[number % len(addresses)]))
    return [f'10.9.9.9 [14/Nov/2023:22:13:20 +0000] "GET /x HTTP/1.1" {end:.3f} {took:.3f} {address} {took:.3f}'
            for end, took, address in sorted(ends)]


class Size(Scratch):
    def size(self, *arguments, expect=0, **options):
        code, out, err = self.poolproof("size", "--format", "json", *arguments, **options)
        self.assertEqual(code, expect, err)
        return json.loads(out)

    def only(self, *arguments, **options):
        groups = self.size(*arguments, **options)["upstreams"]
        self.assertEqual(len(groups), 1)
        return groups[0]

    def point(self, group, keepalive):
        return next(point for point in group["curve"] if point["keepalive"] == keepalive)


class FromALoad(Size):
    def test_the_worked_example(self):
        group = self.only("--qps", "10000", "--latency", "100ms", "--keepalive", "10")
        self.assertAlmostEqual(group["in_flight"], 1000)
        self.assertEqual(group["recommended"]["keepalive"], 96)
        self.assertIn("1,000 in flight", group["recommended"]["reason"])
        self.assertAlmostEqual(self.point(group, 10)["opened_per_request"], 1 / 11, delta=0.01)
        self.assertTrue(self.point(group, 10)["exceeds_port_range"])
        self.assertLess(self.point(group, 96)["opened_per_request"], 0.01)
        self.assertEqual(self.point(group, 0)["reuse_ratio"], 0)

    def test_steps(self):
        for steps, opened, closed in (("50:100,150:100", [0, 40], [40, 0]), ("100:50,100:150", [50, 0], [0, 40])):
            rows = self.size("--keepalive", "10", "--steps", steps)["steps"]
            self.assertEqual([row["opened"] for row in rows], opened)
            self.assertEqual([row["closed"] for row in rows], closed)

    def test_units(self):
        for qps, latency in (("10000", "0.1s"), ("10k", "0.1"), ("10000", "100000us")):
            self.assertAlmostEqual(self.only("--qps", qps, "--latency", latency)["in_flight"], 1000)

    def test_servers_and_workers_count(self):
        group = self.only("--qps", "4000", "--latency", "100ms", "--servers", "4", "--workers", "4")
        self.assertEqual(group["recommended"]["keepalive"], 64)
        self.assertEqual(group["concurrency_per_worker"]["p50"], 100)

    def test_a_load_that_no_worker_bears_gets_no_curve(self):
        report = self.size("--qps", "1M", "--latency", "10s")
        self.assertEqual(report["upstreams"][0]["curve"], [])
        self.assertEqual(report["upstreams"][0]["recommended"]["keepalive"], 9488)
        self.assertIn("--workers", report["notes"][0])

    def test_the_text_says_it_in_words(self):
        code, out, _ = self.poolproof("size", "--qps", "10000", "--latency", "100ms", "--keepalive", "10")
        self.assertEqual(code, 0)
        for words in ("1,000 in flight (Little's law)", "<- present", "<- recommended", "recommended: keepalive 96;",
                      "sockets in TIME_WAIT"):
            self.assertIn(words, out)

    def test_what_cannot_be_used_is_refused(self):
        for arguments in (["--qps", "100"], ["--qps", "0", "--latency", "1s"], ["--qps", "10", "--latency", "100"],
                          ["--qps", "10", "--latency", "fast"], [], ["--steps", "5"], ["--keepalive", "-1"],
                          ["--qps", "1", "--latency", "1s", "--access-log", "x"], ["missing.conf"],
                          ["--access-log", "missing.log"], ["--upstream", "x", "--qps", "1", "--latency", "1s"]):
            code, out, err = self.poolproof("size", *arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertTrue(err, arguments)


class FromAConfiguration(Size):
    def setUp(self):
        super().setUp()
        self.write("nginx.conf", CONF)

    def test_every_upstream_gets_a_value(self):
        api, web = self.size("nginx.conf")["upstreams"]
        self.assertEqual((api["name"], api["servers"], api["workers"]), ("api", 2, 2))
        self.assertEqual(api["present"]["keepalive"], 4)
        self.assertRegex(api["present"]["origin"], r"nginx\.conf:10\b")
        self.assertEqual(web["present"]["keepalive"], 64)
        self.assertEqual(web["recommended"]["keepalive"], 16)

    def test_a_load_is_judged_against_the_present_value(self):
        group = self.only("nginx.conf", "--upstream", "api", "--qps", "1000", "--latency", "0.1s")
        self.assertGreater(self.point(group, 4)["opened_per_request"], 0.15)
        self.assertEqual(group["recommended"]["keepalive"], 32)

    def test_pools_stay_below_half_of_the_workers_connections(self):
        self.write("small.conf", CONF.replace("1024", "64"))
        group = self.only("small.conf", "--upstream", "api", "--qps", "10000", "--latency", "0.1s")
        self.assertLess(2 * group["recommended"]["keepalive"], 64)
        self.assertIn("worker_connections", group["recommended"]["reason"])

    def test_pools_that_locations_do_not_share_are_named(self):
        self.write("local.conf", CONF.replace("keepalive 4;", "keepalive 4 local;").replace(
            "location / {", "location /b { proxy_pass http://api; } location / {"))
        notes = self.size("local.conf")["notes"]
        self.assertTrue(any("api" in note and "2 locations" in note for note in notes), notes)
        self.assertFalse(any("local" in note for note in self.size("nginx.conf")["notes"]))

    def test_standard_input_is_a_configuration(self):
        self.assertEqual([group["name"] for group in self.size("-", stdin=CONF)["upstreams"]], ["api", "web"])
        code, _, err = self.poolproof("size", "-", "--access-log", "-", stdin=CONF)
        self.assertEqual(code, 2)
        self.assertIn("not both", err)

    def test_a_configuration_without_upstreams_says_so(self):
        self.write("none.conf", "events {} http { server { listen 80; } }")
        report = self.size("none.conf")
        self.assertEqual(report["upstreams"], [])
        self.assertIn("no upstream", report["notes"][0])

    def test_what_nginx_would_refuse_is_told_beside_the_answer(self):
        self.write("wrong.conf", CONF.replace("keepalive 4;", "keepalive 4; nonsense on;"))
        code, out, err = self.poolproof("size", "wrong.conf")
        self.assertEqual(code, 1)
        self.assertIn("upstream api", out)
        self.assertIn("nonsense", err)

    def test_an_unknown_upstream_is_an_error(self):
        code, _, err = self.poolproof("size", "nginx.conf", "--upstream", "nosuch")
        self.assertEqual(code, 2)
        self.assertIn("nosuch", err)


class FromALog(Size):
    def setUp(self):
        super().setUp()
        self.lines = log_lines()
        self.log = self.write("access.log", "\n".join(self.lines) + "\n")

    def test_the_load_is_measured(self):
        group = self.only("--access-log", self.log)
        self.assertEqual(group["servers"], 2)
        self.assertAlmostEqual(group["requests_per_second"], 100, delta=5)
        self.assertAlmostEqual(group["in_flight"], 10, delta=1)
        self.assertAlmostEqual(group["concurrency"]["mean"], 10, delta=1)
        self.assertLessEqual(group["concurrency"]["p50"], group["concurrency"]["p99"])
        self.assertGreater(self.point(group, 1)["opened_per_request"], 0.5)
        self.assertLess(self.point(group, 64)["opened_per_request"], 0.02)

    def test_gzip_is_told_by_its_content_and_standard_input_is_a_log(self):
        plain = self.only("--access-log", self.log)
        half = len(self.lines) // 2
        members = gzip.compress("\n".join(self.lines[:half] + [""]).encode()) + gzip.compress(
            "\n".join(self.lines[half:] + [""]).encode())
        self.write("named.wrongly", members)
        self.assertEqual(self.only("--access-log", "named.wrongly"), plain)
        self.assertEqual(self.only("--access-log", "-", stdin=members), plain)
        self.assertEqual(self.only("--access-log", "-", stdin="\n".join(self.lines)), plain)

    def test_rotated_logs_are_read_in_the_order_of_time(self):
        plain = self.only("--access-log", self.log)
        half = len(self.lines) // 2
        self.write("a.log", "\n".join(self.lines[half:]) + "\n")
        self.write("a.log.1.gz", gzip.compress(("\n".join(self.lines[:half]) + "\n").encode()))
        report = self.size("--access-log", "a.log", "--access-log", "a.log.1.gz")
        self.assertEqual(report["log"]["files"], ["a.log.1.gz", "a.log"])
        self.assertEqual(report["upstreams"][0], plain)

    def test_lines_that_do_not_match_are_counted_and_shown(self):
        self.lines[7] = "\x1b[31mgarbage"
        self.lines[9] = self.lines[9].rsplit(" ", 2)[0] + " - -"
        self.write("mixed.log", "\n".join(self.lines))
        report = self.size("--access-log", "mixed.log")
        self.assertEqual(report["log"]["lines"], {"total": 3000, "used": 2998, "not_upstream": 1, "unmatched": 1,
                                                  "late": 0, "out_of_order": 0})
        self.assertEqual(report["log"]["unmatched"], [{"file": "mixed.log", "line": 8, "text": "\x1b[31mgarbage"}])
        _, out, _ = self.poolproof("size", "--access-log", "mixed.log")
        self.assertIn("1 not understood", out)
        self.assertIn("mixed.log:8:", out)
        self.assertNotIn("\x1b[31m", out)

    def test_a_format_can_be_given_as_text_or_by_name(self):
        text = '$remote_addr [$time_local] "$request" $msec $request_time $upstream_addr $upstream_response_time'
        found = self.only("--access-log", self.log)
        self.assertEqual(self.only("--access-log", self.log, "--log-format", text), found)
        self.write("nginx.conf", CONF)
        report = self.size("nginx.conf", "--access-log", self.log, "--log-format", "timed")
        self.assertEqual((report["log"]["format_name"], report["log"]["format"]), ("timed", text))
        for wrong in ("nosuch", "$msec$request_time", "$msec $status", "$request_time $status"):
            code, _, err = self.poolproof("size", "--access-log", self.log, "--log-format", wrong)
            self.assertEqual(code, 2, wrong)
            self.assertTrue(err)

    def test_the_configuration_names_the_upstreams_and_their_limits(self):
        self.write("nginx.conf", CONF)
        self.write("both.log", "\n".join(sorted(self.lines + log_lines(600, 20, 0.05, ["10.0.1.1:80"], 6),
                                                key=lambda line: line.split()[6])))
        report = self.size("nginx.conf", "--access-log", "both.log")
        self.assertEqual(report["log"]["format_name"], "timed")
        api, web = report["upstreams"]
        self.assertEqual((api["name"], api["workers"], api["present"]["keepalive"]), ("api", 2, 4))
        self.assertEqual((web["name"], web["present"]["keepalive"]), ("web", 64))
        self.assertEqual(api["measured"]["requests"], 3000)

    def test_json_logs(self):
        lines = []
        for line in self.lines[:500]:
            fields = line.split()
            lines.append('{"time": "%s", "agent": "a \\"quoted\\" one", "request_time": %s, "upstream_addr": "%s", '
                         '"upstream_response_time": "%s"}' % (fields[6], fields[7], fields[8], fields[9]))
        self.write("json.log", "\n".join(lines))
        report = self.size("--access-log", "json.log")
        self.assertEqual(report["log"]["lines"]["used"], 500)
        self.assertEqual(report["upstreams"][0]["servers"], 2)

    def test_what_cannot_be_read_is_said_and_the_rest_is_used(self):
        self.write("torn.gz", gzip.compress("\n".join(self.lines).encode())[:-2000])
        report = self.size("--access-log", "torn.gz", expect=2)
        self.assertGreater(report["log"]["lines"]["used"], 1000)
        report = self.size("--access-log", self.log, "--access-log", "missing.log", expect=2)
        self.assertEqual(report["log"]["lines"]["used"], 3000)
        self.write("other.bz2", bz2.compress(b"x"))
        for path in ("other.bz2", ".", "/dev/null"):
            code, _, err = self.poolproof("size", "--access-log", path)
            self.assertEqual(code, 2, path)
            self.assertIn("poolproof:", err)

    def test_a_log_without_times_says_what_to_log(self):
        self.write("plain.log", '10.1.1.1 - - [14/Nov/2023:22:13:20 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n')
        code, _, err = self.poolproof("size", "--access-log", "plain.log")
        self.assertEqual(code, 2)
        self.assertIn("$request_time", err)

    def test_a_line_without_end_takes_no_memory(self):
        self.write("long.log", self.lines[0] + "\n" + "x" * 3_000_000 + "\n" + self.lines[1] + "\n")
        lines = self.size("--access-log", "long.log")["log"]["lines"]
        self.assertEqual(lines["used"], 2)
        self.assertGreater(lines["unmatched"], 0)


class Page(html.parser.HTMLParser):
    """Collects what a page would fetch, and its tags."""

    VOID = {"meta", "link", "br", "img", "hr"}

    def __init__(self):
        super().__init__()
        self.outside, self.open, self.tags, self.ids = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.outside += [value for name, value in attributes if name in ("src", "href", "xlink:href")]
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in self.VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()


class Html(Size):
    def page_of(self, *arguments):
        self.size(*arguments, "--html", "report.html")
        text = (self.folder / "report.html").read_text(encoding="utf-8")
        page = Page()
        page.feed(text)
        self.assertEqual(page.open, [])
        self.assertEqual(page.outside, [])
        self.assertNotRegex(text, r"https?://|url\(|@import|<script|<link")
        self.assertEqual(len(page.ids), len(set(page.ids)))
        self.assertIn("prefers-color-scheme: dark", text)
        return page, text

    def test_a_load_gives_a_page_with_the_curve(self):
        page, text = self.page_of("--qps", "1000", "--latency", "100ms", "--keepalive", "8")
        self.assertEqual(page.tags.count("svg"), 1)
        self.assertIn('role="img"', text)
        self.assertRegex(text, r"<title id=\"curve1-title\">.+</title>\s*<desc id=\"curve1-desc\">.+</desc>")
        self.assertIn("keepalive 31;", text)
        self.assertIn("polyline", page.tags)

    def test_a_log_adds_the_requests_in_flight_and_is_escaped(self):
        self.write("nginx.conf", CONF)
        lines = log_lines(500)
        lines[3] = "<script>alert(1)</script>"
        self.write("access.log", "\n".join(lines))
        page, text = self.page_of("nginx.conf", "--access-log", "access.log")
        self.assertEqual(page.tags.count("svg"), 2)
        self.assertIn("&lt;script&gt;", text)

    def test_a_page_that_cannot_be_written_is_an_error(self):
        code, _, err = self.poolproof("size", "--qps", "1", "--latency", "1s", "--html", "no/such/folder.html")
        self.assertEqual(code, 2)
        self.assertTrue(re.search("cannot write", err))


if __name__ == "__main__":
    unittest.main()
