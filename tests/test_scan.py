"""A scan from targets to report: what is judged, counted, left out, and what the exit code is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.scan import ScanResult, exit_code, scan
from bastide.settings import load_settings

BUCKET = 'resource "aws_s3_bucket" "b" {\n  acl = "public-read"\n}\n'
GROUP = "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {GroupDescription: g}\n"
CONTROL = """\
- id: own.bucket-has-a-name
  title: Buckets have a name
  resource: AWS::S3::Bucket
  severity: high
  require: BucketName is not null
  rationale: A name is what people call it by, so that they find it.
  remediation: {terraform: Set bucket., cloudformation: Set BucketName., cli: aws}
  frameworks: {well-architected: [SEC01-BP01]}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one bucket in Terraform and one group in CloudFormation, and the working directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(BUCKET)
    (tmp_path / "stack.yaml").write_text(GROUP)
    return tmp_path


def run(*targets: str, exemptions: Any = (), **given: Any) -> ScanResult:
    """A scan with these settings over the defaults."""
    settings = load_settings({}, environment={}).scan | given
    return scan(targets or ["."], settings, exemptions)


def controls(result: ScanResult, status: str = "fail") -> set[str]:
    return {verdict.control.id for verdict in result.report.verdicts if verdict.status == status}


def test_everything_below_a_folder_is_judged(here: Path) -> None:
    result = run()
    report = result.report
    assert {resource.address for resource in result.resources} == {"aws_s3_bucket.b", "G"}
    assert "s3.bucket-has-no-public-acl" in controls(result)
    coverage = report.coverage
    assert (coverage.units, coverage.files) == ({"terraform": 1, "cloudformation": 1}, 2)
    assert (coverage.resources, coverage.judged) == (2, 2)
    assert coverage.types == {"AWS::S3::Bucket": 1, "AWS::EC2::SecurityGroup": 1}
    assert report.targets == (".",)
    assert report.seconds > 0


def test_the_worst_come_first(here: Path) -> None:
    verdicts = run().report.verdicts
    order = {"fail": 0, "unknown": 1, "exempt": 2, "pass": 3}
    severities = ["critical", "high", "medium", "low", "info"]
    keys = [(order[v.status], severities.index(v.severity)) for v in verdicts]
    assert keys == sorted(keys)
    assert len({key[0] for key in keys}) > 1


def test_selections_choose_controls_and_resources(here: Path) -> None:
    assert controls(run(only=["s3.bucket-has-no-public-acl"])) == {"s3.bucket-has-no-public-acl"}
    assert "s3.bucket-has-no-public-acl" not in controls(run(skip=["s3.bucket-has-no-*"]))
    assert {resource.path for resource in run(only=["path=infra/*"]).resources} == {"infra/main.tf"}
    assert {resource.path for resource in run(skip=["path=infra/*"]).resources} == {"stack.yaml"}
    assert {v.resource.type for v in run(only=["type=AWS::EC2::*"]).report.verdicts} == {"AWS::EC2::SecurityGroup"}
    assert {v.severity for v in run(only=["severity=low"]).report.verdicts} == {"low"}
    assert run(exclude=["infra"]).report.coverage.units == {"cloudformation": 1}


def test_controls_of_ones_own_are_judged_beside_the_library(here: Path) -> None:
    (here / "own").mkdir()
    (here / "own" / "mine.yaml").write_text(CONTROL)
    result = run(controls=["own/mine.yaml"])
    assert {"own.bucket-has-a-name", "s3.bucket-has-no-public-acl"} <= controls(result)


def test_what_cannot_be_read_is_a_problem_and_makes_it_incomplete(here: Path) -> None:
    (here / "broken.yaml").write_text("AWSTemplateFormatVersion: x\nResources: [\n")
    report = run().report
    assert report.coverage.incomplete
    assert [(p.kind, p.path) for p in report.coverage.problems if p.kind == "unreadable"] == [
        ("unreadable", "broken.yaml")
    ]
    assert len(report.verdicts) == len(run(exclude=["broken.yaml"]).report.verdicts)


def test_types_without_controls_or_mapping_are_counted(here: Path) -> None:
    kinds = {"a": "aws_nobody_knows", "b": "aws_nobody_knows", "d": "aws_cloudwatch_dashboard"}
    more = "".join(f'resource "{kind}" "{name}" {{}}\n' for name, kind in kinds.items())
    (here / "infra" / "more.tf").write_text(more)
    coverage = run().report.coverage
    assert coverage.unmapped == {"aws_nobody_knows": 2}
    assert coverage.unjudged == {"AWS::CloudWatch::Dashboard": 1}
    assert coverage.judged == coverage.resources - 1


