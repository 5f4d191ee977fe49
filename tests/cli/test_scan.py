"""`bastide scan` from outside: exit codes, outputs, what is incomplete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SSH = "ec2.security-group-closes-ssh"


def test_findings_are_shown_with_place_property_and_fix(run: Run) -> None:
    done = run("scan", ".")
    assert done.returncode == 1
    assert "aws_security_group.open" in done.stdout
    assert "main.tf:" in done.stdout
    assert "0.0.0.0/0" in done.stdout
    assert "Summary" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((".",), 1),
        ((".", "--fail-on", "never"), 0),
        ((".", "--fail-on", "critical", "--skip", "severity=critical"), 0),
        ((".", "--only", "s3.*"), 0),
        ((".", "--only", "path=elsewhere/*"), 0),
        ((".", "--only", "sevrity=high"), 2),
        ((".", "--format", "sarfi"), 2),
        ((".", "--output", "sarif="), 2),
        (("nowhere",), 2),
        ((".", "--var-file", "none.tfvars"), 2),
        ((".", "--output", "report"), 2),
        ((".", "--output", "report.pdf"), 2),
        ((".", "-f", "json", "--output", "report.pdf"), 1),
        ((".", "--nonsense"), 2),
        ((".", "--baseline", "none.json"), 2),
    ],
)
def test_exit_codes(run: Run, arguments: tuple[str, ...], code: int) -> None:
    done = run("scan", *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert (done.stderr != "") is (code == 2)


def test_what_cannot_be_read_is_incomplete_and_hides_nothing(run: Run, project: Path) -> None:
    (project / "broken.yaml").write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {a: [\n")
    done = run("scan", ".", "--fail-on", "never", "-f", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 3
    assert report["coverage"]["incomplete"] is True
    assert any(problem["path"] == "broken.yaml" for problem in report["coverage"]["problems"])
    assert any(verdict["status"] == "fail" for verdict in report["verdicts"])
    assert run("scan", ".").returncode == 1


def test_several_outputs_in_one_run(run: Run, project: Path) -> None:
    done = run("scan", ".", "-o", "json=a.json", "-o", "sarif=b.sarif", "--output", "junit=c.xml")
    assert "Summary" in done.stdout
    assert json.loads((project / "a.json").read_text())["schema"] == "bastide/report/1"
    assert json.loads((project / "b.sarif").read_text())["version"] == "2.1.0"
    assert (project / "c.xml").read_text().startswith("<?xml")
    assert not list(project.glob(".*.part"))


def test_format_with_a_file_prints_nothing_else(run: Run, project: Path) -> None:
    done = run("scan", ".", "--format", "json", "--output", "a.json")
    assert done.stdout == ""
    assert json.loads((project / "a.json").read_text())["summary"]["status"]["fail"] > 0


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.json", "{\n"),
        ("a.SARIF", '{"$schema"'),
        ("a.sarif.json", '{"$schema"'),
        ("a.xml", "<?xml"),
        ("a.html", "<!doctype"),
        ("a.md", "### bastide"),
        ("a.ndjson", '{"activity_id"'),
        ("a.txt", "aws_security_group.open"),
    ],
)
def test_a_file_tells_its_format_by_its_extension(run: Run, project: Path, name: str, start: str) -> None:
    done = run("scan", ".", "-o", name)
    assert (project / name).read_text().startswith(start)
    assert "Summary" in done.stdout


def test_a_format_that_is_given_goes_before_the_extension(run: Run, project: Path) -> None:
    run("scan", ".", "-f", "json", "-o", "a.sarif")
    assert json.loads((project / "a.sarif").read_text())["schema"] == "bastide/report/1"
    assert "--output FORMAT=report" in run("scan", ".", "-o", "report").stderr


def test_a_format_is_printed_beside_files_of_formats_of_their_own(run: Run, project: Path) -> None:
    done = run("scan", ".", "-o", "html=a.html", "-f", "json")
    assert json.loads(done.stdout)["schema"] == "bastide/report/1"
    assert (project / "a.html").is_file()


def test_the_end_says_why_the_exit_code_is_what_it_is(run: Run, project: Path) -> None:
    only = ("scan", ".", "--only", SSH)
    assert "exit 1: 1 failure at or over low (--fail-on)" in run(*only).stdout
    assert "exit 0: --fail-on never" in run(*only, "--fail-on", "never").stdout
    run("baseline", ".")
    assert "1 failure, none new" in (known := run(*only, "--baseline", "bastide-baseline.json")).stdout
    assert "exit 0: nothing new at or over low" in known.stdout


def test_unknown_fails_for_who_wants_that(run: Run, project: Path) -> None:
    text = (project / "main.tf").read_text().replace('["0.0.0.0/0"]', "var.ranges")
    (project / "main.tf").write_text(f'variable "ranges" {{}}\n{text}')
    assert run("scan", ".", "--only", SSH).returncode == 0
    done = run("scan", ".", "--only", SSH, "--fail-on-unknown")
    assert (done.returncode, "exit 1: 1 unknown at or over low" in done.stdout) == (1, True)
    assert run("scan", ".", "--only", SSH, BASTIDE_FAIL_ON_UNKNOWN="1").returncode == 1


def test_a_filter_that_leaves_nothing_is_named(run: Run) -> None:
    done = run("scan", ".", "--only", "path=elsewhere/*")
    assert "--only path=elsewhere/* leaves nothing of 1 resource" in done.stdout
    assert "no Terraform" not in done.stdout
    assert "judged by no chosen control" in run("scan", ".", "--only", "s3.*").stdout


def test_other_providers_are_counted(run: Run, project: Path) -> None:
    (project / "other.tf").write_text(
        'resource "google_storage_bucket" "a" {}\nresource "google_sql_user" "b" {}\n'
        'resource "random_id" "c" {}\nresource "aws_nobody_knows_it" "d" {}\n'
    )
    done = run("scan", ".")
    assert "2 resources of other providers: google (2)\n" in done.stdout
    assert "1 resource of types not mapped yet: aws_nobody_knows_it\n" in done.stdout
    assert "google (2), random" in run("scan", ".", "--verbose").stdout
    coverage = json.loads(run("scan", ".", "-f", "json").stdout)["coverage"]
    assert (coverage["others"], coverage["unmapped"]) == ({"google": 2, "random": 1}, {"aws_nobody_knows_it": 1})


def test_exemptions_that_nobody_asked_about_are_no_news(run: Run, project: Path) -> None:
    allow = '# bastide: allow ec2.security-group-closes-ssh until=2999-01-01 by=jo reason="a test"\n'
    (project / "main.tf").write_text(allow + (project / "main.tf").read_text())
    for more in ("--only=s3.*", "--skip=ec2.security-group-closes-ssh", "--skip=path=main.tf"):
        assert "not needed" not in run("scan", ".", more).stdout
    (project / "main.tf").write_text(allow)
    assert "not needed" in run("scan", ".").stdout


def test_the_settings_of_the_one_target_count_but_write_no_file(run: Run, project: Path) -> None:
    (project / "inner").mkdir()
    (project / "main.tf").rename(project / "inner" / "main.tf")
    (project / "inner" / "bastide.yaml").write_text("scan: {fail_on: never, output: [stray.json]}\n")
    assert run("scan", "inner").returncode == 0
    assert run("scan", ".").returncode == 1
    assert run("scan", "inner", "inner").returncode == 1
    assert not list(project.rglob("stray.json"))
    (project / "bastide.yaml").write_text("scan: {fail_on: high}\n")
    assert run("scan", "inner").returncode == 1


def test_notes_are_no_gaps(run: Run, project: Path) -> None:
    (project / "broken.yaml").write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {a: [\n")
    (project / "main.tf").write_text('module "m" {\n  source = "x/y/aws"\n}\n')
    out = run("scan", ".").stdout
    gaps, _, rest = out.partition("Worth knowing")
    assert ("broken.yaml" in gaps, "main.tf" in gaps, "main.tf" in rest) == (True, False, True)


def test_nothing_to_scan_is_said(run: Run, project: Path) -> None:
    (project / "main.tf").unlink()
    done = run("scan", ".")
    assert done.returncode == 0
    assert "0 resources" in done.stdout or "nothing" in done.stdout.lower()


def test_settings_and_exemptions_of_the_manifest(run: Run, project: Path) -> None:
    (project / "bastide.yaml").write_text(
        "scan: {only: ['ec2.*']}\n"
        "exemptions:\n"
        "  - {control: 'ec2.*', resource: aws_security_group.open, until: 2999-01-01, by: jo, reason: a test}\n"
    )
    report = json.loads(run("scan", "-f", "json").stdout)
    statuses = {verdict["status"] for verdict in report["verdicts"]}
    assert "fail" not in statuses
    assert "exempt" in statuses
    (project / "bastide.yaml").write_text("scan: {onyl: []}\n")
    done = run("scan")
    assert (done.returncode, "Did you mean `only`?" in done.stderr) == (2, True)


def test_an_exemption_in_the_code(run: Run, project: Path) -> None:
    text = (project / "main.tf").read_text()
    (project / "main.tf").write_text(f'# bastide: allow ec2.* until=2999-01-01 by=jo reason="a test"\n{text}')
    assert run("scan", ".", "--only", "ec2.*").returncode == 0
    (project / "main.tf").write_text(f'# bastide: allow ec2.* until=2020-01-01 by=jo reason="a test"\n{text}')
    assert run("scan", ".", "--only", "ec2.*").returncode == 1


def test_own_controls(run: Run, project: Path) -> None:
    (project / "own").mkdir()
    (project / "own" / "mine.yaml").write_text(
        "- id: mine.groups-are-named\n  title: Groups are named\n  severity: critical\n"
        "  resource: AWS::EC2::SecurityGroup\n"
        "  require: GroupName is not null\n  rationale: Names help.\n  remediation: {terraform: Name it.}\n"
        "  frameworks: {well-architected: [SEC05-BP01]}\n"
        "- id: mine.breaks\n  title: Breaks\n  resource: AWS::EC2::SecurityGroup\n  severity: low\n"
        "  require: GroupNam is not null\n  rationale: No.\n  remediation: {terraform: No.}\n"
        "  frameworks: {well-architected: [SEC05-BP01]}\n"
    )
    report = json.loads(run("scan", ".", "--controls", "own", "-f", "json", "--only", "mine.*").stdout)
    assert [(v["control"], v["status"]) for v in report["verdicts"]] == [("mine.groups-are-named", "fail")]
    assert "GroupName" in report["broken"]["mine.breaks"]
    assert run("scan", ".", "--controls", "own", "--only", "mine.breaks").returncode == 3


def test_a_file_of_a_module_as_target(run: Run) -> None:
    assert run("scan", "main.tf").returncode == 1


def test_a_template_that_is_a_nested_stack_is_judged_once(run: Run, project: Path) -> None:
    (project / "main.tf").unlink()
    bucket = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: !Ref N}\n"
    (project / "inner.yaml").write_text("Parameters: {N: {Type: String}}\n" + bucket)
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {N: given}}}"
    (project / "outer.yaml").write_text(f"Resources:\n  S: {stack}\n")
    report = json.loads(run("scan", ".", "-f", "json").stdout)
    buckets = [v["resource"] for v in report["verdicts"] if v["resource"]["type"] == "AWS::S3::Bucket"]
    assert {bucket["address"] for bucket in buckets} == {"S/B"}
    assert report["coverage"]["files"] == 2
