"""A proxy in front of an emulated AWS that injects what networks and AWS do: it is told for each call what goes wrong.

It is deterministic: a `Plan` sees the call and how often the same call came before, and returns the name of a fault or
nothing. Every call that arrived is kept, and whether it was answered as AWS answers it.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
TOKEN = "X-Amz-Security-Token"
ERRORS = {
    "throttled": ("ThrottlingException", 400),
    "slow down": ("SlowDown", 503),
    "internal": ("InternalFailure", 500),
    "unavailable": ("ServiceUnavailable", 503),
    "denied": ("AccessDenied", 403),
    "expired": ("ExpiredToken", 403),
}
"""Faults that AWS says itself, by name: code and status."""
PASSING = (
    "throttled", "slow down", "internal", "unavailable", "gateway", "truncated", "malformed", "cut", "closed", "slow",
)  # fmt: skip
"""Faults after which the same call may go well; the last takes time."""


@dataclass(frozen=True)
class Call:
    """One call as it arrives. Calls with equal keys ask for the same."""

    name: str
    key: str
    token: str
    body: bytes
    rest: bool

    @classmethod
    def of(cls, handler: BaseHTTPRequestHandler, body: bytes) -> Call:
        """The call, named by its operation, or where the protocol has none by what is asked of which path."""
        target = handler.headers.get("X-Amz-Target", "")
        action = ACTION.search(body)
        path = urlsplit(handler.path)
        name = target.rpartition(".")[2] or (action[1].decode() if action else f"{handler.command} ?{path.query}")
        key = f"{handler.command} {handler.path} {handler.headers.get('Host')} {target} {body!r}"
        region = handler.headers.get("Authorization", "").partition("Credential=")[2].split("/")[2:3]
        return cls(name, f"{region} {key}", handler.headers.get(TOKEN, ""), body, not (target or action))


Plan = Callable[[Call, int], str | None]


@dataclass
class Proxy:
    """A running proxy. `plan` may be changed at any time; `seconds` is how long slow answers take."""

    url: str
    plan: Plan = lambda call, before: None
    seconds: float = 5.5
    arrived: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    busy: int = 0

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """A call is being answered."""
        with self.lock:
            self.busy += 1
        try:
            yield
        finally:
            with self.lock:
                self.busy -= 1

    def settle(self) -> None:
        """Wait until nothing is being answered, also to clients that are gone."""
        while self.busy:
            time.sleep(0.01)

    def decide(self, call: Call) -> str | None:
        """The fault for a call that has arrived."""
        with self.lock:
            before = self.arrived[call.key]
            self.arrived[call.key] += 1
            self.names[call.name] += 1
            fault = self.plan(call, before)
            self.injected.update([fault] if fault else [])
            return fault

    def forget(self) -> None:
        """Count anew, and do nothing wrong from now on."""
        self.plan = lambda call, before: None
        for counter in (self.arrived, self.answered, self.names, self.injected):
            counter.clear()


def each_once() -> Plan:
    """Every call goes wrong when it is made for the first time, each in another way; only one of them slowly."""
    order = itertools.chain(PASSING, itertools.cycle(PASSING[:-1]))
    return lambda call, before: next(order) if before == 0 else None


@contextlib.contextmanager
def in_front_of(url: str) -> Iterator[Proxy]:
    """A proxy that hands calls on to a server on this machine."""
    proxy = Proxy("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError, BrokenPipeError):
                super().handle_one_request()

        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = Call.of(self, body)
            with proxy.at_work():
                _answer(self, proxy, call, proxy.decide(call), url)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    for method in ("GET", "POST", "HEAD", "PUT"):
        setattr(Handler, f"do_{method}", Handler.do_any)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            """A client that was killed is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, proxy: Proxy, call: Call, fault: str | None, url: str) -> None:
    if fault == "closed":
        handler.close_connection = True
    elif fault == "gateway":
        _send(handler, 502, b"<html><body>Bad Gateway</body></html>", {"Content-Type": "text/html"})
    elif fault in ERRORS:
        _send(handler, *_error(call, *ERRORS[fault]))
    else:
        status, body, headers = _handed_on(handler, call, url)
        if fault == "slow":
            time.sleep(proxy.seconds)
        if fault == "malformed":
            body = b'{"<' + body[: len(body) // 2]
        if fault is None:
            proxy.answered[call.key] += 1
        cut = {"truncated": body[: len(body) // 2], "cut": body[:1]}.get(fault or "")
        _send(handler, status, body, headers, cut)


def _handed_on(handler: BaseHTTPRequestHandler, call: Call, url: str) -> tuple[int, bytes, dict[str, str]]:
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=30)
    try:
        connection.request(handler.command, handler.path, call.body, dict(handler.headers))
        answer = connection.getresponse()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
        return answer.status, answer.read(), headers
    finally:
        connection.close()


_HOP_BY_HOP = {"connection", "content-length", "transfer-encoding", "date", "server"}


def _send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str], cut: bytes | None = None
) -> None:
    """The answer; with `cut` only so much of what is claimed, and then the end of the connection."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    short = cut is not None and len(cut) < len(body)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(cut if short and cut is not None else body)
    handler.close_connection = handler.close_connection or short


def _error(call: Call, code: str, status: int) -> tuple[int, bytes, dict[str, str]]:
    """An error in the words of the protocol that was spoken."""
    if b"Action=" in call.body or call.rest:
        error = f"<Code>{code}</Code><Message>injected</Message>"
        text = f"<Error>{error}</Error>"
        if not call.rest:
            text = f"<Response><Errors>{text}</Errors>{text}</Response>"
        return status, text.encode(), {"Content-Type": "text/xml", "x-amzn-errortype": code}
    text = f'{{"__type": "{code}", "message": "injected"}}'
    return status, text.encode(), {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
