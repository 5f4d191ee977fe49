"""The least policy, and the role that has it."""

from __future__ import annotations

import json

from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.engine import Wanted
from bastide.sources.aws.policy import ALWAYS, MAX_MANAGED, actions, policy, template, template_text


def wanted(*types: str, groups: tuple[str, ...] = ()) -> Wanted:
    return Wanted(set(types), {}, groups)


def test_only_what_the_types_need() -> None:
    library = load_collectors()
    assert actions(library, wanted("AWS::EC2::Volume")) == sorted([*ALWAYS, "ec2:DescribeVolumes"])
    policies = actions(library, wanted("AWS::S3::BucketPolicy"))
    assert {"s3:ListAllMyBuckets", "s3:GetBucketPolicy", "s3:GetBucketLocation"} <= set(policies)
    assert actions(library, wanted("AWS::S3::Bucket", "AWS::EC2::Volume", groups=("ec2",))) == sorted(
        [*ALWAYS, "ec2:DescribeVolumes"]
    )


def test_not_what_fills_properties_that_nobody_reads() -> None:
    read = Wanted({"AWS::S3::Bucket"}, {"AWS::S3::Bucket": {"BucketEncryption"}})
    names = actions(load_collectors(), read)
    assert "s3:GetEncryptionConfiguration" in names
    assert "s3:GetBucketVersioning" not in names
    read.whole = True
    assert "s3:GetBucketVersioning" in actions(load_collectors(), read)


def test_sorted_and_only_reading() -> None:
    everything = actions(load_collectors(), wanted(*(one.type for one in load_collectors().entries)))
    assert everything == sorted(set(everything))
    document = policy(everything)
    assert document["Statement"][0]["Action"] == everything


def test_the_template_keeps_within_aws_limits() -> None:
    names = [f"service{number}:DescribeSomethingWithALongName" for number in range(400)]
    made = template(names)
    parts = [one for one in made["Resources"].values() if one["Type"] == "AWS::IAM::ManagedPolicy"]
    assert len(parts) > 1
    for part in parts:
        assert len(json.dumps(part["Properties"]["PolicyDocument"], separators=(",", ":"))) <= MAX_MANAGED
    told = [name for part in parts for name in part["Properties"]["PolicyDocument"]["Statement"][0]["Action"]]
    assert told == names
    assert len(made["Resources"]["Role"]["Properties"]["ManagedPolicyArns"]) == len(parts)
    assert json.loads(template_text(names)) == made


def test_the_template_passes_bastides_own_controls(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from bastide.scan import scan
    from bastide.settings import load_settings

    (tmp_path / "role.json").write_text(template_text(["kms:ListKeys"]))
    settings = load_settings({"targets": [str(tmp_path)]}, environment={})
    result = scan([str(tmp_path)], settings.scan)
    assert result.report.coverage.resources == 2
    assert [v.control.id for v in result.report.verdicts if v.status == "fail"] == []
