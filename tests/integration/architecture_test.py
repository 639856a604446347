"""The arrows between the boxes, by include lines, and what only one box may use (see ARCHITECTURE.md)."""

import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(os.environ.get("POOLPROOF_ROOT", pathlib.Path(__file__).resolve().parents[2]))
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)

# box: the boxes that it may see beside itself
ARROWS = {
    "grammar/base": set(),
    "grammar/syntax": {"grammar/base"},
    "grammar/catalogue": {"grammar/base"},
    "grammar/config": {"grammar/base", "grammar/syntax", "grammar/catalogue"},
    "lint": {"grammar/base", "grammar/syntax", "grammar/catalogue", "grammar/config"},
    "translate": {"grammar/base", "grammar/syntax", "grammar/catalogue", "grammar/config"},
    "runtime": {"grammar/base", "grammar/syntax", "grammar/catalogue", "grammar/config"},
    "cli": {"grammar/base", "grammar/syntax", "grammar/catalogue", "grammar/config", "lint", "translate", "runtime"},
}

# library header: the folders that may include it
ONLY_IN = {
    r"tao/pegtl": ("grammar/syntax/",),
    r"CLI/": ("cli/",),
    r"nlohmann/": ("cli/", "translate/"),
    r"spdlog/": ("runtime/", "cli/"),
    r"yaml-cpp/": ("translate/",),
    r"dtl/": ("grammar/base/",),
    r"sys/socket\.h|netinet/.*|sys/un\.h|netdb\.h|sys/epoll\.h|sys/eventfd\.h":
        ("runtime/net/", "cli/demo/"),
    r"iostream|regex": (),
}


def box_of(path):
    return next((box for box in ARROWS if path.startswith(box + "/")), None)


def sources():
    for top in ("grammar", "lint", "translate", "runtime", "cli"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cpp", ".def"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


class Architecture(unittest.TestCase):
    def test_the_test_sees_the_sources(self):
        self.assertEqual({box_of(name) for name, _ in sources()} - {None}, set(ARROWS))

    def test_boxes_see_only_what_the_arrows_allow(self):
        wrong = []
        for name, text in sources():
            box = box_of(name)
            for quoted, _ in INCLUDE.findall(text):
                other = box_of(quoted)
                if box and other and other != box and other not in ARROWS[box]:
                    wrong.append(f"{name} includes {quoted}")
        self.assertEqual(wrong, [])

    def test_project_headers_are_named_from_the_root(self):
        wrong = [f"{name} includes {quoted}" for name, text in sources() for quoted, _ in INCLUDE.findall(text)
                 if not (ROOT / quoted).exists() and (pathlib.Path(ROOT / name).parent / quoted).exists()]
        self.assertEqual(wrong, [])

    def test_libraries_stay_where_they_belong(self):
        wrong = []
        for name, text in sources():
            for _, header in INCLUDE.findall(text):
                for pattern, folders in ONLY_IN.items():
                    if re.match(f"(?:{pattern})", header) and not name.startswith(folders or ("-",)):
                        wrong.append(f"{name} includes <{header}>")
        self.assertEqual(wrong, [])

    def test_only_the_command_line_prints_and_ends_the_process(self):
        pattern = re.compile(r"\b(?:std::cout|std::cerr|std::exit|_exit|std::abort)\b|[^_\w.>](?:printf|puts)\s*\(")
        wrong = [name for name, text in sources()
                 if not name.startswith(("cli/", "runtime/server.cpp")) and pattern.search(text)]
        self.assertEqual(wrong, [])

    def test_every_file_says_what_it_is(self):
        wrong = [name for name, text in sources() if not name.endswith(".def") and not text.startswith(("//", "/*"))]
        self.assertEqual(wrong, [])

    def test_no_file_is_too_long(self):
        wrong = [name for name, text in sources() if text.count("\n") > 600 and not name.endswith(".def")]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
