"""poolproof.toml: found, obeyed, overruled by the command line, and refused where it is wrong."""

import json
import subprocess
import unittest

from harness import BROKEN, HEALTHY, ROOT, Scratch
from report_test import python_with_jsonschema

RULE = "connection-header-not-cleared"
OTHER = "upstream-http-version-not-11"
SCHEMA = ROOT / "docs/poolproof.schema.json"
VALIDATE = ("import json, sys, jsonschema\n"
            "schema = json.load(open(sys.argv[1]))\n"
            "jsonschema.Draft7Validator.check_schema(schema)\n"
            "jsonschema.Draft7Validator(schema).validate(json.load(sys.stdin))\n")

# A value of each key, as TOML and as the JSON that the schema sees.
KEYS = {
    "nginx-version": ('"1.22"', "1.22"),
    "prefix": ('"."', "."),
    "path-map": ('{ "/etc/nginx" = "." }', {"/etc/nginx": "."}),
    "known-directives": ('["foo_*"]', ["foo_*"]),
    "known-variables": ('["$foo_*"]', ["$foo_*"]),
    "select": (f'["{RULE}"]', [RULE]),
    "ignore": (f'["{RULE}"]', [RULE]),
    "per-file-ignores": (f'{{ "a.conf" = ["{RULE}"] }}', {"a.conf": [RULE]}),
    "severity": (f'{{ {RULE} = "off" }}', {RULE: "off"}),
    "fail-on": ('"never"', "never"),
    "format": ('"concise"', "concise"),
    "baseline": ('"base.json"', "base.json"),
    "load": ('{ qps = "10k", latency = "80ms", instances = 2, workers = 4 }',
             {"qps": "10k", "latency": "80ms", "instances": 2, "workers": 4}),
}
SMALL = """\
worker_processes auto;
events {}
http {
    upstream app { server 10.0.0.1:80; keepalive 8; }
    server { location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
"""


