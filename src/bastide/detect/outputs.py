"""Alerts handed on: to a file as OCSF, to web hooks, to a topic of SNS, to syslog, to AWS Security Hub.

Where is written as `KIND:PLACE`. Nothing is sent without somebody naming a place on the command line.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from bastide.detect.finding import asff, ocsf
from bastide.detect.reach import reach_text
from bastide.detect.show import alert_record
from bastide.errors import UsageError
from bastide.redact import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.detect.alerts import Alert

SECONDS = 10
BATCH = 100
LINE = 8000
"""Bytes of a message of syslog: more of them, receivers cut."""
_PRIORITY = {"critical": 2, "high": 3, "medium": 4, "low": 5, "informational": 6}
_FACILITY = 13  # log audit


def send(where: str, alerts: Sequence[Alert]) -> str:
    """Hand alerts on; why that did not work, or an empty text.

    `UsageError` for a place that cannot be one, also when there are no alerts.
    """
    kind, _, place = where.partition(":")
    door = _DOORS.get(kind)
    if door is None or (not place and kind != "securityhub"):
        remedy = f"write one of {', '.join(_DOORS)}, as KIND:PLACE"
        raise UsageError(f"`{clean(where, 80)}` is no place to send alerts to", remedy=remedy)
    if check := _CHECKS.get(kind):
        check(place)
    if not alerts:
        return ""
    try:
        return door(place, alerts)
    except (OSError, HTTPException, ValueError) as error:
        return clean(str(error), 300)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        possible = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        possible = False
    if not possible or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"`{clean(url, 80)}` is no URL", remedy="write `https://HOST/PATH`, without a password")


def _check_syslog(place: str) -> None:
    host, _, port = place.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise UsageError(f"`{clean(place, 80)}` is no HOST:PORT")


def _check_topic(place: str) -> None:
    parts = place.split(":")
    if len(parts) != 6 or parts[0] != "arn":
        raise UsageError(f"`{clean(place, 80)}` is no ARN of a topic")


def _file(place: str, alerts: Sequence[Alert]) -> str:
    """At the end of a file: all of them, or none and no half line that the next would go on."""
    content = msgspec.json.Encoder().encode_lines([ocsf(alert) for alert in alerts])
    with Path(place).open("ab", buffering=0) as stream:
        before = os.fstat(stream.fileno()).st_size
        try:
            while content:
                content = content[stream.write(content) :]
        except OSError:
            with contextlib.suppress(OSError):
                stream.truncate(before)
            raise
    return ""


def _webhook(place: str, alerts: Sequence[Alert]) -> str:
    return _post(place, {"version": 1, "alerts": [alert_record(alert) for alert in alerts]})


def _slack(place: str, alerts: Sequence[Alert]) -> str:
    lines = [_slack_line(alert) for alert in alerts[:20]]
    if len(alerts) > 20:
        lines.append(f"and {len(alerts) - 20} more")
    return _post(place, {"text": "\n".join(lines)})


def _slack_line(alert: Alert) -> str:
    line = f"*{alert.level.upper()}* {_plain(alert.title)} by {_quoted(alert.actor) or 'nobody known'}"
    if not alert.actor and (about := [*alert.resources, *alert.sources]):
        line += f", about {_quoted(about[0])}"
    if alert.classes:
        line += f", touched {_plain(', '.join(alert.classes))} data"
    return line + (f", {_plain(reach_text(alert.reach))}" if alert.reach else "")


def _quoted(text: str) -> str:
    return f"`{_plain(text)}`" if text else ""


def _plain(text: str) -> str:
    """A text in which Slack finds no link and no mention."""
    return clean(text, 300).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "'")


class _Straight(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: what follows a redirect is a GET without the alerts, and to whom the answer likes."""

    def redirect_request(self, *_: Any) -> None:
        """No request: the answer is an error."""


def _post(url: str, body: dict[str, Any]) -> str:
    request = urllib.request.Request(  # noqa: S310  the scheme is one of the two above
        url,
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "User-Agent": "bastide"},
    )
    with urllib.request.build_opener(_Straight).open(request, timeout=SECONDS) as answer:
        status = int(answer.status)
    return "" if 200 <= status < 300 else f"the answer is {status}"


def _syslog(place: str, alerts: Sequence[Alert]) -> str:
    host, _, port = place.rpartition(":")
    family, kind, protocol, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as out:
        for alert in alerts:
            out.sendto(_line(alert).encode(), address)
    return ""


def _line(alert: Alert) -> str:
    """An alert as RFC 5424 has a message, of `LINE` bytes at most: of its longest lists the first are told."""
    record = alert_record(alert)
    priority = _FACILITY * 8 + _PRIORITY[alert.level]
    head = f"<{priority}>1 {record['last']} - bastide - alert - "
    while len(text := head + json.dumps(record, ensure_ascii=True)) > LINE:
        lists = [key for key, value in record.items() if isinstance(value, list) and value]
        if not lists:
            record = {key: record[key] for key in ("id", "level", "first", "last", "matches")}
            record["title"] = clean(alert.title, 300)
            continue
        longest = max(lists, key=lambda key: len(json.dumps(record[key])))
        record[longest] = record[longest][: len(record[longest]) // 2]
    return text


def _sns(place: str, alerts: Sequence[Alert]) -> str:
    def publish(client: Any) -> str:
        for alert in alerts:
            subject = clean(f"{alert.level}: {alert.title}", 99).encode("ascii", "replace").decode()
            client.publish(TopicArn=place, Subject=subject, Message=json.dumps(alert_record(alert)))
        return ""

    return _aws("sns", place.split(":")[3], publish)


def _securityhub(place: str, alerts: Sequence[Alert]) -> str:
    """To the Security Hub of the account that credentials are of, in the region `place` or that of the settings."""

    def bring(client: Any) -> str:
        region = client.meta.region_name
        identity = _client("sts", region).get_caller_identity()
        partition = identity["Arn"].split(":")[1]
        refused = 0
        for at in range(0, len(alerts), BATCH):
            some = [asff(alert, identity["Account"], region, partition) for alert in alerts[at : at + BATCH]]
            refused += int(client.batch_import_findings(Findings=some).get("FailedCount", 0))
        return f"{refused} findings were refused" if refused else ""

    return _aws("securityhub", place, bring)


def _aws(service: str, region: str, work: Callable[[Any], str]) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return work(_client(service, region))
    except (BotoCoreError, ClientError) as error:
        return clean(str(error), 300)


def _client(service: str, region: str) -> Any:
    from bastide.sources.aws.client import open_session

    return open_session("").create_client(service, region_name=region or None)


_DOORS: dict[str, Callable[[str, Sequence[Alert]], str]] = {
    "ocsf": _file,
    "webhook": _webhook,
    "slack": _slack,
    "sns": _sns,
    "syslog": _syslog,
    "securityhub": _securityhub,
}
_CHECKS: dict[str, Callable[[str], None]] = {
    "webhook": _check_url,
    "slack": _check_url,
    "sns": _check_topic,
    "syslog": _check_syslog,
}
"""What is known of a place before there is anything to send."""
