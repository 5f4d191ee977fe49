"""`bastide drift` and `bastide scan config-snapshot` from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.sources.config_snapshot.conftest import config_item

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "data"\n  tags   = { team = "a" }\n}\n'


@pytest.fixture
def snapshot(project: Path) -> Path:
    """A snapshot with the bucket of the code as it is in the cloud, and the code."""
    (project / "main.tf").write_text(BUCKET)
    return write(project, {"team": "a"})


def write(project: Path, tags: dict[str, str], **supplementary: Any) -> Path:
    more = {"BucketVersioningConfiguration": {"status": "Off"}, **supplementary}
    item = config_item(
        "AWS::S3::Bucket", "data", {"name": "data"}, ARN="arn:aws:s3:::data", tags=tags, supplementaryConfiguration=more
    )
    path = project / "snapshot.json"
    path.write_text(json.dumps({"configSnapshotId": "s", "configurationItems": [item]}))
    return path


def test_a_changed_tag_is_shown(run: Run, project: Path, snapshot: Path) -> None:
    write(project, {"team": "z"})
    done = run("drift", "main.tf", "config-snapshot:snapshot.json", "--only", "severity=critical")
    assert done.returncode == 1, done.stderr
    assert '  Tags[team].Value\n    - "a"\n    + "z"\n' in done.stdout
    assert "\x1b" not in done.stdout
    document = json.loads(run("drift", "main.tf", "config-snapshot:snapshot.json", "-f", "json").stdout)
    assert [it["property"] for it in document["changed"][0]["differences"]] == ["Tags[team].Value"]


def test_a_verdict_that_is_worse_stands_first(run: Run, project: Path, snapshot: Path) -> None:
    names = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
    write(project, {"team": "a"}, PublicAccessBlockConfiguration=dict.fromkeys(names, False))
    done = run("drift", "main.tf", "config-snapshot:snapshot.json")
    assert done.returncode == 1
    assert done.stdout.startswith("Passes in the code, fails in the cloud\n")
    assert "s3.bucket-blocks-public-access" in done.stdout


def test_exit_codes(run: Run, project: Path, snapshot: Path) -> None:
    command = ("drift", "main.tf", "config-snapshot:snapshot.json", "--only", "severity=critical")
    assert run(*command).returncode == 0
    assert run(*command, "--unmanaged").returncode == 0
    snapshot.write_text(snapshot.read_text()[:-2])
    cut = run(*command)
    assert cut.returncode == 3
    assert "Could not be read" in cut.stdout


@pytest.mark.parametrize(
    "arguments",
    [("main.tf",), ("aws",), ("aws", "main.tf"), ("aws", "aws"), ("main.tf", "config-snapshot:none.json"),
     ("nowhere.tf", "config-snapshot:snapshot.json"), ("main.tf", "--last")],
)  # fmt: skip
def test_wrong_use(run: Run, snapshot: Path, arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run("drift", *arguments, XDG_DATA_HOME=str(tmp_path / "data"))
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr


def test_a_snapshot_is_scanned(run: Run, project: Path, snapshot: Path) -> None:
    done = run("scan", "config-snapshot", "snapshot.json", "-f", "json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["coverage"]["resources"] == 1
    assert {verdict["control"] for verdict in report["verdicts"]} >= {"s3.bucket-blocks-public-access"}
    assert run("scan", "config-snapshot").returncode == 2
    assert run("scan", "config-snapshot", "snapshot.json", "--org").returncode == 2
    snapshot.write_text("{")
    assert run("scan", "config-snapshot", "snapshot.json").returncode == 3
