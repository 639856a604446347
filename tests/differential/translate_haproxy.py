#!/usr/bin/env python3
"""What `translate --to haproxy` writes is taken by HAProxy, and does what nginx does: see _translated.py."""

import re
import shutil
import subprocess
import sys
import threading

from _translated import Suite, run


class Haproxy(Suite):
    target = "haproxy"
    opens = "frontend"

    def command(self, path):
        return [self.program, "-db", "-f", str(path)]

    def checked(self, text, folder):
        text = with_files(text, self.certificate(folder))
        if text is None:
            return None
        path = folder / f"checked{threading.get_ident()}.cfg"
        path.write_text(text, errors="surrogateescape")
        return subprocess.run([self.program, "-c", "-f", str(path)], capture_output=True, text=True, errors="replace")

    def certificate(self, folder):
        with self.lock:
            if not hasattr(self, "pem"):
                self.pem = make_certificate(folder)
            return self.pem

    lock = threading.Lock()


def make_certificate(folder):
    if shutil.which("openssl") is None:
        return None
    pem, key = folder / "all.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", str(key),
                    "-out", str(pem)], check=True, capture_output=True)
    pem.write_text(pem.read_text() + key.read_text())
    return pem


def with_files(text, pem):
    """The files that a configuration names are not here: ours stand for them."""
    if pem is None and re.search(r" (crt|ca-file) ", text):
        return None
    return re.sub(r" (crt|ca-file) (?!@)\S+", lambda match: f" {match.group(1)} {pem}", text)


if __name__ == "__main__":
    sys.exit(run(Haproxy))
