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
    assert {"id", "severity", "concern", "type", "title"} == set(rows[0])
    assert run("controls", "list", "nothing.*").returncode == 2


def test_show(run: Run) -> None:
    done = run("controls", "show", "iam.role-is-not-administrator")
    assert done.returncode == 0
    for word in ("require", "fix in terraform", "well-architected", "AWS::IAM::Role", "identity and policies",
                 "  fedramp-moderate-r5, derived: AC-"):  # fmt: skip
        assert word in done.stdout
    (one,) = json.loads(run("controls", "show", "iam.role-is-not-administrator", "-f", "json").stdout)
    assert set(one["serves"]["nist-800-53-r5"]) == set(one["frameworks"]["nist-800-53-r5"])
    assert "AC-6" in one["serves"]["fedramp-moderate-r5"]
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


def test_lists_by_service_concern_and_framework(run: Run) -> None:
    def ids(*arguments: str) -> set[str]:
        return {row["id"] for row in json.loads(run("controls", "list", "-f", "json", *arguments).stdout)}

    keys = ids("--concern", "keys")
    assert "kms.key-rotates" in keys
    assert ids("--service", "kms", "--concern", "keys") == {one for one in keys if one.startswith("kms.")}
    assert ids("--service", "kms", "--service", "s3") == ids("kms", "s3")
    assert ids("--framework", "cis-aws-6.0/4.6") == ids("--framework", "cis-aws-5.0/3.6") == {"kms.key-rotates"}
    assert ids("--framework", "cis-aws-6.0") > {"kms.key-rotates"}
    assert run("controls", "list", "--framework", "cis-aws-6.0", "s3.access*").returncode == 2
    for arguments, said in (
        (["--service", "s33"], "Did you mean `s3`"),
        (["--concern", "luck"], "there are public-exposure"),
        (["--framework", "cis-aws-5"], "Did you mean `cis-aws-5.0`"),
        (["--framework", "cis-aws-5.0/9.9"], "is no requirement of cis-aws-5.0"),
    ):
        done = run("controls", "list", *arguments)
        assert (done.returncode, said.lower() in done.stderr.lower()) == (2, True), done.stderr