def test_exit_codes(here: Path) -> None:
    assert exit_code(run().report) == 1
    assert exit_code(run(fail_on="never").report) == 0
    assert exit_code(run(only=["severity=low"], fail_on="high").report) == 0
    assert exit_code(run(only=["severity=low"], fail_on="low").report) == 1
    (here / "broken.tf").write_text("resource {{{\n")
    assert exit_code(run(fail_on="never").report) == 3
    assert exit_code(run().report) == 1


def test_what_the_baseline_knows_is_not_new(here: Path) -> None:
    from bastide.controls.baseline import write_baseline

    write_baseline(run().report.verdicts, "base.json")
    report = run(baseline="base.json").report
    assert not [verdict for verdict in report.verdicts if verdict.status == "fail" and verdict.new]
    assert exit_code(report) == 0
    (here / "infra" / "more.tf").write_text(BUCKET.replace('"b"', '"c"'))
    report = run(baseline="base.json").report
    assert {v.resource.address for v in report.verdicts if v.status == "fail" and v.new} == {"aws_s3_bucket.c"}
    assert exit_code(report) == 1


def test_exemptions_of_the_settings_and_of_the_code(here: Path) -> None:
    entry = {"control": "s3.bucket-has-no-public-acl", "by": "ana", "until": "2999-01-01", "reason": "site"}
    result = run(exemptions=[{**entry, "place": "bastide.yaml:3"}])
    assert controls(result, "exempt") == {"s3.bucket-has-no-public-acl"}
    mark = '# bastide: allow s3.bucket-has-no-public-acl until=2999-01-01 by=ana reason="site"\n'
    (here / "infra" / "main.tf").write_text(mark + BUCKET)
    assert controls(run(), "exempt") == {"s3.bucket-has-no-public-acl"}
    (here / "infra" / "main.tf").write_text(mark.replace("2999", "1999") + BUCKET)
    assert controls(run(), "exempt") == set()
    assert "s3.bucket-has-no-public-acl" in controls(run())


def test_progress_is_told_in_steps(here: Path) -> None:
    told: list[tuple[str, int, int]] = []
    settings = load_settings({}, environment={}).scan
    scan(["."], settings, progress=lambda step, done, total: told.append((step, done, total)))
    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == ["looking for what can be read", "reading", "judging"]
    assert [(done, total) for step, done, total in told if step == "reading"] == [(1, 2), (2, 2)]


@pytest.mark.parametrize("jobs", ["0", "-4", "x", "1.5", "257", "99999999999", "", "\u00b2"])
def test_a_number_of_processes_that_is_none(here: Path, jobs: str) -> None:
    with pytest.raises(UsageError, match="--jobs"):
        run(jobs=jobs)


def test_one_process_sees_the_same_as_several(here: Path) -> None:
    def seen(result: ScanResult) -> list[tuple[str, str, str]]:
        return [(v.control.id, v.resource.id, v.status) for v in result.report.verdicts]

    assert seen(run(jobs="1")) == seen(run(jobs="2")) == seen(run())


@pytest.mark.parametrize(
    ("targets", "given"),
    [
        (["nowhere"], {}),
        ([], {"only": ["sevrity=high"]}),
        ([], {"var_file": ["none.tfvars"]}),
        ([], {"baseline": "none.json"}),
        ([], {"controls": ["none.yaml"]}),
    ],
)
def test_wrong_use_is_an_error(here: Path, targets: list[str], given: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        run(*targets, **given)


def test_variables_of_a_file_are_used(here: Path) -> None:
    (here / "infra" / "main.tf").write_text('variable "acl" {}\n' + BUCKET.replace('"public-read"', "var.acl"))
    assert "s3.bucket-has-no-public-acl" in controls(run(), "unknown")
    (here / "prod.tfvars").write_text('acl = "public-read"\n')
    assert "s3.bucket-has-no-public-acl" in controls(run(var_file=["prod.tfvars"]))


def test_a_plan_is_judged_too(here: Path) -> None:
    after = {"bucket": "b", "acl": "public-read"}
    change = {"address": "aws_s3_bucket.p", "type": "aws_s3_bucket", "change": {"actions": ["create"], "after": after}}
    (here / "plan.json").write_text(json.dumps({"format_version": "1.2", "resource_changes": [change]}))
    result = run("plan.json")
    assert result.report.coverage.units == {"plan": 1}
    assert "s3.bucket-has-no-public-acl" in controls(result)
