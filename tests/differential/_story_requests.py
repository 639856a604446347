"""The requests of _stories.py."""


def get(*targets, fields="", method="GET", body=b"", host="a.test"):
    length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
    return [f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}{length}\r\n".encode() + body
            for target in targets]


UPGRADE = "GET %s HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
