"""poolproof fix from outside: what is written, how, and that its patches apply."""

import os
import random
import shutil
import stat
import subprocess
import time
import unittest

from harness import BROKEN, HEALTHY, POOLPROOF, Scratch

UNSAFE = """\
events {}
http {
    upstream app { server 127.0.0.1:9001; }
    server { location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
"""


class Fix(Scratch):
    def test_repairs_in_place_and_then_has_nothing_to_do(self):
        path = self.write("a.conf", BROKEN % 8080)
        code, out, err = self.poolproof("fix", "a.conf")
        self.assertEqual((code, out), (0, ""))
        self.assertRegex(err.splitlines()[-1], r"^fixed \d findings in 1 file$")
        self.assertIn("proxy_http_version 1.1;", path.read_text())
        self.assertEqual(self.lint("a.conf")[0], 0)
        fixed = path.read_bytes()
        self.assertEqual(self.poolproof("fix", "a.conf"), (0, "", "nothing fixed\n"))
        self.assertEqual(path.read_bytes(), fixed)

    def test_mode_and_links_stay_and_nothing_is_left_behind(self):
        path = self.write("sites-available/a.conf", BROKEN % 8080)
        path.chmod(0o640)
        os.mkdir(self.folder / "sites-enabled")
        os.symlink("../sites-available/a.conf", self.folder / "sites-enabled/a.conf")
        self.assertEqual(self.poolproof("fix", "sites-enabled/a.conf")[0], 0)
        self.assertTrue((self.folder / "sites-enabled/a.conf").is_symlink())
        self.assertIn("proxy_http_version 1.1;", path.read_text())
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o640)
        self.assertEqual(os.listdir(path.parent), ["a.conf"])

    def test_a_file_without_findings_is_not_touched(self):
        path = self.write("a.conf", HEALTHY % 8080)
        before = path.stat()
        self.poolproof("fix", "a.conf")
        self.assertEqual((path.stat().st_ino, path.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns))

    def test_unsafe_fixes_are_announced_and_asked_for(self):
        path = self.write("a.conf", UNSAFE)
        code, _, err = self.poolproof("fix", "a.conf")
        self.assertEqual((code, path.read_text()), (0, UNSAFE))
        self.assertIn("; 1 more with --unsafe: upstream-without-keepalive (1)", err)
        self.assertEqual(self.poolproof("fix", "--unsafe", "a.conf")[0], 0)
        self.assertIn("keepalive 32;", path.read_text())

    def test_line_ends_and_bytes_elsewhere_stay(self):
        text = (BROKEN % 8080).replace("\n", "\r\n").encode() + b"# \xff\xfe kept \xe9\r\n"
        path = self.write("a.conf", text)
        self.assertEqual(self.poolproof("fix", "a.conf")[0], 0)
        fixed = path.read_bytes().splitlines(keepends=True)
        original = text.splitlines(keepends=True)
        self.assertEqual([line for line in fixed if line in original], original)
        self.assertTrue(all(line.endswith(b"\r\n") for line in fixed))

    def test_only_the_named_rules(self):
        path = self.write("a.conf", BROKEN % 8080)
        code, _, err = self.poolproof("fix", "--rule", "upstream-http-version-not-11", "a.conf")
        self.assertEqual(code, 0)
        self.assertIn("fixed 1 finding in 1 file", err)
        self.assertIn("proxy_http_version 1.1;", path.read_text())
        self.assertNotIn("proxy_set_header", path.read_text())
        self.poolproof("fix", "--rule", "upstream-http-version-not-11", "--rule", "connection-header-not-cleared",
                       "a.conf")
        self.assertIn("proxy_set_header", path.read_text())

    def test_a_missing_file(self):
        code, _, err = self.poolproof("fix", "missing.conf")
        self.assertEqual(code, 2)
        self.assertIn("missing.conf: cannot read this", err)

    @unittest.skipIf(os.geteuid() == 0, "root writes everything")
    def test_all_or_nothing(self):
        self.write("a.conf", BROKEN % 8080)
        locked = self.write("locked/b.conf", BROKEN % 8081)
        locked.parent.chmod(0o555)
        self.addCleanup(locked.parent.chmod, 0o755)
        code, _, err = self.poolproof("fix", "a.conf", "locked/b.conf")
        self.assertEqual(code, 2)
        self.assertIn("nothing was written", err)
        self.assertEqual((self.folder / "a.conf").read_text(), BROKEN % 8080)

    def test_a_file_with_other_hard_links_is_left_alone(self):
        path = self.write("a.conf", BROKEN % 8080)
        os.link(path, self.folder / "b.conf")
        code, _, err = self.poolproof("fix", "a.conf")
        self.assertEqual(code, 2)
        self.assertIn("hard links", err)
        self.assertIn("nothing was written", err)
        self.assertEqual(path.read_text(), BROKEN % 8080)

    def test_a_mount_in_the_place_of_a_file_takes_all_back(self):
        first = self.write("a.conf", BROKEN % 8080)
        mounted = self.write("mounted.conf", BROKEN % 8081)
        self.write("elsewhere.conf", BROKEN % 8081)
        command = ["mount", "--bind", str(self.folder / "elsewhere.conf"), str(mounted)]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", str(mounted)])
        code, _, err = self.poolproof("fix", "a.conf", "mounted.conf")
        self.assertEqual(code, 2)
        self.assertIn("nothing was written", err)
        self.assertIn("nothing fixed", err)
        self.assertEqual(first.read_text(), BROKEN % 8080)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.conf", "elsewhere.conf", "mounted.conf"])

    def test_standard_input(self):
        code, out, _ = self.poolproof("fix", "-", stdin=BROKEN % 8080)
        self.assertEqual(code, 0)
        self.assertIn("proxy_http_version 1.1;", out)
        self.assertEqual(self.poolproof("fix", "-", stdin=HEALTHY % 8080)[1], HEALTHY % 8080)

    def test_a_shared_file_is_repaired_once(self):
        shared = self.write("shared.conf", "proxy_pass http://app;\n")
        for name in ("a", "b"):
            self.write(f"{name}.conf", "events {}\nhttp { upstream app { server 127.0.0.1:1; keepalive 16; }\n"
                                       "server { location / { include shared.conf; } } }\n")
        self.assertEqual(self.poolproof("fix", "a.conf", "b.conf")[0], 0)
        self.assertEqual(shared.read_text().count("proxy_http_version"), 1)
        self.assertEqual(self.lint("a.conf", "b.conf")[0], 0)



