"""Alerts to real receivers on this machine."""

from __future__ import annotations

import json
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bastide.detect import outputs
from bastide.detect.alerts import alerts_of, touch
from bastide.detect.outputs import send
from bastide.detect.reach import Held, Reach
from bastide.errors import UsageError
from tests.detect.conftest import match, rule
from tests.sources.aws.conftest import REGION as HOME

ALERTS = alerts_of([match(rule("Root <acts>", "high")), match(at=9000, actor="x`y")])


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[Any]]]:
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(json.loads(body))
            if self.path == "/no-http":
                self.wfile.write(b"SSH-2.0\r\n\r\n")
                return
            self.send_response({"/broken": 500, "/moved": 301, "/found": 302}.get(self.path, 200))
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            got.append("a GET")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_hook(receiver: tuple[str, list[Any]]) -> None:
    url, got = receiver
    assert send(f"webhook:{url}/x", ALERTS) == ""
    assert [one["title"] for one in got[0]["alerts"]] == ["Root <acts>", "a rule"]
    assert send(f"webhook:{url}/x", []) == ""
    assert len(got) == 1


def test_slack_gets_no_markup_of_others(receiver: tuple[str, list[Any]]) -> None:
    url, got = receiver
    assert send(f"slack:{url}/x", ALERTS) == ""
    assert got[0]["text"].splitlines()[0].startswith("*HIGH* Root &lt;acts&gt; by `arn:")
    assert got[0]["text"].endswith("by `x'y`")


def test_slack_does_not_make_a_victim_the_actor(receiver: tuple[str, list[Any]]) -> None:
    url, got = receiver
    assert send(f"slack:{url}/x", alerts_of([match(actor="", resources=("i-1",))])) == ""
    assert got[0]["text"] == "*MEDIUM* a rule by nobody known, about `i-1`"


def test_hooks_tell_what_the_actor_may_do(receiver: tuple[str, list[Any]]) -> None:
    url, got = receiver
    (alert,) = alerts_of([match()])
    alert.reach = Reach(reads=(Held("<orders>", "internal"),))
    touch(alert, {"internal": 0.3})
    assert send(f"slack:{url}/x", [alert]) == ""
    assert got[0]["text"].endswith(", touched internal data, may read &lt;orders&gt; (internal)")
    assert send(f"webhook:{url}/x", [alert]) == ""
    assert got[1]["alerts"][0]["reach"]["reads"] == [{"name": "<orders>", "class": "internal", "guessed": False}]


def test_a_receiver_that_refuses(receiver: tuple[str, list[Any]]) -> None:
    assert "500" in send(f"webhook:{receiver[0]}/broken", ALERTS)
    assert send("webhook:http://127.0.0.1:1/", ALERTS)


def test_a_redirect_is_no_delivery(receiver: tuple[str, list[Any]]) -> None:
    url, got = receiver
    assert "301" in send(f"webhook:{url}/moved", ALERTS)
    assert "302" in send(f"slack:{url}/found", ALERTS)
    assert "a GET" not in got


@pytest.mark.parametrize("kind", ["webhook", "slack"])
def test_what_answers_is_no_web_server(receiver: tuple[str, list[Any]], kind: str) -> None:
    assert "SSH-2.0" in send(f"{kind}:{receiver[0]}/no-http", ALERTS)


def test_a_host_that_cannot_be_one() -> None:
    assert send(f"webhook:http://{'a' * 70}.test/", ALERTS)
    assert send("syslog:a..b:514", ALERTS)
    assert send("ocsf:a\0b", ALERTS)


def test_a_file_grows(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    assert send(f"ocsf:{file}", ALERTS) == ""
    assert send(f"ocsf:{file}", ALERTS) == ""
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["class_uid"] for line in lines] == [2004] * 4
    assert send(f"ocsf:{tmp_path}", ALERTS)


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    assert send(f"ocsf:{file}", ALERTS) == ""
    whole = file.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 100, limits[1]))
    try:
        assert "too large" in send(f"ocsf:{file}", ALERTS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.read_bytes() == whole


def test_syslog() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind(("127.0.0.1", 0))
        here.settimeout(10)
        assert send(f"syslog:127.0.0.1:{here.getsockname()[1]}", ALERTS) == ""
        line = here.recv(9000).decode()
    assert line.startswith("<107>1 2026-03-02T")
    assert json.loads(line.partition(" alert - ")[2])["title"] == "Root <acts>"


@pytest.mark.parametrize(("title", "kept"), [("a rule", True), ("\u00e4" * 2000, False)])
def test_a_long_alert_is_whole_in_syslog(title: str, *, kept: bool) -> None:
    uids = tuple(f"{at:036d}" for at in range(400))
    (alert,) = alerts_of([match(rule(title), event_uids=uids, resources=uids, count=400)])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind(("127.0.0.1", 0))
        here.settimeout(10)
        assert send(f"syslog:127.0.0.1:{here.getsockname()[1]}", [alert]) == ""
        line = here.recv(65_000)
    assert len(line) <= 8000
    record = json.loads(line.decode().partition(" alert - ")[2])
    assert record["title"][:6] == title[:6]
    assert bool(record.get("events")) == kept


@pytest.mark.parametrize(
    "where",
    [
        *("pigeon:x", "webhook", "webhook:ftp://x", "webhook:hooks.test/x", "webhook:http:///x", "webhook:http://[::1"),
        *("slack:https://a b/", "slack:https://a:b/", "slack:https://a:99999/", "slack:https://a/\n"),
        *("syslog:x", "syslog:x:0", "syslog:x:99999", "syslog:x:\u0663", "sns:x"),
    ],
)
def test_no_place_to_send_to_is_told_before_there_is_an_alert(where: str) -> None:
    for alerts in (ALERTS, []):
        with pytest.raises(UsageError):
            send(where, alerts)


def test_a_password_in_an_address_is_not_told() -> None:
    with pytest.raises(UsageError) as caught:
        send("webhook:https://me:hunter2@hooks.test/x", [])
    assert "hunter2" not in str(caught.value)


def test_a_topic_and_security_hub(aws: Callable[..., Any]) -> None:
    topic = aws("sns").create_topic(Name="alerts")["TopicArn"]
    queue = aws("sqs").create_queue(QueueName="alerts")["QueueUrl"]
    address = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=address)
    assert send(f"sns:{topic}", ALERTS[:1]) == ""
    (got,) = aws("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(json.loads(got["Body"])["Message"])["title"] == "Root <acts>"
    aws("securityhub").enable_security_hub()
    assert send(f"securityhub:{HOME}", ALERTS) == ""
    found = aws("securityhub").get_findings()["Findings"]
    assert sorted(one["Title"] for one in found) == ["Root <acts>", "a rule"]
    assert "NotFound" in send(f"sns:{topic}x", ALERTS)


def test_a_subject_is_one_line_whatever_a_rule_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    client = SimpleNamespace(publish=lambda **given: sent.append(given))
    monkeypatch.setattr(outputs, "_client", lambda *_: client)
    alerts = alerts_of([match(rule("Keys\nof “root”" + "x" * 100))])
    assert send("sns:arn:aws:sns:eu-west-1:111122223333:alerts", alerts) == ""
    assert sent[0]["Subject"].startswith("medium: Keys of ?root?")
    assert len(sent[0]["Subject"]) < 100
