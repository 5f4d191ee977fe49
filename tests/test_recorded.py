"""`bastide scan config-snapshot`: the same controls, verdicts and exit codes as everywhere."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bastide.controls.baseline import write_baseline
from bastide.controls.compensation import Compensation
from bastide.controls.evaluate import Evaluation
from bastide.controls.organization import TYPES
from bastide.errors import UsageError
from bastide.live import chosen
from bastide.recorded import read_recording, scan_recorded
from bastide.scan import ScanResult, exit_code
from bastide.settings import load_settings
from tests.sources.config_snapshot.conftest import config_item

SSH = "ec2.security-group-closes-ssh"
FIRST, SECOND = "123456789012", "210987654321"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


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


def organization(path: Path) -> list[str]:
    """Two accounts in several files: a snapshot a region, pages of a query, one that is cut, items old and new."""
    bucket = config_item("AWS::S3::Bucket", "logs", {"name": "logs"}, ARN="arn:aws:s3:::logs")
    old = {**group("sg-1", "0.0.0.0/0"), "configurationItemCaptureTime": "2025-01-01T00:00:00Z"}
    gone = {**group("sg-2", "0.0.0.0/0"), "configurationItemStatus": "ResourceDeleted",
            "configurationItemCaptureTime": "2026-06-01T00:00:00Z", "configuration": None}  # fmt: skip
    far = {**group("sg-3", "0.0.0.0/0"), "awsRegion": "us-east-1"}
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = config_item("AWS::S3::AccountPublicAccessBlock", FIRST, dict.fromkeys(flags, True))
    page = [{**one, "awsAccountId": SECOND} for one in (group("sg-1", "0.0.0.0/0"), bucket, group("sg-9", "::/0"))]
    documents: dict[str, Any] = {
        "b": {"configSnapshotId": "s", "configurationItems": [group("sg-1", "10.0.0.0/8"), group("sg-2", "0.0.0.0/0")]},
        "a": {"configSnapshotId": "s", "configurationItems": [far, block]},
        "c": {"configurationItems": [old, gone, bucket]},
        "d": {"Results": [json.dumps(one) for one in page[:2]]},
        "e": {"Results": [json.dumps(page[2])], "QueryInfo": {"SelectFields": [{"Name": "configuration.groupId"}]}},
    }
    for name, document in documents.items():
        (path / f"{name}.json").write_text(json.dumps(document))
    (path / "f.json").write_text(json.dumps(documents["b"])[:-300])
    return [str(path / f"{name}.json") for name in "abcdef"]


def settings_of(**settings: Any) -> dict[str, Any]:
    return load_settings({"targets": [], "only": ["ec2.*", "s3.*"], **settings}, environment={}).scan


def test_it_is_what_judging_everything_in_memory_comes_to(tmp_path: Path) -> None:
    files, settings = organization(tmp_path), settings_of()
    report = scan_recorded(files, settings, [], lambda *_: None).report
    _, library, _, _ = chosen(settings)
    recording = read_recording(files, library, settings, lambda *_: None)
    compensation = Compensation(library.controls, library.compiled)
    lives = recording.accounts
    compensation.see([one for live in lives for one in live.resources if one.type in TYPES], [])
    expected = []
    for live in lives:
        found = Evaluation(library.controls, library.compiled).verdicts([*live.resources, *live.marks])
        compensation.settle(found, live.resources, live.marks, live.account)
        expected += found
    said = [(v.resource.id, v.control.id, v.status, v.evidence, v.compensated) for v in report.verdicts]
    assert sorted(said, key=repr) == sorted(
        [(v.resource.id, v.control.id, v.status, v.evidence, v.compensated) for v in expected], key=repr
    )
    assert {status for _, _, status, _, _ in said} == {"pass", "fail", "unknown"}
    coverage = report.coverage
    resources = [one for live in lives for one in live.resources]
    assert (coverage.units, coverage.files, coverage.resources) == ({"aws": 2}, 6, len(resources))
    assert coverage.problems == [*recording.problems, *(problem for live in lives for problem in live.problems)]
    assert [row["account"] for row in coverage.ledger] == [row.account for live in lives for row in live.ledger]
    assert exit_code(report) == 1


def test_all_of_an_account_is_judged_together_whatever_file_it_is_in(tmp_path: Path) -> None:
    files = organization(tmp_path)
    result = scan_recorded(files, settings_of(only=[SSH]), [], lambda *_: None)
    found = {(v.resource.path, v.resource.metadata["id"]): v.status for v in result.report.verdicts}
    assert found == {
        (f"aws:{FIRST}/eu-west-1", "sg-1"): "pass",  # the open one is older
        (f"aws:{FIRST}/us-east-1", "sg-3"): "fail",  # and sg-2 is gone
        (f"aws:{SECOND}/eu-west-1", "sg-1"): "fail",
        (f"aws:{SECOND}/eu-west-1", "sg-9"): "fail",
    }


def test_its_tables_are_kept_and_nothing_else(tmp_path: Path) -> None:
    result = scan_recorded(organization(tmp_path), settings_of(only=[SSH]), [], lambda *_: None)
    assert result.tables is not None
    source = f"read_parquet('{result.tables}/*/verdicts.parquet')"
    assert duckdb.sql(f"select count(*) from {source} where status = 'fail'").fetchall() == [(3,)]
    kept = {path.name for path in result.tables.parent.iterdir()}
    assert kept == {"run.json", "lock", "finished", "tables"}
    assert not list((tmp_path / "data").rglob("history"))


def test_one_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    def stop(step: str, *_: int) -> None:
        if step == "judging accounts":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan_recorded(organization(tmp_path), settings_of(), [], stop)
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == []


KILLED = """
import os, signal, sys
from bastide.recorded import scan_recorded
from bastide.settings import load_settings
def told(step, done, total):
    if step == sys.argv[1] and done:
        os.kill(os.getpid(), signal.SIGKILL)
