"""Thresholds, severities, statistics and baselines: how a team lives with what lint finds."""

import hashlib
import json
import unittest

from harness import BROKEN, HEALTHY, Scratch

MORE = "location /more { proxy_pass http://app; }\n        location / {"


class Thresholds(Scratch):
    def setUp(self):
        super().setUp()
        self.write("errors.conf", BROKEN % 8080)
        self.write("info.conf", "")
        self.write("healthy.conf", HEALTHY % 8081)

    def code(self, *arguments):
        return self.poolproof("lint", *arguments)[0]

    def test_fail_on(self):
        for path, expected in (("errors.conf", {"error": 1, "warning": 1, "info": 1, "never": 0}),
                               ("info.conf", {"error": 0, "warning": 0, "info": 1, "never": 0}),
                               ("healthy.conf", {"error": 0, "warning": 0, "info": 0, "never": 0})):
            for threshold, code in expected.items():
                with self.subTest(path=path, threshold=threshold):
                    self.assertEqual(self.code(path, "--fail-on", threshold), code)
        self.assertEqual(self.code("errors.conf", "--fail-on", "always"), 2)

    def test_what_was_not_read_fails_at_any_threshold(self):
        self.write("syntax.conf", "events {\n")
        self.write("gone.conf", "events {}\nhttp { include gone/x.conf; }\n")
        self.assertEqual(self.code("syntax.conf", "--fail-on", "never"), 1)
        self.assertEqual(self.code("gone.conf", "--fail-on", "never"), 1)
        self.assertEqual(self.code("missing.conf", "--fail-on", "never"), 2)

    def test_what_was_not_read_cannot_be_left_out(self):
        self.write("syntax.conf", "# poolproof: ignore-file[syntax-error] no\nevents {\n")
        self.assertEqual(self.code("syntax.conf"), 1)
        for option in (["--ignore", "syntax-error"], ["--severity", "syntax-error=off"],
                       ["--severity", "unreadable-file=info"]):
            self.assertEqual(self.code("syntax.conf", *option), 2)

    def test_severity_of_a_rule(self):
        rule = "connection-header-not-cleared"
        _, report = self.lint("errors.conf", "--select", rule, "--severity", f"{rule}=info")
        self.assertEqual([entry["severity"] for entry in report["diagnostics"]], ["info"])
        self.assertEqual(report["summary"]["infos"], 1)
        self.assertEqual(self.code("errors.conf", "--select", rule, "--severity", f"{rule}=info"), 0)
        self.assertEqual(self.rules("errors.conf", "--select", rule, "--severity", f"{rule}=off"), [])
        for wrong in ("x", f"{rule}=fatal", "=info", "Rule=info"):
            self.assertEqual(self.code("errors.conf", "--severity", wrong), 2)

    def test_statistics(self):
        out = self.poolproof("lint", "--statistics", "errors.conf")[1]
        self.assertRegex(out, r"(?m)^     1  connection-header-not-cleared$")
        code, out, err = self.poolproof("lint", "--statistics", "--format", "jsonl", "errors.conf")
        self.assertRegex(err, r"(?m)^     1  connection-header-not-cleared$")
        self.assertTrue(all(json.loads(line) for line in out.splitlines()))

    def test_quiet_has_no_summary(self):
        self.assertEqual(self.poolproof("lint", "--quiet", "healthy.conf"), (0, "", ""))
        loud = self.poolproof("lint", "errors.conf")[1]
        quiet = self.poolproof("lint", "--quiet", "errors.conf")[1]
        self.assertTrue(loud.startswith(quiet))
        self.assertNotIn(" in 1 file", quiet)