class Settings(Scratch):
    def setUp(self):
        super().setUp()
        self.write("a.conf", BROKEN % 8080)
        self.write("sub/b.conf", BROKEN % 8081)
        self.write("base.json", '{"poolproof_baseline": 1, "findings": []}')

    def toml(self, text, path="poolproof.toml"):
        self.write(path, text)

    def test_each_key_is_taken(self):
        for key, (value, _) in KEYS.items():
            with self.subTest(key=key):
                self.toml(f"{key} = {value}\n")
                code, _, err = self.poolproof("lint", "a.conf")
                self.assertIn(code, (0, 1), err)
                self.assertEqual(err, "")

    def test_ignore_select_and_severity(self):
        self.toml(f'ignore = ["{RULE}"]\n')
        self.assertNotIn(RULE, self.rules("a.conf"))
        self.assertIn(RULE, self.rules("a.conf", "--isolated"))
        self.toml(f'select = ["{RULE}"]\n')
        self.assertEqual(self.rules("a.conf"), [RULE])
        self.assertEqual(self.rules("a.conf", "--select", OTHER), [OTHER])
        self.toml(f'select = ["{RULE}"]\n[severity]\n{RULE} = "info"\n')
        self.assertEqual(self.lint("a.conf")[1]["diagnostics"][0]["severity"], "info")
        self.assertEqual(self.lint("a.conf", "--severity", f"{RULE}=error")[1]["diagnostics"][0]["severity"], "error")

    def test_per_file_ignores(self):
        for pattern in ("b.conf", "sub/*.conf", "sub/b.conf"):
            self.toml(f'[per-file-ignores]\n"{pattern}" = ["{RULE}"]\n')
            found = {(entry["file"], entry["rule"]) for entry in self.lint(".")[1]["diagnostics"]}
            self.assertIn(("a.conf", RULE), found, pattern)
            self.assertNotIn(("sub/b.conf", RULE), found, pattern)
            self.assertIn(("sub/b.conf", OTHER), found, pattern)

    def test_version_threshold_and_format(self):
        self.toml('nginx-version = "1.31.5"\n')
        self.assertEqual(self.lint("a.conf")[0], 0)
        self.assertEqual(self.lint("a.conf", "--nginx-version", "1.22")[0], 1)
        self.toml('fail-on = "never"\nformat = "concise"\n')
        code, out, _ = self.poolproof("lint", "a.conf")
        self.assertEqual(code, 0)
        self.assertRegex(out.splitlines()[0], r"^a\.conf:10:13: ")
        self.assertEqual(self.poolproof("lint", "a.conf", "--fail-on", "error")[0], 1)

    def test_paths_are_relative_to_the_file(self):
        self.write("copy/nginx.conf", "events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n")
        self.write("copy/conf.d/a.conf", "server { bogus on; }\n")
        self.toml('[path-map]\n"/etc/nginx" = "."\n', "copy/poolproof.toml")
        self.assertEqual(self.rules("copy/nginx.conf"), ["unknown-directive"])
        self.poolproof("lint", "a.conf", "--write-baseline", "sub/known.json")
        self.toml('baseline = "known.json"\n', "sub/poolproof.toml")
        self.assertEqual(self.lint("a.conf", "--config", "sub/poolproof.toml")[0], 0)

    def test_known_names(self):
        self.write("own.conf", "events {}\nhttp { foo_zone a; server { return 200 $foo_x$foo_y; } }\n")
        self.assertEqual(self.rules("own.conf"), ["unknown-directive", "unknown-variable", "unknown-variable"])
        self.toml('known-directives = ["foo_*"]\nknown-variables = ["$foo_x", "foo_y"]\n')
        self.assertEqual(self.rules("own.conf"), [])

    def test_other_commands_take_version_and_paths(self):
        self.write("copy/nginx.conf", "events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n")
        self.write("copy/conf.d/a.conf", "upstream app { server 10.0.0.1; }\n"
                                         "server { location / { proxy_pass http://app; } }\n")
        self.toml('nginx-version = "1.22.1"\n[path-map]\n"/etc/nginx" = "."\n', "copy/poolproof.toml")
        code, out, _ = self.poolproof("routes", "copy/nginx.conf")
        self.assertIn("0 of 1 place reuses its upstream connections (nginx 1.22.1)", out)
        self.assertIn("nothing here", self.poolproof("routes", "--isolated", "copy/nginx.conf")[1])
        self.assertIn("never (nginx 1.22.1)", self.poolproof("show", "/", "copy/nginx.conf")[1])
        self.assertIn("upstream app", self.poolproof("size", "copy/nginx.conf")[1])
        self.assertIn("keepalive 0", self.poolproof("translate", "--to", "nginx", "--target-version", "1.31.5",
                                                    "copy/nginx.conf")[1])
        self.assertIn("1.31.5", self.poolproof("show", "/", "copy/nginx.conf", "--nginx-version", "1.31.5")[1])

    def test_fix_leaves_what_the_baseline_has(self):
        self.poolproof("lint", "a.conf", "--write-baseline", "known.json")
        self.toml('baseline = "known.json"\n')
        before = (self.folder / "a.conf").read_text()
        code, _, err = self.poolproof("fix", "a.conf")
        self.assertEqual((code, err), (0, "nothing fixed\n"))
        self.assertEqual((self.folder / "a.conf").read_text(), before)
        self.poolproof("fix", "a.conf", "--rule", RULE)
        self.assertIn("proxy_set_header", (self.folder / "a.conf").read_text())
        self.assertNotIn("proxy_http_version", (self.folder / "a.conf").read_text())

    def test_the_nearest_folder_wins(self):
        self.toml(f'ignore = ["{RULE}"]\n')
        self.assertNotIn(RULE, self.rules("sub/b.conf"))
        self.toml("", "sub/poolproof.toml")
        self.assertIn(RULE, self.rules("sub/b.conf"))
        self.assertIn(RULE, self.rules("b.conf", folder=self.folder / "sub"))
        self.assertNotIn(RULE, self.rules("-", stdin=BROKEN % 8080))

    def test_paths_with_different_files(self):
        self.toml("", "sub/poolproof.toml")
        code, _, err = self.poolproof("lint", "a.conf", "sub/b.conf")
        self.assertEqual(code, 2)
        self.assertIn("--config", err)
        self.assertEqual(self.lint("a.conf", "sub/b.conf", "--isolated")[0], 1)

    def test_one_that_cannot_be_read_is_not_passed_over(self):
        (self.folder / "poolproof.toml").symlink_to("nowhere")
        code, out, err = self.poolproof("lint", "a.conf")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("poolproof.toml: cannot read this: no such file", err)

    def test_names_of_rules_are_checked(self):
        for text in ('ignore = ["keepalive-zro"]', '[severity]\nkeepalive-zro = "info"',
                     '[per-file-ignores]\n"*.conf" = ["keepalive-zro"]'):
            self.toml(text)
            code, _, err = self.poolproof("lint", "a.conf")
            self.assertEqual(code, 2)
            self.assertIn("did you mean `keepalive-zero`?", err)

    def test_config_names_a_file(self):
        self.toml("nonsense = 1\n")
        self.toml(f'ignore = ["{RULE}"]\n', "other.toml")
        self.assertNotIn(RULE, self.rules("a.conf", "--config", "other.toml"))
        self.assertEqual(self.poolproof("lint", "a.conf", "--config", "missing.toml")[0], 2)
        self.assertEqual(self.poolproof("lint", "a.conf", "--config", "other.toml", "--isolated")[0], 2)

    def test_fix_obeys_it(self):
        self.toml(f'ignore = ["{RULE}"]\n')
        self.poolproof("fix", "a.conf")
        fixed = (self.folder / "a.conf").read_text()
        self.assertIn("proxy_http_version", fixed)
        self.assertNotIn("proxy_set_header", fixed)

    def test_mistakes_are_named_with_file_and_line(self):
        for text, message in (('\nignroe = []\n', "poolproof.toml:2: unknown key `ignroe`; did you mean `ignore`?"),
                              ("zzz = 1\n", "poolproof.toml:1: unknown key `zzz`\n"),
                              ("select = 1\n", "poolproof.toml:1: `select` takes a list"),
                              ("prefix = 1\n", "poolproof.toml:1: `prefix` takes a text"),
                              ("severity = 1\n", "poolproof.toml:1: `severity` takes a table"),
                              ("nginx-version = 1.22\n", '`nginx-version` takes a text: write it in quotes, "1.22"'),
                              ('nginx-version = "new"\n', "poolproof.toml:1: `new` is no nginx version"),
                              ('select = ["connection-header-not-clear"]\n',
                               "did you mean `connection-header-not-cleared`?"),
                              ('ignore = ["syntax-error"]\n', "cannot be left out"),
                              ('[severity]\nx = "fatal"\n', "poolproof.toml:2: `fatal` is no severity"),
                              ('format = "xml"\n', "`xml` is no format (text, concise, "),
                              ('fail-on = "x"\n', "`x` is no threshold"),
                              ("a = = 1\n", "poolproof.toml:1: ")):
            with self.subTest(text=text):
                self.toml(text)
                code, out, err = self.poolproof("lint", "a.conf")
                self.assertEqual((code, out), (2, ""))
                self.assertIn(message, err)

    def test_what_is_told_of_the_load(self):
        self.write("small.conf", SMALL)
        self.assertEqual(self.lint("small.conf", "--isolated")[0], 0)
        self.toml('load = { qps = 10000, latency = "80ms" }\n')
        self.assertEqual(self.lint("small.conf")[0], 0, "nobody says how many workers there are")
        code, report = self.lint("small.conf", "--workers", "4")
        self.assertEqual((code, report["diagnostics"][0]["rule"]), (1, "keepalive-undersized"))
        self.toml('[load]\nqps = "much"\n')
        code, _, err = self.poolproof("lint", "small.conf")
        self.assertEqual(code, 2)
        self.assertIn("poolproof.toml:2: `much` is no rate", err)


