"""The upstream of translate_wide.py, which says all that it was sent and answers as `X-Want` asks, and what of an answer
both programs have to agree on."""

import json
import re
import socket
import urllib.parse

from _caddy import same_escapes
from _translated import Origin

# Written by each program in its own way; `Connection` is between two programs, not of the request.
OWN_OF_REQUEST = {"connection"}
OWN_OF_ANSWER = {"date", "server", "connection", "content-length", "transfer-encoding", "keep-alive", "via"}
# Of pages that a program has for a status.
OWN_PAGES = {"content-type", "cache-control", "etag", "last-modified", "accept-ranges", "allow", "vary", "x-content-type-options"}


class WideOrigin(Origin):
    def _answer(self, sock, head, number):
        line, *fields = head.split("\r\n")
        pairs = [(name.strip().lower(), value.strip()) for name, _, value in (field.partition(":") for field in fields)]
        method, target, version = line.split(" ", 2)
        known = dict(pairs)
        said = json.dumps({"origin": self.name, "method": method, "target": target, "fields": sorted(pairs), "connection": number}).encode()
        status, _, place = known.get("x-want", "200").partition(" ")
        keep = "close" not in known.get("connection", "").lower() and \
            (version == "HTTP/1.1" or "keep-alive" in known.get("connection", ""))
        out = (f"HTTP/1.1 {status} Said\r\nServer: origin\r\nX-Own: {self.name}\r\nX-Said: {target}\r\nSet-Cookie: a=1; Path=/; Domain=up.test\r\nSet-Cookie: b=2\r\n"
               f"Content-Type: text/x-said\r\nCache-Control: max-age=9\r\nX-Accel-Buffering: no\r\nX-Pad: x\r\nETag: \"said\"\r\n")
        out += f"Location: {place}\r\n" if place else ""
        empty = method == "HEAD" or status in ("204", "304")
        out += "" if status in ("204", "304") else f"Content-Length: {len(said)}\r\n"
        out += "" if keep else "Connection: close\r\n"
        sock.sendall(out.encode("latin-1") + b"\r\n" + (b"" if empty else said))
        return keep


def asked(port, request):
    """The answer to a request, in parts."""
    with socket.create_connection(("127.0.0.1", port), 20) as sock:
        sock.sendall(request)
        data = b""
        while not complete(data, request) and (piece := received(sock)):
            data += piece
    return parsed(data, port)


def received(sock):
    try:
        return sock.recv(65536)
    except ConnectionResetError:
        return b""


