"""The JSON format holds to its schema, and the schema to the rows."""

import json
import os
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest

from bastide.report import jsondoc, render

SCHEMA = json.loads(files("bastide.report").joinpath("report-1.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema_rs.validator_for(SCHEMA)


def test_the_schema_file_is_the_one_of_the_rows() -> None:
    """Write `jsondoc.schema()` to the file after a change, and mind that version 1 only ever grows."""
    assert json.loads(jsondoc.schema()) == SCHEMA


def test_the_schema_is_closed_to_mistakes(make: SimpleNamespace, validator: Any) -> None:
    document = json.loads(render("json", make.sample()))
    document["verdicts"][0]["status"] = "failed"
    assert not validator.is_valid(document)
    del document["verdicts"][0]
    assert validator.is_valid(document)
    del document["coverage"]["problems"]
    assert not validator.is_valid(document)


def test_a_report(make: SimpleNamespace, validator: Any) -> None:
    document = json.loads(render("json", make.sample()))
    validator.validate(document)
    assert document["schema"] == "bastide/report/1"
    assert document["tool"] == {"name": "bastide", "version": "0.1.0"}
    assert document["summary"]["status"] == {"pass": 1, "fail": 4, "unknown": 1, "exempt": 1}
    assert document["coverage"]["units"] == {"terraform": 2, "cloudformation": 1}
    assert document["coverage"]["incomplete"] is True
    assert document["coverage"]["problems"][0] == {
        "kind": "unreadable",
        "path": "infra/broken.tf",
        "line": 7,
        "message": "a block is not closed",
        "count": 1,
    }
    assert document["broken"] == {"iam.role-is-narrow": "took longer than 10 s"}
    assert document["controls"][0]["frameworks"]["nist-800-53-r5"] == ["AC-3", "SC-7"]


def test_a_verdict(make: SimpleNamespace) -> None:
    first, *_ = json.loads(render("json", make.sample()))["verdicts"]
    assert first.pop("fingerprint")
    assert first == {
        "control": "ec2.group-closes-ssh",
        "title": "Security groups let nobody on the internet reach SSH",
        "status": "fail",
        "severity": "critical",
        "resource": {
            "type": "AWS::EC2::SecurityGroup",
            "address": "module.network.aws_security_group.bastion",
            "unit": "infra",
            "name": "aws_security_group",
            "source": "terraform",
        },
        "location": {"path": "modules/network/groups.tf", "line": 9},
        "evidence": [
            {
                "property": "SecurityGroupIngress[0].CidrIp",
                "value": '"0.0.0.0/0"',
                "note": "",
                "path": "modules/network/groups.tf",
                "line": 9,
            }
        ],
        "new": True,
        "exemption": None,
        "call": ["infra/main.tf:31 network"],
        "cdk_path": None,
        "compensated_by": None,
    }


def test_an_empty_report(make: SimpleNamespace, validator: Any) -> None:
    document = json.loads(render("json", make.report()))
    validator.validate(document)
    assert document["verdicts"] == []


def test_a_verdict_a_line(make: SimpleNamespace) -> None:
    lines = render("json", make.sample()).splitlines()
    assert len([line for line in lines if line.startswith('{"control":')]) == 7


def test_what_compensates_stands_in_the_verdict_and_is_counted(make: SimpleNamespace, validator: Any) -> None:
    document = json.loads(render("json", make.compensated()))
    validator.validate(document)
    first, second = document["verdicts"]
    assert first["status"] == "pass"
    assert first["compensated_by"]["address"] == "arn:aws:s3::111111111111:account-public-access-block"
    assert [item["value"] for item in first["evidence"]] == ["false"]
    assert second["compensated_by"] is None
    assert document["summary"]["compensated"] == {"AWS::S3::AccountPublicAccessBlock": 1}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_rows_made_by_two_processes_are_those_of_one(make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = [make.verdict(status) for status in ("fail", "unknown", "pass") for _ in range(3)]
    alone = render("json", make.report(verdicts))
    monkeypatch.setattr(jsondoc, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(jsondoc, "may_fork", lambda: True)
    assert render("json", make.report(verdicts)) == alone
    assert len(json.loads(alone)["verdicts"]) == 9


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("worth", [1, 100])
def test_each_process_tells_which_verdicts_it_has_looked_at(
    worth: int, make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jsondoc, "WORTH_A_PROCESS", worth)
    monkeypatch.setattr(jsondoc, "may_fork", lambda: True)
    for failures in (0, 4, 9):
        report = make.report([make.verdict("fail" if at < failures else "pass") for at in range(9)])
        report.looked_at = lambda part, start: (tmp_path / f"{start}").write_text(f"{len(part)} {os.getpid()}")
        render("json", report)
        told = [(int(path.name), *map(int, path.read_text().split())) for path in sorted(tmp_path.iterdir())]
        assert [start for start, _, _ in told] == [sum(size for _, size, _ in told[:at]) for at in range(len(told))]
        assert sum(size for _, size, _ in told) == 9
        assert len({process for _, _, process in told}) == len(told) == (2 if worth == 1 else 1)
        for path in tmp_path.iterdir():
            path.unlink()
