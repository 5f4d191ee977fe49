"""Values of answers take the kinds of the schema, or are unresolved; nothing is bent, nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bastide.resources.model import ABSENT, REDACTED_WRITTEN, Unresolved, settle
from bastide.resources.schema import schema_for
from bastide.sources.aws.convert import Lines, convert, fill


def made(resource_type: str, answer: Any, properties: Any = None, *, by_rule: bool = True) -> dict[str, Any]:
    """The properties of a type that an answer and lines give."""
    schema = schema_for(resource_type)
    assert schema is not None
    return fill(schema, Lines.of(properties or {}), answer, by_rule=by_rule)


def test_names_match_whatever_their_case() -> None:
    answer = {"logGroupName": "g", "retentionInDays": 7, "KMSKEYID": "k", "storedBytes": 3}
    assert made("AWS::Logs::LogGroup", answer) == {"LogGroupName": "g", "RetentionInDays": 7, "KmsKeyId": "k"}
    assert made("AWS::Logs::LogGroup", answer, by_rule=False) == {}


def test_nested_lines_are_about_the_object_that_encloses_them() -> None:
    lines = {"LoggingConfiguration": "LoggingEnabled", "LoggingConfiguration.DestinationBucketName": "TargetBucket"}
    assert made("AWS::S3::Bucket", {"LoggingEnabled": {"TargetBucket": "b"}}, lines) == {
        "LoggingConfiguration": {"DestinationBucketName": "b"}
    }


def test_a_line_through_lists() -> None:
    lines = {
        "BucketEncryption": "Conf",
        "BucketEncryption.ServerSideEncryptionConfiguration": "Rules",
        "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault": "Apply",
    }
    answer = {"Conf": {"Rules": [{"Apply": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}}
    assert made("AWS::S3::Bucket", answer, lines)["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
        ]
    }


@pytest.mark.parametrize(
    ("rule", "answer", "value"),
    [
        ({"source": "S", "values": {"on": "Enabled", "*": "Suspended"}}, {"S": "on"}, "Enabled"),
        ({"source": "S", "values": {"on": "Enabled", "*": "Suspended"}}, {"S": "off"}, "Suspended"),
        ({"source": "S", "values": {"true": "Enabled"}}, {"S": True}, "Enabled"),
        ({"source": "S", "default": "Suspended"}, {}, "Suspended"),
    ],
)
def test_words_and_defaults(rule: dict[str, Any], answer: Any, value: str) -> None:
    from bastide.sources.aws.collectors import Rule

    assert made("AWS::S3::Bucket", answer, {"BucketName": Rule(**rule)}) == {"BucketName": value}


def test_capitals_of_json() -> None:
    from bastide.sources.aws.collectors import Rule

    lines = {"Parameters": Rule("p", capitals=True)}
    found = made("AWS::RDS::DBParameterGroup", {"p": {"aB": [{"cD": 1}]}}, lines)
    assert found["Parameters"] == {"AB": [{"CD": 1}]}


@pytest.mark.parametrize(
    ("resource_type", "name", "value", "expected"),
    [
        ("AWS::SQS::Queue", "FifoQueue", "true", True),
        ("AWS::SQS::Queue", "FifoQueue", "no way", Unresolved),
        ("AWS::SQS::Queue", "DelaySeconds", "30", 30),
        ("AWS::SQS::Queue", "DelaySeconds", "soon", Unresolved),
        ("AWS::SQS::Queue", "DelaySeconds", True, Unresolved),
        ("AWS::SQS::Queue", "KmsMasterKeyId", "", ABSENT),
        ("AWS::SQS::Queue", "KmsMasterKeyId", None, ABSENT),
        ("AWS::SQS::Queue", "KmsMasterKeyId", {"a": 1}, Unresolved),
        ("AWS::SQS::Queue", "KmsMasterKeyId", 5, "5"),
        ("AWS::SQS::Queue", "RedrivePolicy", '{"maxReceiveCount": 3}', {"maxReceiveCount": 3}),
        ("AWS::SQS::Queue", "RedrivePolicy", "text", "text"),
        ("AWS::SQS::Queue", "Tags", {"a": "b", "c": ""}, [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]),
        ("AWS::SQS::Queue", "Tags", [{"TagKey": "a", "TagValue": "b"}], [{"Key": "a", "Value": "b"}]),
        ("AWS::SQS::Queue", "DelaySeconds", REDACTED_WRITTEN, REDACTED_WRITTEN),
        ("AWS::SSM::Parameter", "Tags", [{"Key": "a", "Value": "b"}], {"a": "b"}),
        ("AWS::EC2::Instance", "SecurityGroupIds", "sg-1", ["sg-1"]),
        ("AWS::Lambda::Function", "TracingConfig", "x", Unresolved),
        ("AWS::Lambda::Function", "Environment", {"variables": {"A": 1}}, {"Variables": {"A": "1"}}),
    ],
)
def test_kinds(resource_type: str, name: str, value: Any, expected: Any) -> None:
    schema = schema_for(resource_type)
    assert schema is not None
    found = convert(value, schema.properties[name])
    if expected is Unresolved:
        assert isinstance(found, Unresolved)
    else:
        assert found == expected


def test_cloudfronts_wrapped_lists() -> None:
    schema = schema_for("AWS::CloudFront::Distribution")
    assert schema is not None
    found = convert(
        {"Aliases": {"Quantity": 1, "Items": ["a"]}, "Enabled": True}, schema.properties["DistributionConfig"]
    )
    assert found == {"Aliases": ["a"], "Enabled": True}


def test_what_is_nested_too_deeply_is_unresolved() -> None:
    schema = schema_for("AWS::WAFv2::WebACL")
    assert schema is not None
    statement: dict[str, Any] = {"GeoMatchStatement": {}}
    for _ in range(60):
        statement = {"NotStatement": {"Statement": statement}}
    _, unresolved, _ = settle({"Rules": convert([{"Statement": statement}], schema.properties["Rules"])})
    assert any("nested too deeply" in why for why in unresolved.values())


SHAPES = [("s3", "GetBucketReplication", "AWS::S3::Bucket"), ("ec2", "DescribeInstances", "AWS::EC2::Instance"),
          ("cloudfront", "GetDistribution", "AWS::CloudFront::Distribution"),
          ("wafv2", "GetWebACL", "AWS::WAFv2::WebACL"),
          ("ecs", "DescribeTaskDefinition", "AWS::ECS::TaskDefinition")]  # fmt: skip


def values_of(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """JSON of a botocore shape, sometimes of another."""
    odd = st.sampled_from([None, "", "x", 0, True, [], {}, [{}], {"Items": []}])
    if depth > 5:
        return odd
    if shape.type_name == "structure":
        own = {name: values_of(member, depth + 1) for name, member in list(shape.members.items())[:6]}
        return st.one_of(st.fixed_dictionaries({}, optional=own), odd)
    if shape.type_name == "list":
        return st.one_of(st.lists(values_of(shape.member, depth + 1), max_size=2), odd)
    if shape.type_name == "map":
        return st.one_of(st.dictionaries(st.text(max_size=3), values_of(shape.value, depth + 1), max_size=2), odd)
    return st.one_of(odd, st.text(max_size=5), st.integers(), st.floats())


@pytest.mark.parametrize(("service", "operation", "resource_type"), SHAPES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_answer_becomes_a_plain_tree(
    models: Session, service: str, operation: str, resource_type: str, data: st.DataObject
) -> None:
    shape = models.get_service_model(service).operation_model(operation).output_shape
    answer = data.draw(values_of(shape))
    inner = next(iter(answer.values()), answer) if isinstance(answer, dict) else answer
    properties, unresolved, _ = settle(made(resource_type, inner))
    assert isinstance(properties, dict)
    schema = schema_for(resource_type)
    assert schema is not None
    assert set(properties) <= set(schema.properties)
    assert all(isinstance(why, str) for why in unresolved.values())
