"""The door: an edge without it writes nothing, one with it writes what the export is for and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.sources.aws.calls import Request
from bastide.sources.aws.client import Edge, is_read, open_session
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.writing import WRITES, Door

ACCOUNT = "123456789012"


def test_an_edge_refuses_to_write_before_anything_is_sent(aws: Callable[..., Any]) -> None:
    session, request = open_session(), Request("sns", "CreateTopic", "eu-west-1", {"Name": "new"}, "")
    refused = Edge(session).call(session.get_credentials(), ACCOUNT, request)
    assert (refused.outcome, refused.code, refused.attempts) == ("failed", "NotARead", 0)
    assert aws("sns").list_topics()["Topics"] == []
    named = Edge(session, writes=frozenset({"sns:CreateTopic"})).call(session.get_credentials(), ACCOUNT, request)
    assert named.outcome == "read"
    assert len(aws("sns").list_topics()["Topics"]) == 1


def test_every_call_of_a_collector_reads() -> None:
    calls = {call.call for entry in load_collectors().entries for call in entry.calls if call.call}
    assert len(calls) > 200
    assert [name for name in sorted(calls) if not is_read(name)] == []


@pytest.mark.parametrize("export", WRITES)
def test_no_export_names_a_read(export: str) -> None:
    assert not [name for name in WRITES[export] if is_read(name.partition(":")[2])]


def test_a_door_opens_for_its_own_export_only(aws: Callable[..., Any]) -> None:
    door = Door("securityhub")
    request = Request("s3", "PutObject", "eu-west-1", {"Bucket": "b", "Key": "k", "Body": b""}, "s3:PutObject")
    assert door.plain(request).code == "NotARead"


def test_an_account_that_was_not_entered_is_denied(aws: Callable[..., Any]) -> None:
    door = Door("securityhub")
    door.enter([ACCOUNT])
    request = Request("securityhub", "BatchImportFindings", "eu-west-1", {"Findings": []}, "")
    assert door.call("111111111111", request).outcome == "denied"


def test_other_accounts_need_a_role(aws: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="assuming a role"):
        Door("securityhub").enter(["111111111111"])


def test_without_credentials_nothing_is_written(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    request = Request("s3", "PutObject", "eu-west-1", {"Bucket": "b", "Key": "k", "Body": b""}, "s3:PutObject")
    with pytest.raises(UsageError, match="no credentials"):
        Door("s3").plain(request)
