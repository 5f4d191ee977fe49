"""Files into a bucket, each whole or not at all: in one call, or in parts that are joined or given up.

Encryption is the bucket's own: nothing is said of it. Memory is bounded by one part.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.errors import UsageError
from bastide.sources.aws.calls import Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bastide.sources.aws.calls import Answer

PART = 16 * 1024 * 1024
"""Bytes of a part; a file may have 10,000 of them."""
PERMISSIONS = ("s3:PutObject", "s3:AbortMultipartUpload")


class Bucket(NamedTuple):
    """A bucket and the beginning of all keys: empty, or without a slash at its end."""

    name: str
    prefix: str

    def key(self, rest: str) -> str:
        """The key of a file."""
        return f"{self.prefix}/{rest}" if self.prefix else rest


def bucket_of(text: str) -> Bucket | None:
    """`s3://bucket/prefix` as a bucket, None for a folder; `UsageError` for no name of a bucket."""
    if not text.startswith("s3://"):
        return None
    name, _, prefix = text[5:].partition("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        raise UsageError(f"`{name[:80]}` is no name of a bucket", remedy="write for example `s3://findings/bastide`")
    return Bucket(name, prefix.strip("/"))


def upload(file: Path, bucket: Bucket, key: str, region: str, call: Callable[[Request], Answer]) -> str:
    """Why the file did not arrive; empty when it did."""
    where = {"Bucket": bucket.name, "Key": bucket.key(key)}

    def ask(operation: str, **parameters: Any) -> tuple[Answer, str]:
        permission = PERMISSIONS[operation == "AbortMultipartUpload"]
        request = Request("s3", operation, region, {**where, **parameters}, permission)
        answer = call(request)
        return answer, "" if answer.outcome == "read" else request.why(answer)

    if file.stat().st_size <= PART:
        return ask("PutObject", Body=file.read_bytes())[1]
    answer, why = ask("CreateMultipartUpload")
    upload_id = (answer.value or {}).get("UploadId")
    if why or not isinstance(upload_id, str):
        return why or "S3 gave no id of an upload"
    finished = False
    try:
        why = _parts(file, upload_id, ask)
        finished = not why
    finally:
        if not finished:
            ask("AbortMultipartUpload", UploadId=upload_id)
    return why


def _parts(file: Path, upload_id: str, ask: Callable[..., tuple[Answer, str]]) -> str:
    joined: list[dict[str, Any]] = []
    with file.open("rb") as stream:
        while body := stream.read(PART):
            number = len(joined) + 1
            answer, why = ask("UploadPart", UploadId=upload_id, PartNumber=number, Body=body)
            if why:
                return why
            joined.append({"PartNumber": number, "ETag": (answer.value or {}).get("ETag")})
    return ask("CompleteMultipartUpload", UploadId=upload_id, MultipartUpload={"Parts": joined})[1]
