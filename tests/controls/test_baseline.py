"""Which findings are known: moved and renamed ones are, those in another file are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.controls.baseline import apply_baseline, no_longer, write_baseline
from bastide.controls.verdict import Verdict
from bastide.errors import UsageError
from tests.controls.conftest import control, resource


def finding(path: str, line: int = 1, address: str = "b", control_id: str = "s3.x") -> Verdict:
    return Verdict(control("A", id=control_id), "fail", resource({}, path=path, line=line, address=address))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.tf").write_text("")
    write_baseline([finding("a.tf", 10)], "base.json")
    return tmp_path


def known(*findings: Verdict) -> list[bool]:
    apply_baseline(findings, "base.json")
    return [not item.new for item in findings]


def test_moved_lines_are_known(here: Path) -> None:
    assert known(finding("a.tf", 99)) == [True]


def test_a_renamed_file_is_known(here: Path) -> None:
    (here / "a.tf").rename(here / "b.tf")
    assert known(finding("b.tf")) == [True]


def test_a_finding_in_another_file_is_new(here: Path) -> None:
    (here / "b.tf").write_text("")
    assert known(finding("a.tf"), finding("b.tf")) == [True, False]
    assert known(finding("b.tf")) == [False]


def test_of_two_after_a_renaming_one_is_new(here: Path) -> None:
    (here / "a.tf").unlink()
    assert sorted(known(finding("b.tf"), finding("c.tf"))) == [False, True]


def test_findings_that_no_longer_occur_are_counted_where_they_would_have_been_seen(here: Path) -> None:
    (here / "b.tf").write_text("")
    write_baseline([finding("a.tf"), finding("b.tf", address="c"), finding("gone.tf", address="d")], "base.json")
    assert no_longer([finding("a.tf"), finding("b.tf", address="c")], "base.json") == 1
    assert no_longer([], "base.json") == 3
    assert no_longer([], "base.json", ["a.tf"]) == 2
    assert no_longer([], "base.json", ["a.tf"], ["other.control"]) == 0
    passed = Verdict(control("A", id="s3.x"), "pass", resource({}, path="a.tf", address="b"))
    assert no_longer([passed], "base.json", ["a.tf"], ["s3.x"]) == 2


def test_another_control_or_address_is_new(here: Path) -> None:
    assert known(finding("a.tf", address="c"), finding("a.tf", control_id="s3.y")) == [False, False]


def test_only_failures_are_written_in_order(here: Path) -> None:
    passed = Verdict(control("A"), "pass", resource({}))
    assert write_baseline([finding("z.tf"), passed, finding("a.tf")], "two.json") == 2
    assert [item["path"] for item in json.loads(Path("two.json").read_text())["findings"]] == ["a.tf", "z.tf"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other/1"}', '{"format": "bastide/baseline/1", "findings": [1]}']
)
def test_what_is_no_baseline_is_refused(here: Path, text: str) -> None:
    Path("base.json").write_text(text)
    with pytest.raises(UsageError):
        known(finding("a.tf"))


def test_a_baseline_that_is_not_there(here: Path) -> None:
    with pytest.raises(UsageError, match="bastide baseline"):
        apply_baseline([], "none.json")


def test_names_that_are_no_text_and_secrets_in_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    odd = finding("caf\udce9.tf", address='b["AKIAZ7Q7ZJ3MPLRT4WXQ"]')
    write_baseline([odd], "base.json")
    assert "AKIAZ7" not in (tmp_path / "base.json").read_text("utf-8")
    assert known(odd) == [True]


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"format": "bastide/baseline/1", "findings": [{"fingerprint": []}]}']
)
def test_what_is_no_baseline(here: Path, content: str) -> None:
    (here / "base.json").write_text(content)
    with pytest.raises(UsageError, match="no baseline"):
        known(finding("a.tf"))
