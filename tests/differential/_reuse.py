"""Where does a running proxy reuse upstream connections? The measurement that routes is held against.

Eight requests go to a place, each on a client connection of its own, once with `Connection: keep-alive` and
once with `Connection: close`; a place reuses connections if one upstream connection served more than one
of the eight.
"""

import time

from _proxies import fetch

REQUESTS = 8


def settle(backends, count):
    """The log entry is made before the answer leaves, so it is there once the answer came."""
    deadline = time.monotonic() + 1
    while len(backends.log) < count and time.monotonic() < deadline:
        time.sleep(0.001)


def reuses(backends, port, host, path, connection):
    """(did it reuse, the statuses)."""
    begin = len(backends.log)
    statuses = [fetch(port, host, path, connection) for _ in range(REQUESTS)]
    settle(backends, begin + sum(status == 200 for status in statuses))
    numbers = [number for _, number in backends.log[begin:]]
    return len(set(numbers)) < len(numbers), statuses


def measure(backends, port, host, path="/probe"):
    """(always | never | depends, all statuses)."""
    kept, first = reuses(backends, port, host, path, "keep-alive")
    closed, second = reuses(backends, port, host, path, "close")
    verdict = "always" if kept and closed else "depends" if kept or closed else "never"
    return verdict, first + second
