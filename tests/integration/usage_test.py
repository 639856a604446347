"""The command line as a whole: what it says to mistakes, its help, its man page, its colours, its exit status."""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

from harness import BROKEN, HEALTHY, POOLPROOF, ROOT, Scratch

MAN_PAGE = (ROOT / "docs/poolproof.1").read_text(encoding="utf-8").replace("\\-", "-")


class CommandLine(Scratch):
    def setUp(self):
        super().setUp()
        self.write("a.conf", HEALTHY % 8080)
        self.write("broken.conf", BROKEN % 8080)
        self.write("binary.log", bytes(range(256)) * 20)

    def commands(self):
        listed = self.poolproof("--help")[1].split("Subcommands:\n")[1].split("\n\n")[0]
        return re.findall(r"^  (\w+) ", listed, re.M)

    def help_of(self, command):
        code, out, err = self.poolproof(command, "--help")
        self.assertEqual((code, err), (0, ""), command)
        return out


class Mistakes(CommandLine):
    CASES = [
        (["lnt", "a.conf"], "there is no command `lnt`; did you mean `lint`? (`poolproof --help` tells more)"),
        (["xyz"], "there is no command `xyz` ("),
        ([], "name a command: lint, fix, "),
        (["lint", "--fromat", "json", "a.conf"],
         "there is no option `--fromat`; did you mean `--format`? (`poolproof lint --help` tells more)"),
        (["lint", "--fromat=json", "a.conf"], "there is no option `--fromat`; did you mean `--format`?"),
        (["lint", "-x", "a.conf"], "there is no option `-x`"),
        (["version", "twice"], "`twice` is one argument too many"),
        (["lint"], "PATH is required"),
        (["lint", "--format", "xml", "a.conf"], "--format: `xml` is no format (text, concise, json, "),
        (["lint", "--select", "keepalive-zro", "a.conf"], "did you mean `keepalive-zero`?"),
        (["lint", "--select", "syntax-error", "a.conf"], "`syntax-error` is no rule to be chosen: it is always reported"),
        (["lint", "--ignore", "keepalive-zro", "a.conf"], "did you mean `keepalive-zero`?"),
        (["lint", "--ignore", "unknown-directve", "a.conf"], "did you mean `unknown-directive`?"),
        (["lint", "--severity", "keepalive-zro=info", "a.conf"], "did you mean `keepalive-zero`?"),
        (["lint", "--severity", "keepalive-zero=fatal", "a.conf"], "`fatal` is no severity (error, warning, info, off)"),
        (["lint", "--fail-on", "warn", "a.conf"], "`warn` is no threshold (error, warning, info, never)"),
        (["lint", "--nginx-version", "2", "a.conf"], "`2` is no nginx version or range"),
        (["lint", "--nginx-version", "1.180", "a.conf"], "no nginx `1.180` is known here; the newest known is 1."),
        (["lint", "--nginx-version", "1.25-9.9", "a.conf"], "no nginx `1.25-9.9` is known here"),
        (["lint", "--path-map", "x", "a.conf"], "`x` is not FROM=TO"),
        (["lint", "--qps", "x", "a.conf"], "`x` is no rate"),
        (["lint", "--qps", "1e300", "a.conf"], "`1e300` is no rate; write requests per second, up to 1000M"),
        (["size", "--qps", "1e300", "--latency", "1s"], "`1e300` is no rate above 0 and up to 1000M"),
        (["size", "--qps", "1", "--latency", "1h"], "`1h` is no time above 0 and up to a day"),
        (["size", "--access-log", "binary.log"], "these are no logs: their first lines hold control characters"),
        (["lint", "--color", "blue", "a.conf"], "--color: "),
        (["lint", "--config", "gone.toml", "a.conf"], "gone.toml: cannot read this: no such file"),
        (["lint", "--baseline", "gone.json", "a.conf"], "gone.json: cannot read this: no such file"),
        (["fix", "--rule", "keepalive-zro", "a.conf"], "did you mean `keepalive-zero`?"),
        (["translate", "a.conf"], "--to is required"),
        (["explain", "keepalive-zro"], "did you mean `keepalive-zero`?"),
    ]

    def test_each_is_named_with_a_way_on(self):
        for arguments, expected in self.CASES:
            with self.subTest(arguments=arguments):
                code, out, err = self.poolproof(*arguments)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(expected, err)
                self.assertTrue(err.startswith("poolproof: "), err)
                self.assertEqual(err.count("\n"), 1, err)


