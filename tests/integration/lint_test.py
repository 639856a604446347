"""poolproof lint from outside: reports, exit status, what counts as an input, and input that is no good."""

import os
import re
import unittest

from harness import BROKEN, HEALTHY, ROOT, Scratch


class Reports(Scratch):
    def test_json_has_the_promised_fields(self):
        self.write("a.conf", BROKEN % 8080)
        code, report = self.lint("a.conf")
        self.assertEqual(code, 1)
        self.assertEqual(report["nginx_versions"], {"first": "1.18.0", "last": "1.31.5"})
        self.assertEqual(report["summary"]["files"], 1)
        self.assertTrue(report["diagnostics"])
        for finding in report["diagnostics"]:
            self.assertLessEqual({"rule", "severity", "message", "file", "line", "column", "end_line", "end_column",
                                  "versions", "notes", "fix"}, finding.keys())
            self.assertIn(finding["severity"], ("error", "warning", "info"))
            self.assertEqual((finding["file"], finding["line"], finding["column"]), ("a.conf", 10, 13))
            self.assertEqual(finding["versions"], "before 1.29.7")
            self.assertIn(finding["fix"]["applicability"], ("safe", "unsafe", "display-only"))
            for edit in finding["fix"]["edits"]:
                self.assertLessEqual({"begin_byte", "end_byte", "replacement", "line", "column"}, edit.keys())

    def test_text_has_place_source_line_caret_and_hint(self):
        self.write("a.conf", BROKEN % 8080)
        code, out, _ = self.poolproof("lint", "a.conf")
        self.assertEqual(code, 1)
        self.assertIn("a.conf:10:13: ", out)
        self.assertIn("  10 |             proxy_pass http://app;\n", out)
        self.assertIn("     |             ^~~~~~~~~~~~~~~~~~~~~~\n", out)
        self.assertIn("  note: a.conf:5:9: ", out)
        self.assertIn("(poolproof fix)", out)
        self.assertIn(" in 1 file; `poolproof fix` repairs ", out.splitlines()[-1])

    def test_no_colour_where_there_is_no_terminal(self):
        self.write("a.conf", BROKEN % 8080)
        self.assertNotIn("\x1b", self.poolproof("lint", "a.conf")[1])

    def test_the_version_decides(self):
        self.write("a.conf", BROKEN % 8080)
        self.assertEqual(self.lint("a.conf", "--nginx-version", "1.22.1")[0], 1)
        self.assertEqual(self.lint("a.conf", "--nginx-version", "1.31.5")[0], 0)
        self.assertEqual(self.lint("a.conf", "--nginx-version", "1.25-")[0], 1)

    def test_a_clean_configuration(self):
        self.write("a.conf", HEALTHY % 8080)
        self.assertEqual(self.poolproof("lint", "a.conf"), (0, "no findings in 1 file\n", ""))

    def test_rules_can_be_chosen_and_left_out(self):
        self.write("a.conf", BROKEN % 8080)
        only = self.rules("a.conf", "--select", "connection-header-not-cleared")
        self.assertEqual(only, ["connection-header-not-cleared"])
        rest = self.rules("a.conf", "--ignore", "connection-header-not-cleared")
        self.assertNotIn("connection-header-not-cleared", rest)
        self.assertTrue(rest)

    def test_usage_errors(self):
        for arguments in (["lint"], ["lint", "--format", "xml", "a"], ["fix", "--rule", "No such", "a"], ["lint", "--nginx-version", "new", "a"],
                          ["lint", "--select", "no-such-rule", "a"], ["frobnicate"], []):
            with self.subTest(arguments=arguments):
                code, out, err = self.poolproof(*arguments)
                self.assertEqual(code, 2)
                self.assertTrue(err)
        self.assertEqual(self.poolproof("--help")[0], 0)
        self.assertEqual(self.poolproof("lint", "--help")[0], 0)


