"""A handful of events as files of the lake."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.detect.small import stored
from bastide.errors import UsageError
from tests.detect.conftest import records


def test_events_come_to_their_tables(tmp_path: Path) -> None:
    events = records(
        {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"},
        {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "after": "3d"},
        {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"},
        {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "after": "3d"},
    )
    found = {one.table: one.rows for one in stored(events, tmp_path)}
    assert found == {"api_activity": 2, "account_change": 1, "authentication": 1}


def test_what_the_lake_does_not_take_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not take"):
        stored([{"eventVersion": "1", "eventName": "x", "eventSource": "y", "eventTime": "never"}], tmp_path)
