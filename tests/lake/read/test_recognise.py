"""What kind of log a file is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.lake.read import recognise
from bastide.lake.read.found import find
from bastide.lake.read.recognise import field_name, header_of, kind_of, read
from bastide.lake.read.unpack import pieces
from bastide.lake.source import source
from tests.lake.conftest import event, text_of
from tests.lake.samples import ANALYZER, ASFF, EKS, GUARDDUTY


def kinds(path: Path, content: bytes) -> list[tuple[str, int, int]]:
    """Source, first number and events of each piece."""
    path.write_bytes(content)
    (found,) = find([str(path)])
    return [(one.source.id if one.source else "", one.first, len(one.texts)) for one in read(found)]


def test_by_the_fields_of_an_event(tmp_path: Path) -> None:
    assert kinds(tmp_path / "x.json", text_of([event(1), event(2)])) == [("cloudtrail", 1, 2)]


def test_by_the_first_event_that_is_of_any_kind(tmp_path: Path) -> None:
    assert kinds(tmp_path / "x.json", text_of([{"a": 1}, 7, event(2)])) == [("cloudtrail", 1, 3)]


def test_names_in_another_case() -> None:
    upper = {key.upper(): value for key, value in event(1).items()}
    found = kind_of(upper)
    assert found is not None
    assert found.id == "cloudtrail"


def test_nothing_that_is_known(tmp_path: Path) -> None:
    assert kinds(tmp_path / "x.json", b'[{"a":1}]') == [("", 1, 0)]
    assert kinds(tmp_path / "x.txt", b"hello\nworld\n") == [("", 1, 0)]


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["version account-id srcaddr", "2 1 x"], ("version", "account_id", "srcaddr")),
        (["2 123456789012 eni-1 x"], source("vpc-flow").default),
        (["2 123456789012 eni-1 x", "version account-id srcaddr"], source("vpc-flow").default),
    ],
)
def test_the_names_of_fields(lines: list[str], header: tuple[str, ...]) -> None:
    assert header_of(source("vpc-flow"), lines) == header


def test_a_name_of_a_field() -> None:
    assert field_name("cs(User-Agent)") == "cs_User_Agent"


def test_lines_with_and_without_a_time_before_them(tmp_path: Path) -> None:
    line = b"2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1793527200 1793527260 ACCEPT OK\n"
    assert kinds(tmp_path / "a.log", line * 3) == [("vpc-flow", 1, 3)]
    (tmp_path / "b.log").write_bytes(b"2026-11-01T10:00:00.000Z " + line)
    (piece,) = read(next(find([str(tmp_path / "b.log")])))
    assert [bytes(one) for one in piece.texts] == [line.strip()]


@pytest.mark.parametrize("size", [1 << 20, 150])
def test_files_put_together_name_their_fields_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(recognise, "pieces", lambda stream: pieces(stream, size))
    first, second = b"version srcaddr dstaddr start", b"version dstaddr srcaddr start"
    content = (
        b"\xef\xbb\xbf"
        + first
        + b"\r\n2 10.0.0.1 10.0.0.2 1\r\n" * 3
        + second
        + b"\n2 10.0.0.2 10.0.0.1 1\n" * 2
        + first
    )
    (tmp_path / "flow-log.txt").write_bytes(content)
    found = [
        (text, dict(zip(piece.header, text.split(), strict=True))["srcaddr"])
        for piece in read(next(find([str(tmp_path / "flow-log.txt")])))
        for text in piece.texts
    ]
    assert found == [(b"2 10.0.0.1 10.0.0.2 1", b"10.0.0.1")] * 3 + [(b"2 10.0.0.2 10.0.0.1 1", b"10.0.0.1")] * 2


@pytest.mark.parametrize("first", range(4))
def test_events_of_several_kinds_in_one_stream(tmp_path: Path, first: int) -> None:
    sent = [
        ("Access Analyzer Finding", ANALYZER, "access-analyzer"),
        ("GuardDuty Finding", GUARDDUTY, "guardduty"),
        ("Security Hub Findings - Imported", {"findings": [ASFF]}, "securityhub"),
        ("AWS API Call via CloudTrail", event(1), "cloudtrail"),
    ]
    sent = 2 * (sent[first:] + sent[:first])
    content = "".join(json.dumps({"detail-type": kind, "detail": detail}) for kind, detail, _ in sent)
    found = kinds(tmp_path / "x.json", content.encode())
    assert found == [(source, number, 1) for number, (_, _, source) in enumerate(sent, 1)]


def test_log_groups_of_several_kinds_in_one_stream(tmp_path: Path) -> None:
    flow = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1793527200 1793527260 ACCEPT OK"
    sent = [("/eks", json.dumps(EKS)), ("/vpc", flow), ("/eks", json.dumps(EKS)), ("/trail", json.dumps(event(1)))]
    content = "".join(json.dumps({"logGroup": group, "logEvents": [{"message": text}]}) for group, text in sent)
    found = [one[0] for one in kinds(tmp_path / "x.json", content.encode())]
    assert found == ["eks-audit", "vpc-flow", "eks-audit", "cloudtrail"]


KLOG = 'I1101 10:00:00.123456       1 scheduler.go:601] "Successfully bound pod" pod="shop/web-1"'
AUTH = 'time="2026-11-01T10:00:00Z" level=info msg="access granted" arn="arn:aws:iam::123456789012:role/ci"'


@pytest.mark.parametrize("lines", [[KLOG, AUTH], [AUTH, KLOG, json.dumps(EKS)], [json.dumps(EKS), KLOG, AUTH]])
@pytest.mark.parametrize("wrapped", [False, True])
def test_lines_that_are_no_events_of_their_log_are_left_out(
    tmp_path: Path,
    lines: list[str],
    wrapped: bool,
) -> None:
    message = {"messageType": "DATA_MESSAGE", "owner": "1", "logEvents": [{"message": line} for line in lines]}
    content = json.dumps(message) if wrapped else "".join(f"2026-11-01T10:00:00.123Z {line}\n" for line in lines)
    (tmp_path / "a.json").write_text(content)
    pieces = list(read(next(find([str(tmp_path / "a.json")]))))
    assert [one.source.id for one in pieces if one.source] == ["eks-audit"] * len(pieces)
    assert sum(one.apart for one in pieces) == 2
    assert [bytes(text) for one in pieces for text in one.texts] == [json.dumps(EKS).encode()] * (len(lines) - 2)
    assert not any(one.refused for one in pieces)


def test_a_line_that_only_looks_like_a_log_is_of_no_kind(tmp_path: Path) -> None:
    assert kinds(tmp_path / "x.txt", AUTH.encode()) == [("", 1, 0)]