class Killed(Scratch):
    """Nobody can hold back SIGKILL: whenever it comes, each file is the old one or the new one."""

    FILES = 40
    KILLS = 12

    def files(self):
        return {path.relative_to(self.folder): path.read_text() for path in self.folder.rglob("*.conf")}

    def setUp(self):
        super().setUp()
        for number in range(self.FILES):
            self.write(f"sites/{number}.conf", "".join((BROKEN % (8000 + number)).splitlines(keepends=True)[2:-1])
                       .replace("app", f"app{number}"))
        self.write("nginx.conf", "events {}\nhttp {\n    include sites/*;\n}\n")
        self.before = self.files()

    def test_nothing_is_half_written_and_the_next_run_ends_it(self):
        begin = time.monotonic()
        self.assertEqual(self.poolproof("fix", "nginx.conf")[0], 0)
        whole_run = time.monotonic() - begin
        after = self.files()
        self.assertTrue(all(after[path] != text for path, text in self.before.items() if path.name != "nginx.conf"))
        generator = random.Random(11)
        left_over = partly = 0
        for _ in range(self.KILLS):
            for path, text in self.before.items():
                (self.folder / path).write_text(text)
            run = subprocess.Popen([POOLPROOF, "fix", "nginx.conf"], cwd=self.folder, stderr=subprocess.DEVNULL)
            time.sleep(generator.uniform(0.2, 1.0) * whole_run)
            run.kill()
            run.wait()
            seen = self.files()
            self.assertEqual(seen.keys(), self.before.keys())
            for path, text in seen.items():
                self.assertIn(text, (self.before[path], after[path]), path)
            partly += seen not in (self.before, after)
            others = [path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".conf"]
            left_over += len(others)
            for path in others:
                self.assertTrue(path.name.startswith(".poolproof-"), path)
            # Neither `include sites/*` nor a folder takes them for configuration.
            for paths in (["nginx.conf"], ["."]):
                _, out, err = self.poolproof("lint", "--format", "json", *paths)
                self.assertNotIn(".poolproof-", out + err)
            self.assertEqual(self.poolproof("fix", "nginx.conf")[0], 0)
            self.assertEqual(self.files(), after)
            for path in others:
                path.unlink()
        # Else it was never killed while it wrote, and nothing was shown.
        self.assertGreater(left_over + partly, 0)


