"""Logs made by hand, and lakes in folders of their own."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.lake.ingest import Report, ingest
from bastide.lake.store import Lake
from tests.sources.aws.conftest import REGION as HOME
from tests.sources.aws.conftest import aws, credentials, moto_url

__all__ = ["aws", "credentials", "moto_url"]

ACCOUNT, REGION = "111111111111", "eu-west-1"


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A CloudTrail event; the same number gives the same event."""
    values: dict[str, Any] = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:ana",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ana",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "userName": "deploy"},
                "attributes": {"creationDate": "2026-11-01T08:00:00Z", "mfaAuthenticated": "true"},
            },
        },
        "eventTime": f"2026-11-01T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.15",
        "requestParameters": {"bucketName": "data", "key": "a b/ä"},
        "responseElements": None,
        "requestID": f"R{number}",
        "eventID": str(uuid.UUID(int=number)),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data",
    }
    return {key: value for key, value in (values | changes).items() if value != "-"}


def text_of(events: list[Any]) -> bytes:
    """A file of a trail with these events."""
    return json.dumps({"Records": events}, separators=(",", ":"), ensure_ascii=False).encode()


class Place:
    """A folder of logs and a lake beside it."""

    def __init__(self, root: Path) -> None:
        self.logs, self.lake = root / "logs", Lake(root / "lake")
        self.logs.mkdir()

    def trail(self, name: str, *events: Any) -> Path:
        """A packed file of a trail."""
        return self.file(name, gzip.compress(text_of(list(events))))

    def file(self, name: str, content: bytes | str) -> Path:
        """A file with this content."""
        path = self.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, *names: str, **options: Any) -> Report:
        """Bring files in, or all of them."""
        return ingest(self.lake, [str(self.logs / name) for name in names] or [str(self.logs)], jobs=1, **options)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the lake."""
        return self.lake.connect().execute(sql).fetchall()

    def ids(self, table: str = "api_activity") -> list[str]:
        """The ids of all events of a table, sorted."""
        return [row[0] for row in self.rows(f"select metadata.uid from {table} order by 1")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Somewhere to put logs."""
    return Place(tmp_path)


@pytest.fixture
def make() -> Callable[..., dict[str, Any]]:
    """`make(3, eventName="PutObject")` is an event; a change to `-` leaves the field out."""
    return event


@pytest.fixture
def bucket(aws: Callable[..., Any]) -> str:
    """The URL of an empty place in a bucket of an emulated S3."""
    name = f"lake-{uuid.uuid4().hex[:12]}"
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
    return f"s3://{name}/a/lake"