class Help(CommandLine):
    def test_each_command_has_one_of_readable_width(self):
        self.assertGreaterEqual(len(self.commands()), 11)
        for command in self.commands():
            for line in self.help_of(command).splitlines():
                self.assertLessEqual(len(line), 110, line)

    def test_flags_take_no_value(self):
        text = self.help_of("fix") + self.help_of("lint") + self.help_of("run")
        for flag in ("-h,--help", "--unsafe", "--diff", "--isolated", "--statistics", "--no-lint"):
            self.assertRegex(text, rf"(?m)^  {flag}(?: {{2,}}|$)")
        self.assertRegex(text, r"(?m)^  --fail-on SEVERITY ")

    def test_each_option_is_in_the_man_page(self):
        for command in self.commands():
            self.assertRegex(MAN_PAGE, rf"(?m)^\.B (poolproof )?{command}\b", command)
            for option in re.findall(r"^  (?:-\w,)?(--[a-z-]+)", self.help_of(command), re.M):
                if option != "--help":
                    self.assertRegex(MAN_PAGE, rf"{option}(?![a-z-])", f"{command} {option}")


class Colour(CommandLine):
    def has_colour(self, *arguments, **environment):
        return "\x1b[" in self.poolproof("lint", "broken.conf", *arguments, **environment)[1]

    def test_the_option_goes_before_the_environment_and_that_before_the_terminal(self):
        self.assertFalse(self.has_colour())
        self.assertTrue(self.has_colour("--color", "always"))
        self.assertTrue(self.has_colour("--color", "always", NO_COLOR="1"))
        self.assertTrue(self.has_colour(FORCE_COLOR="1"))
        self.assertFalse(self.has_colour(FORCE_COLOR=""))
        self.assertFalse(self.has_colour(FORCE_COLOR="1", NO_COLOR="1"))
        self.assertFalse(self.has_colour("--color", "never", FORCE_COLOR="1"))

    def test_no_machine_gets_it(self):
        for form in ("json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"):
            self.assertFalse(self.has_colour("--format", form, "--color", "always"), form)

    def test_of_other_commands(self):
        for arguments in (["fix", "--diff", "broken.conf"], ["routes", "broken.conf"], ["rules"],
                          ["explain", "keepalive-zero"], ["show", "/", "broken.conf"]):
            self.assertIn("\x1b[", self.poolproof(*arguments, "--color", "always")[1], arguments)


