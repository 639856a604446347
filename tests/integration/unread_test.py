"""What was not read is told, never passes for clean, and keeps nothing else from being looked at."""

import os
import unittest

from harness import BROKEN, HEALTHY, Scratch

NOBODY = 65534


class Unread(Scratch):
    """Each test has a good file beside the bad one: it must still be looked at."""

    def setUp(self):
        super().setUp()
        self.write("broken.conf", BROKEN % 8080)

    def judge(self, *paths, **options):
        """(exit status, rules of the findings that are not about broken.conf, their messages)."""
        code, report = self.lint("--fail-on", "never", *paths, **options)
        self.assertIn("connection-header-not-cleared", {entry["rule"] for entry in report["diagnostics"]}, paths)
        others = [entry for entry in report["diagnostics"] if entry["rule"] not in
                  ("connection-header-not-cleared", "upstream-http-version-not-11")]
        return code, [entry["rule"] for entry in others], " ".join(entry["message"] for entry in others)

    def test_paths_that_hold_nothing(self):
        os.symlink("nowhere", self.folder / "link.conf")
        os.mkfifo(self.folder / "pipe.conf")
        self.write("empty/.keep", "")
        self.write("others/a.conf", "[section]\nkey = value\n")
        for path, why in (("missing.conf", "no such file"), ("link.conf", "no such file"), ("pipe.conf", "a pipe"),
                          ("/dev/zero", "a device"), ("empty", "no configuration lies in this folder"),
                          ("others", "nothing in this folder is configuration of nginx"),
                          ("broken.conf/x", "no such file")):
            with self.subTest(path=path):
                code, rules, message = self.judge(path, "broken.conf")
                self.assertEqual((code, rules), (2, ["unreadable-file"]))
                self.assertIn(why, message)

    def test_standard_input_that_is_empty(self):
        for name in ("-", "/dev/stdin"):
            code, rules, message = self.judge(name, "broken.conf", stdin=b"")
            self.assertEqual((code, rules), (2, ["unreadable-file"]))
            self.assertIn("standard input is empty", message)
        for command in (["fix", "-"], ["routes", "-"], ["show", "/", "-"], ["translate", "--to", "json", "-"]):
            self.assertEqual(self.poolproof(*command, stdin=b"")[0], 2, command)

    def test_includes(self):
        (self.folder / "dir.conf").mkdir()
        os.mkfifo(self.folder / "pipe.inc")
        text = BROKEN % 8080
        for include, code, rule in (("gone.inc", 1, "include-not-found"), ("dir.conf", 2, "include-unreadable"),
                                    ("pipe.inc", 2, "include-unreadable"), ("pip*.inc", 2, "include-unreadable")):
            with self.subTest(include=include):
                self.write("a.conf", text.replace("http {", "http { include %s;" % include))
                self.assertEqual(self.judge("a.conf")[:2], (code, [rule]))

    def test_a_pattern_that_matches_nothing_is_right(self):
        """As for nginx: `include sites-enabled/*` of a machine without sites."""
        self.write("a.conf", (HEALTHY % 8080).replace("http {", "http { include sites/*.conf;"))
        self.assertEqual(self.lint("a.conf")[0], 0)

    def test_bytes_that_are_no_utf8(self):
        self.write("a.conf", (HEALTHY % 8080).encode() + b"# caf\xe9\n")
        code, report = self.lint("a.conf")
        self.assertEqual((code, [entry["rule"] for entry in report["diagnostics"]]), (1, ["invalid-utf8"]))
        self.assertEqual(self.lint("a.conf", "--severity", "invalid-utf8=info")[0], 0)

    def test_a_syntax_error(self):
        self.write("a.conf", "events {}\nhttp {\n")
        code, rules, _ = self.judge("a.conf", "broken.conf")
        self.assertEqual((code, rules), (1, ["syntax-error"]))


class Permissions(Scratch):
    """As somebody who may not read everything; root steps down for it."""

    def setUp(self):
        super().setUp()
        self.write("nginx.conf", (HEALTHY % 8080).replace("http {", "http { include sites/*.conf;"))
        self.write("sites/a.conf", "# nothing\n")
        self.folder.chmod(0o755)
        self.options = {"user": NOBODY} if os.geteuid() == 0 else {}
        if self.poolproof("version", **self.options)[0] != 0:
            self.skipTest("nobody may not run this build")

    def judge(self, *arguments):
        code, report = self.lint(*arguments, **self.options)
        return code, [(entry["rule"], entry["message"]) for entry in report["diagnostics"]]

    def test_all_may_be_read(self):
        self.assertEqual(self.judge("nginx.conf"), (0, []))

    def test_a_file(self):
        (self.folder / "nginx.conf").chmod(0)
        code, found = self.judge("nginx.conf")
        self.assertEqual((code, found[0][0]), (2, "unreadable-file"))
        self.assertIn("permission denied", found[0][1])

    def test_an_included_file(self):
        (self.folder / "sites/a.conf").chmod(0)
        code, found = self.judge("nginx.conf")
        self.assertEqual((code, [rule for rule, _ in found]), (2, ["include-unreadable"]))

    def test_a_folder_that_a_pattern_cannot_list(self):
        sites = self.folder / "sites"
        self.addCleanup(sites.chmod, 0o755)
        for mode in (0, 0o111):
            sites.chmod(mode)
            code, found = self.judge("nginx.conf")
            self.assertEqual((code, [rule for rule, _ in found]), (2, ["include-unreadable"]), oct(mode))
            self.assertIn("the folder cannot be listed: permission denied", found[0][1])

    def test_a_folder_that_was_named(self):
        sites = self.folder / "sites"
        self.addCleanup(sites.chmod, 0o755)
        sites.chmod(0)
        self.assertEqual(self.judge("sites")[0], 2)
        self.assertEqual(self.judge(".")[0], 2)


if __name__ == "__main__":
    unittest.main()