class Inputs(Scratch):
    def test_a_folder_is_its_entry_points(self):
        self.write("nginx.conf", "events {}\nhttp { include conf.d/*.conf; }\n")
        self.write("conf.d/up.conf", "upstream app { server 127.0.0.1:1; keepalive 4; }\n")
        self.write("conf.d/site.conf", "server { location / { proxy_pass http://app; } }\n")
        self.write("stray/x.conf", "server { listen 80; bogus on; }\n")
        code, report = self.lint(".")
        self.assertEqual(code, 1)
        found = {(entry["file"], entry["rule"]) for entry in report["diagnostics"]}
        self.assertIn(("stray/x.conf", "unknown-directive"), found)
        self.assertTrue(any(file.endswith("conf.d/site.conf") for file, _ in found))
        self.assertEqual(report["summary"]["files"], 4)

    def test_a_fragment_alone_is_judged_by_its_own_context(self):
        self.write("site.conf", "server { listen 80; location / { return 204; } }\n")
        self.assertEqual(self.lint("site.conf")[0], 0)

    def test_standard_input(self):
        code, report = self.lint("-", stdin=BROKEN % 8080)
        self.assertEqual(code, 1)
        self.assertEqual({entry["file"] for entry in report["diagnostics"]}, {"<stdin>"})

    def test_a_dump_is_read_as_the_files_it_holds(self):
        dump = ("# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include conf.d/*.conf; }\n\n"
                "# configuration file /etc/nginx/conf.d/a.conf:\nserver { bogus on; }\n\n")
        code, report = self.lint("-", stdin=dump)
        self.assertEqual(code, 1)
        places = [(entry["file"], entry["line"], entry["rule"]) for entry in report["diagnostics"]]
        self.assertEqual(places, [("/etc/nginx/conf.d/a.conf", 1, "unknown-directive")])

    def test_a_dump_in_a_file(self):
        self.write("dump.txt", "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include x.conf; }\n\n"
                               "# configuration file /etc/nginx/x.conf:\nserver { bogus on; }\n\n")
        code, report = self.lint("dump.txt")
        self.assertEqual(code, 1)
        places = [(entry["file"], entry["line"], entry["rule"]) for entry in report["diagnostics"]]
        self.assertEqual(places, [("/etc/nginx/x.conf", 1, "unknown-directive")])
        code, out, err = self.poolproof("fix", "dump.txt")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("dump.txt: a dump of `nginx -T` cannot be repaired", err)

    def test_a_copy_of_another_machines_files(self):
        self.write("copy/nginx.conf", "events {}\nhttp { include /nowhere/nginx/conf.d/*.conf; }\n")
        self.write("copy/conf.d/a.conf", "server { bogus on; }\n")
        self.assertEqual(self.rules("copy/nginx.conf"), ["include-folder-missing"])
        for mapped in ("/nowhere/nginx=copy", "/nowhere/nginx/=copy", "/nowhere/nginx/=copy/", "/nowhere/nginx=./copy"):
            for path in ("copy/nginx.conf", "/nowhere/nginx/nginx.conf", self.folder / "copy/nginx.conf"):
                with self.subTest(mapped=mapped, path=path):
                    self.assertEqual(self.rules(path, "--path-map", mapped), ["unknown-directive"])
        self.write("all/nowhere/nginx/nginx.conf", "events {}\nhttp { include x.conf; include /nowhere/nginx/x.conf; }\n")
        self.write("all/nowhere/nginx/x.conf", "server { bogus on; }\n")
        for path in ("/nowhere/nginx/nginx.conf", self.folder / "all/nowhere/nginx/nginx.conf"):
            self.assertEqual(self.rules(path, "--path-map", "/=all"), ["unknown-directive"])
            self.assertEqual(self.rules(path, "--path-map", f"/={self.folder}/all"), ["unknown-directive"])
        self.assertEqual(self.poolproof("lint", "--path-map", "/x=", "copy/nginx.conf")[0], 2)

    def test_a_file_has_one_name(self):
        for name in ("one", "two"):
            self.write(f"{name}/nginx.conf", "events {}\nhttp { include ./../common/x.conf; }\n")
        self.write("common/x.conf", "server { bogus on; }\n")
        code, report = self.lint("one/nginx.conf", "./two/nginx.conf")
        self.assertEqual([entry["file"] for entry in report["diagnostics"]], ["common/x.conf"])
        self.assertEqual(report["summary"]["files"], 3)
        # `..` of a link leads to where the link leads.
        (self.folder / "link").symlink_to("one")
        self.write("x.conf", "")
        self.write("deep/nginx.conf", "events {}\nhttp { include ../link/../common/x.conf; }\n")
        report = self.lint("deep/nginx.conf")[1]
        self.assertEqual([entry["file"] for entry in report["diagnostics"]], ["link/../common/x.conf"])

    def test_what_is_read_elsewhere_is_told(self):
        self.write("other/x.conf", "server { listen 80; location / { return 204; } }\n")
        self.write("ng/nginx.conf", f"events {{}}\nhttp {{ include {self.folder}/other/x.conf; }}\n")
        out = self.poolproof("lint", "ng/nginx.conf")[1]
        self.assertIn(f"read outside of what was named: {self.folder}/other/x.conf\n", out)
        for arguments in (["ng/nginx.conf", "other/x.conf"], ["."],
                          ["ng/nginx.conf", "--path-map", f"{self.folder}/other=other"]):
            self.assertNotIn("outside", self.poolproof("lint", *arguments)[1])

    def test_other_commands_read_dumps_in_files(self):
        self.write("dump.txt", "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include x.conf; }\n\n"
                               "# configuration file /etc/nginx/x.conf:\nupstream app { server 10.0.0.1; }\n"
                               "server { location /a/ { proxy_pass http://app; } }\n\n")
        dump = (self.folder / "dump.txt").read_text()
        for arguments in (["routes"], ["show", "/a/"], ["size"], ["translate", "--to", "haproxy"],
                          ["translate", "--to", "json"]):
            with self.subTest(arguments=arguments):
                by_file = self.poolproof(*arguments, "dump.txt")
                self.assertIn("app", by_file[1])
                self.assertEqual(by_file, self.poolproof(*arguments, "-", stdin=dump))

    def test_versions_of_others(self):
        self.write("a.conf", BROKEN % 8080)
        for version in ("openresty-1.21.4.1", "1.21.4.1", "openresty/1.21.4.1", "nginx/1.21.4"):
            self.assertEqual(self.lint("a.conf", "--nginx-version", version)[1]["nginx_versions"],
                             self.lint("a.conf", "--nginx-version", "1.21.4")[1]["nginx_versions"])
        self.assertEqual(self.poolproof("lint", "a.conf", "--nginx-version", "1.21.4.1.1")[0], 2)