class Baselines(Scratch):
    def setUp(self):
        super().setUp()
        self.write("a.conf", BROKEN % 8080)
        code, out, err = self.poolproof("lint", "a.conf", "--write-baseline", "base.json")
        self.assertEqual((code, out), (0, ""))
        self.assertRegex(err, r"^wrote \d findings to base\.json$")

    def against(self, *paths):
        return self.lint(*paths, "--baseline", "base.json")

    def test_what_is_known_is_left_out(self):
        code, report = self.against("a.conf")
        self.assertEqual((code, report["diagnostics"]), (0, []))
        self.assertGreater(report["summary"]["in_baseline"], 0)
        self.assertIn(" in the baseline", self.poolproof("lint", "a.conf", "--baseline", "base.json")[1])

    def test_lines_may_move(self):
        self.write("a.conf", "# a\n\n" + BROKEN % 8080)
        self.assertEqual(self.against("a.conf")[0], 0)

    def test_what_is_new_is_reported(self):
        self.write("a.conf", (BROKEN % 8080).replace("location / {", MORE))
        code, report = self.against("a.conf")
        self.assertEqual(code, 1)
        self.assertEqual({entry["line"] for entry in report["diagnostics"]}, {9})

    def test_another_servers_fault_is_new(self):
        self.write("a.conf", (BROKEN % 8080).replace("location / {", "location /a {"))
        self.poolproof("lint", "a.conf", "--write-baseline", "base.json")
        for other in ("listen 127.0.0.1:8083;", "listen 127.0.0.1:8080; server_name b.example;"):
            moved = (BROKEN % 8080).replace("location / {", "location /a {")
            self.write("a.conf", moved.replace("listen 127.0.0.1:8080;", other))
            self.assertEqual(self.against("a.conf")[0], 1, other)

    def test_one_of_an_earlier_version_holds(self):
        self.write("a.conf", "events {}\nhttp {\n    server {\n        listen 80;\n        bogus on;\n    }\n}\n")
        text = "unknown-directive\na.conf\nbogus on;\nserver {\nhttp {\n\n0"
        name = hashlib.sha256(text.encode()).hexdigest()[:32]
        self.write("base.json", '{"poolproof_baseline": 1, "findings": [{"fingerprint": "%s"}]}' % name)
        code, report = self.against("a.conf")
        self.assertEqual((code, report["summary"]["in_baseline"]), (0, 1))

    def test_what_is_gone_is_stale(self):
        self.poolproof("fix", "a.conf")
        code, report = self.against("a.conf")
        self.assertEqual(code, 0)
        self.assertGreater(report["summary"]["stale_baseline"], 0)
        self.assertIn("found no more", self.poolproof("lint", "a.conf", "--baseline", "base.json")[1])

    def test_entries_of_other_files_are_not_stale(self):
        self.write("b.conf", HEALTHY % 8081)
        self.assertEqual(self.against("b.conf")[1]["summary"]["stale_baseline"], 0)
        (self.folder / "a.conf").unlink()
        self.assertGreater(self.against("b.conf")[1]["summary"]["stale_baseline"], 0)

    def test_writing_again_changes_nothing(self):
        before = (self.folder / "base.json").read_bytes()
        self.poolproof("lint", "a.conf", "--baseline", "base.json", "--write-baseline", "base.json")
        self.assertEqual((self.folder / "base.json").read_bytes(), before)
        self.assertEqual({entry["file"] for entry in json.loads(before)["findings"]}, {"a.conf"})

    def test_what_was_not_read_is_in_no_baseline(self):
        self.write("s.conf", "events {\n")
        code, _, err = self.poolproof("lint", "s.conf", "missing.conf", "--write-baseline", "s.json")
        self.assertEqual(code, 2)
        self.assertIn("s.conf:", err)
        self.assertEqual(json.loads((self.folder / "s.json").read_bytes())["findings"], [])

    def test_what_is_no_baseline(self):
        for text in ("", "[]", "{}", '{"poolproof_baseline": 9, "findings": []}',
                     '{"poolproof_baseline": 1, "findings": [{}]}', '{"poolproof_baseline": 1, "findings": [3]}'):
            self.write("no.json", text)
            code, _, err = self.poolproof("lint", "a.conf", "--baseline", "no.json")
            self.assertEqual(code, 2)
            self.assertIn("no.json: ", err)
        self.assertEqual(self.poolproof("lint", "a.conf", "--baseline", "missing.json")[0], 2)


class Comments(Scratch):
    def test_of_a_block(self):
        names = ", ".join(sorted(self.rules_of(BROKEN % 8080)))
        comment = f"        # poolproof: ignore[{names}] a test\n        location"
        self.assertEqual(self.rules_of((BROKEN % 8080).replace("        location", comment)), set())

    def rules_of(self, text):
        self.write("a.conf", text)
        return set(self.rules("a.conf"))

    def test_a_reason_is_required(self):
        self.assertEqual(self.rules_of("# poolproof: ignore-file[unused-upstream]\n" + HEALTHY % 80),
                         {"unused-suppression"})

    def test_a_second_list_is_no_reason(self):
        self.write("a.conf", "# poolproof: ignore-file[unused-upstream][keepalive-zero]\n" + HEALTHY % 80)
        _, report = self.lint("a.conf")
        self.assertEqual([entry["rule"] for entry in report["diagnostics"]], ["unused-suppression"])
        self.assertIn("a second list", report["diagnostics"][0]["message"])

    def test_a_name_that_is_mistyped_is_told_and_stays(self):
        self.write("a.conf", "# poolproof: ignore-file[keepalive-zro] why\nevents {}\n")
        _, report = self.lint("a.conf")
        self.assertEqual([(entry["rule"], entry["fix"]) for entry in report["diagnostics"]], [("unused-suppression", None)])
        self.assertIn("did you mean `keepalive-zero`?", report["diagnostics"][0]["message"])

    def test_capitals_do_not_matter(self):
        name = "unused-upstream"
        text = "events {}\nhttp { upstream a { server 127.0.0.1:1; } }\n"
        self.assertEqual(self.rules_of(text), {name})
        for marker in ("poolproof:", "Poolproof:", "POOLPROOF:"):
            self.assertEqual(self.rules_of(f"# {marker} ignore-file[{name}] a drill\n" + text), set())

    def test_unused_ones_are_removed(self):
        for comment, fixed in (("# poolproof: ignore-file[unused-upstream] x\n", ""),
                               ("# poolproof: ignore[unused-upstream, keepalive-zero] x\r\n", "")):
            with self.subTest(comment=comment):
                path = self.write("a.conf", (comment + HEALTHY % 80).encode())
                self.assertEqual(set(self.rules("a.conf")), {"unused-suppression"})
                self.assertEqual(self.poolproof("fix", "a.conf")[0], 0)
                self.assertEqual(path.read_bytes(), (fixed + HEALTHY % 80).encode())
                self.assertEqual(self.rules("a.conf"), [])

    def test_only_the_unused_rule_is_removed(self):
        text = "# poolproof: ignore-file[{}] kept for the drill\nevents {{}}\n"
        text += "http {{ upstream a {{ server 127.0.0.1:1; }} }}\n"
        for names in ("keepalive-zero, unused-upstream", "unused-upstream,keepalive-zero",
                      "keepalive-zero, unused-upstream, upgrade-map-closes-connection"):
            path = self.write("a.conf", text.format(names))
            self.poolproof("fix", "--rule", "unused-suppression", "a.conf")
            self.assertEqual(path.read_text(), text.format("unused-upstream"))

    def test_beside_a_statement(self):
        path = self.write("a.conf", "events {}  # poolproof: ignore[keepalive-zero] x\nhttp {}\n")
        self.poolproof("fix", "a.conf")
        self.assertEqual(path.read_text(), "events {}\nhttp {}\n")


if __name__ == "__main__":
    unittest.main()
