"""The report formats of poolproof lint from outside: each is read by a parser that is not ours."""

import json
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as xml

from harness import BROKEN, HEALTHY, ROOT, Scratch

RDJSON = ROOT / "tests/data/rdjson/diagnostic_result.json"
SCHEMA = ROOT / "tests/data/sarif/sarif-2.1.0-rtm.5.json"
VALIDATE = ("import json, sys, jsonschema\n"
            "schema, document = (json.load(open(path)) for path in sys.argv[1:])\n"
            "jsonschema.Draft4Validator(schema).validate(document)\n")
HOSTILE = "http { server { location / { \x07bo<g>us&%0A \"a::b,\"; } } }\n# \xff\n"


def python_with_jsonschema():
    """The interpreter that has Debian's python3-jsonschema: not always the one that runs the tests."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import jsonschema"], capture_output=True, check=False).returncode == 0:
            return python
    return None


class Formats(Scratch):
    def setUp(self):
        super().setUp()
        (self.folder / ".git").mkdir()
        self.write("conf/site a.conf", BROKEN % 8080)
        self.write("conf/b.conf", HEALTHY % 8081)

    def report(self, form, *arguments, code=1):
        status, out, err = self.poolproof("lint", "--format", form, *(arguments or ["conf"]))
        self.assertEqual((status, err), (code, ""))
        return out

    def findings(self):
        return json.loads(self.report("json"))["diagnostics"]

    def test_concise_is_one_line_each(self):
        lines = self.report("concise").splitlines()
        self.assertEqual(len(lines), len(self.findings()))
        for line in lines:
            self.assertRegex(line, r"^conf/site a\.conf:10:13: (error|warning|info): .+ \[[a-z0-9-]+\]$")

    def test_jsonl_is_the_findings_of_json(self):
        self.assertEqual([json.loads(line) for line in self.report("jsonl").splitlines()], self.findings())

    def test_json_counts_rules(self):
        report = json.loads(self.report("json"))
        self.assertEqual(sum(report["statistics"].values()), len(report["diagnostics"]))
        self.assertEqual(set(report["statistics"]), {finding["rule"] for finding in report["diagnostics"]})

    def test_github_has_places_and_no_loose_ends(self):
        lines = self.report("github").splitlines()
        self.assertEqual(len(lines), len(self.findings()))
        for line in lines:
            self.assertRegex(line, r"^::(error|warning|notice) file=conf/site a\.conf,line=10,col=13,endLine=10,"
                                   r"endColumn=35,title=poolproof [a-z0-9-]+::.+")

    def test_github_escapes(self):
        self.write("conf/x:1,2%.conf", HOSTILE.encode("latin-1"))
        for line in self.report("github", "conf/x:1,2%.conf").splitlines():
            properties = re.fullmatch(r"::\w+ (file=[^:]*)::(.*)", line)
            self.assertIsNotNone(properties, line)
            self.assertIn("file=conf/x%3A1%2C2%25.conf,line=", properties[1])
            self.assertNotRegex(line, r"[\x00-\x1f]")
            self.assertNotRegex(line.replace("%3A", "").replace("%2C", "").replace("%25", ""), "%")

    def test_gitlab(self):
        report = json.loads(self.report("gitlab"))
        self.assertEqual(len({entry["fingerprint"] for entry in report}), len(self.findings()))
        for entry in report:
            self.assertEqual(entry["location"], {"path": "conf/site a.conf", "lines": {"begin": 10, "end": 10}})
            self.assertIn(entry["severity"], ("info", "minor", "major", "critical", "blocker"))
            self.assertTrue(entry["description"] and entry["check_name"])

    def test_paths_are_the_checkouts_from_any_folder(self):
        entry = json.loads(self.report("gitlab"))[0]
        code, out, _ = self.poolproof("lint", "--format", "gitlab", self.folder / "conf/site a.conf")
        self.assertEqual((code, json.loads(out)[0]), (1, entry))

    def test_junit(self):
        suites = {suite.get("name"): suite for suite in xml.fromstring(self.report("junit"))}
        self.assertEqual(set(suites), {"conf/b.conf", "conf/site a.conf"})
        self.assertEqual(suites["conf/b.conf"].get("failures"), "0")
        self.assertEqual(len(suites["conf/b.conf"].findall("testcase")), 1)
        failures = suites["conf/site a.conf"].findall("testcase/failure")
        self.assertEqual(str(len(failures)), suites["conf/site a.conf"].get("failures"))
        self.assertIn("proxy_pass http://app;", failures[0].text)

    def test_junit_fails_from_the_threshold_on(self):
        suites = xml.fromstring(self.report("junit", "conf", "--fail-on", "never", code=0))
        self.assertEqual(suites.get("failures"), "0")
        self.assertIn("proxy_pass http://app;", "".join(entry.text for entry in suites.iter("system-out")))

    def test_checkstyle(self):
        files = xml.fromstring(self.report("checkstyle"))
        errors = {file.get("name"): file.findall("error") for file in files}
        self.assertEqual(errors["conf/b.conf"], [])
        self.assertEqual(len(errors["conf/site a.conf"]), len(self.findings()))
        self.assertTrue(all(error.get("line") == "10" for error in errors["conf/site a.conf"]))

    def test_rdjson_counts_bytes(self):
        self.write("conf/c.conf", "events {}\nhttp { # \n\tserver { set $a é; bogus on; } }\n")
        report = json.loads(self.report("rdjson", "conf/c.conf"))
        places = [entry["location"]["range"]["start"] for entry in report["diagnostics"]
                  if entry["code"]["value"] == "unknown-directive"]
        self.assertEqual(places, [{"line": 3, "column": len("\tserver { set $a é; ".encode()) + 1}])

    def test_rdjson_suggests(self):
        for entry in json.loads(self.report("rdjson"))["diagnostics"]:
            self.assertEqual(entry["location"]["path"], "conf/site a.conf")
            self.assertIn(entry["severity"], ("ERROR", "WARNING", "INFO"))
            for suggestion in entry["suggestions"]:
                self.assertEqual(set(suggestion), {"range", "text"})

    def test_rdjson_is_what_its_schema_says(self):
        python = python_with_jsonschema()
        if python is None:
            self.skipTest("no python3-jsonschema")
        self.write("bad/x.conf", HOSTILE.encode("latin-1"))
        self.write("bad/empty.conf", "")
        self.write("other/nginx.conf", "events {}\nhttp { include gone.conf; upstream u { server localhost:1; } }\n")
        seen = set()
        for name, paths in (("a", ["conf"]), ("b", ["bad", "missing.conf"]), ("c", ["other", "--nginx-version", "1.22"]),
                            ("d", ["conf/b.conf"])):
            _, out, _ = self.poolproof("lint", "--format", "rdjson", *paths)
            report = json.loads(out)
            for entry in report["diagnostics"]:
                seen |= entry.keys()
            document = self.write(f"{name}.rdjson", out)
            done = subprocess.run([python, "-c", VALIDATE, RDJSON, document], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
            # The schema refuses what the format does not have.
            report["diagnostics"].append({"message": "x", "location": {"path": "a", "range": {"start": {"line": 0}}}})
            document.write_text(json.dumps(report))
            done = subprocess.run([python, "-c", VALIDATE, RDJSON, document], capture_output=True, text=True,
                                  check=False)
            self.assertNotEqual(done.returncode, 0)
        self.assertLessEqual({"message", "location", "severity", "code", "suggestions"}, seen)

    def test_rdjson_names_the_places_beside(self):
        self.write("notes/nginx.conf", BROKEN.replace("keepalive 8;", "keepalive 8;\n        ip_hash;") % 8080)
        report = json.loads(self.report("rdjson", "--nginx-version", "1.22", "notes"))
        places = [place for entry in report["diagnostics"] for place in entry.get("relatedLocations", [])]
        self.assertTrue(places)
        for place in places:
            self.assertEqual(place["location"]["path"], "notes/nginx.conf")

    def test_control_characters_reach_no_document(self):
        self.write("conf/x.conf", HOSTILE.encode("latin-1"))
        for form in ("junit", "checkstyle"):
            xml.fromstring(self.report(form, "conf/x.conf").encode())
        for form in ("json", "sarif", "gitlab", "rdjson"):
            json.loads(self.report(form, "conf/x.conf"))
        for form in ("text", "concise", "github"):
            self.assertNotRegex(self.report(form, "conf/x.conf"), r"[\x00-\x09\x0b-\x1f]")

    def test_nothing_found(self):
        for form in ("junit", "checkstyle"):
            xml.fromstring(self.report(form, "conf/b.conf", code=0))
        for form, empty in (("concise", ""), ("jsonl", ""), ("github", ""), ("gitlab", "[]\n")):
            self.assertEqual(self.report(form, "conf/b.conf", code=0), empty)
        self.assertEqual(json.loads(self.report("sarif", "conf/b.conf", code=0))["runs"][0]["results"], [])

    def test_to_a_file(self):
        code, out, err = self.poolproof("lint", "conf", "--format", "sarif", "--output", "out.sarif")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("(written to out.sarif)", err)
        self.assertEqual((self.folder / "out.sarif").read_text(encoding="utf-8"), self.report("sarif"))
        self.assertEqual(self.poolproof("lint", "conf", "--output", "no/such/folder")[0], 2)


class Sarif(Scratch):
    def setUp(self):
        super().setUp()
        (self.folder / ".git").mkdir()
        self.write("conf/site a.conf", BROKEN % 8080)

    def sarif(self, *arguments):
        _, out, _ = self.poolproof("lint", "--format", "sarif", *arguments)
        return json.loads(out)

    def test_official_schema(self):
        python = python_with_jsonschema()
        if python is None:
            self.skipTest("no python3-jsonschema")
        self.write("bad/x.conf", HOSTILE.encode("latin-1"))
        self.write("bad/empty.conf", "")
        for name, paths in (("a", ["conf"]), ("b", ["bad", "missing.conf"])):
            document = self.write(f"{name}.sarif", json.dumps(self.sarif(*paths)))
            done = subprocess.run([python, "-c", VALIDATE, SCHEMA, document], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    def test_places_are_relative_to_the_checkout(self):
        run = self.sarif("conf")["runs"][0]
        self.assertEqual(run["originalUriBaseIds"]["SRCROOT"]["uri"], pathlib.Path(self.folder).resolve().as_uri() + "/")
        self.assertEqual(run["columnKind"], "unicodeCodePoints")
        for result in run["results"]:
            place = result["locations"][0]["physicalLocation"]
            self.assertEqual(place["artifactLocation"], {"uri": "conf/site%20a.conf", "uriBaseId": "SRCROOT"})
            self.assertEqual(place["region"], {"startLine": 10, "startColumn": 13, "endLine": 10, "endColumn": 35})

    def test_rules_have_their_pages(self):
        run = self.sarif("conf")["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            rule = rules[result["ruleIndex"]]
            self.assertEqual(rule["id"], result["ruleId"])
            self.assertEqual(rule["help"]["markdown"], self.poolproof("explain", rule["id"])[1])

    def test_code_scanning_gets_what_it_asks_for(self):
        """GitHub requires these of each rule, also of what is no rule of ours."""
        self.write("conf/bad.conf", "events {\n")
        for rule in self.sarif("conf", "gone.conf")["runs"][0]["tool"]["driver"]["rules"]:
            for key in ("shortDescription", "fullDescription", "help"):
                self.assertTrue(rule[key]["text"], rule["id"])
            self.assertTrue(rule["help"]["markdown"])

    def test_origins_and_fixes(self):
        results = {result["ruleId"]: result for result in self.sarif("conf")["runs"][0]["results"]}
        result = results["upstream-http-version-not-11"]
        related = result["relatedLocations"][0]
        self.assertEqual(related["physicalLocation"]["region"]["startLine"], 5)
        self.assertTrue(related["message"]["text"])
        fix = result["fixes"][0]
        self.assertEqual(fix["properties"]["applicability"], "safe")
        change = fix["artifactChanges"][0]
        self.assertEqual(change["artifactLocation"]["uri"], "conf/site%20a.conf")
        self.assertIn("proxy_http_version 1.1;", change["replacements"][0]["insertedContent"]["text"])

    def test_what_is_outside_the_checkout_is_absolute(self):
        inside = self.folder / "repo"
        (inside / ".git").mkdir(parents=True)
        done = self.poolproof("lint", "--format", "sarif", "../conf/site a.conf", folder=inside)
        place = json.loads(done[1])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"],
                         {"uri": (pathlib.Path(self.folder).resolve() / "conf/site a.conf").as_uri()})

    def test_an_unread_file_is_no_success(self):
        self.assertFalse(self.sarif("missing.conf")["runs"][0]["invocations"][0]["executionSuccessful"])
        self.assertTrue(self.sarif("conf")["runs"][0]["invocations"][0]["executionSuccessful"])

    def test_silenced_findings_are_not_there(self):
        names = {result["ruleId"] for result in self.sarif("conf")["runs"][0]["results"]}
        comment = f"# poolproof: ignore-file[{', '.join(sorted(names))}] the load test needs it\n"
        self.write("conf/site a.conf", comment + BROKEN % 8080)
        self.assertEqual(self.sarif("conf")["runs"][0]["results"], [])


class Fingerprints(Scratch):
    def names(self):
        _, report = self.lint("a.conf")
        return sorted(entry["fingerprint"] for entry in report["diagnostics"])

    def test_lines_may_move(self):
        self.write("a.conf", BROKEN % 8080)
        before = self.names()
        self.write("a.conf", "# new\n\n\n" + (BROKEN % 8080).replace("        ", "\t"))
        self.assertEqual(self.names(), before)

    def test_other_statements_do_not_matter(self):
        self.write("a.conf", BROKEN % 8080)
        before = self.names()
        self.write("a.conf", (BROKEN % 8080).replace("listen", "keepalive_timeout 60s;\nlisten"))
        self.assertEqual(self.names(), before)

    def test_equal_places_have_names_of_their_own(self):
        location = "location / { proxy_pass http://app; }"
        self.write("a.conf", "events {}\nhttp { upstream app { server 127.0.0.1:1; keepalive 4; }\n"
                             f"server {{ {location} }} server {{ {location} listen 81; }} }}\n")
        names = self.names()
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 2)

    def test_another_block_is_another_finding(self):
        self.write("a.conf", BROKEN % 8080)
        before = self.names()
        self.write("a.conf", (BROKEN % 8080).replace("location /", "location /api"))
        self.assertFalse(set(self.names()) & set(before))


if __name__ == "__main__":
    unittest.main()
