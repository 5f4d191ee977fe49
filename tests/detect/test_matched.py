"""What is told of events that matched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bastide.detect.files import ROWS, Files
from bastide.detect.judge import session
from bastide.detect.matched import read_events
from bastide.detect.small import stored
from tests.detect.conftest import records

EVENT = {"eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "sourceIPAddress": "203.0.113.9"}
KEY = {"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": "arn:aws:kms:eu-west-1:111122223333:key/1"}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_wanted_events_of_all_files(tmp_path: Path, workers: int) -> None:
    files = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (one,) = stored(records(EVENT, {**EVENT, "eventName": f"Encrypt{number}", "resources": [KEY]}), folder)
        files.append(Files(one.table, (one.path,), number))
    wanted = f"select unnest([1, {1 << ROWS}, {(1 << ROWS) + 1}, 1])::bigint as event"
    with session() as connection:
        read_events(connection, files, wanted, tmp_path, workers)
        found = connection.execute("select event, operation, source, resources from events order by 1").fetchall()
    assert found == [
        (1, "Encrypt0", "203.0.113.9", [KEY["ARN"]]),
        (1 << ROWS, "Decrypt", "203.0.113.9", None),
        ((1 << ROWS) + 1, "Encrypt1", "203.0.113.9", [KEY["ARN"]]),
    ]


ANONYMOUS = {
    "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "u1", "stage": "ResponseComplete", "verb": "get",
    "requestURI": "/api/v1/secrets", "user": {"username": "system:anonymous"}, "responseStatus": {"code": 200},
    "requestReceivedTimestamp": "2026-11-01T10:00:00Z", "objectRef": {"resource": "secrets", "name": "x"},
}  # fmt: skip
SERVICE = {**ANONYMOUS, "user": {"username": "system:serviceaccount:shop:api",
                                 "uid": "4f0c2a1e-8d3b-4a57-9c1d-2b6f7e8a9d00"}}  # fmt: skip
LOCKED_OUT = {
    "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "errorMessage": "Failed authentication",
    "userIdentity": {"type": "IAMUser", "arn": "", "principalId": "", "accessKeyId": "", "userName": "ana"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("event", "actor"),
    [(ANONYMOUS, "system:anonymous"), (SERVICE, "system:serviceaccount:shop:api"), (LOCKED_OUT, "ana")],
)
def test_who_has_only_a_name(tmp_path: Path, event: dict[str, Any], actor: str) -> None:
    """Kubernetes gives strangers no id, others one that says nothing, and a sign-in that failed has an empty one."""
    (one,) = stored([event] if "kind" in event else records(event), tmp_path)
    with session() as connection:
        read_events(connection, [Files(one.table, (one.path,), 0)], "select 0::bigint as event", tmp_path, 1)
        assert connection.execute("select actor from events").fetchall() == [(actor,)]
