"""Which resource names which: by references and by what is written out; and who is part of whom."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.threats.model.points import MADE, clear, prepare, wild_path
from bastide.threats.model.rules import load_rules
from tests.threats.stacks import live_of

LAMBDA = "arn:aws:lambda:eu-west-1:111122223333:function:worker"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
TARGETS = [
    {"type": "AWS::Lambda::Function", "arn": LAMBDA, "properties": {"FunctionName": "worker", "Arn": LAMBDA}},
    {"type": "AWS::SQS::Queue", "arn": QUEUE, "properties": {"QueueName": "orders"}},
    {"type": "AWS::DynamoDB::Table", "arn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
    {"type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::site", "properties": {"BucketName": "site"}},
    {"type": "AWS::ECR::Repository", "arn": "arn:aws:ecr:eu-west-1:111122223333:repository/shop",
     "properties": {"RepositoryName": "shop"}},
]  # fmt: skip


def points(row: dict[str, Any]) -> set[str]:
    with live_of([*TARGETS, row]) as known:
        prepare(known, load_rules())
        found = known.run("select target from m_points where resource like '%asker'")
    return {one["target"].rpartition(":")[2] for one in found}


def asker(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "arn": "arn:aws:x:eu-west-1:111122223333:asker", "properties": properties}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (asker("AWS::Lambda::EventSourceMapping", EventSourceArn=QUEUE), {"orders"}),
        (asker("AWS::Lambda::EventSourceMapping", FunctionName="worker"), {"worker"}),
        (asker("AWS::Lambda::EventSourceMapping", FunctionName=f"{LAMBDA}:live"), {"worker"}),
        (asker("AWS::Lambda::EventSourceMapping", EventSourceArn=f"{QUEUE}-other"), set()),
        (asker("AWS::ApiGateway::Method", Integration={"Uri": f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/"
                                                       f"functions/{LAMBDA}/invocations"}), {"worker"}),
        (asker("AWS::Lambda::Function",
               Environment={"Variables": {"Q": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}}),
         {"orders", "table/orders"}),
        (asker("AWS::CloudFront::Distribution", DistributionConfig={"Origins": [
            {"DomainName": "site.s3.eu-west-1.amazonaws.com"}]}), {"site"}),
        (asker("AWS::ECS::TaskDefinition", ContainerDefinitions=[
            {"Image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1"}]), {"repository/shop"}),
        (asker("AWS::Glue::Job", Command={"ScriptLocation": "s3://site/job.py"}), {"site"}),
        (asker("AWS::CodeBuild::Project", Description=QUEUE), set()),
    ],
)  # fmt: skip
def test_identifiers_are_understood(row: dict[str, Any], named: set[str]) -> None:
    assert points(row) == named


def test_parts_of_parts_belong_to_the_whole() -> None:
    rows = [
        {"type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "arn": "arn:lb", "properties": {"Name": "front"}},
        {"type": "AWS::ElasticLoadBalancingV2::Listener", "arn": "arn:l", "properties": {"LoadBalancerArn": "arn:lb"}},
        {"type": "AWS::ElasticLoadBalancingV2::ListenerRule", "arn": "arn:r", "properties": {"ListenerArn": "arn:l"}},
    ]
    with live_of(rows) as known:
        prepare(known, load_rules())
        owners = known.run("select resource, element from m_owners order by resource")
    assert [(one["resource"][-2:], one["element"][-2:]) for one in owners] == [(":l", "lb"), ("lb", "lb"), (":r", "lb")]


def test_nothing_is_left_behind() -> None:
    with live_of(TARGETS) as known:
        prepare(known, load_rules())
        clear(known)
        tables = {one["table_name"] for one in known.run("select table_name from information_schema.tables")}
    assert not tables & set(MADE)


def test_signs_of_patterns_are_plain_in_paths() -> None:
    assert wild_path("A_b.%.*")["pattern"] == "A\\_b.\\%.%"
    assert wild_path("Tags.*") == {"property": "Tags.*", "pattern": "Tags.%", "start": "Tags.", "wild": True}