settings = load_settings({"targets": [], "only": ["ec2.*", "s3.*"]}, environment={}).scan
scan_recorded(sys.argv[2:], settings, [], told)
"""


@pytest.mark.parametrize("step", ["reading files of AWS Config", "judging accounts"])
def test_one_that_is_killed_leaves_nothing_that_counts(tmp_path: Path, step: str) -> None:
    files = organization(tmp_path)
    done = subprocess.run([sys.executable, "-c", KILLED, step, *files], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    (run,) = (tmp_path / "data").rglob("run.json")
    assert not (run.parent / "finished").exists()
    assert not [path for path in run.parent.iterdir() if path.name not in {"run.json", "lock", "tables"}]
    assert not (run.parent / "tables" / "run").exists()
    assert scan_recorded(files, settings_of(), [], lambda *_: None).tables != run.parent / "tables"


def test_the_baseline_and_exemptions_hold(tmp_path: Path) -> None:
    files, baseline = organization(tmp_path), str(tmp_path / "baseline.json")
    first = scan_recorded(files, settings_of(only=[SSH]), [], lambda *_: None)
    write_baseline(first.report.verdicts, baseline)
    again = scan_recorded(files, settings_of(only=[SSH], baseline=baseline), [], lambda *_: None).report
    assert [v.new for v in again.verdicts if v.status == "fail"] == [False] * 3
    assert not [one for one in again.coverage.problems if one.path == baseline]
    (tmp_path / "a.json").write_text(json.dumps([{**group("sg-4", "10.0.0.0/8"), "awsRegion": "us-east-1"}]))
    shut = scan_recorded(files, settings_of(only=[SSH], baseline=baseline), [], lambda *_: None).report
    notes = [one.message for one in shut.coverage.problems if one.path == baseline]
    assert [note.partition(";")[0] for note in notes] == ["1 of its findings no longer occurs"]
    item = {"control": SSH, "by": "me", "until": "2099-01-01", "reason": "it is", "place": "bastide.yaml:1"}
    exempt = scan_recorded(files, settings_of(only=[SSH]), [item], lambda *_: None).report
    assert {v.status for v in exempt.verdicts} == {"pass", "exempt"}
