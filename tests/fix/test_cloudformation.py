"""Edits of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fix.conftest import Planned

TOPIC = "sns.topic-is-encrypted"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Resources:\n    T:\n        Type: AWS::SNS::Topic # topic\n",
         (
             "Resources:\n    T:\n        Type: AWS::SNS::Topic # topic\n        Properties:\n"
             "            KmsMasterKeyId: alias/aws/sns\n"
         )),
        ("Resources: {T: {Type: AWS::SNS::Topic}}",
         "Resources: {T: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: alias/aws/sns}}}"),
        ('{\n  "Resources": {\n    "T": {\n      "Type": "AWS::SNS::Topic"\n    }\n  }\n}',
         (
             '{\n  "Resources": {\n    "T": {\n      "Type": "AWS::SNS::Topic",\n'
             '      "Properties": {\n        "KmsMasterKeyId": "alias/aws/sns"\n      }\n'
             '    }\n  }\n}'
         )),
    ],
)  # fmt: skip
def test_written_as_the_rest_is(planned: Planned, before: str, after: str) -> None:
    plan = planned({"t.yaml": before}, TOPIC)
    assert [one.reason for one in plan.outcomes] == [""]
    assert plan.drafts["t.yaml"].text == after


def test_a_nested_stack_is_edited_in_its_own_template(planned: Planned) -> None:
    outer = "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./inner.yaml}\n"
    inner = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n"
    plan = planned({"outer.yaml": outer, "inner.yaml": inner}, TOPIC)
    assert [one.reason for one in plan.outcomes if one.reason] == []
    assert list(plan.drafts) == ["inner.yaml"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ((
            "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n    - X\n"
            "    - [A, B]\n    - T${X}: {Type: AWS::SNS::Topic}\n"
        ), "not written out"),
        ("Resources:\n  T: &t\n    Type: AWS::SNS::Topic\n", "anchor"),
        ("Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Metadata: {aws:cdk:path: S/T}\n", "CDK"),
        ((
            "Conditions: {C: !Equals [a, a]}\nResources:\n  T:\n    Type: AWS::SNS::Topic\n"
            "    Properties:\n      Fn::If: [C, {TopicName: x}, {}]\n"
        ), "comes from `Fn::If"),
    ],
)  # fmt: skip
def test_what_is_not_written_out(planned: Planned, text: str, reason: str) -> None:
    outcomes = planned({"t.yaml": text}, TOPIC).outcomes
    assert outcomes
    assert all(reason in one.reason for one in outcomes), [one.reason for one in outcomes]


def test_a_serverless_resource_has_other_properties(planned: Planned) -> None:
    text = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties: {Handler: a.b, Runtime: python3.13, InlineCode: x}\n"
    )
    outcomes = planned({"t.yaml": text}, "lambda.function-traces-requests").outcomes
    assert ["AWS::Serverless::Function" in one.reason for one in outcomes] == [True]
