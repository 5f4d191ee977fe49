"""`bastide controls`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_list(run: Run) -> None:
    done = run("controls", "list", "ec2.*")
    assert done.returncode == 0
    assert all(line.startswith("ec2.") for line in done.stdout.splitlines() if line.strip())
    rows = json.loads(run("controls", "list", "-f", "json").stdout)
    assert {"id", "severity", "type", "title"} == set(rows[0])
    assert run("controls", "list", "nothing.*").returncode == 2


def test_show(run: Run) -> None:
    done = run("controls", "show", "iam.role-is-not-administrator")
    assert done.returncode == 0
    for word in ("require", "fix in terraform", "well-architected", "AWS::IAM::Role"):
        assert word in done.stdout
    wrong = run("controls", "show", "iam.role-is-not-administratr")
    assert (wrong.returncode, "Did you mean" in wrong.stderr) == (2, True)


def test_test(run: Run, project: Path) -> None:
    assert run("controls", "test", "ec2.volume*").returncode == 0
    (project / "own.yaml").write_text(
        "- id: mine.x\n  title: X\n  resource: AWS::S3::Bucket\n  severity: low\n  require: BucketName is not null\n"
        "  rationale: No.\n  remediation: {terraform: No.}\n  frameworks: {well-architected: [SEC05-BP01]}\n"
        '  examples:\n    - fail: {terraform: \'resource "aws_s3_bucket" "b" { bucket = "x" }\', missing: none}\n'
    )
    done = run("controls", "test", "--controls", "own.yaml", "--lint")
    assert done.returncode == 1
    assert "wanted fail, got pass" in done.stdout
    assert "no example that should pass" in done.stdout


def test_a_service_is_all_its_controls(run: Run) -> None:
    service = run("controls", "list", "kms")
    assert service.stdout == run("controls", "list", "kms.*").stdout
    assert len(service.stdout.splitlines()) > 1
    one = run("controls", "list", service.stdout.split()[0])
    assert "1 control over 1 resource type\n" in one.stderr
    assert "Did you mean `kms`?" in run("controls", "list", "kmss").stderr