class BadInput(Scratch):
    def test_a_missing_file_does_not_stop_the_rest(self):
        self.write("a.conf", BROKEN % 8080)
        code, report = self.lint("missing.conf", "a.conf")
        self.assertEqual(code, 2)
        self.assertEqual(report["diagnostics"][0]["rule"], "unreadable-file")
        self.assertEqual(report["diagnostics"][0]["file"], "missing.conf")
        self.assertGreater(len(report["diagnostics"]), 1)

    def test_a_file_of_a_gigabyte(self):
        with open(self.folder / "big.conf", "wb") as big:
            big.truncate(1 << 30)
        code, report = self.lint("big.conf", timeout=10)
        self.assertEqual((code, report["diagnostics"][0]["rule"]), (2, "unreadable-file"))
        self.assertIn("large", report["diagnostics"][0]["message"])

    def test_what_is_no_regular_file(self):
        os.mkfifo(self.folder / "pipe.conf")
        for path in ("pipe.conf", "/dev/zero"):
            with self.subTest(path=path):
                code, report = self.lint(path, timeout=10)
                self.assertEqual((code, report["diagnostics"][0]["rule"]), (2, "unreadable-file"))

    def test_a_folder_without_configuration_is_none_that_is_clean(self):
        code, report = self.lint(".")
        self.assertEqual((code, report["diagnostics"][0]["rule"]), (2, "unreadable-file"))

    def test_binary_bytes(self):
        self.write("a.conf", bytes(range(256)) * 4096)
        code, report = self.lint("a.conf")
        self.assertEqual(code, 1)
        self.assertTrue(report["diagnostics"])
        code, out, _ = self.poolproof("lint", "a.conf")
        self.assertEqual(code, 1)
        self.assertNotIn("\x1b", out)

    def test_bytes_that_are_not_utf8_are_told(self):
        self.write("a.conf", (HEALTHY % 8080).encode() + b"# caf\xe9\n")
        code, report = self.lint("a.conf")
        self.assertEqual(code, 1)
        self.assertEqual([(entry["rule"], entry["line"], entry["column"]) for entry in report["diagnostics"]],
                         [("invalid-utf8", 10, 6)])

    def test_a_hundred_thousand_nested_blocks(self):
        self.write("a.conf", "a {" * 100_000 + "}" * 100_000)
        code, report = self.lint("a.conf", timeout=30)
        self.assertEqual(code, 1)
        self.assertIn("syntax-error", {entry["rule"] for entry in report["diagnostics"]})

    def test_a_line_of_ten_megabytes(self):
        self.write("a.conf", "events {} bogus " + "x" * (10 << 20) + ";")
        code, out, _ = self.poolproof("lint", "a.conf", timeout=30)
        self.assertEqual(code, 1)

    def test_an_include_loop(self):
        self.write("a.conf", "events {}\ninclude b.conf;\n")
        self.write("b.conf", "include a.conf;\n")
        code, report = self.lint("a.conf", timeout=10)
        self.assertEqual(code, 1)
        self.assertIn("include-cycle", {entry["rule"] for entry in report["diagnostics"]})

    def test_an_empty_file_is_called_empty(self):
        self.write("a.conf", "")
        code, report = self.lint("a.conf")
        self.assertEqual(code, 0)
        self.assertEqual([(entry["rule"], entry["severity"]) for entry in report["diagnostics"]],
                         [("empty-file", "info")])

    def test_an_include_that_cannot_be_read_makes_every_answer_unusable(self):
        self.write("parts/a.conf", "")
        self.write("a.conf", "events { } http { include parts; }")
        for command in (["lint"], ["routes"], ["show"], ["fix", "--diff"], ["translate", "--to", "nginx"]):
            code, _, _ = self.poolproof(*command, "a.conf")
            self.assertEqual(code, 2, command)

    def test_the_null_device_may_be_included(self):
        self.write("a.conf", "events { } http { include /dev/null; }")
        self.assertEqual(self.lint("a.conf")[0], 0)

    def test_a_missing_include_is_an_error_of_the_configuration(self):
        self.write("a.conf", "events {}\nhttp { include gone.conf; }\n")
        code, report = self.lint("a.conf")
        self.assertEqual((code, report["diagnostics"][0]["rule"]), (1, "include-not-found"))


