"""Items of AWS Config as its files have them, and what comes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from bastide.sources.aws.collectors import load_collectors
from bastide.sources.config_snapshot.make import Makers
from bastide.sources.config_snapshot.recording import Recording
from bastide.sources.config_snapshot.source import read_files
from bastide.sources.config_snapshot.table import load_table
from tests.sources.aws.conftest import ACCOUNT, REGION, aws, collect, credentials, moto_url

__all__ = ["aws", "collect", "credentials", "moto_url"]

Item = Callable[..., dict[str, Any]]


def config_item(kind: str, identity: str, configuration: Any, **more: Any) -> dict[str, Any]:
    """An item as snapshots have it; `more` are members that are otherwise."""
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": "2026-01-02T03:04:05.678Z",
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "ARN": f"arn:aws:test:{REGION}:{ACCOUNT}:{identity}",
        "resourceType": kind,
        "resourceId": identity,
        "tags": {},
        "relationships": [],
        "configuration": configuration,
        "supplementaryConfiguration": {},
        **more,
    }


@pytest.fixture(scope="session")
def model() -> Callable[[str], Any]:
    """botocore's models, loaded once."""
    return Session().get_service_model


@pytest.fixture
def makers(model: Callable[[str], Any]) -> Callable[..., Makers]:
    """`makers("AWS::S3::Bucket")` makes resources of these types."""

    def make(*types: str, reads: dict[str, set[str]] | None = None) -> Makers:
        return Makers(load_collectors(), load_table(), set(types), reads or {}, model)

    return make


@pytest.fixture
def recording(makers: Callable[..., Makers], tmp_path: Path) -> Callable[..., Recording]:
    """What a file with this content gives: bytes as they are, a list as the items of a snapshot, else JSON."""

    def read(content: Any, *types: str, name: str = "snapshot.json") -> Recording:
        path = tmp_path / name
        if isinstance(content, list):
            content = {"fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": content}
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read_files([str(path)], makers(*types), load_collectors(), lambda *_: None)

    return read
