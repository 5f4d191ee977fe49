"""What others find is looked up by resource; the page of the last comparison names its command and real controls."""

import re
from pathlib import Path

import pytest
import yaml
from agreement import Finding, _checkov, _trivy, compare, judged

from bastide.controls.library import load_library

FOLDER = Path(__file__).parents[2] / "benchmarks"
TEMPLATE = """\
Resources:
  Open:
    Type: AWS::KMS::Key
    Properties: {}
  Turned:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
"""


@pytest.fixture
def side(tmp_path):
    (tmp_path / "keys.yaml").write_text(TEMPLATE)
    return judged(tmp_path)


def finding(first, last, resource):
    return Finding("checkov", "CKV_AWS_7", "rotation", "keys.yaml", first, last, resource)


def test_a_finding_is_agreed_only_on_its_own_resource(side):
    entries = {"CKV_AWS_7": {"controls": ["kms.key-rotates"]}}
    agreed = compare([finding(2, 4, "AWS::KMS::Key.Open")], side, entries)
    assert agreed.counts == {("checkov", "agreed"): 1}
    assert not agreed.only["kms.key-rotates"]
    left = compare([finding(5, 8, "AWS::KMS::Key.Turned")], side, entries)
    assert left.counts == {("checkov", "open"): 1}
    assert left.open[0][1].startswith("kms.key-rotates pass EnableKeyRotation=")
    assert left.only["kms.key-rotates"] == 1


def test_an_explanation_holds_for_what_it_describes_and_nothing_else(side):
    turned = finding(5, 8, "AWS::KMS::Key.Turned")
    for where, word in (("key-rotates pass", "explained"), ("key-rotates unknown", "open")):
        entry = {"controls": ["kms.key-rotates"], "otherwise": [{"where": where, "because": "Because."}]}
        assert compare([turned], side, {"CKV_AWS_7": entry}).counts == {("checkov", word): 1}
    assert compare([turned], side, {"CKV_AWS_7": {"none": "Because."}}).counts == {("checkov", "explained"): 1}


def test_a_check_without_an_entry_is_told(side):
    assert compare([finding(2, 4, "x")], side, {}).unmapped == {"CKV_AWS_7": "rotation"}


def test_findings_are_read_as_the_others_write_them():
    cause = {"StartLine": 3, "EndLine": 5, "Resource": "aws_x.y"}
    found = [{"ID": f"A-{word}", "Title": "t", "Severity": word, "CauseMetadata": cause} for word in ("LOW", "HIGH")]
    assert list(_trivy({"Results": [{"Target": "a.tf", "Misconfigurations": found}, {"Target": "b"}]})) == [
        Finding("trivy", "A-HIGH", "t", "a.tf", 3, 5, "aws_x.y")
    ]
    failed = {"check_id": "C", "check_name": "n", "file_path": "/a.tf", "file_line_range": [1, 2], "resource": "r"}
    assert list(_checkov({"results": {"failed_checks": [failed]}})) == [Finding("checkov", "C", "n", "a.tf", 1, 2, "r")]


def test_every_entry_names_controls_that_exist_or_says_why_not():
    known = {summary.id for summary in load_library().summaries}
    for check, entry in yaml.safe_load((FOLDER / "agreement.yaml").read_text()).items():
        assert set(entry) in ({"controls"}, {"controls", "otherwise"}, {"none"}), check
        assert set(entry.get("controls", [])) <= known, check
        for other in entry.get("otherwise", ()):
            assert re.compile(other["where"])
            assert len(other["because"].split()) > 5, check
        assert "none" not in entry or len(entry["none"].split()) > 4, check


def test_the_page_says_how_it_was_made_and_leaves_nothing_open():
    page = (FOLDER / "agreement.md").read_text()
    assert "`python benchmarks/agreement.py`" in page
    totals = re.findall(r"^\| \d+ .*\| (\d+) \|$", page, re.MULTILINE)
    assert len(totals) == 6
    assert set(totals) == {"0"}
