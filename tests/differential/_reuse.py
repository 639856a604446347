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


# These say that some backends keep the connection and others do not; the ones here answer in HTTP/1.1, and every body
# is read to its end.
BY_BACKEND = {"upstream-http-version-not-11", "explicit-http-10-with-pool", "intercepted-error-closes-connection",
              "subrequest-body-ends-connection"}


def reuses(backends, port, host, path, connection, method="GET"):
    """(did it reuse, the statuses)."""
    begin = len(backends.log)
    statuses = [fetch(port, host, path, connection, method=method) for _ in range(REQUESTS)]
    settle(backends, begin + sum(status == 200 for status in statuses))
    numbers = [number for _, number in backends.log[begin:]]
    return len(set(numbers)) < len(numbers), statuses


def measure(backends, port, host, path="/probe"):
    """(always | never | depends, all statuses)."""
    kept, first = reuses(backends, port, host, path, "keep-alive")
    closed, second = reuses(backends, port, host, path, "close")
    verdict = "always" if kept and closed else "depends" if kept or closed else "never"
    return verdict, first + second


def seen_as(said, reasons, seen, backends, port, host, path="/probe"):
    """What was seen, as `routes` has to call it: it also knows of other methods than GET, and of other backends."""
    if said != "depends" or seen == "depends":
        return seen
    if seen == "always" and {reason["rule"] for reason in reasons} <= BY_BACKEND:
        return "depends"
    posted, _ = reuses(backends, port, host, path, "keep-alive", "POST")
    return seen if posted == (seen == "always") else "depends"