def complete(data, request):
    """Only what asks for an upgrade stays open for more."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end or b"Upgrade: websocket" not in request:
        return False
    if request.startswith(b"HEAD ") or head.split()[1] in (b"204", b"304"):
        return True
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return len(body) >= int(length.group(1)) if length else body.endswith(b"0\r\n\r\n")


def parsed(data, port):
    head, _, body = data.partition(b"\r\n\r\n")
    if not head:
        return {"status": 0}
    lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    fields = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), []).append(value.strip().replace(str(port), "PORT"))
    if "chunked" in fields.get("transfer-encoding", [""])[0]:
        body = dechunked(body)
    out = {"status": int(lines[0].split()[1]), "fields": {name: sorted(values) for name, values in fields.items() if name not in OWN_OF_ANSWER}}
    try:
        said = json.loads(body)
        out["upstream"] = {key: said[key] for key in ("origin", "method", "target")}
        out["sent"] = sorted((name, value.replace(str(port), "PORT")) for name, value in said["fields"] if name not in OWN_OF_REQUEST)
    except (ValueError, TypeError):  # a text of the configuration
        out["body"] = body.decode("utf-8", "surrogateescape").replace(str(port), "PORT")
    if out["fields"].get("server") != ["origin"]:
        out["fields"].pop("server", None)
    return out


def dechunked(body):
    out = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        out += rest[:length]
        body = rest[length + 2:] if length else b""
    return out


def differences(target, request, theirs, ours):
    """Parts in which the two differ, but for what the target's page says of itself."""
    if b"%0a" in request:  # a line break in a field is escaped
        theirs = json.loads(json.dumps(theirs).replace("\\n", "%0A"))
        ours = json.loads(json.dumps(ours).replace("\\n", "%0A"))
    theirs, ours = dict(theirs), dict(ours)
    if request.startswith(b"HEAD ") and "x-own" not in theirs.get("fields", {}):  # which text it would have had is not seen
        theirs["fields"], ours["fields"] = ({name: value for name, value in each.get("fields", {}).items() if name not in OWN_PAGES}
                                            for each in (theirs, ours))
    for each in (theirs, ours):
        own_page = each["status"] >= 300 and "upstream" not in each and "x-own" not in each.get("fields", {})
        if own_page and (each["status"] < 400 or "<html>" in theirs.get("body", "<html>")):
            each.pop("body", None)
    if not theirs.get("body") and "upstream" not in theirs and "x-own" not in theirs.get("fields", {}):  # nothing, of whatever type
        for each in (theirs, ours):
            each["fields"] = {name: value for name, value in each.get("fields", {}).items() if name != "content-type"}
    if re.search(rb"^\S+ [^? ]*\.(gif|html|php)[? ]", request) and "upstream" not in theirs:  # the target's page: `default_type`
        for each in (theirs, ours):
            each["fields"] = {name: value for name, value in each.get("fields", {}).items() if name != "content-type"}
    if "body" not in theirs or "body" not in ours:
        for each in (theirs, ours):
            each.pop("body", None)
            if "upstream" not in each and "x-own" not in each.get("fields", {}):
                each["fields"] = {name: value for name, value in each.get("fields", {}).items() if name not in OWN_PAGES}
    if theirs["status"] == 400 and (ours["status"] == 400 or target == "caddy"):
        return {}  # no request; each refuses it in its own way
    if target == "caddy":
        theirs, ours = (own_ways_of_caddy(each, request) for each in (theirs, ours))
    return {key: parts(theirs.get(key), ours.get(key)) for key in {**theirs, **ours} if theirs.get(key) != ours.get(key)}


def own_ways_of_caddy(answer, request):
    """Without what its page says of Caddy itself."""
    fields = {name: values for name, values in answer.get("fields", {}).items() if not (name == "content-type" and answer["status"] == 304)}
    for name in ("x-said", "location"):
        if name in fields:
            fields[name] = [plain_escapes(urllib.parse.unquote(value) if name == "location" else value, request) for value in fields[name]]
    out = {**answer, "fields": fields}
    if "upstream" in out:
        out["upstream"] = {**out["upstream"], "target": plain_escapes(out["upstream"]["target"], request, "latin-1")}
    if "sent" in out and b"Content-Length" not in request:
        out["sent"] = [each for each in out["sent"] if each != ("content-length", "0")]
    return out


def plain_escapes(target, request, encoding="utf-8"):
    """Bytes that it escapes, other escapes where the path has such bytes, and question marks with nothing behind them."""
    if re.search(rb'^\S+ [^? ]*["<>\\^`{|}]', request):
        target = re.sub("(?i)%2f", "/", target)
    target = urllib.parse.quote(target, safe="".join(map(chr, range(0x21, 0x7f))), encoding=encoding, errors="surrogateescape")
    target = re.sub(r"%(7E|22|3C|3E|5C|5E|60|7B|7C|7D)", lambda match: chr(int(match.group(1), 16)), same_escapes(target))
    return target.removesuffix("?")


def parts(theirs, ours):
    """Of two dictionaries, or lists of pairs, what differs."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {key: (theirs.get(key), ours.get(key)) for key in {**theirs, **ours} if theirs.get(key) != ours.get(key)}
    if isinstance(theirs, list) and isinstance(ours, list):
        return [each for each in theirs if each not in ours], [each for each in ours if each not in theirs]
    return theirs, ours
