"""Drift as people and programs see it: verdicts first, no secret."""

from __future__ import annotations

import json

import pytest

from bastide.controls.library import load_library
from bastide.controls.verdict import Verdict
from bastide.drift.compare import Difference
from bastide.drift.find import Changed, Drift, Flip
from bastide.drift.match import Matched, Pair, Unsure
from bastide.drift.show import as_json, as_text, safe
from bastide.resources.model import Problem
from tests.drift.conftest import code, live

BUCKET = "AWS::S3::Bucket"
SECRET = "hunter2-hunter2-hunter2"
KEY = "AKIA" + "Q3EGNLXKJ7WZ2M4A"


@pytest.fixture
def drift() -> Drift:
    pair = Pair(code(BUCKET, "aws_s3_bucket.a", {}), live(BUCKET, "a", {}, address="arn:aws:s3:::a"), "name")
    control = load_library([]).controls[0]
    differences = [
        Difference("VersioningConfiguration.Status", "changed", "Enabled", "Suspended"),
        Difference("MasterUserPassword", "changed", SECRET, SECRET + "2"),
        Difference("Environment.Variables.API_TOKEN", "cloud only", None, SECRET),
        Difference("Environment", "code only", [{"Name": "DB_PASSWORD", "Value": SECRET}], None),
        Difference("Description", "changed", f"key {KEY}", "\x1b[31mred"),
        Difference("AccessControl", "changed", "Private", "PublicRead", default=True),
    ]
    unset = [Difference("LoggingConfiguration", "unset", None, {"LogFilePrefix": "x"})]
    many = [code(BUCKET, f"aws_s3_bucket.m{number:02}", {}) for number in range(12)]
    matched = Matched([pair], [Unsure(many[0], "several have its name", (pair.cloud,))], many, [live(BUCKET, "z", {})])
    flip = Flip(Verdict(control, "pass", pair.code), Verdict(control, "fail", pair.cloud))
    problem = Problem("partial", "aws:1/eu-west-1", 0, "s3:ListBuckets is denied")
    return Drift(
        "infra", "aws", [flip], [Changed(pair, differences, unset)], matched, {"AWS::X::Y": 2}, [problem], True
    )


def test_text_has_everything_once_verdicts_first(drift: Drift) -> None:
    text = as_text(drift)
    assert text.startswith("Passes in the code, fails in the cloud\n")
    assert '    - "Enabled"\n    + "Suspended"\n' in text
    assert '- "Private"  (not set: what AWS sets)' in text
    assert "set in the cloud only: LoggingConfiguration" in text
    assert "and 2 more (--verbose)" in text
    assert "? arn:aws:s3:::a" in text
    assert "AWS::X::Y (2)" in text
    assert "s3:ListBuckets is denied" in text
    assert "something could not be read" in text
    assert "In the cloud, in no code" not in text


def test_verbose_has_all_of_it(drift: Drift) -> None:
    text = as_text(drift, verbose=True)
    assert "aws_s3_bucket.m11" in text
    assert 'LoggingConfiguration = {"LogFilePrefix": "x"}' in text
    assert "In the cloud, in no code" in text


def test_colours_are_for_terminals(drift: Drift) -> None:
    assert "\x1b" not in as_text(drift)
    assert '\x1b[31m    - "Enabled"\x1b[0m' in as_text(drift, colour=True)


def test_json_has_everything(drift: Drift) -> None:
    document = json.loads(as_json(drift))
    assert document["verdicts"][0]["code"]["status"] == "pass"
    assert document["verdicts"][0]["cloud"]["address"] == "arn:aws:s3:::a"
    (changed,) = document["changed"]
    assert changed["matched_by"] == "name"
    assert changed["differences"][0] == {
        "property": "VersioningConfiguration.Status",
        "kind": "changed",
        "code": "Enabled",
        "cloud": "Suspended",
        "default": False,
    }
    assert changed["set_in_the_cloud_only"] == [{"property": "LoggingConfiguration", "cloud": {"LogFilePrefix": "x"}}]
    assert len(document["missing"]) == 12
    assert document["unsure"][0]["candidates"] == ["arn:aws:s3:::a"]
    assert document["incomplete"] is True
    assert document["not_compared"] == {"AWS::X::Y": 2}


def test_no_secret_goes_out(drift: Drift) -> None:
    for text in (as_text(drift, verbose=True), as_json(drift)):
        assert "hunter2" not in text
        assert KEY not in text


def test_values_are_as_they_are_when_they_are_no_secret() -> None:
    assert safe("Tags[team].Value", "a") == "a"
    assert safe("Rules[0].Ports", [1, {"From": 2}]) == [1, {"From": 2}]
    assert safe("MemorySize", 128) == 128
    assert safe("Anything", None) is None
