"""Caddy as a program that poolproof translates to."""

import os
import re
import subprocess
import threading

from _translated import Suite


class Caddy(Suite):
    target = "caddy"
    opens = "bind"
    unsaid = ("location /double", "location /broken", "location /keep-server")

    def command(self, path):
        # It keeps the last configuration that it ran in its own folders.
        own = path.parent / "own"
        return ["env", f"XDG_CONFIG_HOME={own}", f"XDG_DATA_HOME={own}", self.program, "run", "--adapter", "caddyfile",
                "--config", str(path)]

    def checked(self, text, folder):
        text = self.with_files(text, folder)
        path = folder / f"checked{threading.get_ident()}"
        path.write_text(text, errors="surrogateescape")
        return subprocess.run([self.program, "validate", "--adapter", "caddyfile", "--config", str(path)],
                              capture_output=True, text=True, errors="replace", env={**os.environ, "HOME": str(folder)})

    def with_files(self, text, folder):
        """The files that a configuration names are not here: ours stand for them."""
        with self.lock:
            if not hasattr(self, "pair"):
                self.pair = make_certificate(folder)
        certificate, key = self.pair
        text = re.sub(r"(?m)^( *tls) [^ {]\S* \S+ \{$", rf"\1 {certificate} {key} {{", text)
        return re.sub(r"(trusted_ca_cert_file|tls_trusted_ca_certs) \S+", rf"\1 {certificate}", text)

    lock = threading.Lock()

    def adapt(self, asked):
        # The letters of $host are the client's own, and so is a dot at its end.
        asked = asked.replace(b"%0a", b"z")  # Go has its own way with line breaks in fields
        # Several fields of one name are one value.
        while asked.count(b"\r\nCookie: ") > 1:
            asked = re.sub(rb"\r\nCookie: ([^\r]*)\r\nCookie: ", rb"\r\nCookie: \1; ", asked)
        asked = re.sub(rb"\r\n(X-Kind: [^\r]*)\r\nX-Kind: [^\r]*", rb"\r\n\1", asked)
        asked = re.sub(rb"\r\nX-Forwarded-For: ([^\r]*)\r\nX-Forwarded-For: ", rb"\r\nX-Forwarded-For: \1, ", asked)
        return re.sub(rb"\r\nHost: [^\r]*", lambda match: b"\r\nHost: " + match.group()[8:].lower().rstrip(b"."), asked)

    def agree(self, asked, theirs, ours):
        # Requests that are no valid ones are refused by each in its own way.
        if theirs.get("status") == 400:
            return True
        path = asked.split()[1].split(b"?")[0]
        # A dot segment at the end leaves no slash; a backslash is sent escaped.
        if path.endswith((b"/.", b"/..")) or b"\\" in path:
            return True
        for each in (theirs, ours):
            if "upstream" in each:
                each["upstream"]["target"] = same_escapes(each["upstream"]["target"])
        return theirs == ours


def same_escapes(target):
    """Letters of escapes stay as they were written, and these bytes may come escaped."""
    target = re.sub(r"%[0-9a-fA-F]{2}", lambda match: match.group().upper(), target)
    return re.sub(r"%(21|27|28|29|2A)", lambda match: chr(int(match.group(1), 16)), target)


def make_certificate(folder):
    pair = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout",
                    str(pair[1]), "-out", str(pair[0])], check=True, capture_output=True)
    return pair
