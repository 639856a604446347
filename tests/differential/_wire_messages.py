"""Messages of _wire.py: how long they are, and what of them is compared."""

import re


def message_length(data):
    """Length of the first complete HTTP message in `data` (by Content-Length or chunks), or 0."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = data[:end].lower()
    if re.search(rb"\r\ntransfer-encoding:[^\r]*chunked", head):
        last = data.find(b"0\r\n\r\n", end)
        return last + 5 if last >= 0 else 0
    length = re.search(rb"\r\ncontent-length: *(\d+)", head)
    total = end + 4 + (int(length.group(1)) if length else 0)
    return total if len(data) >= total else 0


def unchunked(message):
    """A long body without the chunks that it came in: where they end is nobody's business."""
    head, blank, body = message.partition(b"\r\n\r\n")
    if len(body) < 3000 or not re.search(rb"\r\nTransfer-Encoding: chunked", head, re.IGNORECASE):
        return message
    data, at = b"", 0
    while match := re.compile(rb"([0-9a-fA-F]+)\r\n").match(body, at):
        size = int(match.group(1), 16)
        data += body[match.end():match.end() + size]
        at = match.end() + size + 2
        if size == 0:
            return head + blank + data + b"<last chunk>" + body[at:]
    return head + blank + data + b"<no last chunk>" + body[at:]


CHUNKED_HEAD = re.compile(rb"\r\nTransfer-Encoding: chunked\r\n(?:[^\r\n]+\r\n)*\r\n")


def all_unchunked(data):
    """Every chunked response of a connection without its chunks."""
    out = b""
    while head := CHUNKED_HEAD.search(data):
        out, data = out + data[:head.end()], data[head.end():]
        while size := re.match(rb"([0-9a-f]+)\r\n", data):
            length = int(size.group(1), 16)
            out, data = out + data[size.end():size.end() + length], data[size.end() + length + 2:]
            if length == 0:
                out += b"<last chunk>"
                break
    return out + data


def normalised(data):
    """Without what may differ: the product's name and its length, times, and validators made of them."""
    data = unchunked(data)
    data = re.sub(rb"(.)\1{300,}", lambda run: b"<%d times %s>" % (len(run.group()), run.group(1)), data, flags=re.DOTALL)
    data = re.sub(rb"\r\nServer: [^\r]*", b"\r\nServer: x", data)
    data = re.sub(rb"\r\nDate: [^\r]*", b"\r\nDate: x", data)
    data = re.sub(rb"\r\nLast-Modified: [^\r]*GMT", b"\r\nLast-Modified: x", data)
    data = re.sub(rb'\r\nETag: "[^\r]*"', b"\r\nETag: x", data)
    data = re.sub(rb"(boundary=|\r\n--)[0-9]{20}", rb"\1x", data)
    if b"<center>nginx" in data or b"<center>poolproof" in data:
        data = re.sub(rb"<center>(nginx|poolproof)[^<]*</center>", b"<center>x</center>", data)
        data = re.sub(rb"\r\nContent-Length: \d+", b"\r\nContent-Length: x", data)
    return data
