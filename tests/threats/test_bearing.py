"""What bears on what: by references, by names, and only within one unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.resources.schema import schema_for
from bastide.threats.bearing import put_bearing, rules
from bastide.workload.known import Known
from tests.threats.stacks import known_of, live_of, write

STACK = """
Resources:
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      NetworkConfiguration: {AwsvpcConfiguration: {SecurityGroups: [!Ref Group], Subnets: [subnet-1]}}
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: !GetAtt Role.Arn}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: run, AssumeRolePolicyDocument: {Statement: []}}}
  Rights: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [run], PolicyDocument: {Statement: []}}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g}}
  Open: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !GetAtt Group.GroupId, IpProtocol: tcp}}
  Alone: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: h}}
"""


def bearing(known: Known, name: str) -> set[str]:
    """The addresses of what bears on a resource, by its address."""
    put_bearing(known)
    rows = known.select("select element, resource from bearing")
    return {row["resource"].partition("#")[2] for row in rows if row["element"].endswith(f"#{name}")}


def test_parts_are_found_through_parts_by_reference_and_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path, {"stack.yaml": STACK}))
    with known_of(tmp_path) as known:
        assert bearing(known, "Service") == {"Service", "Task", "Role", "Rights", "Group", "Open"}
        assert bearing(known, "Alone") == {"Alone"}


def test_a_name_means_what_stands_in_the_same_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = "Resources: {Let: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: data, PolicyDocument: {}}}}"
    bucket = "{Type: AWS::S3::Bucket, Properties: {BucketName: data}}"
    both = f"Resources: {{Mine: {bucket}, Let: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: data}}}}}}"
    monkeypatch.chdir(write(tmp_path, {"a.yaml": policy, "b.yaml": f"Resources: {{Data: {bucket}}}", "c.yaml": both}))
    with known_of(tmp_path) as known:
        assert bearing(known, "Data") == {"Data"}
        assert bearing(known, "Mine") == {"Mine", "Let"}


def test_live_resources_name_each_other_by_the_ends_of_their_arns() -> None:
    group, queue = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1", "arn:aws:sqs:eu-west-1:111122223333:orders"
    machine = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
    rows = [
        {"type": "AWS::EC2::SecurityGroup", "arn": group},
        {"type": "AWS::EC2::Instance", "arn": machine, "properties": {"SecurityGroupIds": ["sg-1", "sg-2"]}},
        {"type": "AWS::SQS::Queue", "arn": queue},
        {"type": "AWS::SQS::QueuePolicy", "arn": f"{queue}/policy", "properties": {"Queues": [url]}},
    ]
    with live_of(rows) as known:
        assert bearing(known, machine) == {machine, group}
        assert bearing(known, queue) == {queue, f"{queue}/policy"}


def test_a_circle_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref Rights], AssumeRolePolicyDocument: {}}}
  Rights: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [!Ref Role], PolicyDocument: {}}}
"""
    monkeypatch.chdir(write(tmp_path, {"stack.yaml": stack}))
    with known_of(tmp_path) as known:
        assert bearing(known, "Role") == {"Role", "Rights"}


def test_rules_name_properties_that_there_are() -> None:
    every, names = rules()
    wrong = [rule for rule in every if not _has(rule.holder, rule.property)]
    assert not wrong
    assert not [kind for kind, path in names.items() if not _has(kind, path)]


def _has(kind: str, path: str) -> bool:
    schema = schema_for(kind)
    return schema is not None and schema.property(path) is not None
