"""`bastide export`: a dry run first, then what was said, then nothing left to send."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.cli.parser import make_parser
from bastide.errors import UsageError
from bastide.sources.aws.runs import data_folder
from tests.export.conftest import ACCOUNT, REGION, History, aws, credentials, moto_url

__all__ = ["aws", "credentials", "moto_url"]


@pytest.fixture(autouse=True)
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """A working directory with one run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    found = History(data_folder())
    found.run({"a": "fail", "b": "pass"})
    return found


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    arguments = make_parser().parse_args(["export", *words])
    assert arguments.run(arguments) == code
    return capsys.readouterr().out


def test_a_dry_run_calls_nobody_and_says_everything(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    text = said(capsys, "securityhub", "--output", "out.jsonl")
    assert f"{ACCOUNT}/{REGION}: 1 active, 0 archived" in text
    assert "1 finding would be sent; --apply sends them" in text
    assert "securityhub:BatchImportFindings" in text
    (finding,) = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert (finding["AwsAccountId"], finding["RecordState"]) == (ACCOUNT, "ACTIVE")
    assert said(capsys, "securityhub") == text


def test_sent_once_then_only_what_changed(
    capsys: pytest.CaptureFixture[str], aws: Callable[..., Any], history: History
) -> None:
    aws("securityhub").enable_security_hub()
    assert "1 finding sent" in said(capsys, "securityhub", "--apply")
    assert said(capsys, "securityhub", "--apply") == "0 findings to send\n"
    history.run({"a": "pass", "b": "pass"})
    assert "0 active, 1 archived" in said(capsys, "securityhub", "--apply")
    (finding,) = aws("securityhub").get_findings()["Findings"]
    assert (finding["RecordState"], finding["Compliance"]["Status"]) == ("ARCHIVED", "PASSED")


def test_what_cannot_be_sent_is_an_exit_code(
    capsys: pytest.CaptureFixture[str], aws: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bastide.sources.aws.calls import Answer
    from bastide.sources.aws.writing import Door

    monkeypatch.setattr(Door, "call", lambda *_: Answer("denied", code="AccessDeniedException"))
    text = said(capsys, "securityhub", "--apply", code=3)
    assert "1 not sent" in text
    assert "grant securityhub:BatchImportFindings" in text


def test_another_account_needs_a_role(aws: Callable[..., Any]) -> None:
    arguments = make_parser().parse_args(["export", "securityhub", "--apply", "--into", "999999999999/eu-west-1"])
    with pytest.raises(UsageError, match="assuming a role"):
        arguments.run(arguments)


def test_ocsf_into_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert said(capsys, "ocsf", "out") == "2 events in 1 file\n"
    (file,) = (tmp_path / "out").rglob("*.ndjson.gz")
    assert f"region={REGION}/accountId={ACCOUNT}/eventDay=" in file.as_posix()


def test_ocsf_into_a_bucket_when_told_to(capsys: pytest.CaptureFixture[str], aws: Callable[..., Any]) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="findings", CreateBucketConfiguration={"LocationConstraint": REGION})
    text = said(capsys, "ocsf", "s3://findings/x")
    assert f"s3://findings/x/region={REGION}/" in text
    assert "Contents" not in s3.list_objects_v2(Bucket="findings")
    assert said(capsys, "ocsf", "s3://findings/x", "--apply") == "2 events in 1 file\n"
    (key,) = [one["Key"] for one in s3.list_objects_v2(Bucket="findings")["Contents"]]
    assert f"s3://findings/{key}" in text


def test_ocsf_into_a_bucket_that_is_not_there(capsys: pytest.CaptureFixture[str], aws: Callable[..., Any]) -> None:
    assert "NoSuchBucket" in said(capsys, "ocsf", "s3://nobody", "--apply", code=3)


@pytest.mark.parametrize("words", [("ocsf", "file"), ("securityhub", "--output", "file/x")])
def test_where_nothing_can_be_written(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("")
    arguments = make_parser().parse_args(["export", *words])
    with pytest.raises(UsageError, match="cannot be written"):
        arguments.run(arguments)
