"""translate --to effective and show from outside: the published schema, and the answers for people."""

import json
import subprocess
import unittest

from harness import ROOT, Scratch
from report_test import python_with_jsonschema

SCHEMA = ROOT / "docs/effective.schema.json"
VALIDATE = ("import json, sys, jsonschema\n"
            "schema, document = (json.load(open(path)) for path in sys.argv[1:])\n"
            "jsonschema.Draft7Validator(schema).validate(document)\n")
EXAMPLES = sorted((ROOT / "examples").glob("*/nginx.conf"))


class Effective(Scratch):
    def test_the_json_follows_its_schema(self):
        python = python_with_jsonschema()
        if python is None:
            self.skipTest("no python3-jsonschema")
        checked = 0
        for config in EXAMPLES:
            for version in ("1.22.1", "1.31.5"):
                _, out, _ = self.poolproof("translate", "--to", "effective", "--nginx-version", version, str(config))
                if not out:
                    continue  # this version refuses the example
                checked += 1
                self.write("effective.json", out)
                done = subprocess.run([python, "-c", VALIDATE, str(SCHEMA), str(self.folder / "effective.json")],
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, f"{config}: {done.stderr[-500:]}")
        self.assertGreater(checked, len(EXAMPLES))


class Show(Scratch):
    def show(self, *arguments):
        return self.poolproof("show", *arguments, str(ROOT / "examples/inner-header-undoes-it/nginx.conf"),
                              "--nginx-version", "1.22.1")

    def test_says_what_applies_and_where_it_was_set(self):
        status, out, err = self.show("/api/")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"proxy_http_version 1\.1 +.*nginx\.conf:18 \(server\)")
        self.assertRegex(out, r"replaced by an inner list\n  proxy_set_header Connection \"\" +.*nginx\.conf:19")
        self.assertIn("reuses upstream connections: never (nginx 1.22.1)", out)

    def test_a_url_chooses_the_place(self):
        status, out, err = self.show("http://shop.example:8080/api/x?y", "--format", "json")
        self.assertEqual((status, err), (0, ""))
        place = json.loads(out)["places"][0]
        self.assertEqual((place["location"]["display"], place["pool"]["pooled"]), ("/api/", "never"))
        self.assertEqual(place["why"][0]["message"], "server_name `shop.example`: written there")

    def test_a_long_host_is_held(self):
        self.write("a.conf", "events {}\nhttp {\n"
                             "server { listen 80 default_server; server_name first.example; return 404; }\n"
                             "server { listen 80; server_name a-long-host-name.of-a-shop.example; return 200; } }\n")
        for host in ("a-long-host-name.of-a-shop.example", "A-Long-Host-Name.of-a-shop.example."):
            status, out, err = self.poolproof("show", f"http://{host}/", "a.conf", "--format", "json")
            self.assertEqual((status, err), (0, ""))
            self.assertEqual(json.loads(out)["places"][0]["server"]["names"][0]["text"],
                             "a-long-host-name.of-a-shop.example")

    def test_older_versions_that_differ_are_said(self):
        self.write("a.conf", "events {}\nhttp { upstream app { server 10.0.0.1; }\n"
                             "server { location / { proxy_pass http://app; } } }\n")
        out = self.poolproof("show", "/", "a.conf")[1]
        self.assertIn("reuses upstream connections: always (nginx 1.31.5)", out)
        self.assertIn("with nginx before 1.29.7: never", out)
        place = json.loads(self.poolproof("show", "/", "a.conf", "--format", "json")[1])["places"][0]
        self.assertEqual([(each["versions"], each["pooled"]) for each in place["pool"]["other_versions"]],
                         [("before 1.29.7", "never")])
        self.assertNotIn("with nginx", self.poolproof("show", "/", "a.conf", "--nginx-version", "1.31.5")[1])

    def test_what_is_nowhere_is_said(self):
        for asked, said in (("@none", "no location is written `@none`"), ("http://a/", "nothing listens on port 80")):
            status, out, err = self.show(asked)
            self.assertEqual((status, out), (2, ""))
            self.assertIn(said, err)


if __name__ == "__main__":
    unittest.main()
