"""One call at the edge: every fault of a network and of AWS becomes an answer that says what became of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.resources.model import REDACTED_WRITTEN
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.client import ATTEMPTS, Edge, Stopped, open_session
from bastide.sources.aws.rates import Bucket, Buckets

Reply = tuple[int, bytes, int]
"""Status, body, and the length that is claimed for it."""


class Faulty(BaseHTTPRequestHandler):
    """Answers with the replies of its server, one after the other, and the last again and again."""

    def do_POST(self) -> None:
        self.server.asked += 1  # type: ignore[attr-defined]
        replies = self.server.replies  # type: ignore[attr-defined]
        status, body, length = replies.pop(0) if len(replies) > 1 else replies[0]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def reply(value: Any, status: int = 200) -> Reply:
    """A reply in JSON."""
    body = json.dumps(value).encode()
    return status, body, len(body)


def error(code: str, status: int = 400) -> Reply:
    """An error as AWS's JSON services give it."""
    return reply({"__type": code, "message": "no"}, status)


@pytest.fixture
def faulty(credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """`faulty(reply, …)` is a server with these replies; what it returns calls ListKeys there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")

    def start(*replies: Reply) -> Callable[[], Answer]:
        server.replies, server.asked = list(replies), 0  # type: ignore[attr-defined]
        session = open_session()
        edge = Edge(session, Buckets(lambda _: Bucket(1e9)), pause=lambda _: None)
        request = Request("kms", "ListKeys", "eu-west-1", {}, "kms:ListKeys", absent=("NotFoundException",))
        return lambda: edge.call(session.get_credentials(), "1", request)

    yield start
    server.shutdown()
    server.server_close()


GOOD = reply({"Keys": [{"KeyId": "k"}], "Truncated": True, "NextMarker": "m"})


def test_an_answer_and_its_next_page(faulty: Callable[..., Any]) -> None:
    answer = faulty(GOOD)()
    assert (answer.outcome, answer.value["Keys"], answer.next) == ("read", [{"KeyId": "k"}], {"Marker": "m"})
    assert answer.attempts == 1


@pytest.mark.parametrize(
    "fault",
    [
        error("ThrottlingException"),
        error("RequestLimitExceeded", 503),
        error("InternalFailure", 500),
        error("ExpiredTokenException"),
        (502, b"<html>", 6),
        (200, b'{"Keys": [{"Ke', 14),
        (200, b'{"Keys": [', 400),
    ],
)
def test_what_may_go_away_is_tried_again(faulty: Callable[..., Any], fault: Reply) -> None:
    answer = faulty(fault, GOOD)()
    assert (answer.outcome, answer.attempts) == ("read", 2)


@pytest.mark.parametrize(
    ("fault", "outcome", "code", "attempts"),
    [
        (error("AccessDeniedException"), "denied", "AccessDeniedException", 1),
        (error("NotFoundException"), "absent", "NotFoundException", 1),
        (error("OptInRequired", 403), "not offered", "OptInRequired", 1),
        (error("ValidationException"), "failed", "ValidationException", 1),
        (error("ThrottlingException"), "failed", "ThrottlingException", ATTEMPTS),
        ((503, b"", 0), "failed", "503", ATTEMPTS),
        ((200, b'{"Keys": [', 400), "failed", "ServiceUnavailable", ATTEMPTS),
    ],
)
def test_what_does_not_go_away(
    faulty: Callable[..., Any], fault: Reply, outcome: str, code: str, attempts: int
) -> None:
    answer = faulty(fault)()
    assert (answer.outcome, answer.code, answer.attempts) == (outcome, code, attempts)
    assert answer.value is None


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b'{"Keys": 5}', b'{"Keys": {"a": 1}}', b"\xff\xfe", b"<a/>"])
def test_bodies_of_another_form_are_failures(faulty: Callable[..., Any], body: bytes) -> None:
    answer = faulty((200, body, len(body)))()
    assert answer.outcome == "failed"


def test_an_answer_with_nothing_in_it(faulty: Callable[..., Any]) -> None:
    assert faulty(reply({}))().outcome == "read"


def test_no_connection(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    session = open_session()
    edge = Edge(session, Buckets(lambda _: Bucket(1e9)), pause=lambda _: None)
    answer = edge.call(session.get_credentials(), "1", Request("kms", "ListKeys", "eu-west-1", {}))
    assert (answer.outcome, answer.attempts) == ("failed", ATTEMPTS)
    assert "EndpointConnectionError" in answer.message


def test_secrets_never_leave_the_edge(faulty: Callable[..., Any]) -> None:
    answer = faulty(reply({"Keys": [{"KeyId": "AKIAIOSFODNN7EXAMPLE"}]}))()
    assert answer.value == {"Keys": [{"KeyId": REDACTED_WRITTEN}]}


def test_parameters_that_botocore_refuses(faulty: Callable[..., Any]) -> None:
    faulty(GOOD)
    session = open_session()
    edge = Edge(session, pause=lambda _: None)
    answer = edge.call(session.get_credentials(), "1", Request("kms", "DescribeKey", "eu-west-1", {}))
    assert (answer.outcome, answer.code) == ("failed", "ParamValidationError")


def test_told_to_stop(faulty: Callable[..., Any]) -> None:
    faulty(GOOD)
    session = open_session()
    edge = Edge(session)
    edge.stop.set()
    with pytest.raises(Stopped):
        edge.call(session.get_credentials(), "1", Request("kms", "ListKeys", "eu-west-1", {}))


def test_a_profile_that_is_not_there(credentials: None) -> None:
    with pytest.raises(UsageError, match="nobody"):
        open_session("nobody")