class Diff(Scratch):
    FILES = {
        "a.conf": (BROKEN % 8080).encode(),
        "no newline.conf": (BROKEN % 8081).rstrip("\n").encode(),
        "sub folder/crlf.conf": (BROKEN % 8082).replace("\n", "\r\n").encode(),
        "sub folder/\u00e9 & 'quoted'.conf": (BROKEN % 8083).encode(),
        "sub folder/a \"b\"\\c\td.conf": (BROKEN % 8085).encode(),
        "tabs.conf": (BROKEN % 8084).replace("    ", "\t").encode() + b"# \xff\xfe\n",
    }

    def setUp(self):
        super().setUp()
        for name, content in self.FILES.items():
            self.write("conf/" + name, content)
        self.patch, self.err = self.diff("conf", folder=self.folder)
        self.assertEqual(self.contents("conf"), self.FILES)

    def diff(self, path, folder):
        done = subprocess.run([POOLPROOF, "fix", "--diff", path], cwd=folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        return done.stdout, done.stderr.decode()

    def contents(self, folder):
        top = self.folder / folder
        return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}

    def apply(self, *command, folder="."):
        if shutil.which(command[0]) is None:
            self.skipTest(f"no {command[0]}")
        done = subprocess.run(command, cwd=self.folder / folder, input=self.patch, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for name, content in self.FILES.items():
            self.write("again/" + name, content)
        self.poolproof("fix", "again")
        self.assertEqual(self.contents("conf"), self.contents("again"))

    def test_git_apply(self):
        self.apply("git", "apply", "-")

    def test_patch(self):
        self.apply("patch", "-p1")

    def test_git_apply_in_a_checkout(self):
        if shutil.which("git") is None:
            self.skipTest("no git")
        subprocess.run(["git", "init", "-q"], cwd=self.folder, check=True)
        self.apply("git", "apply", "--whitespace=nowarn", "-")

    def test_from_a_folder_below(self):
        self.patch, _ = self.diff(".", folder=self.folder / "conf")
        self.apply("patch", "-p1", folder="conf")

    def test_files_outside_of_the_folder_and_in_it(self):
        """One patch needs one folder at which its names begin."""
        self.write("outside/nginx.conf", (BROKEN % 8080).replace("http {", "http { include inside/*.conf;"))
        self.write("outside/inside/more.conf", "server { listen 8081; location / { proxy_pass http://app; } }\n")
        inside = self.folder / "outside/inside"
        names = [b"--- a/outside/inside/more.conf", b"--- a/outside/nginx.conf"]
        for checkout in (False, True):
            if checkout:
                (self.folder / ".git").mkdir()
            patch, err = self.diff("../nginx.conf", folder=inside)
            top = str(self.folder.resolve()) if checkout else "/"
            self.assertIn(f"`patch -p1 -d {top}` applies it", err)
            found = sorted(line for line in patch.splitlines() if line.startswith(b"--- "))
            self.assertEqual(found, names if checkout else
                             [b"--- a" + bytes(self.folder.resolve()) + name[len(b"--- a"):] for name in names])
        done = subprocess.run(["patch", "-p1", "-d", str(self.folder)], input=patch, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.poolproof("fix", "--diff", "../nginx.conf", folder=inside)[0], 0)

    def test_it_says_what_it_would_do(self):
        self.assertRegex(self.err.splitlines()[-1], r"^would fix \d+ findings in 6 files; 1 finding left for you")

    def test_no_patch_is_exit_0(self):
        self.write("b.conf", HEALTHY % 8080)
        self.assertEqual(self.poolproof("fix", "--diff", "b.conf")[:2], (0, ""))


if __name__ == "__main__":
    unittest.main()
