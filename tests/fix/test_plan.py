"""Plans: what is kept, what is left, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bastide.controls.library import read_controls
from bastide.fix.plan import fixes_of
from bastide.fix.write import write_drafts

if TYPE_CHECKING:
    from bastide.fix.plan import Plan
    from tests.fix.conftest import Planned

VERSIONS, BLOCKS = "s3.bucket-keeps-versions", "s3.bucket-states-public-access-block"
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "data-111122223333"\n}\n'


def reasons(plan: Plan) -> list[str]:
    return [outcome.reason for outcome in plan.outcomes]


def test_several_verdicts_on_one_resource_are_one_patch(planned: Planned) -> None:
    plan = planned({"main.tf": BUCKET}, VERSIONS, BLOCKS)
    assert reasons(plan) == ["", ""]
    text = plan.drafts["main.tf"].text
    assert text.startswith(BUCKET)
    assert text.count('resource "aws_s3_bucket_versioning" "b"') == 1
    assert text.count('resource "aws_s3_bucket_public_access_block" "b"') == 1


def test_nothing_is_written_by_a_plan(planned: Planned) -> None:
    planned({"main.tf": BUCKET}, VERSIONS)
    assert Path("main.tf").read_text("utf-8") == BUCKET


def test_applied_once_there_is_nothing_more(planned: Planned) -> None:
    plan = planned({"main.tf": BUCKET}, VERSIONS, BLOCKS)
    write_drafts(plan.drafts.values())
    assert planned({}, VERSIONS, BLOCKS).outcomes == []


def test_a_variable_is_told_with_its_place(planned: Planned) -> None:
    text = (
        'variable "x" { default = false }\nresource "aws_ebs_volume" "v" {\n  size      = 1\n  encrypted = var.x\n}\n'
    )
    plan = planned({"main.tf": text}, "ec2.volume-is-encrypted", replace=True)
    assert reasons(plan) == ["encrypted comes from `var.x` (main.tf:4)"]
    assert plan.drafts == {}


def test_a_parameter_is_told_with_its_place(planned: Planned) -> None:
    text = (
        "Parameters:\n  P: {Type: String, Default: 'false'}\nResources:\n  V:\n"
        "    Type: AWS::EC2::Volume\n    Properties:\n      Encrypted: !Ref P\n"
    )
    plan = planned({"t.yaml": text}, "ec2.volume-is-encrypted", replace=True)
    assert reasons(plan) == ["Encrypted comes from `!Ref P` (t.yaml:7)"]


def test_reasons_name_lines_of_the_file_as_it_is(planned: Planned) -> None:
    """Although the bucket above has grown by then."""
    text = BUCKET + 'resource "aws_ebs_volume" "v" {\n  encrypted = var.x\n}\nvariable "x" { default = false }\n'
    plan = planned({"main.tf": text}, VERSIONS, BLOCKS, "ec2.volume-is-encrypted", replace=True)
    assert [reason for reason in reasons(plan) if reason] == ["encrypted comes from `var.x` (main.tf:5)"]


def test_what_replaces_the_resource_is_asked_for(planned: Planned) -> None:
    files: dict[str, str | bytes] = {"main.tf": 'resource "aws_ebs_volume" "v" {\n  size = 1\n}\n'}
    assert "replaces the resource: --replace" in reasons(planned(files, "ec2.volume-is-encrypted"))[0]
    plan = planned(files, "ec2.volume-is-encrypted", replace=True)
    assert (reasons(plan), plan.outcomes[0].replaces) == ([""], ("Encrypted",))


def test_every_instance_of_a_block_is_fixed_by_one_edit(planned: Planned) -> None:
    text = 'resource "aws_sns_topic" "t" {\n  count = 2\n  name  = "t${count.index}"\n}\n'
    plan = planned({"main.tf": text}, "sns.topic-is-encrypted")
    assert reasons(plan) == ["", ""]
    assert plan.drafts["main.tf"].text.count("kms_master_key_id") == 1


def test_instances_need_a_separate_resource_each(planned: Planned) -> None:
    plan = planned({"main.tf": 'resource "aws_s3_bucket" "b" {\n  count = 2\n}\n'}, VERSIONS)
    assert all("several instances" in reason for reason in reasons(plan))


def test_a_module_that_two_roots_call_is_fixed_once(planned: Planned) -> None:
    files: dict[str, str | bytes] = {
        "m/main.tf": BUCKET,
        "one/main.tf": 'module "m" {\n  source = "../m"\n}\n',
        "two/main.tf": 'module "m" {\n  source = "../m"\n}\n',
    }
    plan = planned(files, VERSIONS)
    assert reasons(plan) == ["", ""]
    assert list(plan.drafts) == ["m/main.tf"]
    assert plan.drafts["m/main.tf"].text.count("aws_s3_bucket_versioning") == 1


def test_what_makes_something_else_worse_is_left(planned: Planned) -> None:
    """The versions go, for an account's own control, and the one of the library stays."""
    own = """
- id: own.bucket-keeps-no-versions
  title: No versions
  resource: AWS::S3::Bucket
  severity: low
  require: VersioningConfiguration is null
  rationale: x
  remediation: {cli: x}
  frameworks: {well-architected: [SEC01-BP01]}
"""
    settings = {"main.tf": BUCKET, "own/own.yaml": own, "bastide.yaml": "scan: {controls: [own]}\n"}
    plan = planned(dict(settings), VERSIONS, BLOCKS)
    left = [reason for reason in reasons(plan) if reason]
    assert left == ["something else would get worse: own.bucket-keeps-no-versions would fail"]
    assert "versioning" not in plan.drafts["main.tf"].text
    assert "public_access_block" in plan.drafts["main.tf"].text


