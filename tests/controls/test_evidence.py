"""Evidence names the property that decided, with its value and its line."""

from __future__ import annotations

from typing import Any

from bastide.controls.entry import Related
from bastide.controls.verdict import Evidence
from bastide.resources.model import Origin, Resource, Unresolved
from tests.controls.conftest import control, judge, resource

BLOCK = "PublicAccessBlockConfiguration"


def evidence(
    require: str, properties: Any, type_: str = "AWS::S3::Bucket", **origins: int
) -> list[tuple[str, str | None, str, int]]:
    item = resource(properties, type_)
    item.origins = {path.replace("__", "."): Origin("main.tf", line, line) for path, line in origins.items()}
    (verdict,) = judge(control(require, type_), item)
    return [(e.property, e.value, e.note, e.line) for e in verdict.evidence]


def test_a_failure_shows_only_what_fails() -> None:
    require = f"{BLOCK}.BlockPublicAcls and {BLOCK}.BlockPublicPolicy and BucketName is not null"
    found = evidence(
        require, {BLOCK: {"BlockPublicAcls": True, "BlockPublicPolicy": False}}, **{f"{BLOCK}__BlockPublicPolicy": 7}
    )
    assert found == [(f"{BLOCK}.BlockPublicPolicy", "false", "", 7), ("BucketName", None, "not set", 3)]


def test_the_element_at_fault() -> None:
    rules = [{"IpProtocol": "tcp", "FromPort": p, "ToPort": p, "CidrIp": "0.0.0.0/0"} for p in (443, 22)]
    require = "none_of([is_public(r) and opens_port(r, 22) for r in SecurityGroupIngress])"
    (found,) = evidence(require, {"SecurityGroupIngress": rules}, "AWS::EC2::SecurityGroup")
    assert found[0] == "SecurityGroupIngress[1]"
    assert '"FromPort": 22' in str(found[1]).replace('":22', '": 22')


def test_an_unknown_says_what_and_why() -> None:
    found = evidence(
        f"{BLOCK}.BlockPublicAcls", {BLOCK: {"BlockPublicAcls": Unresolved("var.x", "variable without a value")}}
    )
    assert found == [(f"{BLOCK}.BlockPublicAcls", None, "var.x: variable without a value", 3)]


def test_a_pass_shows_what_was_looked_at() -> None:
    assert evidence("BucketName is not null", {"BucketName": "logs"}) == [("BucketName", '"logs"', "", 3)]


def test_a_statement_is_shown_where_it_stands() -> None:
    document = {
        "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
        ]
    }
    require = "none_of([allows(s) and covers_every_action(s) for s in statements])"
    (found,) = evidence(require, {"PolicyDocument": document}, "AWS::IAM::ManagedPolicy")
    assert found[0] == "PolicyDocument.Statement[1]"
    unknown = {"Statement": [{"Effect": "Allow", "Action": Unresolved("var.a"), "Resource": "*"}]}
    (found,) = evidence(require, {"PolicyDocument": unknown}, "AWS::IAM::ManagedPolicy")
    assert found[0] == "PolicyDocument.Statement[0].Action"


def test_a_related_resource_is_named_at_its_own_place() -> None:
    related = [Related("bucket", "AWS::S3::Bucket", by="S3BucketName")]
    require = "any_of([b.VersioningConfiguration.Status = 'Enabled' for b in bucket])"
    trail = resource({"S3BucketName": "logs"}, "AWS::CloudTrail::Trail", "t")
    bucket = resource({"BucketName": "logs"}, path="s3.tf", line=40)
    (verdict,) = judge(control(require, "AWS::CloudTrail::Trail", related=related), trail, bucket)
    assert verdict.evidence == (Evidence("b.VersioningConfiguration.Status", None, "not set", "s3.tf", 40),)


def test_related_resources_are_named_and_their_absence_too() -> None:
    bucket = resource({"BucketName": "logs"})
    policy = resource({"Bucket": "logs"}, "AWS::S3::BucketPolicy", "p", path="s3.tf", line=40)

    def found(require: str, *others: Resource) -> list[tuple[str, str | None, str, str]]:
        related = [Related("policies", "AWS::S3::BucketPolicy", to="Bucket")]
        verdicts = judge(control(require, related=related), bucket, *others)
        return [(item.property, item.value, item.note, item.path) for item in verdicts[0].evidence]

    assert found("len(policies) > 0") == [("no related policies", None, "", bucket.path)]
    assert found("len(policies) > 1", policy) == [("related policies: p", None, "", "s3.tf")]


def test_a_secret_is_not_shown() -> None:
    found = evidence("MasterUserPassword is null", {"MasterUserPassword": "hunter2hunter2"}, "AWS::RDS::DBInstance")
    assert "hunter2" not in str(found)


def test_a_value_is_secret_by_the_name_beside_it() -> None:
    secret = {"Name": "/app/db-password", "Type": "String", "Value": "Tr0ub4dor"}
    ((_, value, _, _),) = evidence("Value = 'x'", secret, "AWS::SSM::Parameter")
    assert value == "(sensitive)"
    ((_, value, _, _),) = evidence("Value = 'x'", {**secret, "Name": "/app/colour"}, "AWS::SSM::Parameter")
    assert value == '"Tr0ub4dor"'
    variables = [{"Name": "DB_PASSWORD", "Value": "Tr0ub4dor"}, {"Name": "COLOUR", "Value": "green"}]
    project = {"Environment": {"EnvironmentVariables": variables}}
    ((_, value, _, _),) = evidence(
        "none_of([v.Value is not null for v in Environment.EnvironmentVariables])", project, "AWS::CodeBuild::Project"
    )
    assert "Tr0ub4dor" not in str(value)


def test_of_several_that_may_be_absent_together_only_the_failing_are_shown() -> None:
    require = f"{BLOCK} is null or ({BLOCK}.BlockPublicAcls and {BLOCK}.BlockPublicPolicy and {BLOCK}.IgnorePublicAcls)"
    block = {"BlockPublicAcls": True, "BlockPublicPolicy": False, "IgnorePublicAcls": True}
    assert [item[:2] for item in evidence(require, {BLOCK: block})] == [(f"{BLOCK}.BlockPublicPolicy", "false")]