class Completion(CommandLine):
    def completed(self, *words):
        quoted = " ".join(f"'{word}'" for word in words)
        script = (f'eval "$("$1" completion bash)"; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _poolproof; '
                  'echo "${COMPREPLY[*]}"')
        done = subprocess.run(["bash", "-c", script, "bash", POOLPROOF], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def test_bash(self):
        self.assertEqual(self.completed("poolproof", "expl"), ["explain"])
        self.assertEqual(self.completed("poolproof", ""), self.commands() + ["--help", "--version"])
        self.assertEqual(self.completed("poolproof", "lint", "--format", "s"), ["sarif"])
        self.assertEqual(self.completed("poolproof", "lint", "--fail-on", ""), ["error", "warning", "info", "never"])
        self.assertEqual(self.completed("poolproof", "fix", "--rule", "keepalive-zer"), ["keepalive-zero"])
        self.assertEqual(self.completed("poolproof", "explain", "keepalive-zer"), ["keepalive-zero"])
        self.assertEqual(self.completed("poolproof", "routes", "--fo"), ["--format"])
        self.assertEqual(self.completed("poolproof", "lint", "ngin"), [])

    def test_bash_completes_each_command_and_option(self):
        for command in self.commands():
            self.assertEqual(self.completed("poolproof", command), [word for word in self.commands()
                                                                    if word.startswith(command)])
            offered = self.completed("poolproof", command, "--")
            self.assertEqual(sorted(offered), sorted(set(re.findall(r"(?<![\w-])--[a-z][\w-]*", self.options_of(command)))),
                             command)

    def options_of(self, command):
        """The lines of --help that begin with an option, without what is said of it."""
        lines = re.findall(r"^ +(?:-\w,)?-.*$", self.help_of(command), re.MULTILINE)
        return "\n".join(re.split(r"  +", line.strip())[0] for line in lines)

    def test_bash_completes_each_rule(self):
        rules = [rule["rule"] for rule in json.loads(self.poolproof("rules", "--format", "json")[1])["rules"]]
        self.assertGreater(len(rules), 80)
        self.assertLessEqual(set(rules), set(self.completed("poolproof", "explain", "")))
        self.assertEqual(self.completed("poolproof", "fix", "--rule", "set-header-"),
                         [rule for rule in rules if rule.startswith("set-header-")])

    def test_bash_completes_as_it_does_for_a_person(self):
        """Through readline: a Tab behind the beginning of a word."""
        script = f'PS1=; eval "$({POOLPROOF} completion bash)"; bind "set bell-style none"\n'
        self.write("rc", script)
        master, slave = pty.openpty()
        shell = subprocess.Popen(["bash", "--noprofile", "--rcfile", self.folder / "rc", "-i"], stdin=slave,
                                 stdout=slave, stderr=slave, cwd=self.folder, start_new_session=True)
        os.close(slave)
        self.addCleanup(os.close, master)
        self.addCleanup(shell.wait)
        self.addCleanup(shell.kill)
        os.write(master, b"poolproof expl\tkeepalive-zer\t\x01echo \n")
        seen = b""
        end = time.monotonic() + 20
        while b"\rpoolproof explain keepalive-zero\r\n" not in seen and time.monotonic() < end:
            if select.select([master], [], [], 0.2)[0]:
                seen += os.read(master, 4096)
        self.assertIn(b"\rpoolproof explain keepalive-zero\r\n", seen)

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_reads_it(self):
        script = 'autoload -U compinit bashcompinit; compinit -u; bashcompinit; eval "$("$1" completion zsh)"'
        done = subprocess.run(["zsh", "-f", "-c", script, "zsh", POOLPROOF], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_completes(self):
        script = f'{POOLPROOF} completion fish | source; complete -C "poolproof explain keepalive-zer"'
        done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=False)
        self.assertIn("keepalive-zero", done.stdout)

    def test_each_shell_has_one(self):
        for shell in ("bash", "zsh", "fish"):
            code, out, _ = self.poolproof("completion", shell)
            self.assertEqual(code, 0)
            self.assertIn("keepalive-zero", out)
        self.assertEqual(self.poolproof("completion", "cmd")[0], 2)


class FullDisk(CommandLine):
    def test_a_report_that_is_lost_is_no_success(self):
        for arguments in ("lint a.conf", "lint --format sarif a.conf", "rules", "routes a.conf", "--help", "version",
                          "translate --to json a.conf"):
            code, err = self.shell(f'"$POOLPROOF" {arguments} > /dev/full')
            self.assertEqual(code, 2, arguments)
            if arguments != "--help":
                self.assertIn("standard output cannot be written", err)

    def test_a_reader_that_has_enough_is_no_error(self):
        code, err = self.shell('"$POOLPROOF" rules | head -1 > /dev/null')
        self.assertEqual((code, err), (0, ""))


if __name__ == "__main__":
    unittest.main()