def test_two_fixes_that_contradict_each_other_are_told(planned: Planned) -> None:
    own = """
- id: own.{name}
  title: Versions
  resource: AWS::S3::Bucket
  severity: {severity}
  require: coalesce(VersioningConfiguration.Status = '{word}', false)
  rationale: x
  remediation: {{cli: x}}
  frameworks: {{well-architected: [SEC01-BP01]}}
  fix: {{set: {{VersioningConfiguration.Status: {word}}}}}
"""
    both = own.format(name="on", severity="high", word="Enabled") + own.format(
        name="off", severity="low", word="Suspended"
    )
    settings = {"main.tf": BUCKET, "own/own.yaml": both, "bastide.yaml": "scan: {controls: [own]}\n"}
    plan = planned(dict(settings), "own.on", "own.off")
    assert reasons(plan) == ["", "own.on sets VersioningConfiguration.Status to something else"]


def test_controls_without_a_fix_are_by_hand(planned: Planned) -> None:
    plan = planned({"main.tf": BUCKET}, "s3.bucket-uses-customer-key")
    assert [(one.known, one.reason) for one in plan.outcomes] == [(False, "by hand")]


def test_plans_and_programs_output_are_no_source(planned: Planned) -> None:
    manifest = (
        '{"version": "36.0.0", "artifacts": {"S": {'
        '"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}'
    )
    template = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    plan = planned({"out/manifest.json": manifest, "out/S.template.json": template}, "sns.topic-is-encrypted")
    assert reasons(plan) == ["the template was made by a program"]


def test_exempt_verdicts_are_left_alone(planned: Planned) -> None:
    exemption = {"control": VERSIONS, "until": "2099-01-01", "by": "me", "reason": "a test", "place": "bastide.yaml:1"}
    plan = planned({"main.tf": BUCKET}, VERSIONS, BLOCKS, exemptions=[exemption])
    assert [one.verdict.control.id for one in plan.outcomes] == [BLOCKS]


def test_fixes_are_read_where_they_are_written() -> None:
    controls = [control for control in read_controls() if control.id in (VERSIONS, "s3.bucket-uses-customer-key")]
    found = fixes_of(controls)
    assert list(found) == [VERSIONS]
    assert found[VERSIONS].changes[0].value == "Enabled"
