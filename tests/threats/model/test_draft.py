"""A model while it is made: what is alike is one, and what says nothing goes."""

from __future__ import annotations

from bastide.threats.model import model_of
from bastide.threats.model.draft import _tags
from tests.threats.stacks import live_of

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f"
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/seats"


def test_the_same_flow_of_two_causes_is_one() -> None:
    variables = {"TABLE": "seats", "OLD_TABLE": "seats"}
    rows = [
        {"type": "AWS::Lambda::Function", "arn": FUNCTION, "properties": {"Environment": {"Variables": variables}}},
        {"type": "AWS::DynamoDB::Table", "arn": TABLE, "properties": {"TableName": "seats"}},
    ]
    with live_of(rows) as known:
        (flow,) = model_of(known).flows
    assert (flow.kind, flow.property) == ("request", "Environment.Variables.OLD_TABLE")


def test_hostile_names_change_nothing_but_names() -> None:
    evil = "x\"]\n<script>\u202e${a}'; drop table resources; --"
    rows = [
        {"type": "AWS::S3::Bucket", "arn": f"arn:aws:s3:::{evil}", "properties": {"BucketName": evil}},
        {"type": "AWS::EC2::Instance", "arn": "arn:i", "properties": {"Tags": [{"Key": "Name", "Value": evil}]}},
    ]
    with live_of(rows) as known:
        found = model_of(known)
        assert known.select("select count(*) as n from resources") == [{"n": 2}]
    assert all("\n" not in one.name and "\u202e" not in one.name for one in found.elements)


def test_tags_in_any_form() -> None:
    assert _tags([{"Key": "a", "Value": "b"}, {"Key": 1, "Value": 2}, 3]) == {"a": "b"}
    assert _tags({"a": "b", "c": 4}) == {"a": "b"}
    assert _tags("x") == {}
