"""`bastide scan config-snapshot`: the same controls, verdicts and exit codes as everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.recorded import scan_recorded
from bastide.scan import ScanResult, exit_code
from bastide.settings import load_settings
from tests.sources.config_snapshot.conftest import config_item

SSH = "ec2.security-group-closes-ssh"


def group(name: str, cidr: str) -> dict[str, Any]:
    permission = {
        "fromPort": 22,
        "toPort": 22,
        "ipProtocol": "tcp",
        "ipv4Ranges": [{"cidrIp": cidr}],
        "ipRanges": [cidr],
    }
    return config_item("AWS::EC2::SecurityGroup", name, {"groupId": name, "ipPermissions": [permission]})


def scan(path: Path, items: list[Any], **settings: Any) -> ScanResult:
    file = path / "snapshot.json"
    file.write_text(json.dumps({"configSnapshotId": "s", "configurationItems": items}))
    arguments = {"targets": [], "only": [SSH], **settings}
    return scan_recorded([str(file)], load_settings(arguments, environment={}).scan, [], lambda *_: None)


def statuses(result: ScanResult) -> dict[str, str]:
    return {verdict.resource.metadata["id"]: verdict.status for verdict in result.report.verdicts}


def test_what_is_recorded_is_judged(tmp_path: Path) -> None:
    result = scan(tmp_path, [group("sg-open", "0.0.0.0/0"), group("sg-shut", "10.0.0.0/8")])
    assert statuses(result) == {"sg-open": "fail", "sg-shut": "pass"}
    assert exit_code(result.report) == 1
    coverage = result.report.coverage
    assert (coverage.resources, coverage.judged, coverage.units, coverage.files) == (2, 2, {"aws": 1}, 1)
    assert {row["outcome"] for row in coverage.ledger} >= {"read"}


def test_what_does_not_have_its_configuration_is_unknown(tmp_path: Path) -> None:
    item = {**group("sg-1", "10.0.0.0/8"), "configuration": None}
    assert statuses(scan(tmp_path, [item])) == {"sg-1": "unknown"}


def test_what_cannot_be_read_makes_it_incomplete(tmp_path: Path) -> None:
    result = scan(tmp_path, [group("sg-shut", "10.0.0.0/8"), {"resourceType": 7}])
    assert statuses(result) == {"sg-shut": "pass"}
    assert exit_code(result.report) == 3


def test_paths_and_services_narrow_it(tmp_path: Path) -> None:
    items = [group("sg-open", "0.0.0.0/0"), {**group("sg-far", "0.0.0.0/0"), "awsRegion": "us-east-1"}]
    assert statuses(scan(tmp_path, items, only=[SSH, "path=aws:*/us-*"])) == {"sg-far": "fail"}
    assert statuses(scan(tmp_path, items, services=["s3"])) == {}
    with pytest.raises(UsageError):
        scan(tmp_path, items, services=["nonsense"])


def test_no_file_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no file is named"):
        scan_recorded([], load_settings({"targets": []}, environment={}).scan, [], lambda *_: None)