class Catalogue(Scratch):
    def test_rules_and_their_pages(self):
        code, out, _ = self.poolproof("rules")
        self.assertEqual(code, 0)
        self.assertIn("upstream-http-version-not-11 ", out)
        code, page, _ = self.poolproof("explain", "upstream-http-version-not-11")
        self.assertEqual(code, 0)
        self.assertIn("proxy_http_version", page)
        self.assertIn("nginx cannot read it", self.poolproof("explain", "syntax-error")[1])
        self.assertIn("did you mean `keepalive-zero`?", self.poolproof("explain", "keepalive-zro")[2])
        code, _, err = self.poolproof("explain", "nonsense")
        self.assertEqual(code, 2)
        self.assertIn("poolproof rules", err)

    def test_each_finding_of_the_grammar_is_explained(self):
        for text in ("events {", "bogus on;", "events {} http { server { listen x:y:z; } }", "events { worker_connections; }",
                     "http {}", "events {} http { include gone; }", "events {} http { upstream a {} }",
                     "events {} http { server { location /a { } location /a { } } }", "listen 80; http {} events {}"):
            self.write("a.conf", text)
            for rule in self.rules("a.conf"):
                self.assertEqual(self.poolproof("explain", rule)[0], 0, rule)

    def test_each_name_that_the_grammar_reports_is_known(self):
        """Names stand in the code as words with hyphens; these are none of findings."""
        others = {"keep-alive", "display-only", "utf-8"}
        names = set()
        for path in (ROOT / "grammar").rglob("*.cpp"):
            names |= set(re.findall(r'"([a-z]+(?:-[a-z0-9]+)+)"', path.read_text(encoding="utf-8")))
        self.assertGreater(len(names), 20)
        for name in names - others:
            self.assertEqual(self.poolproof("explain", name)[0], 0, name)

    def test_version(self):
        self.assertRegex(self.poolproof("version")[1], r"^poolproof \d+\.\d+\.\d+\nknows nginx 1\.18\.0 to ")


if __name__ == "__main__":
    unittest.main()
