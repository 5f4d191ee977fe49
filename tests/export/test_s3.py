"""Into an emulated bucket: small files in one call, large ones in parts, and no half of either."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.export import s3
from bastide.export.s3 import Bucket, bucket_of, upload
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.writing import Door
from tests.export.conftest import REGION

OUT = Bucket("findings", "a/b")
PART = 5 * 1024 * 1024


@pytest.fixture
def bucket(aws: Callable[..., Any]) -> Any:
    """A client; the bucket is there and empty."""
    client = aws("s3")
    client.create_bucket(Bucket="findings", CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


def file_of(tmp_path: Path, size: int) -> Path:
    """Bytes that no part repeats."""
    file = tmp_path / "file"
    file.write_bytes(os.urandom(size))
    return file


def test_a_small_file(bucket: Any, tmp_path: Path) -> None:
    file = file_of(tmp_path, 1000)
    assert upload(file, OUT, "k=1/x.gz", REGION, Door("s3").plain) == ""
    assert bucket.get_object(Bucket="findings", Key="a/b/k=1/x.gz")["Body"].read() == file.read_bytes()


def test_a_large_file_in_parts(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PART", PART)
    file = file_of(tmp_path, 2 * PART + 3)
    operations: list[str] = []
    door = Door("s3")

    def call(request: Request) -> Answer:
        operations.append(request.operation)
        return door.plain(request)

    assert upload(file, OUT, "x", REGION, call) == ""
    assert operations == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    assert bucket.get_object(Bucket="findings", Key="a/b/x")["Body"].read() == file.read_bytes()


@pytest.mark.parametrize("broken", ["UploadPart", "CompleteMultipartUpload"])
def test_parts_that_fail_are_given_up(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(s3, "PART", PART)
    door = Door("s3")

    def call(request: Request) -> Answer:
        if request.operation == broken:
            return Answer("denied", code="AccessDenied")
        return door.plain(request)

    assert "grant s3:PutObject" in upload(file_of(tmp_path, PART + 1), OUT, "x", REGION, call)
    assert "Contents" not in bucket.list_objects_v2(Bucket="findings")
    assert "Uploads" not in bucket.list_multipart_uploads(Bucket="findings")


def test_an_exception_gives_up_the_parts_too(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "PART", PART)
    door = Door("s3")

    def call(request: Request) -> Answer:
        if request.operation == "UploadPart":
            raise OSError("gone")
        return door.plain(request)

    with pytest.raises(OSError, match="gone"):
        upload(file_of(tmp_path, PART + 1), OUT, "x", REGION, call)
    assert "Uploads" not in bucket.list_multipart_uploads(Bucket="findings")


def test_a_bucket_that_is_not_there(aws: Callable[..., Any], tmp_path: Path) -> None:
    assert "NoSuchBucket" in upload(file_of(tmp_path, 10), OUT, "x", REGION, Door("s3").plain)


@pytest.mark.parametrize("value", [None, {}, {"UploadId": 3}])
def test_an_upload_without_an_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    monkeypatch.setattr(s3, "PART", 1)
    assert "no id" in upload(file_of(tmp_path, 10), OUT, "x", REGION, lambda _: Answer("read", value))


def test_names_of_buckets() -> None:
    assert bucket_of("folder/s3") is None
    assert bucket_of("s3://findings/a/b/") == OUT
    assert bucket_of("s3://findings") == Bucket("findings", "")
    assert Bucket("findings", "").key("x") == "x"
    for text in ("s3://", "s3:///x", "s3://UPPER/x", "s3://a..\x1b/"):
        with pytest.raises(UsageError, match="no name of a bucket"):
            bucket_of(text)
