"""poolproof run from outside: nginx's flags, what is refused before a port is bound, and signals."""

import os
import signal
import socket
import subprocess
import time
import unittest
import urllib.request

from harness import BROKEN, HEALTHY, POOLPROOF, Scratch


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Run(Scratch):
    def setUp(self):
        super().setUp()
        self.port = free_port()

    def start(self, *arguments):
        process = subprocess.Popen([POOLPROOF, "run", *arguments], cwd=self.folder, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 10
        while not accepts(self.port):
            self.assertIsNone(process.poll(), "it ended")
            self.assertLess(time.monotonic(), deadline, "it does not listen")
            time.sleep(0.02)
        return process

    def get(self, path="/"):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def config(self, inside, name="a.conf", main=""):
        return self.write(name, f"{main}events {{}}\nhttp {{\n    access_log off;\n    server {{\n"
                                f"        listen 127.0.0.1:{self.port};\n        {inside}\n    }}\n}}\n")


class Serving(Run):
    def test_serves_and_ends_on_signals(self):
        self.config('return 200 "hello";')
        for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
            with self.subTest(signal=number):
                process = self.start("-c", "a.conf")
                self.assertEqual(self.get(), "hello")
                process.send_signal(number)
                self.assertEqual(process.wait(10), 0)
                self.assertFalse(accepts(self.port))

    def test_prefix_file_error_log_and_directives(self):
        self.config("location / { root html; }", name="conf/nginx.conf")
        self.write("html/index.html", "index")
        self.start("-p", str(self.folder), "-e", "errors.log", "-g", "worker_processes 2;", "-q")
        self.assertEqual(self.get(), "index")
        self.assertTrue((self.folder / "errors.log").exists())

    def test_directives_without_their_end_are_quoted_as_they_were_written(self):
        self.config("return 204;")
        code, _, err = self.poolproof("run", "-t", "-c", "a.conf", "-g", "worker_processes 2")
        self.assertNotEqual(code, 0)
        self.assertIn("command line:1:", err)
        self.assertNotIn("error_log", err)

    def test_a_busy_port_is_named(self):
        self.config("return 204;")
        self.start("-c", "a.conf")
        code, _, err = self.poolproof("run", "-c", "a.conf")
        self.assertNotEqual(code, 0)
        self.assertIn(f"127.0.0.1:{self.port}", err)


class Checking(Run):
    def test_success_in_nginx_words(self):
        self.write("a.conf", HEALTHY % self.port)
        code, out, err = self.poolproof("run", "-t", "-c", "a.conf")
        self.assertEqual((code, out), (0, ""))
        self.assertIn("the configuration file a.conf syntax is ok\n", err)
        self.assertIn("configuration file a.conf test is successful\n", err)
        self.assertEqual(self.poolproof("run", "-t", "-q", "-c", "a.conf"), (0, "", ""))

    def test_failure(self):
        self.write("a.conf", "events {}\nhttp { bogus on; }\n")
        code, _, err = self.poolproof("run", "-t", "-c", "a.conf")
        self.assertEqual(code, 1)
        self.assertIn("a.conf:2:8: error: ", err)
        self.assertIn("configuration file a.conf test failed\n", err)

    def test_a_missing_file(self):
        code, _, err = self.poolproof("run", "-c", "missing.conf")
        self.assertEqual(code, 2)
        self.assertIn("missing.conf", err)


class Refusal(Run):
    def refused(self, *arguments):
        code, _, err = self.poolproof("run", "-c", "a.conf", *arguments, timeout=10)
        self.assertEqual(code, 1, err)
        self.assertFalse(accepts(self.port))
        return err

    def test_config_errors(self):
        self.config("bogus on;")
        self.assertIn("bogus", self.refused())
        self.assertIn("bogus", self.refused("--no-lint"))

    def test_lint_errors_of_that_version(self):
        self.write("a.conf", BROKEN % self.port)
        self.assertIn("[connection-header-not-cleared]", self.refused("--nginx-version", "1.22.1"))
        self.assertEqual(self.poolproof("run", "-t", "-c", "a.conf")[0], 0)
        self.assertEqual(self.poolproof("run", "-t", "-c", "a.conf", "--nginx-version", "1.22.1", "--no-lint")[0], 0)

    def test_what_is_not_executed_is_named(self):
        self.config("location / {\n            auth_request /auth;\n            return 204;\n        }")
        err = self.refused()
        self.assertIn("a.conf:7:13: error: ", err)
        self.assertIn("auth_request", err)
        self.assertIn("[not-supported]", err)
        code, _, err = self.poolproof("run", "-t", "-c", "a.conf", "--allow-unsupported")
        self.assertEqual(code, 0)
        self.assertIn("a.conf:7:13: warning: ", err)


if __name__ == "__main__":
    unittest.main()