class Documentation(Scratch):
    def test_the_example_of_the_page_is_taken(self):
        page = (ROOT / "docs/lint-in-ci.md").read_text(encoding="utf-8")
        example = page.split("```toml\n")[1].split("```")[0]
        self.write("poolproof.toml", example)
        self.write("baseline.json", '{"poolproof_baseline": 1, "findings": []}')
        self.write("a.conf", HEALTHY % 8080)
        self.assertEqual(self.poolproof("lint", "a.conf"), (0, "no findings in 1 file\n", ""))

    def test_each_key_and_format_is_in_the_man_page(self):
        page = (ROOT / "docs/poolproof.1").read_text(encoding="utf-8").replace("\\-", "-")
        properties = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
        for word in [*properties, *properties["format"]["enum"]]:
            self.assertIn(word, page)


class Schema(Scratch):
    def test_it_has_the_keys_that_are_read(self):
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        self.assertEqual(set(schema["properties"]), set(KEYS))
        self.assertIs(schema["additionalProperties"], False)
        for key in schema["properties"].values():
            self.assertTrue(key["description"])

    def test_its_choices_are_the_programs(self):
        properties = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
        self.write("a.conf", HEALTHY % 8080)
        for key in ("format", "fail-on"):
            for choice in properties[key]["enum"]:
                self.write("poolproof.toml", f'{key} = "{choice}"\n')
                self.assertEqual(self.poolproof("lint", "a.conf")[0], 0, choice)
        self.write("poolproof.toml", 'format = "xml"\n')
        listed = self.poolproof("lint", "a.conf")[2]
        self.assertEqual(listed[listed.index("(") + 1:listed.index(")")].split(", "), properties["format"]["enum"])

    def test_values_that_are_taken_are_valid(self):
        python = python_with_jsonschema()
        if python is None:
            self.skipTest("no python3-jsonschema")

        def valid(document):
            done = subprocess.run([python, "-c", VALIDATE, SCHEMA], input=json.dumps(document), text=True,
                                  capture_output=True, check=False)
            return done.returncode == 0

        self.assertTrue(valid({key: value for key, (_, value) in KEYS.items()}))
        for wrong in ({"ignroe": []}, {"select": "x"}, {"severity": {"x": "fatal"}}, {"format": "xml"},
                      {"per-file-ignores": {"x": "y"}}):
            self.assertFalse(valid(wrong), wrong)


if __name__ == "__main__":
    unittest.main()
