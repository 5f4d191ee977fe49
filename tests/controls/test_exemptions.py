"""Exemptions in code and in the settings: what they cover, when they end, what makes them void."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bastide.controls.exemptions import apply_exemptions
from bastide.controls.verdict import Verdict
from bastide.resources.model import Origin
from tests.controls.conftest import control, resource

TODAY = dt.date(2026, 11, 22)
GOOD = 'until=2027-03-01 by=jo reason="public web site"'


def verdict(path: str, line: int = 3, end_line: int = 5, **fields: Any) -> Verdict:
    return Verdict(control("A", id="s3.x"), "fail", resource({}, path=path, line=line, end_line=end_line, **fields))


def scanned(tmp_path: Path, text: str) -> str:
    file = tmp_path / "main.tf"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"\n# bastide: allow s3.x {GOOD}\nresource {{\n}}\n", "exempt"),
        (f"\n# bastide: allow s3.x {GOOD}\n# another remark\n\nresource {{\n}}\n", "exempt"),
        (f"# bastide: allow s3.x {GOOD}\n# a remark\nresource {{\n}}\n", "exempt"),
        (f"\n\nresource {{\n  // bastide: allow s3.* {GOOD}\n}}\n", "exempt"),
        (f"\n\nresource {{ /* bastide: allow other.y, s3.x {GOOD} */\n}}\n", "exempt"),
        (f"\n\nresource {{\n}}\n\n\n# bastide: allow s3.x {GOOD}\n", "fail"),
        (f"\n# bastide: allow s3.y {GOOD}\nresource {{\n}}\n", "fail"),
        (f'\n\nresource {{\n  d = "a" # bastide: allow s3.x {GOOD}\n}}\n', "exempt"),
        ('\n\nresource {\n  d = "x # bastide: allow s3.x until=2027-03-01 by=jo reason=x"\n}\n', "fail"),
        ("\n\nresource {\n  d: '// bastide: allow s3.x until=2027-03-01 by=jo reason=x'\n}\n", "fail"),
        ("\n# bastide: allow s3.x until=20270301 by=jo reason=x\nresource {\n}\n", "fail"),
        ("\n# bastide: allow s3.x until=2026-11-21 by=jo reason=x\nresource {\n}\n", "fail"),
        ("\n# bastide: allow s3.x until=2026-11-22 by=jo reason=x\nresource {\n}\n", "exempt"),
    ],
)
def test_comments(tmp_path: Path, text: str, status: str) -> None:
    path = scanned(tmp_path, text)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("resource"))
    found = verdict(path, line, line + 2)
    apply_exemptions([found], [], [path], TODAY)
    assert found.status == status


def test_a_line_of_quotes_is_read_once(tmp_path: Path) -> None:
    path = scanned(tmp_path, '"' + '\\"' * 500_000 + f" # bastide: allow s3.x {GOOD}\nresource {{\n}}\n")
    found = verdict(path, 2)
    apply_exemptions([found], [], [path], TODAY)
    assert found.status == "fail"


def test_an_exemption_that_is_over_is_kept_and_fails(tmp_path: Path) -> None:
    path = scanned(tmp_path, "# bastide: allow s3.x until=2026-11-21 by=jo reason=x\nresource {\n}\n")
    found = verdict(path, 2)
    apply_exemptions([found], [], [path], TODAY)
    assert found.status == "fail"
    assert found.exemption is not None
    assert found.exemption.expired


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s3.x by=jo reason=x", "`until=` is missing"),
        ("s3.x until=2027-03-01 reason=x", "`by=` is missing"),
        ("s3.x until=2027-03-01 by=jo", "`reason=` is missing"),
        ("s3.x until=soon by=jo reason=x", "no date"),
        ("until=2027-03-01 by=jo reason=x", "no control is named"),
        (f"s3.other {GOOD}", "is not needed"),
    ],
)
def test_what_is_wrong_with_an_exemption_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = scanned(tmp_path, f"# bastide: allow {text}\nresource {{\n}}\n")
    found = verdict(path, 2)
    problems = apply_exemptions([found], [], [path], TODAY)
    assert found.status == "fail"
    assert [(p.line, said in p.message) for p in problems] == [(1, True)]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("s3.y until=2027-03-01 by=jo reason=two * two copies", "* two copies"),
        ("s3.y until=2027-03-01 by=Jo Bell reason='x' s3.*", "Bell  s3.*"),
        (r's3.y until=2027-03-01 by=jo reason="see \"s3.*\" there"', r's3.*\" there"'),
    ],
)
def test_words_behind_the_controls_name_no_more_of_them(tmp_path: Path, text: str, more: str) -> None:
    path = scanned(tmp_path, f"# bastide: allow {text}\nresource {{\n}}\n")
    found = verdict(path, 2)
    problems = apply_exemptions([found], [], [path], TODAY)
    assert found.status == "fail"
    assert problems[0].message == f"exemption: `{more}` is left out; a text of several words stands in quotes"
    assert [problem.message for problem in problems[1:]] == ["exemption of s3.y is not needed"]


def test_what_was_not_asked_for_may_need_its_exemption(tmp_path: Path) -> None:
    path = scanned(tmp_path, f"# bastide: allow s3.y {GOOD}\nresource {{\n}}\n")
    assert len(apply_exemptions([], [], [path], TODAY)) == 1
    assert len(apply_exemptions([], [], [path], TODAY, unasked=["s3.z"])) == 1
    assert apply_exemptions([], [], [path], TODAY, unasked=["s3.y"]) == []
    assert apply_exemptions([], [], [path], TODAY, whole=False) == []


def test_a_comment_at_a_folded_in_resource_counts(tmp_path: Path) -> None:
    path = scanned(tmp_path, f"resource a {{\n}}\n# bastide: allow s3.x {GOOD}\nresource b {{\n}}\n")
    found = verdict(path, 1, 2)
    found.resource.origins = {"X": Origin(path, 4, 5, "x")}
    apply_exemptions([found], [], [path], TODAY)
    assert found.status == "exempt"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "exempt"),
        ({"resource": "b"}, "exempt"),
        ({"resource": "other"}, "fail"),
        ({"path": "*.tf"}, "exempt"),
        ({"path": "*.yaml"}, "fail"),
        ({"until": "2020-01-01"}, "fail"),
        ({"until": "never"}, "fail"),
    ],
)
def test_the_manifest(fields: dict[str, str], status: str) -> None:
    item = {"control": "s3.*", "until": "2027-03-01", "by": "jo", "reason": "x", "place": "bastide.yaml:3", **fields}
    found = verdict("main.tf")
    apply_exemptions([found], [item], [], TODAY)
    assert found.status == status


def test_metadata_of_a_template(tmp_path: Path) -> None:
    found = verdict("t.json", metadata={"allow": f"s3.x {GOOD}"})
    unknown = Verdict(control("A", id="s3.x"), "unknown", found.resource)
    apply_exemptions([found, unknown], [], [], TODAY)
    assert (found.status, unknown.status) == ("exempt", "exempt")
